"""A workweek's straight time, overtime, and double time, day by day under the law of each day's state. Pure.

bonus.md 6.3, 6.4, 11.10, and 11.11: the day's own overtime first, then the seventh day, then the week's 40 hours.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from propay.rules.days import DayMinutes
from propay.rules.policies import DAYS_PER_WEEK, OvertimePolicy
from propay.rules.state_overtime import HOUR, StateRule, state_rule
from propay.rules.worker_status import NOTHING_SPECIAL, WorkerStatus
from protiv.kit.money import exact

# 29 USC 207(a): over 40 hours in a workweek.
WEEK_LIMIT = 40 * HOUR
# Labor Code 511(b): on a day that isn't in the schedule, 8 hours of overtime and then double time.
UNSCHEDULED_OVERTIME = 8 * HOUR
NO_LIMIT = 10**9

FEDERAL = StateRule(code="", name="Federal", source="29 USC 207(a); 29 CFR 778.208-.211")


@dataclass(slots=True)
class DayHours:
    """A workday in minutes, and the law under which its overtime is paid. Straight time is below 0 after a lunch."""

    day: date
    rule: StateRule
    straight: int
    overtime: int = 0
    double_time: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekHours:
    """A workweek in minutes, and by day: straight + overtime + double time = all that was worked."""

    days: tuple[DayHours, ...]
    straight: int
    overtime: int
    double_time: int

    @classmethod
    def of_days(cls, days: Sequence[DayHours]) -> "WeekHours":
        return cls(
            days=tuple(days),
            straight=sum(one.straight for one in days),
            overtime=sum(one.overtime for one in days),
            double_time=sum(one.double_time for one in days),
        )

    @property
    def worked(self) -> int:
        return self.straight + self.overtime + self.double_time

    @property
    def over_forty(self) -> int:
        """The hours that are overtime under federal law, whatever a state says about them."""
        return max(self.worked - WEEK_LIMIT, 0)

    @property
    def rules(self) -> list[StateRule]:
        """The laws of the days with overtime, each once, or else of all days."""
        in_order = dict.fromkeys(one.rule for one in self.days if one.overtime or one.double_time)
        return [*in_order] or [*dict.fromkeys(one.rule for one in self.days)]

    @property
    def is_federal(self) -> bool:
        """Whether no state's law adds anything on any of the days."""
        return all(one.rule is FEDERAL for one in self.days)

    def of(self, rule: StateRule) -> tuple[int, int]:
        """Overtime and double time under one law."""
        own = [one for one in self.days if one.rule is rule]
        return sum(one.overtime for one in own), sum(one.double_time for one in own)


NO_HOURS = WeekHours.of_days(())


def week_hours(
    policy: OvertimePolicy, days: Mapping[date, Sequence[DayMinutes]], status: WorkerStatus = NOTHING_SPECIAL
) -> WeekHours:
    """Divide one person's workweek. `days` are the parts of each workday; one below 0 reduces straight time."""
    minutes = {day: sum(part.minutes for part in days[day]) for day in sorted(days)}
    rules = {day: _rule_of(policy, day, days[day], status) for day in minutes}
    by_the_day = [_divided(day, minutes[day], rules[day], _daily_limits(rules[day], day, status)) for day in minutes]
    if any(rule.consecutive_over for rule in rules.values()):
        by_the_day = _greater(by_the_day, [_by_consecutive(one, days[one.day]) for one in by_the_day])
    if sum(worked > 0 for worked in minutes.values()) == DAYS_PER_WEEK and by_the_day[-1].rule.has_seventh_day:
        last = by_the_day[-1].day
        by_the_day[-1] = _divided(last, minutes[last], rules[last], (0, UNSCHEDULED_OVERTIME))
    _take_over_forty(by_the_day)
    return WeekHours.of_days(by_the_day)


def _rule_of(policy: OvertimePolicy, day: date, parts: Sequence[DayMinutes], status: WorkerStatus) -> StateRule:
    """The law of a day: that of the state in which most of it was worked, the company's own where the job has none."""
    minutes: Counter[str | None] = Counter()
    for part in parts:
        minutes[part.state or policy.state] += part.minutes
    state = min(minutes, key=lambda one: (-minutes[one], one or ""))
    rule = state_rule(state, day)
    schedule = status.schedule_on(day)
    if rule is None or rule.adds_nothing or (schedule and schedule.is_under_agreement):
        return FEDERAL
    is_for_others = rule.is_for_salaried and not status.is_salaried
    is_above_ceiling = rule.wage_ceiling is not None and _average_wage(parts) >= rule.wage_ceiling
    return rule.weekly_only if is_for_others or is_above_ceiling else rule


def _average_wage(parts: Sequence[DayMinutes]) -> Fraction:
    """Dollars per hour over the parts whose wage is known; 0, which has every protection, if none is."""
    known = [(exact(part.wage), part.minutes) for part in parts if part.wage is not None and part.minutes > 0]
    minutes = sum(own for _wage, own in known)
    return sum((wage * own for wage, own in known), Fraction(0)) / minutes if minutes else Fraction(0)


def _daily_limits(rule: StateRule, day: date, status: WorkerStatus) -> tuple[int, int]:
    """Over how many minutes a day has overtime, and over how many double time."""
    limits = (rule.daily_over or NO_LIMIT, rule.daily_double_over or NO_LIMIT)
    schedule = status.schedule_on(day)
    if not rule.has_schedules or schedule is None:
        return limits
    scheduled = schedule.on(day)
    return (scheduled, limits[1]) if scheduled else (0, UNSCHEDULED_OVERTIME)


def _divided(day: date, minutes: int, rule: StateRule, limits: tuple[int, int]) -> DayHours:
    over, double_over = limits
    return DayHours(
        day=day,
        rule=rule,
        straight=min(minutes, over),
        overtime=min(max(minutes - over, 0), double_over - over),
        double_time=max(minutes - double_over, 0),
    )


def _by_consecutive(one: DayHours, parts: Sequence[DayMinutes]) -> DayHours:
    """The same day with the hours beyond so many consecutive ones as its overtime, if its law has such a rule."""
    if one.rule.consecutive_over is None:
        return replace(one)
    beyond = min(sum(part.beyond_consecutive for part in parts), one.straight + one.overtime)
    return replace(one, straight=one.straight + one.overtime - beyond, overtime=beyond)


def _greater(*ways: list[DayHours]) -> list[DayHours]:
    """The way with more overtime; the first if they are equal."""
    return max(ways, key=lambda days: sum(one.overtime + one.double_time for one in days))


def _take_over_forty(days: Sequence[DayHours]) -> None:
    """Turn straight time over the week's 40 hours into overtime, from the latest day back."""
    left = max(sum(one.straight for one in days) - WEEK_LIMIT, 0)
    for one in reversed(days):
        taken = min(left, max(one.straight, 0))
        one.straight -= taken
        one.overtime += taken
        left -= taken
