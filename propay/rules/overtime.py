"""The overtime that a bonus makes due (bonus.md 6 and 11; 29 CFR 778.208-.211). Pure.

A ProPay bonus is nondiscretionary pay: it raises the regular rate of the weeks in which it was earned, so overtime
already paid in them was too low. Per person and workweek; weeks are never averaged. Time is net minutes, money exact
dollars until each week's figure is rounded, once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import chain
from types import MappingProxyType

from propay.rules.days import DayMinutes
from propay.rules.earning import EarnedWeeks, earning
from propay.rules.labor import sort_key
from propay.rules.policies import Calendar, Policies
from propay.rules.terms import WorkerId
from propay.rules.trace import Step, Trace
from propay.rules.trace import day as in_words
from propay.rules.true_up_trace import explain
from propay.rules.week_hours import NO_HOURS, week_hours
from propay.rules.week_pay import Bonus, EarnedWeek, WeekPay, amount_of, week_pays
from propay.rules.worker_status import Statuses
from protiv.kit.money import ZERO, exact, round_cents

ORDINARY = Statuses()
NOTHING_INCLUDED: Mapping[WorkerId, Decimal] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueUp:
    """What one workweek's part of a bonus adds to one worker's overtime pay.

    `bonus` is that part in cents for the page, `exact_bonus` the exact value used. `overtime_minutes` are overtime and
    double time under the law of each day. `exact_total` is the unrounded true-up, of which `federal` + `state_extra`
    are the cents. `is_exempt`: neither law owes the person overtime in that week.
    """

    worker_id: WorkerId
    week_start: date
    exact_bonus: Fraction
    bonus: Decimal
    worked_minutes: int
    overtime_minutes: int
    exact_total: Fraction
    federal: Decimal
    state_extra: Decimal
    is_exempt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeResult:
    """The true-ups by worker id, then week, including zeros; their steps; and warnings."""

    true_ups: tuple[TrueUp, ...]
    trace: tuple[Step, ...]
    warnings: tuple[str, ...]

    @property
    def amount(self) -> Decimal:
        """All true-ups together, in dollars."""
        return sum((one.federal + one.state_extra for one in self.true_ups), ZERO)

    def steps_of(self, worker_id: WorkerId, week_start: date) -> list[Step]:
        """How one week's figure was calculated."""
        prefix = f"true_up.{worker_id}.{week_start}."
        return [step for step in self.trace if step.key.startswith(prefix)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """One person's weeks under one calendar, and what is odd about them, with a place for the name."""

    weeks: Sequence[WeekPay]
    warnings: Sequence[str]


def true_ups(
    policies: Policies,
    bonuses: Mapping[WorkerId, Decimal],
    *,
    counted: Iterable[DayMinutes],
    worked: Iterable[DayMinutes],
    included: Mapping[WorkerId, Decimal] = NOTHING_INCLUDED,
    statuses: Statuses = ORDINARY,
    names: Mapping[WorkerId, str] | None = None,
    explains: bool = True,
) -> OvertimeResult:
    """The overtime owed on one ProPay's bonuses, in dollars per person.

    `counted` is the ProPay's counted time of all its people; `worked` is everything that those with a bonus worked in
    the weeks concerned, on every job (for people without counted time, up to the last week before in which they
    worked). `included` is the part of each bonus that contains its overtime (bonus.md 11.6). Without `explains` there
    is no trace, and the calculation takes half the time.
    """
    trace = Trace(names, is_read=explains)
    everyone = list(counted)
    own, hours = _by_person(everyone), _by_person(worked)
    found: list[TrueUp] = []
    warnings: list[str] = []
    for person in sorted(bonuses, key=sort_key):
        time = hours[person]
        bonus = Bonus(amount=exact(bonuses[person]), included=exact(included.get(person, ZERO)))
        divide = partial(
            _way, person=person, bonus=bonus, own=own[person], everyone=everyone, time=time, statuses=statuses
        )
        best = policies.greatest(chain(time, everyone), divide, lambda way: amount_of(way.weeks))
        warnings += [text.format(name=trace.name(person)) for text in best.warnings]
        found += _by_week_start([_true_up(person, week) for week in best.weeks])
        if explains:
            for week in best.weeks:
                explain(person, week, trace)
    return OvertimeResult(true_ups=tuple(found), trace=tuple(trace.steps), warnings=tuple(warnings))


def _way(
    calendar: Calendar,
    *,
    person: WorkerId,
    bonus: Bonus,
    own: Sequence[DayMinutes],
    everyone: Sequence[DayMinutes],
    time: Sequence[DayMinutes],
    statuses: Statuses,
) -> _Way:
    days = {week: parts for (_person, week), parts in calendar.by_week_and_day(time).items()}
    status = statuses.of(person)
    hours = {week: week_hours(calendar.policy(week), parts, status) for week, parts in days.items()}
    earned = earning(calendar, own, everyone, hours)
    total = sum(earned.weights.values())
    weeks = [
        EarnedWeek(
            week=week,
            policy=calendar.policy(week),
            bonus=bonus.part(earned.weights.get(week, 0), total),
            hours=hours.get(week, NO_HOURS),
            is_exempt=statuses.exempt_in(person, calendar.days_of(week)),
        )
        for week in earned.period
    ]
    # A week in between has a row only if the period divides the bonus (bonus.md 11.5).
    rows = [one for one in week_pays(weeks) if one.is_by_period or one.earned.week in earned.weights]
    warnings = _too_few_hours(rows, earned)
    if bonus.amount and earned.warning and not all(statuses.exempt_in(person, {one.work_date for one in everyone})):
        warnings.append(earned.warning)
    return _Way(weeks=rows, warnings=warnings)


def _too_few_hours(weeks: Sequence[WeekPay], earned: EarnedWeeks) -> list[str]:
    """The weeks in which a person has more minutes on the ProPay than in all."""
    return [
        f"{{name}}'s total hours for the week of {in_words(one.earned.week.start)} are lower than the hours counted on "
        "this ProPay, so the true-up for that week can't be right."
        for one in weeks
        if earned.own.get(one.earned.week, 0) > one.earned.hours.worked
    ]


def _true_up(person: WorkerId, week: WeekPay) -> TrueUp:
    earned, federal = week.earned, week.federal_amount
    return TrueUp(
        worker_id=person,
        week_start=earned.week.start,
        exact_bonus=earned.bonus.amount,
        bonus=round_cents(earned.bonus.amount),
        worked_minutes=earned.hours.worked,
        overtime_minutes=earned.hours.overtime + earned.hours.double_time,
        exact_total=week.total,
        federal=federal,
        state_extra=week.amount - federal,
        is_exempt=all(earned.is_exempt),
    )


def _by_week_start(rows: Sequence[TrueUp]) -> list[TrueUp]:
    """Two weeks that begin on the same day, because the company changed only its hour, as one row."""
    found: dict[date, TrueUp] = {}
    for row in rows:
        before = found.get(row.week_start)
        found[row.week_start] = row if before is None else _sum(before, row)
    return [*found.values()]


def _sum(one: TrueUp, other: TrueUp) -> TrueUp:
    bonus = one.exact_bonus + other.exact_bonus
    return TrueUp(
        worker_id=one.worker_id,
        week_start=one.week_start,
        exact_bonus=bonus,
        bonus=round_cents(bonus),
        worked_minutes=one.worked_minutes + other.worked_minutes,
        overtime_minutes=one.overtime_minutes + other.overtime_minutes,
        exact_total=one.exact_total + other.exact_total,
        federal=one.federal + other.federal,
        state_extra=one.state_extra + other.state_extra,
        is_exempt=one.is_exempt and other.is_exempt,
    )


def _by_person(time: Iterable[DayMinutes]) -> defaultdict[WorkerId, list[DayMinutes]]:
    found: defaultdict[WorkerId, list[DayMinutes]] = defaultdict(list)
    for part in time:
        found[part.worker_id].append(part)
    return found
