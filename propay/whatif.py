"""The what-if: a case as JSON in, the whole calculation as JSON out (bonus-rules.md, 9). Pure.

The command and the what-if page enter here; the arithmetic is the product's own. A case is read strictly by
`propay.case`: what isn't understood is an error that names the case and the field, never a guess.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from propay.calculations import bonus_per_worker, calculate
from propay.case import Case, read_case
from propay.labor import MINUTES_PER_HOUR
from propay.overtime import OvertimeResult, TrueUp, true_ups
from propay.reading import CaseError
from propay.terms import PART_NAMES, Result
from propay.trace import as_text
from protiv.money import round_cents

__all__ = ["CaseError", "Solution", "as_json", "explain", "load", "run", "solve"]

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A case worked out: the bonus, and the true-ups where the case asks for them."""

    result: Result
    overtime: OvertimeResult | None

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.result.warnings + (self.overtime.warnings if self.overtime else ())


def load(text: str) -> object:
    """JSON text to plain data. A key given twice is refused: one of the two would be lost."""
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise CaseError("input", f"is not valid JSON: {error}") from error


def run(data: object) -> object:
    """One case or a list of them, as plain data: one result or a list of them, ready for JSON."""
    return _each(data, lambda case: as_json(solve(case)))


def explain(data: object) -> str:
    """One case or a list of them: the same results, worked out step by step, as text."""
    texts = _each(data, lambda case: _as_text(solve(case)))
    if isinstance(texts, str):
        return texts
    return "\n\n".join(f"Case {place}\n{text}" for place, text in enumerate(texts, start=1))


def solve(case: Case) -> Solution:
    """The bonus of a case and its true-ups."""
    result = calculate(case.plan, case.time)
    for problem in result.problems:
        raise CaseError(f"workers.{problem.field}", problem.message)
    if case.overtime is None:
        return Solution(result=result, overtime=None)
    overtime = true_ups(
        case.overtime.policy,
        bonus_per_worker(result.shares),
        counted=case.counted,
        worked=case.overtime.worked,
        exempt=case.exempt,
    )
    return Solution(result=result, overtime=overtime)


def as_json(solution: Solution) -> dict[str, object]:
    """The result in the shape that bonus-rules.md, 9 documents."""
    result, overtime = solution.result, solution.overtime
    return {
        "budget_minutes": result.budget_minutes,
        "budget_amount": _money(result.budget_amount),
        "actual_minutes": result.actual_minutes,
        "actual_amount": _money(result.actual_amount),
        "saving": _money(result.saving),
        "pool": _money(result.pool),
        "parts": {name: _money(getattr(result.parts, name)) for name in PART_NAMES},
        "shares": [
            {"worker": share.worker_id, "role": share.role.value, "amount": _money(share.amount)}
            for share in result.shares
        ],
        "overtime_true_up": [_true_up_as_json(true_up) for true_up in (overtime.true_ups if overtime else ())],
        "warnings": list(solution.warnings),
    }


def _each(data: object, work: Callable[[Case], Found]) -> Found | list[Found]:
    """A case, or every case of a list; an error says which one it is about."""
    if not isinstance(data, list):
        return work(read_case(data))
    found = []
    for index, item in enumerate(data):
        try:
            found.append(work(read_case(item)))
        except CaseError as error:
            raise CaseError(error.field, error.message, index=index) from error
    return found


def _as_text(solution: Solution) -> str:
    steps = solution.result.trace + (solution.overtime.trace if solution.overtime else ())
    return "\n".join([as_text(steps), *(f"Warning: {warning}" for warning in solution.warnings)])


def _true_up_as_json(true_up: TrueUp) -> dict[str, object]:
    return {
        "worker": true_up.worker_id,
        "week_start": true_up.week_start.isoformat(),
        "bonus": _money(true_up.bonus),
        "hours": _hours(true_up.worked_minutes),
        "overtime_hours": _hours(true_up.overtime_minutes),
        "federal": _money(true_up.federal),
        "state_extra": _money(true_up.state_extra),
    }


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _hours(minutes: int) -> str:
    """Hours with two decimals; they round as cents do."""
    return str(round_cents(Fraction(minutes, MINUTES_PER_HOUR)))


def _without_duplicates(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!a} stands twice in one object")
        found[key] = value
    return found
