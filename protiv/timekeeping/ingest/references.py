"""What time records are tied to: our ids of what the lists name, and what they don't name anymore."""

from dataclasses import dataclass

from protiv.timekeeping.ingest.entries import StoredEntry
from protiv.timekeeping.ingest.source import RowSource, stored_of
from protiv.timekeeping.models import CostCode, HoldReason, Job, Worker


@dataclass(frozen=True, slots=True)
class References:
    """Our ids of a connection's workers, jobs and cost codes, by the provider's, and those no longer listed."""

    workers: dict[str, int]
    jobs: dict[str, int]
    cost_codes: dict[str, int]
    unlisted_workers: frozenset[str]
    unlisted_jobs: frozenset[int]
    unlisted_cost_codes: frozenset[int]

    def reason_to_hold(self, entry: StoredEntry) -> HoldReason | None:
        """Why this entry may have vanished only because the sign-in can't see something any more."""
        if entry.worker_external_id in self.unlisted_workers:
            return HoldReason.WORKER
        if entry.job_id in self.unlisted_jobs:
            return HoldReason.JOB
        return HoldReason.COST_CODE if entry.cost_code_id in self.unlisted_cost_codes else None


def load_references(source: RowSource) -> References:
    """The ids that time records are tied to; loaded once for many windows."""
    workers, jobs, codes = (
        list(stored_of(model, source).values_list("external_id", "pk", "is_listed"))
        for model in (Worker, Job, CostCode)
    )
    return References(
        workers={external_id: pk for external_id, pk, _listed in workers},
        jobs={external_id: pk for external_id, pk, _listed in jobs},
        cost_codes={external_id: pk for external_id, pk, _listed in codes},
        unlisted_workers=frozenset(external_id for external_id, _pk, listed in workers if not listed),
        unlisted_jobs=frozenset(pk for _external_id, pk, listed in jobs if not listed),
        unlisted_cost_codes=frozenset(pk for _external_id, pk, listed in codes if not listed),
    )
