"""A what-if case as the calculation takes it, whether read from JSON or built from rows. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from propay.rules.budgets import CostCodeId
from propay.rules.labor import MINUTES_PER_HOUR, counted_kinds
from propay.rules.overtime import WORKED_KINDS, DayMinutes, OvertimePolicy
from propay.rules.terms import Terms, TimeSlice, WorkerId
from protiv.kit.money import exact

WorkerDay = tuple[WorkerId, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One time entry of a case. `wage` is the hourly wage in effect that day, or None."""

    worker_id: WorkerId
    work_date: date
    minutes: int
    wage: Decimal | None
    kind: str = "work"
    ot1_minutes: int = 0
    ot2_minutes: int = 0
    cost_code: CostCodeId | None = None

    @property
    def of_day(self) -> DayMinutes:
        return DayMinutes(worker_id=self.worker_id, work_date=self.work_date, minutes=self.minutes)

    @property
    def worker_day(self) -> WorkerDay:
        return self.worker_id, self.work_date

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
    worked: tuple[DayMinutes, ...]
    wages: Mapping[WorkerDay, Fraction | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as the calculation takes it. `time` and `counted` are the same counted entries, by wage and by date."""

    terms: Terms
    time: tuple[TimeSlice, ...]
    counted: tuple[DayMinutes, ...]
    exempt: frozenset[WorkerId]
    overtime: OvertimeTerms | None


def build_case(
    terms: Terms,
    entries: Iterable[Entry],
    *,
    include_travel: bool,
    exempt: Iterable[WorkerId],
    overtime: OvertimeTerms | None,
) -> Case:
    """Build the case for these terms from the entries that count."""
    counted = counted_among(entries, include_travel=include_travel)
    return Case(
        terms=terms,
        time=tuple(entry.slice for entry in counted),
        counted=tuple(entry.of_day for entry in counted),
        exempt=frozenset(exempt),
        overtime=overtime,
    )


def counted_among(entries: Iterable[Entry], *, include_travel: bool) -> tuple[Entry, ...]:
    """The entries that count. An entry of 0 minutes is not time worked, so it needs no wage."""
    kinds = counted_kinds(include_travel=include_travel)
    return tuple(entry for entry in entries if entry.kind in kinds and entry.minutes)


def overtime_terms(policy: OvertimePolicy, all_time: Iterable[Entry], entries: Collection[Entry]) -> OvertimeTerms:
    """Overtime under this policy for all time worked.

    A worker has one wage per date: an `all_time` entry without a wage takes the one from `entries`.
    """
    worked = [entry for entry in all_time if entry.kind in WORKED_KINDS]
    wages = day_wages(worked, entries)
    return OvertimeTerms(policy=policy, worked=tuple(entry.of_day for entry in worked), wages=wages)


def day_wages(worked: Iterable[Entry], entries: Iterable[Entry]) -> dict[WorkerDay, Fraction | None]:
    """Straight-time pay by worker and day; None where neither the entry nor any of `entries` has a wage."""
    known = {entry.worker_day: entry.wage for entry in entries if entry.wage is not None}
    paid: dict[WorkerDay, Fraction | None] = {}
    for entry in worked:
        wage = known.get(entry.worker_day) if entry.wage is None else entry.wage
        before = paid.get(entry.worker_day, Fraction(0))
        pay = None if wage is None else exact(wage) * entry.minutes / MINUTES_PER_HOUR
        paid[entry.worker_day] = None if before is None or pay is None else before + pay
    return paid
