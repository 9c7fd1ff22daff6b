"""The labor budget of a ProPay in dollars (bonus.md 3). Pure.

Every type of budget reduces to lines of hours or dollars; hours turn into dollars at the crew's average cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from propay.rules.budgets import Budget, BudgetLine, CostCodeId, amount_line, definition_of, hours_line
from propay.rules.labor import MINUTES_PER_HOUR, Labor, cost_of
from propay.rules.terms import Adjustment, AdjustmentType, TaskFigures, Terms
from propay.rules.trace import Trace, dollars, exact_dollars, hours, number
from protiv.kit.money import exact, round_cents, round_half_up


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetFigures:
    """The adjusted budget. `minutes` is the time budgeted in hours, None if there is none. Amounts in dollars."""

    minutes: int | None
    amount: Decimal | None
    earned_amount: Decimal | None
    tasks: tuple[TaskFigures, ...]


def budget_figures(terms: Terms, labor: Labor, trace: Trace) -> BudgetFigures:
    """The budget after adjustment and completion; no amount while hours are budgeted and none are counted."""
    lines = _adjusted(_lines_of(terms.budget), terms.adjustment)
    average = _average_cost(lines, labor, trace)
    exact_amounts = [_dollars_of(line, average) for line in lines]
    known = [amount for amount in exact_amounts if amount is not None]
    amount = round_cents(sum(known, Fraction(0))) if len(known) == len(lines) else None
    minutes = _minutes(lines)
    _explain(lines, average, amount, trace)
    return BudgetFigures(
        minutes=minutes,
        amount=amount,
        earned_amount=_earned(terms, amount, trace),
        tasks=tuple(_task(terms, line.cost_code, line, average, labor) for line in lines if line.cost_code is not None),
    )


def is_fixed(terms: Terms) -> bool:
    """Whether the whole budget is in dollars and so doesn't depend on the crew's average cost."""
    return _in_dollars(_adjusted(_lines_of(terms.budget), terms.adjustment))


def minutes_in(budget: Budget, adjustment: Adjustment | None) -> int | None:
    """The adjusted budget in whole minutes; None if any of it is in dollars."""
    lines = _adjusted(_lines_of(budget), adjustment)
    return None if any(line.hours is None for line in lines) else _minutes(lines)


def _in_dollars(lines: Sequence[BudgetLine]) -> bool:
    return all(line.hours is None for line in lines)


def _lines_of(budget: Budget) -> list[BudgetLine]:
    return definition_of(budget.type).lines(budget)


def _adjusted(lines: list[BudgetLine], adjustment: Adjustment | None) -> list[BudgetLine]:
    """Scaled line by line, or replaced: a manual amount makes it an AMOUNT budget, manual hours an HOURS budget."""
    if adjustment is None:
        return lines
    if adjustment.type == AdjustmentType.AMOUNT:
        return [amount_line(adjustment.value)]
    if adjustment.type == AdjustmentType.HOURS:
        return [hours_line(adjustment.value)]
    factor = exact(adjustment.value)
    if adjustment.type == AdjustmentType.PERCENT:
        factor = 1 + factor / 100
    return [_scaled(line, factor) for line in lines]


def _scaled(line: BudgetLine, factor: Fraction) -> BudgetLine:
    return replace(
        line,
        hours=None if line.hours is None else line.hours * factor,
        amount=None if line.amount is None else line.amount * factor,
        formula=f"{line.formula} × {number(factor)}",
    )


def _average_cost(lines: Sequence[BudgetLine], labor: Labor, trace: Trace) -> Fraction | None:
    """Dollars per hour of the crew, before rounding; None if it isn't needed or isn't known."""
    if _in_dollars(lines) or labor.minutes <= 0 or labor.cost is None:
        return None
    average = labor.cost * MINUTES_PER_HOUR / labor.minutes
    formula = f"{exact_dollars(labor.cost)} / {hours(labor.minutes)}"
    trace.add("average", "Average cost of an hour", formula, exact_dollars(average))
    return average


def _dollars_of(line: BudgetLine, average: Fraction | None) -> Fraction | None:
    if line.hours is None:
        return line.amount
    return None if average is None else line.hours * average


def _minutes(lines: Sequence[BudgetLine]) -> int | None:
    budgeted = [line.hours for line in lines if line.hours is not None]
    return round_half_up(sum(budgeted, Fraction(0)) * MINUTES_PER_HOUR) if budgeted else None


def _task(terms: Terms, cost_code: CostCodeId, line: BudgetLine, average: Fraction | None, labor: Labor) -> TaskFigures:
    budget = _dollars_of(line, average)
    parts = labor.on(cost_code)
    actual = None if labor.cost is None else sum((cost_of(terms, part) for part in parts), Fraction(0))
    return TaskFigures(
        cost_code=cost_code,
        budget_minutes=_minutes([line]),
        budget_amount=None if budget is None else round_cents(budget),
        actual_minutes=sum(part.minutes for part in parts),
        actual_amount=None if actual is None else round_cents(actual),
    )


def _earned(terms: Terms, amount: Decimal | None, trace: Trace) -> Decimal | None:
    if amount is None:
        return None
    earned = round_cents(exact(amount) * exact(terms.completion_percent) / 100)
    formula = f"{dollars(amount)} × {number(terms.completion_percent)}%"
    trace.add("earned", "Earned to date", formula, dollars(earned))
    return earned


def _explain(lines: Sequence[BudgetLine], average: Fraction | None, amount: Decimal | None, trace: Trace) -> None:
    summands = []
    for line in lines:
        per_hour = "" if line.hours is None else f" × {exact_dollars(average)}" if average is not None else " × ?"
        summands.append(f"{line.formula}{per_hour}")
    trace.add("budget", "Budget", " + ".join(summands), dollars(amount))
