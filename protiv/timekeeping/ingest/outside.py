"""Which days are imported, and voiding what a start date or a horizon no longer includes."""

from datetime import date, datetime

from django.db import models

from protiv.timekeeping.ingest.changes import Changes
from protiv.timekeeping.ingest.source import RowSource
from protiv.timekeeping.ingest.voiding import void_all
from protiv.timekeeping.models import ImportedDates, TimeEntry


def store_imported_dates(source: RowSource, *, start: date, end: date | None, is_final_only: bool) -> None:
    """Keep which work dates the connection imports, for whoever has to know that a week is cut."""
    ImportedDates.objects.update_or_create(
        connection_id=source.connection_id,
        defaults={
            "company_id": source.company_id,
            "start_date": start,
            "end_date": end,
            "is_final_only": is_final_only,
        },
    )


def live_outside(source: RowSource, *, start: date, end: date | None) -> "models.QuerySet[TimeEntry]":
    """Live entries before `start` and, where `end` is given, on or after it."""
    out = models.Q(work_date__lt=start)
    if end is not None:
        out |= models.Q(work_date__gte=end)
    live = TimeEntry.objects.filter(company_id=source.company_id, connection_id=source.connection_id)
    return live.filter(out, voided_run_id__isnull=True)


def void_outside(source: RowSource, *, start: date, end: date | None, run_id: int, now: datetime) -> Changes:
    """Void what a start date or a horizon no longer includes, and say what that changed.

    The entries come back when a window with them is read. No one is asked about them any more.
    """
    return void_all(source, live_outside(source, start=start, end=end), run_id, now)
