"""What about a worker decides which overtime law applies: exempt, salaried, scheduled (bonus.md 11.3, 11.10). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from propay.rules.terms import WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptStatus:
    """Whether federal and state overtime law exempt a worker from `from_date` on; None: from the beginning."""

    from_date: date | None = None
    federal: bool
    state: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSchedule:
    """A worker's alternative workweek from `from_date` on (Labor Code 511), in minutes by weekday, Monday being 0.

    Without any day there is none from then on. `is_under_agreement`: a collective agreement replaces the state's
    daily overtime (Labor Code 514), so only the federal rule applies.
    """

    from_date: date | None = None
    minutes: tuple[tuple[int, int], ...] = ()
    is_under_agreement: bool = False

    def on(self, day: date) -> int:
        """The scheduled minutes of a day; 0 if it isn't in the schedule."""
        return dict(self.minutes).get(day.weekday(), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStatus:
    """One worker's statuses, oldest first. Before the first one, a worker is not exempt, and there is no schedule."""

    exempt: tuple[ExemptStatus, ...] = ()
    schedules: tuple[WorkSchedule, ...] = ()
    is_salaried: bool = False

    def exempt_on(self, day: date) -> tuple[bool, bool]:
        """Whether the worker is exempt on a day: from federal law, and from the state's."""
        status = _in_force(self.exempt, day)
        return (status.federal, status.state) if status else (False, False)

    def schedule_on(self, day: date) -> WorkSchedule | None:
        schedule = _in_force(self.schedules, day) if self.schedules else None
        return schedule if schedule and (schedule.minutes or schedule.is_under_agreement) else None


Row = TypeVar("Row", ExemptStatus, WorkSchedule)
ALWAYS_EXEMPT = WorkerStatus(exempt=(ExemptStatus(federal=True, state=True),))
NOTHING_SPECIAL = WorkerStatus()


@dataclass(frozen=True, slots=True)
class Statuses:
    """The statuses by worker id, and the ids of each person (bonus.md 10.2). Who has none is an ordinary worker."""

    by_worker: Mapping[WorkerId, WorkerStatus] = field(default_factory=dict)
    ids: Mapping[WorkerId, Sequence[WorkerId]] = field(default_factory=dict)

    def of(self, person: WorkerId) -> WorkerStatus:
        """The status of the person's primary id, which decides about salary and schedule."""
        return self.by_worker.get(person, NOTHING_SPECIAL)

    def exempt_in(self, person: WorkerId, days: Iterable[date]) -> tuple[bool, bool]:
        """Whether federal and state law exempt the person on all of these days, under every id (29 CFR 778.104)."""
        if not self.by_worker:
            return False, False
        found = [
            self.by_worker.get(worker_id, NOTHING_SPECIAL).exempt_on(day)
            for day in days
            for worker_id in self.ids.get(person, (person,))
        ]
        return all(federal for federal, _state in found), all(state for _federal, state in found)


def _in_force(rows: Sequence[Row], day: date) -> Row | None:
    """The row in effect on a day; None before the first one."""
    begun = [row for row in rows if (row.from_date or date.min) <= day]
    return max(begun, key=lambda row: row.from_date or date.min, default=None)
