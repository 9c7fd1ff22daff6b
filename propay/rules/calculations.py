"""From budget and time to shares: the calculation of a bonus (bonus.md 1 to 5). Pure.

The services and the what-if call `calculate`. Sections 1 and 2 are in `labor`, 3 in `budgets`, 5 in `shares`, the
dataclasses in `terms`; this module combines them and adds section 4. Internally, money is exact; each figure that the
rules mark with a ¢ is rounded once, and the next step starts from the rounded figure.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from propay.rules.bonus_overtime import BonusOvertime
from propay.rules.budget_figures import BudgetFigures, budget_figures
from propay.rules.division import Division, Shares
from propay.rules.labor import Labor, add_up, counted_kinds
from propay.rules.parts import moves_of, percents_after
from propay.rules.shares import crew_problem, eligible_workers
from propay.rules.terms import (
    PART_NAMES,
    Distribution,
    DrawnShare,
    Parts,
    Result,
    Terms,
    TimeSlice,
    WorkerId,
    WorkerTotals,
)
from propay.rules.trace import Trace, dollars, number
from protiv.kit.money import ZERO, allot, exact, round_cents

__all__ = ["bonus_per_worker", "calculate", "counted_kinds", "moved_percents"]


def calculate(
    terms: Terms,
    time: Iterable[TimeSlice],
    *,
    overtime: BonusOvertime | None = None,
    names: Mapping[WorkerId, str] | None = None,
    explains: bool = True,
) -> Result:
    """Every figure of one ProPay from its terms and its counted time. `names` are for the trace.

    `overtime` is the hours behind the bonus, for terms that need them; ValueError if they are missing. Without
    `explains` the trace is incomplete and the calculation takes half the time.
    """
    if terms.needs_overtime and overtime is None:
        raise ValueError("These terms need all hours worked.")
    trace = Trace(names, is_read=explains)
    labor = add_up(terms, time, trace)
    budget = budget_figures(terms, labor, trace)
    actual = None if labor.cost is None else round_cents(labor.cost)
    if actual is None or budget.earned_amount is None:
        return _without_figure(labor, budget, actual, trace)
    saving = budget.earned_amount - actual
    trace.add("saving", "Savings", f"{dollars(budget.earned_amount)} - {dollars(actual)}", dollars(saving))
    pool = _pool(terms, _netted(terms, saving, trace), trace)
    percents = moved_percents(terms, trace)
    eligible = eligible_workers(terms, labor.workers)
    parts = _parts(pool, percents, eligible, trace)
    earnings = overtime.earnings() if overtime and terms.distribution == Distribution.TOTAL_EARNINGS else {}
    problem = crew_problem(terms, eligible, parts.crew)
    division = Division(
        terms=terms,
        percents=percents if eligible else percents | {"crew": Fraction(0)},
        labor=labor,
        eligible=eligible,
        earnings=earnings,
    )
    shares: Shares = ()
    if not problem and terms.pool_includes_overtime and overtime and parts.company < pool:
        parts, shares = division.with_overtime(parts, overtime, trace)
    elif not problem:
        shares = division.shares(parts, trace)
    return Result(
        budget_minutes=budget.minutes,
        budget_amount=budget.amount,
        earned_amount=budget.earned_amount,
        actual_minutes=labor.minutes,
        actual_amount=actual,
        saving=saving,
        pool=pool,
        parts=parts,
        shares=shares,
        workers=labor.workers,
        tasks=budget.tasks,
        missing_wages=(),
        problems=(problem,) if problem else (),
        warnings=tuple(_warnings(terms, percents, eligible, trace)),
        trace=tuple(trace.steps),
    )


def bonus_per_worker(shares: Iterable[DrawnShare]) -> dict[WorkerId, Decimal]:
    """Everything each person gets from the ProPay, in any role: the true-up spreads it over the weeks."""
    totals: dict[WorkerId, Decimal] = {}
    for share in shares:
        totals[share.worker_id] = totals.get(share.worker_id, ZERO) + share.amount
    return totals


def _without_figure(labor: Labor, budget: BudgetFigures, actual: Decimal | None, trace: Trace) -> Result:
    """The figures without a wage, or without hours for an hours budget: nothing to share, and the reason."""
    missing = ", ".join(trace.name(worker_id) for worker_id in labor.missing_wages)
    no_hours = "The budget is in hours and no time is counted yet, so it can't be calculated."
    return Result(
        budget_minutes=budget.minutes,
        budget_amount=budget.amount,
        earned_amount=budget.earned_amount,
        actual_minutes=labor.minutes,
        actual_amount=actual,
        saving=None,
        pool=ZERO,
        parts=Parts(crew=ZERO, lead=ZERO, manager=ZERO, company=ZERO, other=ZERO),
        shares=(),
        workers=labor.workers,
        tasks=budget.tasks,
        missing_wages=labor.missing_wages,
        problems=(),
        warnings=(
            (f"Incomplete: no wage for {missing}. The bonus can't be calculated without it.") if missing else no_hours,
        ),
        trace=tuple(trace.steps),
    )


def _netted(terms: Terms, saving: Decimal, trace: Trace) -> Decimal:
    """The basis of the pool: the saving less the part that covers other ProPays' losses (bonus.md 7)."""
    if not terms.netted_amount:
        return saving
    left = max(saving - terms.netted_amount, ZERO)
    formula = f"max({dollars(saving)} - {dollars(terms.netted_amount)}, 0)"
    trace.add("netted", "Savings after the offset for losses", formula, dollars(left))
    return left


def _pool(terms: Terms, saving: Decimal, trace: Trace) -> Decimal:
    """The part of the saving that goes to people: never below 0, less penalties, nothing when disqualified."""
    pool = round_cents(exact(max(saving, ZERO)) * exact(terms.split_percent) / 100)
    trace.add("split", "Pool", f"max({dollars(saving)}, 0) × {number(terms.split_percent)}%", dollars(pool))
    if terms.penalties:
        formula = " - ".join(dollars(amount) for amount in (pool, *terms.penalties))
        pool = max(round_cents(exact(pool) - sum(map(exact, terms.penalties))), ZERO)
        trace.add("penalties", "Pool after penalties", f"max({formula}, 0)", dollars(pool))
    if terms.disqualified:
        trace.add("disqualified", "Pool", "a disqualifier failed", dollars(ZERO))
        return ZERO
    return pool


def moved_percents(terms: Terms, trace: Trace) -> dict[str, Fraction]:
    """The pool's percentages after those of a missing lead and a missing manager have moved."""
    moves = moves_of(terms.pool, has_lead=terms.lead is not None, has_manager=terms.manager is not None)
    percents = percents_after(terms.pool, moves)
    for move in moves:
        formula = f"{number(getattr(terms.pool, move.to))}% + {number(move.percent)}%, because there is no {move.part}"
        trace.add(f"percent.{move.to}", f"{move.to.capitalize()} percentage", formula, f"{number(percents[move.to])}%")
    return percents


def _parts(pool: Decimal, percents: dict[str, Fraction], eligible: Sequence[WorkerTotals], trace: Trace) -> Parts:
    """The pool in cents by largest remainder; with no one eligible the crew part goes to the company part."""
    amounts = dict(zip(PART_NAMES, allot(pool, [percents[name] for name in PART_NAMES]), strict=True))
    for name, amount in amounts.items():
        formula = f"{dollars(pool)} × {number(percents[name])}%"
        trace.add(f"part.{name}", f"{name.capitalize()} part", formula, dollars(amount))
    if percents["crew"] and not eligible:
        formula = f"{dollars(amounts['company'])} + {dollars(amounts['crew'])}, because no one is eligible"
        amounts["company"] += amounts["crew"]
        amounts["crew"] = ZERO
        trace.add("part.nobody", "Company part", formula, dollars(amounts["company"]))
    return Parts(**amounts)


def _warnings(
    terms: Terms, percents: dict[str, Fraction], eligible: Sequence[WorkerTotals], trace: Trace
) -> Iterable[str]:
    if percents["crew"] and not eligible:
        yield "No one is eligible for the crew part, so it goes to the company part."
    no_bonus = {member.worker_id for member in terms.crew if member.no_bonus}
    named = {"lead": (terms.lead,), "manager": (terms.manager,), "other": terms.others}
    for part, people in named.items():
        for person in people:
            if person in no_bonus and percents[part]:
                yield f"{trace.name(person)} isn't eligible for crew shares but is named for the {part} part."
