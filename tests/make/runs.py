"""Executing runs in a test, and reading their results."""

from datetime import date
from typing import Any

from integrations import runner, services
from integrations.models import Connection, SyncRun, Trigger
from protiv.timekeeping.models import TimeEntry
from protiv.timekeeping.records import TimeRecord
from tests.make.fakes import Clock
from tests.make.records import time_record


def on(day: date, external_id: str = "", **changes: object) -> TimeRecord:
    return time_record(external_id or f"t-{day}", work_date=day, **changes)


def work(clock: Clock) -> SyncRun:
    """Let a worker take the newest run until it ends."""
    run = SyncRun.objects.latest("pk")
    for _ in range(50):
        runner.run_sync(run.pk, clock=clock)
        run.refresh_from_db()
        if not run.is_open:
            break
    return run


def live() -> set[str]:
    return set(TimeEntry.objects.filter(voided_at=None).values_list("external_id", flat=True))


def ask(connection: Connection, clock: Clock, **changes: Any) -> services.SyncRequest:
    """Ask for a sync by hand."""
    return services.request_sync(**{"connection": connection, "trigger": Trigger.MANUAL, "now": clock(), **changes})
