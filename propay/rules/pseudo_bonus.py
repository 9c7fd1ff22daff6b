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
# Whoever gets this much of a saving, or works this much on ProPays, gets or works nearly all of it: the percentage is
# ours, too, and so is how far apart two totals may be that count as the same.
NEARLY_ALL = 90
SAME_WITHIN = Fraction(1, 100)
NOTHING = Fraction(0)


class PseudoBonusCode(StrEnum):
    SAME_WEEKLY_TOTAL = "SAME_WEEKLY_TOTAL"
    ALL_OF_FIXED_BUDGET = "ALL_OF_FIXED_BUDGET"
    OVERTIME_AS_COST = "OVERTIME_AS_COST"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermSigns:
    """What the terms of a ProPay say about whether its bonus may be wages: nearly all of its saving goes to workers.

    `fixed_budget`: of a budget in dollars, so that the sum paid hardly depends on time. `overtime_cost`: the workers'
    own overtime pay is subtracted from it.
    """

    fixed_budget: bool
    overtime_cost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerWeek:
    """One worker's workweek, one row each; exempt workers are excluded. Exact dollars or cents.

    `wages_amount` is what all jobs paid, with overtime pay and without true-ups; None if a wage is unknown.
    `propay_minutes` are those counted on ProPays, `worked_minutes` those on every job. `fixed_budget` is true of every
    ProPay in the week, `overtime_cost` of at least one.
    """

    worker_id: WorkerId
    week_start: date
    worked_minutes: int
    overtime_minutes: int
    propay_minutes: int
    wages_amount: Number | None
    bonus_amount: Number
    fixed_budget: bool
    overtime_cost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PseudoBonusWarning:
    """A likely pseudo bonus; `amount` is the lowest of the weekly totals, or the bonus of all the weeks.

    `highest_amount` is the highest of the weekly totals.
    """

    code: PseudoBonusCode
    worker_id: WorkerId
    weeks: tuple[date, ...]
    amount: Decimal
    highest_amount: Decimal

    def message(self, name: str) -> str:
        """A plain explanation: what was found, what it means, what to do."""
        match self.code:
            case PseudoBonusCode.SAME_WEEKLY_TOTAL:
                return (
                    f"{name}'s wages plus bonus total {self._totals} in each of {self._when}, even though the hours "
                    "differ. A bonus that brings pay to the same total every week may count as regular wages (29 CFR "
                    "778.502). If so, the overtime paid is too low. Check the wage and the budgets, and ask your "
                    "payroll adviser before you pay."
                )
            case PseudoBonusCode.ALL_OF_FIXED_BUDGET:
                return (
                    f"In {self._when}, {name} spent at least {NEARLY_ALL}% of the hours on fixed-budget ProPays where "
                    f"workers get at least {NEARLY_ALL}% of the savings: {dollars(self.amount)} of bonus. Wages plus "
                    "bonus then come close to the budget no matter how long the job takes. Such a bonus may count as "
                    "regular wages (29 CFR 778.502-.503). If so, the overtime paid is too low. Lower the share of "
                    "savings or the workers' parts, or ask your payroll adviser before you pay."
                )
            case PseudoBonusCode.OVERTIME_AS_COST:
                return (
                    f"In {self._when}, {name} worked overtime and got {dollars(self.amount)} of bonus from ProPays "
                    f"that subtract overtime pay and give workers at least {NEARLY_ALL}% of the savings. The crew then "
                    "pays nearly all of its own overtime out of the bonus. Such a bonus may count as regular wages "
                    "(29 CFR 778.502-.503). If so, the overtime paid is too low. Stop counting overtime as a cost, "
                    "lower the share of savings, or ask your payroll adviser before you pay."
                )

    @property
    def _totals(self) -> str:
        if self.highest_amount == self.amount:
            return dollars(self.amount)
        return f"{dollars(self.amount)} to {dollars(self.highest_amount)}"

    @property
    def _when(self) -> str:
        if len(self.weeks) == 1:
            return f"the workweek of {day(self.weeks[0])}"
        return f"the {len(self.weeks)} workweeks from {day(self.weeks[0])} to {day(self.weeks[-1])}"


def weeks_with_bonus(
    true_ups: Iterable[TrueUp],
    *,
    policies: Policies,
    counted: Iterable[DayMinutes],
    worked: Iterable[DayMinutes],
    terms: Terms,
) -> Iterator[WorkerWeek]:
    """The weeks over which one ProPay's bonuses are spread, for those who are owed overtime.

    `counted` is the ProPay's counted time, `worked` everything these people worked, with its wages.
    """
    signs = signs_of(terms)
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
            overtime_minutes=week.overtime_minutes,
            propay_minutes=propay_minutes.get(key, 0),
            wages_amount=pay.get(key, NOTHING),
            bonus_amount=week.exact_bonus,
            fixed_budget=signs.fixed_budget,
            overtime_cost=signs.overtime_cost,
        )


def pay_of(days: Mapping[date, Sequence[DayMinutes]], hours: WeekHours) -> Fraction | None:
    """What a week's hours pay, with overtime and without true-ups; None if a wage is unknown."""
    parts = [part for own in days.values() for part in own]
    if any(part.wage is None for part in parts):
        return None
    straight = sum((exact(part.wage or 0) * part.minutes / MINUTES_PER_HOUR for part in parts), NOTHING)
    return straight + overtime_pay(straight, hours)


def signs_of(terms: Terms) -> TermSigns:
    """Whether workers get nearly all of a ProPay's saving: the split times every part but the company's."""
    drawn = 100 - moved_percents(terms, Trace())["company"]
    gets_nearly_all = exact(terms.split_percent) * drawn / 100 >= NEARLY_ALL
    return TermSigns(
        fixed_budget=gets_nearly_all and is_fixed(terms),
        overtime_cost=gets_nearly_all and terms.include_overtime_cost,
    )


def pseudo_bonus_warnings(rows: Iterable[WorkerWeek]) -> tuple[PseudoBonusWarning, ...]:
    """The warnings, by worker id; a run of more weeks than are needed is one warning."""
    found: list[PseudoBonusWarning] = []
    in_order = sorted(rows, key=lambda row: (sort_key(row.worker_id), row.week_start))
    for _, group in groupby(in_order, key=lambda row: row.worker_id):
        weeks = list(group)
        found += map(_same_total, _runs_of_same_totals(weeks))
        for code, is_one, least in (
            (PseudoBonusCode.ALL_OF_FIXED_BUDGET, _works_for_the_budget, PSEUDO_BONUS_WEEKS),
            (PseudoBonusCode.OVERTIME_AS_COST, _pays_own_overtime, 1),
        ):
            runs = [run for run in _runs(weeks, is_one) if len(run) >= least and _bonus(run) > 0]
            found += [_warning(code, run, _bonus(run)) for run in runs]
    return tuple(found)


def _runs(weeks: Sequence[WorkerWeek], is_one: Callable[[WorkerWeek], bool]) -> Iterator[list[WorkerWeek]]:
    """The longest runs of workweeks without a gap of which all are such weeks."""
    run: list[WorkerWeek] = []
    for week in weeks:
        if run and not (is_one(week) and _follows(run[-1], week)):
            yield run
            run = []
        if is_one(week):
            run.append(week)
    if run:
        yield run


def _runs_of_same_totals(weeks: Sequence[WorkerWeek]) -> Iterator[list[WorkerWeek]]:
    """Runs of workweeks without a gap with the same total and different hours, if there is any bonus.

    Each is as long as it can be. Of two that overlap, because totals drift away slowly, the earlier one.
    """
    said = date.min
    for run in _longest_of_same_totals(weeks):
        is_long = len(run) >= PSEUDO_BONUS_WEEKS and run[0].week_start > said
        if is_long and len({week.worked_minutes for week in run}) > 1 and _bonus(run) > 0:
            said = run[-1].week_start
            yield run


def _longest_of_same_totals(weeks: Sequence[WorkerWeek]) -> Iterator[list[WorkerWeek]]:
    run: list[WorkerWeek] = []
    low = high = Decimal(0)
    for week in weeks:
        total = _total(week)
        if run and total is not None and _follows(run[-1], week) and _agree(min(low, total), max(high, total)):
            run.append(week)
            low, high = min(low, total), max(high, total)
            continue
        if run:
            yield run
        run = [] if total is None else _latest_that_agree(run, week)
        totals = [known for one in run if (known := _total(one)) is not None]
        low, high = min(totals, default=low), max(totals, default=high)
    if run:
        yield run


def _latest_that_agree(run: Sequence[WorkerWeek], week: WorkerWeek) -> list[WorkerWeek]:
    """The week, and those of the run before it whose totals still agree with it."""
    found = [week]
    for one in reversed(run):
        totals = [total for other in (one, *found) if (total := _total(other)) is not None]
        if not (_follows(one, found[0]) and _agree(min(totals), max(totals))):
            break
        found.insert(0, one)
    return found


def _agree(low: Decimal, high: Decimal) -> bool:
    return exact(high) <= exact(low) * (1 + SAME_WITHIN)


def _follows(before: WorkerWeek, week: WorkerWeek) -> bool:
    return week.week_start - before.week_start == WEEK


def _total(week: WorkerWeek) -> Decimal | None:
    return None if week.wages_amount is None else round_cents(exact(week.wages_amount) + exact(week.bonus_amount))


def _works_for_the_budget(week: WorkerWeek) -> bool:
    return week.fixed_budget and 100 * week.propay_minutes >= NEARLY_ALL * week.worked_minutes > 0


def _pays_own_overtime(week: WorkerWeek) -> bool:
    return week.overtime_cost and week.overtime_minutes > 0 and week.bonus_amount > 0


def _bonus(run: Iterable[WorkerWeek]) -> Fraction:
    return sum((exact(week.bonus_amount) for week in run), Fraction(0))


def _same_total(run: Sequence[WorkerWeek]) -> PseudoBonusWarning:
    totals = [_total(week) or 0 for week in run]
    return _warning(PseudoBonusCode.SAME_WEEKLY_TOTAL, run, min(totals), max(totals))


def _warning(
    code: PseudoBonusCode, run: Sequence[WorkerWeek], amount: Number, highest: Number | None = None
) -> PseudoBonusWarning:
    return PseudoBonusWarning(
        code=code,
        worker_id=run[0].worker_id,
        weeks=tuple(week.week_start for week in run),
        amount=round_cents(amount),
        highest_amount=round_cents(amount if highest is None else highest),
    )
