"""Which time counts on a ProPay and what it cost (bonus.md 1 and 2). Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from propay.rules.budgets import CostCodeId
from propay.rules.terms import (
    Terms,
    TimeSlice,
    WorkerId,
    WorkerTotals,
)
from propay.rules.trace import Trace, dollars, exact_dollars, hours, number
from protiv.kit.money import Number, exact, round_cents

MINUTES_PER_HOUR = 60
OT1_EXTRA = Fraction(1, 2)
OT2_EXTRA = Fraction(1)


def counted_kinds(*, include_travel: bool) -> frozenset[str]:
    """The kinds of time entries that count: meal breaks and time off never do, drive time only if it is turned on."""
    return frozenset({"work", "auto_lunch", "travel"} if include_travel else {"work", "auto_lunch"})


def sort_key(worker_id: WorkerId) -> tuple[bool, int, str]:
    """The order of worker ids: numbers as numbers, then strings as strings."""
    return (False, worker_id, "") if isinstance(worker_id, int) else (True, 0, worker_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labor:
    """The counted time of a ProPay and its exact cost in dollars; None if a wage is missing."""

    slices: tuple[TimeSlice, ...]
    workers: tuple[WorkerTotals, ...]
    minutes: int
    cost: Fraction | None
    missing_wages: tuple[WorkerId, ...]

    def on(self, cost_code: CostCodeId) -> tuple[TimeSlice, ...]:
        return tuple(part for part in self.slices if part.cost_code == cost_code)


def add_up(terms: Terms, time: Iterable[TimeSlice], trace: Trace) -> Labor:
    """Sum the counted time by worker, with its cost. The order and the number of slices don't matter."""
    slices = _merged(time)
    by_worker: defaultdict[WorkerId, list[TimeSlice]] = defaultdict(list)
    for part in slices:
        by_worker[part.worker_id].append(part)
    workers = tuple(_totals(terms, worker_id, parts) for worker_id, parts in by_worker.items())
    missing = tuple(worker.worker_id for worker in workers if worker.cost is None)
    labor = Labor(
        slices=slices,
        workers=workers,
        minutes=sum(part.minutes for part in slices),
        cost=None if missing else sum((worker.cost or Fraction(0) for worker in workers), Fraction(0)),
        missing_wages=missing,
    )
    if trace.is_read:
        _explain(terms, labor, by_worker, trace)
    return labor


def _merged(time: Iterable[TimeSlice]) -> tuple[TimeSlice, ...]:
    """One slice per worker, cost code and wage, by worker id."""
    sums: dict[tuple[WorkerId, CostCodeId | None, object], list[int]] = {}
    firsts: dict[tuple[WorkerId, CostCodeId | None, object], TimeSlice] = {}
    for part in time:
        key = (part.worker_id, part.cost_code, part.wage)
        firsts.setdefault(key, part)
        total = sums.setdefault(key, [0, 0, 0])
        total[0] += part.minutes
        total[1] += part.ot1_minutes
        total[2] += part.ot2_minutes
    merged = (
        replace(first, minutes=sums[key][0], ot1_minutes=sums[key][1], ot2_minutes=sums[key][2])
        for key, first in firsts.items()
    )
    return tuple(sorted(merged, key=_slice_order))


def _slice_order(part: TimeSlice) -> tuple[tuple[bool, int, str], Number, str]:
    return sort_key(part.worker_id), -1 if part.wage is None else part.wage, str(part.cost_code)


def _totals(terms: Terms, worker_id: WorkerId, parts: list[TimeSlice]) -> WorkerTotals:
    minutes = sum(part.minutes for part in parts)
    if any(part.wage is None for part in parts):
        return WorkerTotals(worker_id=worker_id, minutes=minutes, wage_minutes=None, cost=None, cost_amount=None)
    cost = sum((cost_of(terms, part) for part in parts), Fraction(0))
    return WorkerTotals(
        worker_id=worker_id,
        minutes=minutes,
        wage_minutes=sum((part.minutes * exact(part.wage or 0) for part in parts), Fraction(0)),
        cost=cost,
        cost_amount=round_cents(cost),
    )


def cost_of(terms: Terms, part: TimeSlice) -> Fraction:
    """Exact dollars: minutes at the wage, plus the overtime premium and the burden if the terms include them."""
    paid_minutes: int | Fraction = part.minutes
    if terms.include_overtime_cost:
        paid_minutes += part.ot1_minutes * OT1_EXTRA + part.ot2_minutes * OT2_EXTRA
    cost = exact(part.wage or 0) * paid_minutes / MINUTES_PER_HOUR
    return cost * _burden_factor(terms) if terms.burden_percent else cost


def _burden_factor(terms: Terms) -> Fraction:
    return 1 + exact(terms.burden_percent) / 100


def _explain(terms: Terms, labor: Labor, by_worker: dict[WorkerId, list[TimeSlice]], trace: Trace) -> None:
    people = [f"{trace.name(worker.worker_id)} {hours(worker.minutes)}" for worker in labor.workers]
    trace.add("time", "Counted time", " + ".join(people) or "no one yet", hours(labor.minutes))
    for worker in labor.workers:
        name = trace.name(worker.worker_id)
        formula = " + ".join(_summands(terms, by_worker[worker.worker_id]))
        if terms.burden_percent:
            formula = f"({formula}) × {number(_burden_factor(terms))}"
        result = "no wage" if worker.cost is None else exact_dollars(worker.cost)
        trace.add(f"cost.{worker.worker_id}", f"Labor cost of {name}", formula, result)
    if labor.cost is not None:
        sums = " + ".join(exact_dollars(worker.cost or 0) for worker in labor.workers)
        trace.add("actual", "Actual labor cost", sums or "0.00", dollars(round_cents(labor.cost)))


def _by_wage(parts: list[TimeSlice]) -> tuple[TimeSlice, ...]:
    """One slice per wage: the cost code doesn't change what an hour costs."""
    return _merged(replace(part, cost_code=None) for part in parts)


def _summands(terms: Terms, parts: list[TimeSlice]) -> list[str]:
    summands = []
    for part in _by_wage(parts):
        wage = "?" if part.wage is None else str(part.wage)
        summands.append(f"{hours(part.minutes)} × {wage}")
        if terms.include_overtime_cost and part.ot1_minutes:
            summands.append(f"0.5 × {hours(part.ot1_minutes)} × {wage}")
        if terms.include_overtime_cost and part.ot2_minutes:
            summands.append(f"1 × {hours(part.ot2_minutes)} × {wage}")
    return summands
