"""The geometry of bars and charts. Templates draw them as SVG without any inline style; colors are classes.

Everything is in whole numbers or text, so that no locale puts a decimal comma into an attribute.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from propay.models import ProPay
from propay.queries.time import DayTime
from propay.rules.budgets import definition_of
from protiv.kit.money import round_cents, round_half_up

WIDTH, HEIGHT = 1000, 400
STEPS = 4
MINUTES_PER_HOUR = 60
ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Actual against budget. `percent` is of the budget; the bar runs to 100% or, if higher, to the actual.

    `is_over` comes from the ProPay: at 50% complete, 60% of the budget is too much.
    """

    percent: int
    actual_width: int
    budget_at: int
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One work date: its time, and running totals. Cost is None starting with the first day without a wage."""

    date: datetime.date
    minutes: int
    total_minutes: int
    total_amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Sums over time as the points of a line, with the labels beside it from top to bottom and left to right."""

    in_hours: bool
    line: str
    area: str
    budget_y: int | None
    levels: tuple[Decimal, ...]
    dates: tuple[datetime.date, ...]
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Budgeted and actual time of one month, in the chart's units from the top left corner."""

    label: str
    budget_x: int
    budget_y: int
    budget_height: int
    actual_x: int
    actual_y: int
    actual_height: int
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Budget hours and hours worked side by side, month by month, with the labels beside them from top to bottom."""

    pairs: tuple[Pair, ...]
    bar_width: int
    levels: tuple[Decimal, ...]


def bar(
    actual: Fraction | Decimal | int | None, budget: Fraction | Decimal | int | None, *, is_over: bool
) -> Bar | None:
    """None if either is unknown."""
    if actual is None or budget is None or budget <= 0:
        return None
    used = max(Fraction(actual), Fraction(0))
    whole = Fraction(budget)
    longest = max(used, whole)
    return Bar(
        percent=round_half_up(used * 100 / whole),
        actual_width=round(used * WIDTH / longest),
        budget_at=round(whole * WIDTH / longest),
        is_over=is_over,
    )


def is_in_hours(propay: ProPay) -> bool:
    """Whether the current budget is the entered or synced hours; an adjusted budget is shown in dollars."""
    return definition_of(propay.budget_type).is_in_hours and not propay.adjustment_type


def bar_of(propay: ProPay, budget_minutes: int | None) -> Bar | None:
    """In hours if the budget is in hours, so that it works before anyone has a wage; otherwise in dollars."""
    if is_in_hours(propay):
        return bar(propay.actual_minutes, budget_minutes, is_over=propay.is_over_budget)
    return bar(propay.actual_amount, propay.budget_amount, is_over=propay.is_over_budget)


def days_of(rows: Iterable[DayTime]) -> list[Day]:
    """Running sums over work dates, from rows sorted by date; exact internally, returned in cents."""
    days: list[Day] = []
    minutes, cost = 0, Fraction(0)
    knows_cost = True
    for row in rows:
        minutes += row.minutes
        knows_cost = knows_cost and row.wage is not None
        if row.wage is not None:
            cost += Fraction(row.minutes, MINUTES_PER_HOUR) * Fraction(row.wage)
        same_day = days.pop() if days and days[-1].date == row.work_date else None
        days.append(
            Day(
                date=row.work_date,
                minutes=row.minutes + (same_day.minutes if same_day else 0),
                total_minutes=minutes,
                total_amount=round_cents(cost) if knows_cost else None,
            )
        )
    return days


def over_time(propay: ProPay, days: Sequence[Day], *, budget_minutes: int | None) -> Chart | None:
    """Cumulative hours or cost against the budget; also in hours if a wage is missing. None without days."""
    if not days:
        return None
    knows_cost = days[-1].total_amount is not None
    in_hours = is_in_hours(propay) or not knows_cost
    if in_hours:
        values = [Fraction(day.total_minutes, MINUTES_PER_HOUR) for day in days]
        counts = is_in_hours(propay) and budget_minutes is not None
        budget = Fraction(budget_minutes or 0, MINUTES_PER_HOUR) if counts else None
    else:
        values = [Fraction(day.total_amount or 0) for day in days]
        budget = None if propay.budget_amount is None else Fraction(propay.budget_amount)
    return _chart(days, values, budget, in_hours=in_hours)


def by_month(months: Sequence[tuple[datetime.date, int, int]]) -> BarChart | None:
    """Budgeted and worked minutes of months, oldest first, or None. The first month and each January show the year."""
    if not months:
        return None
    top = _round_top(max([Fraction(1), *(Fraction(most, MINUTES_PER_HOUR) for _, *both in months for most in both)]))
    slot = Fraction(WIDTH, len(months))
    pairs = []
    for place, (month, budget, actual) in enumerate(months):
        budget_y, actual_y = (_y(Fraction(minutes, MINUTES_PER_HOUR), top) for minutes in (budget, actual))
        pairs.append(
            Pair(
                label=f"{month:%b %Y}" if place == 0 or month.month == 1 else f"{month:%b}",
                budget_x=round(slot * (place + Fraction(1, 6))),
                budget_y=budget_y,
                budget_height=HEIGHT - budget_y,
                actual_x=round(slot * (place + Fraction(1, 2))),
                actual_y=actual_y,
                actual_height=HEIGHT - actual_y,
                is_over=actual > budget,
            )
        )
    return BarChart(pairs=tuple(pairs), bar_width=round(slot * Fraction(3, 10)), levels=_levels(top))


def _chart(days: Sequence[Day], values: Sequence[Fraction], budget: Fraction | None, *, in_hours: bool) -> Chart:
    """The line begins at 0 on the day before the first one."""
    first, last = days[0].date - ONE_DAY, days[-1].date
    top = _round_top(max([*values, budget or Fraction(0), Fraction(1)]))
    spots = [(0, HEIGHT)] + [
        (round(Fraction((day.date - first).days * WIDTH, (last - first).days)), _y(value, top))
        for day, value in zip(days, values, strict=True)
    ]
    line = " ".join(f"{x},{y}" for x, y in spots)
    return Chart(
        in_hours=in_hours,
        line=line,
        area=f"{line} {WIDTH},{HEIGHT}",
        budget_y=None if budget is None else _y(budget, top),
        levels=_levels(top),
        dates=_dates(days[0].date, last),
        is_over=budget is not None and values[-1] > budget,
    )


def _levels(top: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(top) * step / STEPS for step in range(STEPS, -1, -1))


def _y(value: Fraction, top: int) -> int:
    return round(HEIGHT - max(value, Fraction(0)) * HEIGHT / top)


def _round_top(highest: Fraction) -> int:
    """The next 1, 2, 4, 6 or 8 times a power of ten, so that its quarters are readable numbers."""
    power = 1
    while True:
        for factor in (1, 2, 4, 6, 8):
            if factor * power >= highest:
                return factor * power
        power *= 10


def _dates(first: datetime.date, last: datetime.date) -> tuple[datetime.date, ...]:
    """At most three, evenly spaced."""
    if first == last:
        return (last,)
    middle = first + (last - first) // 2
    return (first, last) if middle in (first, last) else (first, middle, last)
