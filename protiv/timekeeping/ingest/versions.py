"""What entries said before a run changed them: kept first, then written over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models

from protiv.kit.bulk import copy_rows
from protiv.timekeeping.entry_fields import KEPT
from protiv.timekeeping.ingest.source import batches
from protiv.timekeeping.models import TimeEntry, TimeEntryVersion


def update(pks: Sequence[int], values: dict[str, Any], run_id: int, now: datetime) -> None:
    """Set these values on entries, and keep what they said before."""
    keep_versions(pks, run_id, now)
    for batch in batches(pks):
        TimeEntry.objects.filter(pk__in=batch).update(changed_run_id=run_id, **values)


def keep_versions(pks: Sequence[int], run_id: int, now: datetime) -> None:
    """Keep what these entries say now, before the run changes them."""
    for batch in batches(pks):
        copy_to_versions(TimeEntry.objects.filter(pk__in=batch), run_id, now)


def copy_to_versions(entries: "models.QuerySet[TimeEntry]", run_id: int, now: datetime) -> None:
    """Copy entries to their versions, inside the database."""
    replaced = {
        "entry": "pk",
        "replaced_run_id": models.Value(run_id, models.BigIntegerField()),
        "replaced_at": models.Value(now, models.DateTimeField()),
    }
    copy_rows(entries, into=TimeEntryVersion, values={name: name for name in KEPT} | replaced)
