"""A what-if case as the calculation takes it, whether read from JSON or built from rows. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import partial

from propay.cases.statements import ByHand
from propay.rules.budgets import CostCodeId
from propay.rules.consecutive import Clocked, beyond_consecutive
from propay.rules.days import DayMinutes
from propay.rules.labor import counted_kinds
from propay.rules.people import PersonLinks
from propay.rules.policies import Policies
from propay.rules.state_overtime import StateRule, state_rule
from propay.rules.terms import Terms, TimeSlice, WorkerId
from propay.rules.worker_status import WorkerStatus
from protiv.timekeeping.records import is_worked
from protiv.timekeeping.workdays import ONE_MINUTE, Workdays

NO_LINKS = PersonLinks()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One time entry of a case. `wage` is the hourly wage in effect that day, or None.

    `stretch` is its local start and stop, None where only the date is known; `state` that of its job, None the
    company's.
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
    state: str | None = None

    @classmethod
    def of_day(cls, day: DayMinutes) -> "Entry":
        """Time of which only the workday is known; a part of one keeps its place in the day."""
        begins = None if day.begins is None else datetime.combine(day.work_date, day.begins)
        return cls(
            worker_id=day.worker_id,
            work_date=day.work_date,
            minutes=day.minutes,
            wage=day.wage,
            stretch=(begins, begins + abs(day.minutes) * ONE_MINUTE) if begins else None,
            state=day.state,
        )

    def days(self, workdays: Workdays) -> list[DayMinutes]:
        """Its minutes on each workday."""
        parts = workdays.divide(self.minutes, work_date=self.work_date, stretch=self.stretch)
        return [
            DayMinutes(
                worker_id=self.worker_id,
                work_date=day,
                begins=begins,
                minutes=minutes,
                state=self.state,
                wage=self.wage,
            )
            for day, begins, minutes in parts
        ]

    @property
    def is_worked(self) -> bool:
        """Whether it is time worked, on any job (bonus.md 6.2 and 11.9)."""
        return is_worked(self.kind, self.minutes)

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
    """The overtime rules, and all time worked with its wages where they are known."""

    policies: Policies
    workdays: Workdays
    worked: tuple[DayMinutes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case in the calculation's terms. `time` and `counted` are the same counted entries, by wage and by workday."""

    terms: Terms
    time: tuple[TimeSlice, ...]
    counted: tuple[DayMinutes, ...]
    statuses: Mapping[WorkerId, WorkerStatus]
    overtime: OvertimeTerms | None
    by_hand: ByHand = field(default_factory=ByHand)


def build_case(
    terms: Terms,
    entries: Iterable[Entry],
    *,
    include_travel: bool,
    statuses: Mapping[WorkerId, WorkerStatus],
    overtime: OvertimeTerms | None,
    by_hand: ByHand | None = None,
) -> Case:
    """Build the case for these terms from the entries that count."""
    counted = counted_among(entries, include_travel=include_travel)
    workdays = overtime.workdays if overtime else Workdays(starts=())
    return Case(
        terms=terms,
        time=tuple(entry.slice for entry in counted),
        counted=tuple(divided(counted, workdays)),
        statuses=statuses,
        overtime=overtime,
        by_hand=by_hand or ByHand(),
    )


def counted_among(entries: Iterable[Entry], *, include_travel: bool) -> tuple[Entry, ...]:
    """The entries that count. An entry of 0 minutes is not time worked, so it needs no wage."""
    kinds = counted_kinds(include_travel=include_travel)
    return tuple(entry for entry in entries if entry.kind in kinds and entry.minutes)


def overtime_terms(
    policies: Policies,
    all_time: Iterable[Entry],
    entries: Collection[Entry],
    *,
    people: PersonLinks = NO_LINKS,
    zone: tzinfo | None = None,
) -> OvertimeTerms:
    """Overtime by these policies on everything that was worked.

    A worker has one wage on a day: of all time, an entry without one has that of `entries`.
    """
    worked = with_wages((entry for entry in all_time if entry.is_worked), entries)
    days = [entry.work_date for entry in worked]
    workdays = policies.workdays((min(days), max(days)) if days else None, zone)
    return OvertimeTerms(
        policies=policies,
        workdays=workdays,
        worked=tuple(_worked_days(policies, worked, people, workdays)),
    )


def with_wages(worked: Iterable[Entry], entries: Iterable[Entry]) -> list[Entry]:
    """These entries, each with the wage of its worker on its date if it has none and one of `entries` knows it."""
    known = {(entry.worker_id, entry.work_date): entry.wage for entry in entries if entry.wage is not None}
    return [
        replace(entry, wage=known.get((entry.worker_id, entry.work_date))) if entry.wage is None else entry
        for entry in worked
    ]


def _worked_days(
    policies: Policies, worked: Sequence[Entry], people: PersonLinks, workdays: Workdays
) -> Iterator[DayMinutes]:
    """All time worked by workday, with the minutes beyond so many consecutive hours where a state's law asks."""
    rules = [rule for rule in map(partial(_rule_of, policies), worked) if rule is not None]
    limit = min((rule.consecutive_over for rule in rules if rule.consecutive_over), default=None)
    if limit is None:
        yield from divided(worked, workdays)
        return
    clocked: defaultdict[WorkerId, list[Clocked]] = defaultdict(list)
    for entry in worked:
        if entry.stretch is None:
            yield from entry.days(workdays)
        else:
            clocked[people.of(entry.worker_id)].append((*entry.stretch, entry.days(workdays)))
    for own in clocked.values():
        yield from beyond_consecutive(own, limit)


def _rule_of(policies: Policies, entry: Entry) -> StateRule | None:
    return state_rule(entry.state or policies.on(entry.work_date).state, entry.work_date)


def divided(entries: Iterable[Entry], workdays: Workdays) -> Iterator[DayMinutes]:
    """The minutes of these entries on each workday."""
    return (day for entry in entries for day in entry.days(workdays))
