"""Voiding entries, which is never deleting them, and taking that back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import models

from protiv.timekeeping.ingest.changes import Changes
from protiv.timekeeping.ingest.entries import StoredEntry
from protiv.timekeeping.ingest.holding import end_holds, holds_of
from protiv.timekeeping.ingest.source import BATCH, RowSource, Window, batches
from protiv.timekeeping.ingest.versions import copy_to_versions, update
from protiv.timekeeping.models import HeldEntry, TimeEntry


def void(entries: Sequence[StoredEntry], window: Window, changes: Changes, now: datetime) -> None:
    """Void these entries of a window; a voided entry is held no longer."""
    pks = [entry.pk for entry in entries]
    end_holds(pks)
    update(pks, {"voided_run_id": window.run_id, "voided_at": now}, window.run_id, now)
    changes.voided += len(pks)
    changes.touch(entry.job_id for entry in entries)


def restore(voided: list[int], window: Window, changes: Changes, now: datetime) -> None:
    """Take back what this run voided before it was clear how much is gone; what came back by itself leaves the list."""
    still = TimeEntry.objects.filter(voided_run_id=window.run_id)
    jobs = [row for batch in batches(voided) for row in still.filter(pk__in=batch).values_list("pk", "job_id")]
    voided[:] = [pk for pk, _job_id in jobs]
    update(voided, {"voided_run_id": None, "voided_at": None}, window.run_id, now)
    changes.restored += len(voided)
    changes.voided -= len(voided)
    changes.touch(job_id for _pk, job_id in jobs)


def void_all(source: RowSource, entries: "models.QuerySet[TimeEntry]", run_id: int, now: datetime) -> Changes:
    """Void however many entries inside the database; a voided entry is held no longer."""
    # No DISTINCT: SQLite would read all entries in the order of their jobs for it.
    job_ids = set(entries.order_by().values_list("job_id", flat=True).iterator(chunk_size=BATCH))
    changes = Changes()
    changes.touch(job_ids)
    if job_ids:
        copy_to_versions(entries, run_id, now)
        changes.voided = entries.update(voided_run_id=run_id, voided_at=now, changed_run_id=run_id)
        holds_of(source).filter(entry__voided_run_id__isnull=False).delete()
    return changes


def void_held(source: RowSource, holds: "models.QuerySet[HeldEntry]", *, run_id: int, now: datetime) -> Changes:
    """Void what one run held, for someone said that it was deleted, and say what that changed."""
    entries = TimeEntry.objects.filter(hold__in=holds.filter(run_id=run_id))
    return void_all(source, entries, run_id, now)
