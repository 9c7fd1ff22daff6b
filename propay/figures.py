"""Calculates the stored and displayed figures from a ProPay and its summed time. Runs no queries.

The one bridge between the database's rows and `propay.rules`, which knows no Django. The page that explains a figure
and the refresh that stores it both use `work_out`, so they can't differ.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from propay.models import (
    FROM_THE_START,
    BonusTerms,
    ConditionKind,
    ProPay,
)
from propay.queries.settings import CrewRules
from propay.queries.time import WorkerTime
from propay.rules.bonus_overtime import BonusOvertime
from propay.rules.budget_figures import minutes_in
from propay.rules.budgets import LARGEST_AMOUNT, Budget, BudgetType, TaskLine, definition_of
from propay.rules.calculations import calculate, moved_percents
from propay.rules.figures import Figures, ShareFigures
from propay.rules.terms import (
    PART_NAMES,
    Adjustment,
    AdjustmentType,
    CrewMember,
    Distribution,
    PoolPercents,
    Result,
    ShareRole,
    Terms,
    TimeSlice,
)
from propay.rules.trace import Step, Trace, day
from protiv.kit.money import ZERO, exact

MINUTES_PER_HOUR = 60
NOTE_LENGTH = 500
TIME_STEPS = ("time", "actual")
WHOLE = Decimal(100)
NO_RULES = CrewRules()

NO_TIME = "No time has been counted yet."
TOO_LARGE = "The figures are unrealistically large. Check wages and the budget."


def in_force(propay: ProPay, column: str) -> Any:
    """A column's value: the ProPay's own, else the job's. `propay.job` must be loaded."""
    typed = getattr(propay, column)
    return getattr(propay.job, column) if typed is None else typed


def budget_minutes_of(propay: ProPay) -> int | None:
    """The current hours budget, in minutes."""
    minutes: int | None = in_force(propay, "budget_minutes")
    return minutes


def contract_amount_of(propay: ProPay) -> Decimal | None:
    """The current contract price."""
    amount: Decimal | None = in_force(propay, "contract_amount")
    return amount


def minutes_budgeted(propay: ProPay) -> int | None:
    """The adjusted budget in minutes, None if there is none or any of it is in dollars. Needs the job and tasks."""
    budget = _budget_of(propay)
    return None if budget is None else minutes_in(budget, _adjustment_of(propay))


# The terms of a ProPay as the calculation takes them


def terms_of(propay: ProPay, *, rules: CrewRules = NO_RULES) -> Terms | None:
    """All rules of one ProPay; None while it has no budget. Loaded by `selectors.with_terms`.

    `rules` are those for its workers on every ProPay.
    """
    budget = _budget_of(propay)
    return None if budget is None else _terms(propay, budget, rules)


def _terms(propay: ProPay, budget: Budget, rules: CrewRules) -> Terms:
    applied = list(propay.applied_conditions.all())
    return Terms(
        budget=budget,
        adjustment=_adjustment_of(propay),
        completion_percent=propay.completion_percent,
        split_percent=propay.split_percent,
        pool=percents_of(propay),
        distribution=Distribution(propay.distribution),
        lead_weight=propay.lead_weight,
        lead_also_shares=propay.lead_also_shares,
        include_overtime_cost=propay.include_overtime_cost,
        burden_percent=propay.burden_percent,
        pool_includes_overtime=propay.pool_includes_overtime,
        netted_amount=propay.netted_amount,
        penalties=tuple(one.amount for one in applied if one.amount is not None),
        disqualified=any(one.condition.kind == ConditionKind.DISQUALIFIER for one in applied),
        lead=propay.lead_id,
        manager=propay.paid_manager_id,
        others=tuple(worker.pk for worker in propay.others.all()),
        crew=_crew_of(propay, rules),
    )


def without_overtime(terms: Terms) -> Terms:
    """The same terms for the figures that overtime has no part in: everything up to the pool."""
    if not terms.needs_overtime:
        return terms
    return replace(terms, pool_includes_overtime=False, distribution=Distribution.PER_HOUR)


def percents_of(bonus: BonusTerms) -> PoolPercents:
    """How a ProPay or a plan splits the pool."""
    return PoolPercents(**{name: getattr(bonus, f"{name}_percent") for name in PART_NAMES})


def _adjustment_of(propay: ProPay) -> Adjustment | None:
    if not propay.adjustment_type or propay.adjustment_value is None:
        return None
    return Adjustment(type=AdjustmentType(propay.adjustment_type), value=propay.adjustment_value)


def _crew_of(propay: ProPay, rules: CrewRules) -> tuple[CrewMember, ...]:
    said = {term.worker_id: term for term in propay.crew_terms.all()}
    return tuple(
        CrewMember(
            worker_id=worker_id,
            no_bonus=worker_id in rules.no_bonus or (worker_id in said and said[worker_id].no_bonus),
            fixed_percent=said[worker_id].fixed_percent if worker_id in said else None,
            manual_amount=said[worker_id].manual_amount if worker_id in said else None,
            same_person_as=rules.same_person.get(worker_id),
        )
        for worker_id in sorted({*said, *rules.no_bonus, *rules.same_person})
    )


def _budget_of(propay: ProPay) -> Budget | None:
    """The current budget; None if neither the ProPay nor its job has one."""
    definition = definition_of(propay.budget_type)
    stored = {
        one.column: in_force(propay, one.column) if one.from_job else getattr(propay, one.column)
        for one in definition.columns
    }
    return definition.budget(stored, _task_lines(propay) if definition.has_lines else ())


def _task_lines(propay: ProPay) -> tuple[TaskLine, ...]:
    return tuple(
        TaskLine(
            cost_code=task.cost_code_id,
            hours=None if task.minutes is None else _hours(task.minutes),
            amount=task.amount,
            label=str(task.cost_code),
        )
        for task in propay.tasks.all()
    )


def _hours(minutes: int) -> Fraction:
    return Fraction(minutes, MINUTES_PER_HOUR)


# Calculation


def work_out(
    propay: ProPay,
    time: Sequence[WorkerTime],
    *,
    names: Mapping[int, str],
    rules: CrewRules = NO_RULES,
    terms: Terms | None = None,
    overtime: BonusOvertime | None = None,
    explains: bool = True,
) -> Figures:
    """Every figure of one ProPay, loaded by `selectors.with_terms`. `names` of its workers are for notes and steps.

    `terms` replace its own terms: those frozen at approval, or a scenario's. Terms that need `overtime` get it from
    `queries.bonus_overtime`. Without `explains` the steps are incomplete and the calculation takes half the time.
    """
    terms = terms or terms_of(propay, rules=rules)
    has_budget = terms is not None
    if terms is None:
        terms = without_overtime(_terms(propay, Budget(type=BudgetType.AMOUNT, amount=ZERO), rules))
    slices = [_slice(row) for row in time]
    result = calculate(terms, slices, overtime=overtime, names=dict(names.items()), explains=explains)
    if _is_too_large(result):
        return _nothing(TOO_LARGE, result)
    note = _note(propay, result, time, names, has_budget=has_budget)
    return _figures(terms, result, note, has_budget=has_budget)


def _slice(row: WorkerTime) -> TimeSlice:
    return TimeSlice(
        worker_id=row.worker_id,
        minutes=row.minutes,
        wage=row.wage,
        ot1_minutes=row.ot1_minutes,
        ot2_minutes=row.ot2_minutes,
        cost_code=row.cost_code_id,
    )


def _figures(terms: Terms, result: Result, note: str, *, has_budget: bool) -> Figures:
    """A note gives the reason why there is no bonus, so saving, pool, and shares stay empty."""
    parts = {f"{name}_amount": None if note else getattr(result.parts, name) for name in PART_NAMES}
    return Figures(
        budget_amount=result.budget_amount if has_budget else None,
        earned_amount=result.earned_amount if has_budget else None,
        actual_minutes=result.actual_minutes,
        actual_amount=result.actual_amount,
        saving_amount=None if note else result.saving,
        is_over_budget=has_budget and is_over_budget(terms, result),
        pool_amount=None if note else result.pool,
        **parts,
        figure_note=note,
        shares=_share_figures(result, has_bonus=not note),
        tasks=result.tasks if has_budget else (),
        warnings=() if note else result.warnings,
        trace=_shown_steps(terms, result, has_bonus=not note, has_budget=has_budget),
        problems=result.problems,
    )


def is_over_budget(terms: Terms, result: Result) -> bool:
    """Whether the ProPay has used more than the earned budget.

    Not every wage has to be known: hours are compared with hours, and the known wages alone may already exceed it.
    """
    if result.saving is not None:
        return result.saving < 0
    minutes = minutes_in(terms.budget, terms.adjustment)
    if minutes is not None:
        return result.actual_minutes * 100 > minutes * exact(terms.completion_percent)
    known = sum((worker.cost for worker in result.workers if worker.cost is not None), Fraction(0))
    return result.earned_amount is not None and known > result.earned_amount


def _share_figures(result: Result, *, has_bonus: bool) -> dict[tuple[int, str], ShareFigures]:
    """A crew share for everyone with time, 0.00 for those not eligible; then the lead's, the manager's, the others'."""
    drawn = {(int(share.worker_id), share.role.value): share.amount for share in result.shares}
    figures = {
        (int(worker.worker_id), ShareRole.CREW.value): ShareFigures(
            minutes=worker.minutes,
            cost_amount=worker.cost_amount,
            amount=drawn.pop((int(worker.worker_id), ShareRole.CREW.value), ZERO) if has_bonus else None,
        )
        for worker in result.workers
    }
    if has_bonus:
        for key, amount in drawn.items():
            figures[key] = ShareFigures(minutes=0, cost_amount=None, amount=amount)
    return figures


def _nothing(note: str, result: Result) -> Figures:
    return Figures(
        budget_amount=None,
        earned_amount=None,
        actual_minutes=result.actual_minutes,
        actual_amount=None,
        saving_amount=None,
        is_over_budget=False,
        pool_amount=None,
        crew_amount=None,
        lead_amount=None,
        manager_amount=None,
        company_amount=None,
        other_amount=None,
        figure_note=note,
        shares={
            (int(worker.worker_id), ShareRole.CREW.value): ShareFigures(
                minutes=worker.minutes, cost_amount=None, amount=None
            )
            for worker in result.workers
        },
        tasks=(),
        warnings=(),
        trace=(),
    )


def _shown_steps(terms: Terms, result: Result, *, has_bonus: bool, has_budget: bool) -> tuple[Step, ...]:
    """The steps as far as there are figures, without trivial ones: 100% complete, a part of 0%."""
    steps = result.trace
    if not has_bonus:
        steps = tuple(itertools.takewhile(lambda step: step.key != "saving", steps))
    silent = {"earned"} if terms.completion_percent == WHOLE else set()
    percents = moved_percents(terms, Trace())
    silent |= {f"part.{name}" for name in percents if not percents[name] and not getattr(result.parts, name)}
    return tuple(
        step
        for step in steps
        if step.key not in silent and (has_budget or step.key in TIME_STEPS or step.key.startswith("cost."))
    )


def _is_too_large(result: Result) -> bool:
    """Whether a mistyped wage or price produces a figure too large for its column; one ProPay must not stop a sync."""
    amounts = [
        result.budget_amount,
        result.earned_amount,
        result.actual_amount,
        result.saving,
        *(worker.cost_amount for worker in result.workers),
    ]
    return any(amount is not None and abs(amount) > LARGEST_AMOUNT for amount in amounts)


# Notes


def _note(
    propay: ProPay, result: Result, time: Sequence[WorkerTime], names: Mapping[int, str], *, has_budget: bool
) -> str:
    """Why there is no bonus to show, in words; empty if there is one."""
    reasons = []
    if not has_budget:
        reasons.append(definition_of(propay.budget_type).no_budget)
    if result.missing_wages:
        reasons.append(_missing_wages(_first_without_wage(time), names))
    if result.actual_minutes <= 0:
        reasons.append(NO_TIME)
    if not reasons:
        reasons = [problem.message for problem in result.problems]
    return " ".join(reasons)[:NOTE_LENGTH]


def _first_without_wage(time: Iterable[WorkerTime]) -> list[WorkerTime]:
    """The earliest time without a wage of each worker."""
    first: dict[int, WorkerTime] = {}
    for row in time:
        if row.wage is None:
            known = first.setdefault(row.worker_id, row)
            first[row.worker_id] = min(known, row, key=lambda one: one.first_date)
    return list(first.values())


def _missing_wages(rows: Iterable[WorkerTime], names: Mapping[int, str]) -> str:
    """Name as many of the workers as fit."""
    people = [f"{names.get(row.worker_id) or 'Worker without a name'} from {day(row.first_date)}" for row in rows]
    shown = list(people)
    while len(shown) > 1 and len(", ".join(shown)) > NOTE_LENGTH - 200:
        shown.pop()
    more = f" and {len(people) - len(shown)} more" if len(shown) < len(people) else ""
    return f"Missing wages: {', '.join(shown)}{more}."


def plan_day(value: date) -> str:
    """The day from which a plan's rules apply, in words: `the start`, `Nov 2, 2026`."""
    return "the start" if value == FROM_THE_START else day(value)
