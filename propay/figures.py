"""From a ProPay and its summed time to the figures that are stored and shown. Queries nothing.

Stands between the database's rows and `propay.calculations`, which knows no Django. The page that explains a figure
and the refresh that stores it both come through `work_out`, so they can't differ.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from propay import terms
from propay.calculations import calculate
from propay.models import BudgetType, ProPay
from propay.selectors import WorkerTime
from propay.trace import Step

LARGEST_AMOUNT = Decimal("9999999999.99")
MINUTES_PER_HOUR = 60
NOTE_LENGTH = 500
TIME_STEPS = ("time", "actual")
# Steps of the what-if that a ProPay has no terms for: always at 100 % complete, without lead, manager or others.
LEFT_OUT_STEPS = ("earned", "part.lead", "part.manager", "part.other")

NO_TIME = "No time has been counted yet."
NO_BUDGET_HOURS = "The budget is missing: the job has no budget hours. Enter them here or on the job."
NO_CONTRACT_PRICE = "The budget is missing: the job has no contract price. Enter it here or on the job."
TOO_LARGE = "The figures are too large to be true. Check the wages and the budget."


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareFigures:
    """One worker's counted minutes, what they cost and the bonus; None while there is none to show."""

    minutes: int
    cost_amount: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a refresh stores of one ProPay, by worker id, and the steps that explain it."""

    budget_amount: Decimal | None
    actual_minutes: int
    actual_amount: Decimal | None
    saving_amount: Decimal | None
    pool_amount: Decimal | None
    company_amount: Decimal | None
    figure_note: str
    shares: dict[int, ShareFigures]
    trace: tuple[Step, ...]


# The columns of ProPay that a refresh writes, named as in `Figures`.
FIGURE_FIELDS = (
    "budget_amount",
    "actual_minutes",
    "actual_amount",
    "saving_amount",
    "pool_amount",
    "company_amount",
    "figure_note",
)


def budget_minutes_of(propay: ProPay) -> int | None:
    """The hours budget in force: what was typed here, else the job's. `propay.job` must be loaded."""
    return propay.job.budget_minutes if propay.budget_minutes is None else propay.budget_minutes


def contract_amount_of(propay: ProPay) -> Decimal | None:
    """The contract price in force: what was typed here, else the job's. `propay.job` must be loaded."""
    return propay.job.contract_amount if propay.contract_amount is None else propay.contract_amount


def work_out(propay: ProPay, time: Sequence[WorkerTime], *, names: Mapping[int, str], explains: bool = True) -> Figures:
    """Every figure of one ProPay. `propay.job` must be loaded; `names` of its workers are for notes and steps.

    Without `explains` the steps are incomplete, and the figures come in half the time.
    """
    budget = _budget_of(propay)
    plan = terms.Plan(
        budget=budget or terms.Budget(type=terms.BudgetType.AMOUNT, amount=0),
        split_percent=propay.split_percent,
        pool=terms.PoolPercents(crew=propay.crew_percent, company=propay.company_percent),
        distribution=terms.Distribution(propay.distribution),
    )
    slices = [terms.TimeSlice(worker_id=row.worker_id, minutes=row.minutes, wage=row.wage) for row in time]
    result = calculate(plan, slices, names=dict(names.items()), explains=explains)
    if _is_too_large(result):
        return _nothing(TOO_LARGE, result)
    note = _note(propay, result, time, names, has_budget=budget is not None)
    return _figures(result, note, has_budget=budget is not None)


def _budget_of(propay: ProPay) -> terms.Budget | None:
    """The budget in force, None where neither the ProPay nor its job has one."""
    if propay.budget_type == BudgetType.HOURS:
        minutes = budget_minutes_of(propay)
        hours = None if minutes is None else Fraction(minutes, MINUTES_PER_HOUR)
        return None if hours is None else terms.Budget(type=terms.BudgetType.HOURS, hours=hours)
    if propay.budget_type == BudgetType.AMOUNT:
        return terms.Budget(type=terms.BudgetType.AMOUNT, amount=propay.fixed_amount)
    contract = contract_amount_of(propay)
    if contract is None:
        return None
    return terms.Budget(
        type=terms.BudgetType.PERCENT_OF_CONTRACT, contract_amount=contract, percent=propay.labor_percent
    )


def _figures(result: terms.Result, note: str, *, has_budget: bool) -> Figures:
    """With a note there is a reason why there is no bonus, so saving, pool and shares stay empty."""
    bonus_of = {share.worker_id: share.amount for share in result.shares}
    shares = {
        int(worker.worker_id): ShareFigures(
            minutes=worker.minutes,
            cost_amount=worker.cost_amount,
            amount=None if note else bonus_of.get(worker.worker_id, Decimal("0.00")),
        )
        for worker in result.workers
    }
    return Figures(
        budget_amount=result.budget_amount if has_budget else None,
        actual_minutes=result.actual_minutes,
        actual_amount=result.actual_amount,
        saving_amount=None if note else result.saving,
        pool_amount=None if note else result.pool,
        company_amount=None if note else result.parts.company,
        figure_note=note,
        shares=shares,
        trace=_shown_steps(result.trace, has_bonus=not note, has_budget=has_budget),
    )


def _nothing(note: str, result: terms.Result) -> Figures:
    return Figures(
        budget_amount=None,
        actual_minutes=result.actual_minutes,
        actual_amount=None,
        saving_amount=None,
        pool_amount=None,
        company_amount=None,
        figure_note=note,
        shares={
            int(worker.worker_id): ShareFigures(minutes=worker.minutes, cost_amount=None, amount=None)
            for worker in result.workers
        },
        trace=(),
    )


def _shown_steps(trace: Sequence[Step], *, has_bonus: bool, has_budget: bool) -> tuple[Step, ...]:
    """The steps up to where the figures end."""
    steps = trace if has_bonus else itertools.takewhile(lambda step: step.key != "saving", trace)
    return tuple(
        step
        for step in steps
        if step.key not in LEFT_OUT_STEPS and (has_budget or step.key in TIME_STEPS or step.key.startswith("cost."))
    )


def _is_too_large(result: terms.Result) -> bool:
    """Whether a mistyped wage or price makes a figure that no column holds; one ProPay must not stop a sync."""
    amounts = [result.budget_amount, result.actual_amount, result.saving, *(w.cost_amount for w in result.workers)]
    return any(amount is not None and abs(amount) > LARGEST_AMOUNT for amount in amounts)


# Notes


def _note(
    propay: ProPay, result: terms.Result, time: Sequence[WorkerTime], names: Mapping[int, str], *, has_budget: bool
) -> str:
    """Why there is no bonus to show, in words; empty where there is one."""
    reasons = []
    if not has_budget:
        reasons.append(NO_BUDGET_HOURS if propay.budget_type == BudgetType.HOURS else NO_CONTRACT_PRICE)
    if result.missing_wages:
        reasons.append(_missing_wages([row for row in time if row.wage is None], names))
    if result.actual_minutes <= 0:
        reasons.append(NO_TIME)
    return " ".join(reasons)[:NOTE_LENGTH]


def _missing_wages(rows: Iterable[WorkerTime], names: Mapping[int, str]) -> str:
    """Names the workers, as many as there is room for."""
    people = [f"{names.get(row.worker_id) or 'Worker without a name'} from {day(row.first_date)} on" for row in rows]
    shown = list(people)
    while len(shown) > 1 and len(", ".join(shown)) > NOTE_LENGTH - 200:
        shown.pop()
    more = f" and {len(people) - len(shown)} more" if len(shown) < len(people) else ""
    return f"Wages are missing: {', '.join(shown)}{more}."


def day(value: date) -> str:
    """A date in words: `Nov 2, 2026`."""
    return f"{value:%b} {value.day}, {value.year}"
