"""The steps of the sync benchmark. Django is set up before this is imported."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, TypeAlias, cast

from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone

from integrations import runner, services
from integrations.exaktime.login import Login
from integrations.models import Connection, Horizon, RunState, SyncRun, Trigger
from protiv.accounts.models import Company, PayPolicy
from protiv.kit.bulk import Columns, Row
from protiv.timekeeping import ingest
from protiv.timekeeping.models import TimeEntry
from tests.journeys.stack import TODAY

Result = dict[str, Any]
Field: TypeAlias = "models.Field[Any, Any]"
CONFLICT = ("connection_id", "external_id")


# What the product is compared with


def limit(start: date) -> Result:
    """Fetch, parse, and load by the bare driver: no comparison, no history, no bonus, but safe to run again."""
    return _load(start, _copy if connection.vendor == "postgresql" else _executemany)


def _copy(fields: list[Field], rows: list[Row]) -> None:
    names = ", ".join(field.column for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE load ON COMMIT DROP AS SELECT {names} FROM timekeeping_timeentry WITH NO DATA"
        )
        with cursor.copy(f"COPY load ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO timekeeping_timeentry ({names}) SELECT {names} FROM load {_upsert(fields)}")


def _executemany(fields: list[Field], rows: list[Row]) -> None:
    names, places = ", ".join(field.column for field in fields), ", ".join("?" * len(fields))
    statement = f"INSERT INTO timekeeping_timeentry ({names}) VALUES ({places}) {_upsert(fields)}"
    as_text = ([str(value) if hasattr(value, "isoformat") else value for value in row] for row in rows)
    connection.connection.executemany(statement, as_text)


def _upsert(fields: list[Field]) -> str:
    updates = ", ".join(f"{field.column} = excluded.{field.column}" for field in fields if field.name not in CONFLICT)
    return f"ON CONFLICT ({', '.join(CONFLICT)}) DO UPDATE SET {updates}"


def bulk_create(start: date) -> Result:
    """The same with Django's own upsert."""

    def load(fields: list[Field], rows: list[Row]) -> None:
        names = [field.attname for field in fields]
        TimeEntry.objects.bulk_create(
            [TimeEntry(**dict(zip(names, row, strict=True))) for row in rows],
            batch_size=ingest.BATCH,
            update_conflicts=True,
            unique_fields=CONFLICT,
            update_fields=[field.name for field in fields if field.name not in CONFLICT],
        )

    return _load(start, load)


def _load(start: date, load: Callable[[list[Field], list[Row]], None]) -> Result:
    count = 0
    for columns in _weeks(start):
        fields = [cast("Field", TimeEntry._meta.get_field(name)) for name in columns]
        rows = list(zip(*columns.values(), strict=True))
        with transaction.atomic():
            load(fields, rows)
        count += len(rows)
    return {"records": count, "written": count}


def _weeks(start: date) -> Iterator[Columns]:
    """The rows of one week after the other, as the product would write them."""
    stored = _connect()
    provider = services.open_connector(stored)
    source = ingest.RowSource(stored.company_id, stored.pk)
    ingest.store_workers(source, provider.workers().records)
    ingest.store_jobs(source, provider.jobs().records, is_whole=True)
    ingest.store_cost_codes(source, provider.cost_codes().records)
    rows = ingest.WindowRows(source, ingest.load_references(source), run_id=1)
    while start <= TODAY:
        end = min(start + timedelta(days=7), TODAY + timedelta(days=1))
        read = provider.time_records(start, end, max_records=10**9, on_page=lambda _count: None)
        yield rows.columns(ingest.differing_from(read.records, {}))
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
    PayPolicy.objects.create(company=company)
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
