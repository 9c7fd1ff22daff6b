"""The steps of the sync benchmark. Django is set up before this is imported."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from integrations import runner, services
from integrations.exaktime.login import Login
from integrations.models import Connection, Horizon, RunState, SyncRun, Trigger
from protiv.accounts.models import Company
from protiv.kit.bulk import Row
from protiv.timekeeping import ingest
from protiv.timekeeping.models import TimeEntry
from tests.journeys.stack import TODAY

Result = dict[str, Any]
CONFLICT = ("connection_id", "external_id")


# What the product is compared with


def limit(start: date) -> Result:
    """Fetch, parse, and load by the bare driver: no comparison, no history, no bonus, but safe to run again."""
    fields = [TimeEntry._meta.get_field(name) for name in ingest.WRITTEN_FIELDS]
    columns = [str(field.column) for field in fields]
    updates = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in CONFLICT)
    upsert = f"ON CONFLICT ({', '.join(CONFLICT)}) DO UPDATE SET {updates}"
    load = _copy if connection.vendor == "postgresql" else _executemany
    return _load(start, lambda rows: load(rows, columns, upsert))


def _copy(rows: list[Row], columns: list[str], upsert: str) -> None:
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE load ON COMMIT DROP AS SELECT {names} FROM timekeeping_timeentry WITH NO DATA"
        )
        with cursor.copy(f"COPY load ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO timekeeping_timeentry ({names}) SELECT {names} FROM load {upsert}")


def _executemany(rows: list[Row], columns: list[str], upsert: str) -> None:
    statement = f"INSERT INTO timekeeping_timeentry ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) "
    as_text = ([str(value) if hasattr(value, "isoformat") else value for value in row] for row in rows)
    connection.connection.executemany(statement + upsert, as_text)


def bulk_create(start: date) -> Result:
    """The same with Django's own upsert."""
    names = [TimeEntry._meta.get_field(name).attname for name in ingest.WRITTEN_FIELDS]  # type: ignore[union-attr]
    updates = [name for name in ingest.WRITTEN_FIELDS if name not in CONFLICT]

    def load(rows: list[Row]) -> None:
        TimeEntry.objects.bulk_create(
            [TimeEntry(**dict(zip(names, row, strict=True))) for row in rows],
            batch_size=ingest.BATCH,
            update_conflicts=True,
            unique_fields=CONFLICT,
            update_fields=updates,
        )

    return _load(start, load)


def _load(start: date, load: Callable[[list[Row]], None]) -> Result:
    count = 0
    for rows in _weeks(start):
        with transaction.atomic():
            load(rows)
        count += len(rows)
    return {"records": count, "written": count}


def _weeks(start: date) -> Iterator[list[Row]]:
    """The rows of one week after the other, as the product would write them."""
    stored = _connect()
    provider = services.open_connector(stored)
    source = ingest.RowSource(stored.company_id, stored.pk)
    ingest.store_workers(source, provider.workers().records)
    ingest.store_jobs(source, provider.jobs().records, is_whole=True)
    ingest.store_cost_codes(source, provider.cost_codes().records)
    references = ingest.load_references(source)
    while start <= TODAY:
        end = min(start + timedelta(days=7), TODAY + timedelta(days=1))
        read = provider.time_records(start, end, max_records=10**9, on_page=lambda _count: None)
        yield list(ingest._differing_rows(source, ingest.Window(start, end, 1), read.records, {}, references))
        start = end


# The product


def first(start: date) -> Result:
    """The product's own first sync."""
    services.start_sync(
        connection=_connect(),
        sync_start_date=start,
        horizon=Horizon.ALL,
        provider_settings={"budget_hours_field": "Budget Hours", "contract_price_field": "Contract Price"},
        actor=None,
        now=timezone.now(),
    )
    return _run()


def again(start: date) -> Result:
    """The same again, everything read again and nothing changed."""
    services.request_sync(connection=Connection.objects.get(), trigger=Trigger.COMMAND, since=start, now=timezone.now())
    return _run()


percent = again


def prepare(step: str) -> None:
    """What is done before the clock starts: for `percent`, let every hundredth entry differ from the provider's."""
    if step == "percent":
        differing = TimeEntry.objects.annotate(rest=F("pk") % 100).filter(rest=0)
        differing.update(fingerprint=F("fingerprint") + 1, minutes=F("minutes") + 1)


def _connect() -> Connection:
    company = Company.objects.create(name="Bench", slug="bench", time_zone="America/Denver")
    credentials = Login("acme", "sync@acme.test", "sandbox-password").credentials()
    return services.connect(
        company=company, provider="EXAKTIME", credentials=credentials, actor=None, now=timezone.now()
    )


def _run() -> Result:
    run = SyncRun.objects.latest("pk")
    while run.is_open:
        runner.run_sync(run.pk, clock=timezone.now)
        run.refresh_from_db()
    if run.state != RunState.SUCCEEDED:
        raise SystemExit(f"the run ended as {run.state}: {run.error_text}")
    return {"records": run.seen_count, "written": run.added_count + run.changed_count + run.voided_count}


def write_ahead_log() -> int:
    """Bytes that PostgreSQL has written to its log so far; SQLite doesn't tell."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
        return int(cursor.fetchone()[0])
