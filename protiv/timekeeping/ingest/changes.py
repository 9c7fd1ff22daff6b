"""What storing a window, or voiding, changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from protiv.timekeeping.records import SetAside


@dataclass(slots=True)
class Changes:
    """What one window changed. `job_ids` are the old and the new jobs of everything that was written.

    `restored`: entries of earlier windows of the same run that were voided by it, and are held instead.
    """

    seen: int = 0
    added: int = 0
    changed: int = 0
    voided: int = 0
    held: int = 0
    restored: int = 0
    job_ids: set[int] = field(default_factory=set)
    set_aside: list[SetAside] = field(default_factory=list)

    def touch(self, job_ids: Iterable[int | None]) -> None:
        """These jobs' time changed; time off has none."""
        self.job_ids.update(job_id for job_id in job_ids if job_id is not None)
