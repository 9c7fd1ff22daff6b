"""What is stored of a window's time, and which of the records that were read differ from it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import models

from protiv.timekeeping.entry_fields import fingerprints_of
from protiv.timekeeping.ingest.source import RowSource, Window
from protiv.timekeeping.models import TimeEntry
from protiv.timekeeping.records import TimeRecord

# A record to be written, and its fingerprint.
Differing = tuple[TimeRecord, int]


class StoredEntry(NamedTuple):
    """What is stored of one entry, as far as the comparison needs it; its fields name what is read."""

    external_id: str
    pk: int
    fingerprint: int
    job_id: int | None
    voided_run_id: int | None
    is_final: bool
    is_reopened: bool
    worker_external_id: str
    cost_code_id: int | None
    work_date: date
    excluded_at: datetime | None

    @property
    def is_live(self) -> bool:
        return self.voided_run_id is None


def stored_in(source: RowSource, window: Window) -> dict[str, StoredEntry]:
    """What is stored of this window's days, voided entries included."""
    entries = TimeEntry.objects.filter(connection_id=source.connection_id)
    return as_stored(entries.filter(work_date__gte=window.start, work_date__lt=window.end))


def as_stored(entries: "models.QuerySet[TimeEntry]") -> dict[str, StoredEntry]:
    """These entries, as far as the comparison needs them, by the provider's id."""
    named = entries.annotate(worker_external_id=models.F("worker__external_id"))
    return {entry.external_id: entry for entry in map(StoredEntry._make, named.values_list(*StoredEntry._fields))}


def differing_from(records: Sequence[TimeRecord], stored: dict[str, StoredEntry]) -> list[Differing]:
    """The records that are new or differ from what is stored."""
    return [
        (record, fingerprint)
        for record, fingerprint in zip(records, fingerprints_of(records), strict=True)
        if (before := stored.get(record.external_id)) is None
        or before.fingerprint != fingerprint
        or not before.is_live
        or before.is_reopened
    ]
