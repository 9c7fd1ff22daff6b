"""Warns of a bonus that may be wages under another name (bonus.md 6; 29 CFR 778.502-.503). Pure.

The law doesn't treat such a "pseudo-bonus" as a bonus, so its true-up is too low: if a fixed sum is paid whatever the
hours, overtime is owed on all of it. Nothing here changes a figure.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby

from propay.rules.budget_figures import is_fixed
from propay.rules.calculations import moved_percents
from propay.rules.days import DayMinutes
from propay.rules.labor import MINUTES_PER_HOUR, sort_key
from propay.rules.overtime import TrueUp
from propay.rules.policies import Policies
from propay.rules.terms import Terms, WorkerId
from propay.rules.trace import Trace, day, dollars
from propay.rules.week_hours import WeekHours, week_hours
from propay.rules.week_pay import overtime_pay
from protiv.kit.money import Number, exact, round_cents

# The law names no number of weeks: this threshold is ours. Its illustration also uses three (778.502(c)).
PSEUDO_BONUS_WEEKS = 3
WEEK = timedelta(days=7)
WHOLE = 100
NOTHING = Fraction(0)


class PseudoBonusCode(StrEnum):
    SAME_WEEKLY_TOTAL = "SAME_WEEKLY_TOTAL"
    ALL_OF_FIXED_BUDGET = "ALL_OF_FIXED_BUDGET"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerWeek:
    """One worker's workweek, one row each; exempt workers are excluded. Exact dollars or cents.

    `wages_amount` is what all jobs paid, with overtime pay and without true-ups; None if a wage is unknown.
    `propay_minutes` are those counted on ProPays, `worked_minutes` those on every job. `takes_all`:
    `takes_all_of_fixed_budget` is true of every ProPay in the week.
    """

    worker_id: WorkerId
    week_start: date
    worked_minutes: int
    propay_minutes: int
    wages_amount: Number | None
    bonus_amount: Number
    takes_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PseudoBonusWarning:
    """A likely pseudo bonus; `amount` is the unchanging weekly total, or the bonus of all the weeks."""

    code: PseudoBonusCode
    worker_id: WorkerId
    weeks: tuple[date, ...]
    amount: Decimal

    def message(self, name: str) -> str:
        """A plain explanation: what was found, what it means, what to do."""
        when = f"the {len(self.weeks)} workweeks from {day(self.weeks[0])} to {day(self.weeks[-1])}"
        if self.code == PseudoBonusCode.SAME_WEEKLY_TOTAL:
            return (
                f"{name}'s wages plus bonus total {dollars(self.amount)} in each of {when}, even though the hours "
                "differ. A bonus that brings pay to the same total every week may count as regular wages (29 CFR "
                "778.502). If so, the overtime paid is too low. Check the wage and the budgets, and ask your payroll "
                "adviser before you pay."
            )
        return (
            f"In {when}, {name} worked only on fixed-budget ProPays where the crew gets 100% of the savings: "
            f"{dollars(self.amount)} of bonus. Wages plus bonus then equal the budget no matter how long the job "
            "takes. Such a bonus may count as regular wages (29 CFR 778.502-.503). If so, the overtime paid is too "
            "low. Lower the share of savings or the crew part, or ask your payroll adviser before you pay."
        )


def weeks_with_bonus(
    true_ups: Iterable[TrueUp],
    *,
    policies: Policies,
    counted: Iterable[DayMinutes],
    worked: Iterable[DayMinutes],
    takes_all: bool,
) -> Iterator[WorkerWeek]:
    """The weeks over which one ProPay's bonuses are spread, for those who are owed overtime.

    `counted` is the ProPay's counted time, `worked` everything these people worked, with its wages.
    """
    calendar = policies.calendar()
    propay_minutes = {
        (worker_id, week.start): minutes
        for worker_id, weeks in calendar.by_week(counted).items()
        for week, minutes in weeks.items()
    }
    pay = {
        (worker_id, week.start): pay_of(days, week_hours(calendar.policy(week), days))
        for (worker_id, week), days in calendar.by_week_and_day(worked).items()
    }
    for week in true_ups:
        key = (week.worker_id, week.week_start)
        yield WorkerWeek(
            worker_id=week.worker_id,
            week_start=week.week_start,
            worked_minutes=week.worked_minutes,
            propay_minutes=propay_minutes.get(key, 0),
            wages_amount=pay.get(key, NOTHING),
            bonus_amount=week.exact_bonus,
            takes_all=takes_all,
        )


def pay_of(days: Mapping[date, Sequence[DayMinutes]], hours: WeekHours) -> Fraction | None:
    """What a week's hours pay, with overtime and without true-ups; None if a wage is unknown."""
    parts = [part for own in days.values() for part in own]
    if any(part.wage is None for part in parts):
        return None
    straight = sum((exact(part.wage or 0) * part.minutes / MINUTES_PER_HOUR for part in parts), NOTHING)
    return straight + overtime_pay(straight, hours)


def takes_all_of_fixed_budget(terms: Terms) -> bool:
    """Whether the crew gets 100% of the saving of a budget in dollars, so that the sum paid doesn't depend on time."""
    return is_fixed(terms) and exact(terms.split_percent) == WHOLE == moved_percents(terms, Trace())["crew"]


def pseudo_bonus_warnings(rows: Iterable[WorkerWeek]) -> tuple[PseudoBonusWarning, ...]:
    """The warnings, by worker id; a run of more than three weeks is one warning."""
    found: list[PseudoBonusWarning] = []
    in_order = sorted(rows, key=lambda row: (sort_key(row.worker_id), row.week_start))
    for _, group in groupby(in_order, key=lambda row: row.worker_id):
        weeks = list(group)
        for run in _runs(weeks, _total):
            if len({week.worked_minutes for week in run}) > 1:
                found.append(_warning(PseudoBonusCode.SAME_WEEKLY_TOTAL, run, _total(run[0]) or 0))
        for run in _runs(weeks, _works_for_the_budget):
            found.append(_warning(PseudoBonusCode.ALL_OF_FIXED_BUDGET, run, _bonus(run)))
    return tuple(found)


def _runs(weeks: Iterable[WorkerWeek], what: Callable[[WorkerWeek], object]) -> Iterator[list[WorkerWeek]]:
    """The longest runs of workweeks without a gap in which `what` is the same and not None, if there is any bonus."""
    run: list[WorkerWeek] = []
    before = None
    for week in weeks:
        found = what(week)
        if run and (week.week_start - run[-1].week_start != WEEK or found != before):
            yield from _long_enough(run)
            run = []
        if found is not None:
            run.append(week)
        before = found
    yield from _long_enough(run)


def _long_enough(run: list[WorkerWeek]) -> Iterator[list[WorkerWeek]]:
    if len(run) >= PSEUDO_BONUS_WEEKS and _bonus(run) > 0:
        yield run


def _total(week: WorkerWeek) -> Decimal | None:
    return None if week.wages_amount is None else round_cents(exact(week.wages_amount) + exact(week.bonus_amount))


def _works_for_the_budget(week: WorkerWeek) -> bool | None:
    return True if week.takes_all and week.propay_minutes == week.worked_minutes > 0 else None


def _bonus(run: Iterable[WorkerWeek]) -> Fraction:
    return sum((exact(week.bonus_amount) for week in run), Fraction(0))


def _warning(code: PseudoBonusCode, run: list[WorkerWeek], amount: Number) -> PseudoBonusWarning:
    return PseudoBonusWarning(
        code=code,
        worker_id=run[0].worker_id,
        weeks=tuple(week.week_start for week in run),
        amount=round_cents(amount),
    )
