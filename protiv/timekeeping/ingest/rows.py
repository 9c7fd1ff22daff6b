"""What is written of records: new entries are inserted, changed ones rewritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat

from django.db import IntegrityError, transaction

from protiv.kit.bulk import Columns
from protiv.timekeeping.entry_fields import values_of
from protiv.timekeeping.ingest.entries import Differing, StoredEntry, as_stored
from protiv.timekeeping.ingest.exclusions import end_exclusions
from protiv.timekeeping.ingest.holding import end_holds
from protiv.timekeeping.ingest.references import References
from protiv.timekeeping.ingest.source import RowSource, batches
from protiv.timekeeping.ingest.versions import keep_versions
from protiv.timekeeping.models import TimeEntry


@dataclass(frozen=True, slots=True)
class WindowRows:
    """What the rows of a window's records take from elsewhere."""

    source: RowSource
    references: References
    run_id: int

    def columns(self, differing: Sequence[Differing]) -> Columns:
        """What is written of these records: each column of a time entry, by name."""
        records = [record for record, _fingerprint in differing]
        same = {
            "company": self.source.company_id,
            "connection_id": self.source.connection_id,
            "is_reopened": False,
            "added_run_id": self.run_id,
            "changed_run_id": self.run_id,
            "voided_run_id": None,
            "voided_at": None,
        }
        workers, jobs, codes = self.references.workers, self.references.jobs, self.references.cost_codes
        return {
            **values_of(records),
            **{name: repeat(value, len(records)) for name, value in same.items()},
            "external_id": [record.external_id for record in records],
            "worker": [workers[record.worker_external_id] for record in records],
            "job": [jobs.get(record.job_external_id) for record in records],
            "cost_code": [codes.get(record.cost_code_external_id) for record in records],
            "fingerprint": [fingerprint for _record, fingerprint in differing],
        }


def insert(rows: WindowRows, differing: Sequence[Differing]) -> dict[str, StoredEntry]:
    """Insert records that should be new. Returns, unwritten, what is stored already: it moved in from another day.

    Trying costs nothing where all are new, which is nearly always; asking first costs as much as a tenth of a load.
    """
    try:
        with transaction.atomic():
            TimeEntry.objects.bulk_load(rows.columns(differing))
    except IntegrityError:
        ids = [record.external_id for record, _fingerprint in differing]
        entries = TimeEntry.objects.filter(connection_id=rows.source.connection_id, external_id__in=ids)
        moved = as_stored(entries)
        if not moved:
            raise
        new = [(record, fingerprint) for record, fingerprint in differing if record.external_id not in moved]
        TimeEntry.objects.bulk_load(rows.columns(new))
        return moved
    return {}


def rewrite(rows: WindowRows, changed: Sequence[Differing], stored: dict[str, StoredEntry], now: datetime) -> None:
    """Write over what is stored, and keep it as an earlier version. What was read is held no longer."""
    pks = [stored[record.external_id].pk for record, _fingerprint in changed]
    keep_versions(pks, rows.run_id, now)
    end_holds(pks)
    end_exclusions(changed, stored)
    for batch in batches(changed):
        TimeEntry.objects.bulk_sync(
            rows.columns(batch),
            unique_fields=("connection_id", "external_id"),
            insert_only=("added_run_id",),
        )
