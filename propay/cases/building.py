"""A what-if case as the calculation takes it, whether read from JSON or built from rows. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from fractions import Fraction

from propay.cases.statements import ByHand
from propay.rules.budgets import CostCodeId
from propay.rules.labor import MINUTES_PER_HOUR, counted_kinds
from propay.rules.overtime import WORKED_KINDS, DayMinutes, OvertimePolicy
from propay.rules.terms import Terms, TimeSlice, WorkerId
from protiv.kit.money import exact
from protiv.timekeeping.workdays import Workdays

WorkerDay = tuple[WorkerId, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One time entry of a case. `wage` is the hourly wage in effect that day, or None.

    `stretch` is its local start and stop, None where only the date is known.
    """

    worker_id: WorkerId
    work_date: date
    minutes: int
    wage: Decimal | None
    kind: str = "work"
    ot1_minutes: int = 0
    ot2_minutes: int = 0
    cost_code: CostCodeId | None = None
    stretch: tuple[datetime, datetime] | None = None

    def days(self, workdays: Workdays) -> list[DayMinutes]:
        """Its minutes on each workday."""
        parts = workdays.divide(self.minutes, work_date=self.work_date, stretch=self.stretch)
        return [DayMinutes(worker_id=self.worker_id, work_date=day, minutes=minutes) for day, minutes in parts]

    @property
    def slice(self) -> TimeSlice:
        return TimeSlice(
            worker_id=self.worker_id,
            minutes=self.minutes,
            wage=self.wage,
            ot1_minutes=self.ot1_minutes,
            ot2_minutes=self.ot2_minutes,
            cost_code=self.cost_code,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeTerms:
    """The overtime rule and all time worked; `wages` is each worker's straight-time pay by day, None if unknown."""

    policy: OvertimePolicy
    workdays: Workdays
    worked: tuple[DayMinutes, ...]
    wages: Mapping[WorkerDay, Fraction | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case in the calculation's terms. `time` and `counted` are the same counted entries, by wage and by workday."""

    terms: Terms
    time: tuple[TimeSlice, ...]
    counted: tuple[DayMinutes, ...]
    exempt: frozenset[WorkerId]
    overtime: OvertimeTerms | None
    by_hand: ByHand = field(default_factory=ByHand)


def build_case(
    terms: Terms,
    entries: Iterable[Entry],
    *,
    include_travel: bool,
    exempt: Iterable[WorkerId],
    overtime: OvertimeTerms | None,
    by_hand: ByHand | None = None,
) -> Case:
    """Build the case for these terms from the entries that count."""
    counted = counted_among(entries, include_travel=include_travel)
    workdays = overtime.workdays if overtime else Workdays(start=None)
    return Case(
        terms=terms,
        time=tuple(entry.slice for entry in counted),
        counted=tuple(divided(counted, workdays)),
        exempt=frozenset(exempt),
        overtime=overtime,
        by_hand=by_hand or ByHand(),
    )


def counted_among(entries: Iterable[Entry], *, include_travel: bool) -> tuple[Entry, ...]:
    """The entries that count. An entry of 0 minutes is not time worked, so it needs no wage."""
    kinds = counted_kinds(include_travel=include_travel)
    return tuple(entry for entry in entries if entry.kind in kinds and entry.minutes)


def overtime_terms(
    policy: OvertimePolicy, all_time: Iterable[Entry], entries: Collection[Entry], *, zone: tzinfo | None = None
) -> OvertimeTerms:
    """Overtime by this policy on everything that was worked.

    A worker has one wage on a day: of all time, an entry without one has that of `entries`.
    """
    worked = [entry for entry in all_time if entry.kind in WORKED_KINDS]
    workdays = policy.workdays(zone)
    return OvertimeTerms(
        policy=policy,
        workdays=workdays,
        worked=tuple(divided(worked, workdays)),
        wages=day_wages(worked, entries, workdays),
    )


def divided(entries: Iterable[Entry], workdays: Workdays) -> Iterator[DayMinutes]:
    """The minutes of these entries on each workday."""
    return (day for entry in entries for day in entry.days(workdays))


def day_wages(
    worked: Iterable[Entry], entries: Iterable[Entry], workdays: Workdays
) -> dict[WorkerDay, Fraction | None]:
    """Straight-time pay by worker and workday; None where neither the entry nor one of `entries` knows the wage."""
    known = {
        (entry.worker_id, day.work_date): entry.wage
        for entry in entries
        if entry.wage is not None
        for day in entry.days(workdays)
    }
    paid: dict[WorkerDay, Fraction | None] = {}
    for entry in worked:
        for day in entry.days(workdays):
            key = (day.worker_id, day.work_date)
            wage = known.get(key) if entry.wage is None else entry.wage
            before = paid.get(key, Fraction(0))
            pay = None if wage is None else exact(wage) * day.minutes / MINUTES_PER_HOUR
            paid[key] = None if before is None or pay is None else before + pay
    return paid
