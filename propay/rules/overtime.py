"""The overtime that a bonus makes due (bonus.md 6; 29 CFR 778.208-.211). Pure.

A ProPay bonus is nondiscretionary pay: it raises the regular rate of the weeks in which it was earned, so overtime
already paid in them was too low. Per worker and workweek; weeks are never averaged. Time is net minutes, money exact
dollars until each week's figure is rounded, once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from propay.rules.labor import MINUTES_PER_HOUR, sort_key
from propay.rules.terms import WorkerId
from propay.rules.trace import Step, Trace, dollars, exact_dollars, hours, number
from propay.rules.trace import day as in_words
from protiv.kit.money import ZERO, exact, round_cents
from protiv.timekeeping.workdays import Workdays

DAYS_PER_WEEK = 7
MIDNIGHT = time(0)
# 29 USC 207(a): over 40 hours in a workweek.
WEEK_LIMIT = 40 * MINUTES_PER_HOUR
# California Labor Code 510(a): over 8 hours in a day; double time over 12.
DAY_LIMIT = 8 * MINUTES_PER_HOUR
DOUBLE_TIME_LIMIT = 12 * MINUTES_PER_HOUR

# The straight-time part is in the bonus itself, so only the premium is owed on it (29 CFR 778.209).
HALF_TIME = Fraction(1, 2)
# On a flat sum the whole of it is owed, because the bonus pays straight time only (Alvarado v. Dart, 4 Cal.5th 542).
TIME_AND_A_HALF = Fraction(3, 2)

NO_HOURS = "no hours worked"

WORKED_KINDS = frozenset({"work", "travel", "auto_lunch"})


class OvertimeRule(StrEnum):
    FEDERAL = "FEDERAL"
    CALIFORNIA = "CALIFORNIA"


class StateMethod(StrEnum):
    FLAT_SUM = "FLAT_SUM"
    PRODUCTION = "PRODUCTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimePolicy:
    """The company's rules. `first_weekday` is the day on which its workweek starts, Monday being 0.

    `workday_start` is the hour at which it and each workday begin; None: entries are on their work dates (`Workdays`).
    """

    rule: OvertimeRule = OvertimeRule.FEDERAL
    method: StateMethod = StateMethod.FLAT_SUM
    first_weekday: int = 0
    workday_start: time | None = MIDNIGHT

    def workdays(self, zone: tzinfo | None) -> Workdays:
        """The workdays of a company whose clocks are those of `zone`."""
        return Workdays(start=self.workday_start, zone=zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMinutes:
    """Net minutes of one worker on one workday: of one entry, or summed; several for one day are added up.

    `work_date` is the date on which the workday begins.
    """

    worker_id: WorkerId
    work_date: date
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekHours:
    """A workweek in minutes: straight + overtime + double time = all that was worked."""

    straight: int
    overtime: int
    double_time: int

    @property
    def worked(self) -> int:
        return self.straight + self.overtime + self.double_time


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueUp:
    """What one workweek's part of a bonus adds to one worker's overtime pay.

    `bonus` is that part in cents for the page, `exact_bonus` the exact value used. `overtime_minutes` are those over 40
    hours (federal), or overtime and double time (California). `exact_total` is the unrounded true-up, of which
    `federal` + `state_extra` are the cents.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeResult:
    """The true-ups by worker id, then week, including zeros; their steps; and warnings."""

    true_ups: tuple[TrueUp, ...]
    trace: tuple[Step, ...]
    warnings: tuple[str, ...]

    def steps_of(self, worker_id: WorkerId, week_start: date) -> list[Step]:
        """How one week's figure was calculated."""
        prefix = f"true_up.{worker_id}.{week_start}."
        return [step for step in self.trace if step.key.startswith(prefix)]


def week_start_of(day: date, first_weekday: int) -> date:
    """The first day of the workweek that `day` belongs to."""
    return day - timedelta(days=(day.weekday() - first_weekday) % DAYS_PER_WEEK)


def whole_weeks(days: Collection[date], first_weekday: int) -> tuple[date, date]:
    """The first and the last date of the workweeks from that of the earliest of these days to that of the latest."""
    last_week = week_start_of(max(days), first_weekday)
    return week_start_of(min(days), first_weekday), last_week + timedelta(days=DAYS_PER_WEEK - 1)


def true_ups(
    policy: OvertimePolicy,
    bonuses: Mapping[WorkerId, Decimal],
    *,
    counted: Iterable[DayMinutes],
    worked: Iterable[DayMinutes],
    exempt: Collection[WorkerId] = (),
    names: Mapping[WorkerId, str] | None = None,
    explains: bool = True,
) -> OvertimeResult:
    """The overtime owed on one ProPay's bonuses, in dollars per worker.

    `counted` is the ProPay's counted time of all its workers; `worked` is everything that those with a bonus worked in
    the weeks concerned, on every job. Without `explains` there is no trace, and the calculation takes half the time.
    """
    trace = Trace(names, is_read=explains)
    counted_weeks = by_week(counted, policy.first_weekday)
    worked_days = by_week_and_day(worked, policy.first_weekday)
    propay_weeks = _sum_of_workers(counted_weeks)
    found: list[TrueUp] = []
    warnings: list[str] = []
    for worker_id in sorted(bonuses, key=sort_key):
        own_weeks = counted_weeks.get(worker_id, {})
        spread = spread_bonus(bonuses[worker_id], own_weeks, propay_weeks)
        if not spread and bonuses[worker_id]:
            warnings.append(
                f"{trace.name(worker_id)} has no workweek on this ProPay, so no overtime true-up is calculated."
            )
        for week, part in spread.items():
            days = worked_days.get((worker_id, week), {})
            found.append(_true_up(policy, worker_id, week, part, days, worker_id in exempt, trace))
            if own_weeks.get(week, 0) > sum(days.values()):
                warnings.append(
                    f"{trace.name(worker_id)}'s total hours for the week of {in_words(week)} are lower than the hours "
                    "counted on this ProPay, so the true-up for that week can't be right."
                )
    return OvertimeResult(true_ups=tuple(found), trace=tuple(trace.steps), warnings=tuple(warnings))


def spread_bonus(
    amount: Decimal, own_weeks: Mapping[date, int], propay_weeks: Mapping[date, int]
) -> dict[date, Fraction]:
    """The bonus over the workweeks in which it was earned, exact dollars by week start (29 CFR 778.209).

    In proportion to the person's own counted minutes; for a person without any, equally over the ProPay's weeks. Weeks
    at or below 0 minutes are excluded.
    """
    weights = _above_zero(own_weeks) or dict.fromkeys(_above_zero(propay_weeks), 1)
    total = sum(weights.values())
    return {week: exact(amount) * weights[week] / total for week in sorted(weights)}


def federal_hours(days: Mapping[date, int]) -> WeekHours:
    """Over 40 hours in the workweek is overtime (29 USC 207)."""
    worked = sum(days.values())
    overtime = max(worked - WEEK_LIMIT, 0)
    return WeekHours(straight=worked - overtime, overtime=overtime, double_time=0)


def california_hours(days: Mapping[date, int]) -> WeekHours:
    """Daily overtime and double time, the seventh day, then the week's 40 hours (Labor Code 510(a)).

    `days` are the net minutes of each date of one workweek. A date below 0 reduces straight time.
    """
    all_seven = len(_above_zero(days)) == DAYS_PER_WEEK
    straight = overtime = double_time = 0
    for day in sorted(days):
        minutes = days[day]
        straight_limit, overtime_limit = DAY_LIMIT, DOUBLE_TIME_LIMIT
        if all_seven and day == max(days):
            straight_limit, overtime_limit = 0, DAY_LIMIT
        straight += min(minutes, straight_limit)
        overtime += min(max(minutes - straight_limit, 0), overtime_limit - straight_limit)
        double_time += max(minutes - overtime_limit, 0)
    over_week = max(straight - WEEK_LIMIT, 0)
    return WeekHours(straight=straight - over_week, overtime=overtime + over_week, double_time=double_time)


def overtime_pay(policy: OvertimePolicy, wages: Fraction, days: Mapping[date, int]) -> Fraction:
    """What a week's overtime adds to its `wages`, from their average per hour (29 CFR 778.115); exact dollars.

    `wages` are the straight-time wages for all minutes; `days` as in `california_hours`.
    """
    if policy.rule == OvertimeRule.CALIFORNIA:
        return _california(StateMethod.PRODUCTION, wages, california_hours(days))
    return _federal(wages, federal_hours(days))


def _true_up(
    policy: OvertimePolicy,
    worker_id: WorkerId,
    week: date,
    bonus: Fraction,
    days: Mapping[date, int],
    is_exempt: bool,
    trace: Trace,
) -> TrueUp:
    """One worker's workweek: the federal figure and the state overtime premium, each rounded once to cents."""
    california = policy.rule == OvertimeRule.CALIFORNIA
    federal_week = federal_hours(days)
    week_hours = california_hours(days) if california else federal_week
    federal = Fraction(0) if is_exempt else _federal(bonus, federal_week)
    total = _california(policy.method, bonus, week_hours) if california and not is_exempt else federal
    if trace.is_read:
        key, label = f"true_up.{worker_id}.{week}", f"{trace.name(worker_id)}, week of {in_words(week)}"
        formula = "exempt" if is_exempt else _federal_formula(bonus, federal_week)
        trace.add(f"{key}.federal", f"Federal true-up: {label}", formula, _rounded(federal))
        if california and not is_exempt:
            formula = _california_formula(policy.method, bonus, week_hours)
            trace.add(f"{key}.total", f"California true-up (includes federal): {label}", formula, _rounded(total))
    federal_amount = round_cents(federal)
    return TrueUp(
        worker_id=worker_id,
        week_start=week,
        exact_bonus=bonus,
        bonus=round_cents(bonus),
        worked_minutes=week_hours.worked,
        overtime_minutes=week_hours.overtime + week_hours.double_time,
        exact_total=total,
        federal=federal_amount,
        state_extra=max(round_cents(total) - federal_amount, ZERO),
    )


def _federal(bonus: Fraction, week: WeekHours) -> Fraction:
    """Half of what the bonus adds to the regular rate, for each hour over 40; divided by ALL hours worked."""
    return HALF_TIME * bonus / week.worked * week.overtime if week.overtime else Fraction(0)


def _federal_formula(bonus: Fraction, week: WeekHours) -> str:
    if week.worked <= 0:
        return NO_HOURS
    return f"0.5 × {exact_dollars(bonus)} / {hours(week.worked)} × {hours(week.overtime)}"


def _california(method: StateMethod, bonus: Fraction, week: WeekHours) -> Fraction:
    """Federal part included. A flat sum is divided by the non-overtime hours, a production bonus by all hours."""
    if week.worked <= 0 or not (week.overtime or week.double_time):
        return Fraction(0)
    factor, double_factor = _factors(method)
    return bonus / _divisor(method, week) * (factor * week.overtime + double_factor * week.double_time)


def _california_formula(method: StateMethod, bonus: Fraction, week: WeekHours) -> str:
    if week.worked <= 0:
        return NO_HOURS
    factor, double_factor = map(number, _factors(method))
    return (
        f"{exact_dollars(bonus)} / {hours(_divisor(method, week))}"
        f" × ({factor} × {hours(week.overtime)} + {double_factor} × {hours(week.double_time)})"
    )


def _divisor(method: StateMethod, week: WeekHours) -> int:
    return week.straight if method == StateMethod.FLAT_SUM and week.straight > 0 else week.worked


def _factors(method: StateMethod) -> tuple[Fraction, Fraction]:
    """The premium for overtime and for double time."""
    return (TIME_AND_A_HALF, Fraction(2)) if method == StateMethod.FLAT_SUM else (HALF_TIME, Fraction(1))


def _rounded(value: Fraction) -> str:
    """The unrounded figure and its cents."""
    return f"{exact_dollars(value)}, rounded {dollars(round_cents(value))}"


def _above_zero(minutes: Mapping[date, int]) -> dict[date, int]:
    return {day: total for day, total in minutes.items() if total > 0}


def by_week(time: Iterable[DayMinutes], first_weekday: int) -> dict[WorkerId, dict[date, int]]:
    """Worker id → week start → minutes."""
    weeks: defaultdict[WorkerId, defaultdict[date, int]] = defaultdict(lambda: defaultdict(int))
    for part in time:
        weeks[part.worker_id][week_start_of(part.work_date, first_weekday)] += part.minutes
    return {worker_id: dict(minutes) for worker_id, minutes in weeks.items()}


def by_week_and_day(time: Iterable[DayMinutes], first_weekday: int) -> dict[tuple[WorkerId, date], dict[date, int]]:
    """(Worker id, week start) → date → minutes."""
    weeks: defaultdict[tuple[WorkerId, date], defaultdict[date, int]] = defaultdict(lambda: defaultdict(int))
    for part in time:
        weeks[part.worker_id, week_start_of(part.work_date, first_weekday)][part.work_date] += part.minutes
    return {key: dict(days) for key, days in weeks.items()}


def _sum_of_workers(weeks_by_worker: Mapping[WorkerId, Mapping[date, int]]) -> dict[date, int]:
    """Week start → minutes of everyone."""
    total: defaultdict[date, int] = defaultdict(int)
    for weeks in weeks_by_worker.values():
        for week, minutes in weeks.items():
            total[week] += minutes
    return dict(total)
