"""How fast a first sync is, as a ratio to the bare driver loading the same records into the same table.

    python -m tests.benchmarks.first_sync [--people 260] [--days 180]

Both sides fetch from the same sandbox and parse with the same connector. Each step runs in a process of its own, on a
database of its own, so that memory and caches don't mix. Prints; asserts nothing.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from integrations.exaktime.sandbox.client import start_sandbox
from tests.journeys.stack import ROOT, TODAY, scratch_database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=260)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--step", choices=STEPS)
    options = parser.parse_args()
    if options.step:
        measure(STEPS[options.step], options)
        return
    with start_sandbox(people=options.people, days=options.days, today=TODAY) as sandbox:
        for steps in (["limit"], ["first", "again"]):
            with tempfile.TemporaryDirectory() as folder, scratch_database(Path(folder)) as database_url:
                env = os.environ | {
                    "DEBUG": "true",
                    "LOG_LEVEL": "ERROR",
                    "DATABASE_URL": database_url,
                    "EXAKTIME_BASE_URL": sandbox.base_url,
                    "EXAKTIME_ALLOW_INSECURE_BASE_URL": "true",
                }
                manage = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
                subprocess.run(manage, env=env, cwd=ROOT, check=True)
                for step in steps:
                    command = [sys.executable, "-m", "tests.benchmarks.first_sync", f"--days={options.days}"]
                    subprocess.run([*command, f"--step={step}"], env=env, cwd=ROOT, check=True)


def measure(step: Callable[[date], int], options: argparse.Namespace) -> None:
    """Run one step and print its time, its speed, and this process's peak memory."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "protiv.settings")
    django.setup()
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    count = step(TODAY - timedelta(days=options.days))
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{options.step:6} {count:>9,} records {seconds:8.2f} s {count / seconds:>9,.0f} records/s"
        f"  memory {peak:.0f} MB, {peak - base:.0f} MB above Django\n"
    )


def limit(start: date) -> int:
    """Fetch, parse, and load by the bare driver: COPY or executemany into the real table, no comparison, no bonus."""
    from django.db import connection, transaction

    from integrations import services
    from protiv.timekeeping import ingest
    from protiv.timekeeping.models import TimeEntry

    stored = _connect()
    provider = services.open_connector(stored)
    source = ingest.Source(stored.company_id, stored.pk)
    ingest.store_workers(source, provider.workers().records)
    ingest.store_jobs(source, provider.jobs().records, is_whole=True)
    ingest.store_cost_codes(source, provider.cost_codes().records)
    references = ingest.load_references(source)
    fields = [TimeEntry._meta.get_field(name) for name in ingest.WRITTEN_FIELDS]
    columns = ", ".join(str(field.column) for field in fields)
    count, day = 0, start
    while day <= TODAY:
        end = min(day + timedelta(days=7), TODAY + timedelta(days=1))
        read = provider.time_records(day, end, max_records=10**9, on_page=lambda _count: None)
        rows = list(ingest._differing_rows(source, ingest.Window(day, end, 1), read.records, {}, references))
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY timekeeping_timeentry ({columns}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                places = ", ".join("?" * len(fields))
                connection.connection.executemany(
                    f"INSERT INTO timekeeping_timeentry ({columns}) VALUES ({places})",
                    ([str(value) if hasattr(value, "isoformat") else value for value in row] for row in rows),
                )
        count, day = count + len(rows), end
    return count


def first(start: date) -> int:
    """The product's own first sync."""
    from django.utils import timezone

    from integrations import services
    from integrations.models import Horizon

    services.start_sync(
        connection=_connect(),
        sync_start_date=start,
        horizon=Horizon.ALL,
        budget_hours_field="Budget Hours",
        contract_price_field="Contract Price",
        actor=None,
        now=timezone.now(),
    )
    return _run()


def again(start: date) -> int:
    """The same once more, everything read again and nothing changed."""
    from django.utils import timezone

    from integrations import services
    from integrations.models import Connection, Trigger

    services.request_sync(connection=Connection.objects.get(), trigger=Trigger.COMMAND, since=start, now=timezone.now())
    return _run()


def _connect():  # type: ignore[no-untyped-def]  # Django is not set up yet where types could be named
    from django.utils import timezone

    from integrations import services
    from integrations.base import Credentials
    from protiv.accounts.models import Company

    company = Company.objects.create(name="Bench", slug="bench", time_zone="America/Denver")
    credentials = Credentials("acme", "sync@acme.test", "sandbox-password")
    return services.connect(
        company=company, provider="EXAKTIME", credentials=credentials, actor=None, now=timezone.now()
    )


def _run() -> int:
    from django.utils import timezone

    from integrations import runner
    from integrations.models import RunState, SyncRun

    run = SyncRun.objects.latest("pk")
    while run.is_open:
        runner.run_sync(run.pk, clock=timezone.now)
        run.refresh_from_db()
    if run.state != RunState.SUCCEEDED:
        raise SystemExit(f"the run ended as {run.state}: {run.error_text}")
    return run.seen_count


STEPS: dict[str, Callable[[date], int]] = {"limit": limit, "first": first, "again": again}

if __name__ == "__main__":
    main()
