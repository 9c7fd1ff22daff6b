"""Whether what a person said about an entry still holds once its record changed (bonus.md 11.9)."""

from collections.abc import Sequence

from protiv.timekeeping.ingest.entries import Differing, StoredEntry
from protiv.timekeeping.models import TimeEntry
from protiv.timekeeping.records import EntryKind, TimeRecord

# A lunch with other hours is another lunch. A closed period or a comment changes none of these.
HOURS = ("kind", "work_date", "minutes", "start_date", "start_time", "stop_date", "stop_time")


def end_exclusions(changed: Sequence[Differing], stored: dict[str, StoredEntry]) -> None:
    """Let the entries count again whose record isn't the one that a person spoke of; no query where none did.

    A trip stays a commute as long as it is a trip.
    """
    excluded = {
        entry.pk: record for record, _fingerprint in changed if (entry := stored[record.external_id]).excluded_at
    }
    if not excluded:
        return
    entries = TimeEntry.objects.select_related("worker").filter(pk__in=excluded)
    ended = [entry.pk for entry in entries if not _is_the_same(entry, excluded[entry.pk])]
    TimeEntry.objects.filter(pk__in=ended).update(excluded_at=None)


def _is_the_same(entry: TimeEntry, record: TimeRecord) -> bool:
    if entry.kind == EntryKind.TRAVEL:
        return record.kind == EntryKind.TRAVEL
    same_hours = all(getattr(entry, name) == getattr(record, name) for name in HOURS)
    return same_hours and entry.worker.external_id == record.worker_external_id
