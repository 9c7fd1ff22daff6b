"""The what-if: a case as JSON in, the whole calculation as JSON out (bonus.md 9). Pure.

The entry point for the command and the what-if page; the arithmetic is the product's own. `propay.cases.parsing` reads
cases strictly: anything it doesn't understand is an error that names the case and the field, never a guess.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from propay.cases.building import Case, OvertimeTerms
from propay.cases.fields import CaseError, shown
from propay.cases.limits import MAX_CASES, MAX_TRUE_UPS
from propay.cases.parsing import read_case
from propay.cases.statements import PaidStatement, paid_statements
from propay.rules.bonus_overtime import BonusOvertime
from propay.rules.calculations import bonus_per_worker, calculate
from propay.rules.labor import MINUTES_PER_HOUR
from propay.rules.overtime import OvertimeResult, TrueUp, true_ups
from propay.rules.people import PersonLinks
from propay.rules.policies import MOST_CHANGES, WEEK, Divisor, Policies
from propay.rules.pseudo_bonus import (
    PseudoBonusWarning,
    pseudo_bonus_warnings,
    weeks_with_bonus,
)
from propay.rules.terms import PART_NAMES, Result, WorkerId
from propay.rules.trace import as_text
from protiv.kit.money import round_cents

__all__ = ["CaseError", "Solution", "as_json", "explain", "load", "run", "solve", "solved"]

Found = TypeVar("Found")
# For a whole number; the largest in a case are minutes.
MAX_DIGITS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A calculated case: the bonus and, if requested, the true-ups and any likely pseudo-bonuses."""

    result: Result
    overtime: OvertimeResult | None
    pseudo_bonuses: tuple[PseudoBonusWarning, ...] = ()
    statements: tuple[PaidStatement, ...] = ()
    names: Mapping[WorkerId, str] = field(default_factory=dict)

    @property
    def warnings(self) -> tuple[str, ...]:
        pseudo_bonuses = tuple(
            one.message(self.names.get(one.worker_id, str(one.worker_id))) for one in self.pseudo_bonuses
        )
        return self.result.warnings + (self.overtime.warnings if self.overtime else ()) + pseudo_bonuses


def load(text: str) -> object:
    """JSON text to plain data; raises CaseError. Duplicate keys are refused, since one value would be lost."""
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates, parse_int=_whole)
    except RecursionError as error:
        raise CaseError("input", "is not valid JSON: too many lists and objects inside each other") from error
    except ValueError as error:
        raise CaseError("input", f"is not valid JSON: {error}") from error


def run(data: object) -> object:
    """One case or a list of them, as plain data: one result or a list of them, ready for JSON."""
    return _each(data, lambda case: as_json(solve(case, explains=False)))


def solved(data: object, *, most_true_ups: int) -> Solution:
    """One case, as plain data, with its steps. Raises CaseError, also for one that comes to more true-ups."""
    if isinstance(data, list):
        raise CaseError("input", "must be one case, not a list of cases")
    case = read_case(data)
    _add_true_ups(0, case, most_true_ups)
    return solve(case)


def explain(data: object) -> str:
    """One case or a list of them: the same results as text, step by step."""
    texts = _each(data, lambda case: _as_text(solve(case)))
    if isinstance(texts, str):
        return texts
    return "\n\n".join(f"Case {place}\n{text}" for place, text in enumerate(texts, start=1))


def solve(case: Case, *, names: Mapping[WorkerId, str] | None = None, explains: bool = True) -> Solution:
    """The bonus of a case, its true-ups, its warnings. `names` are the workers' display names.

    Without `explains` the trace is incomplete and the calculation takes half the time.
    """
    names = names or {}
    people = PersonLinks(case.terms.same_person)
    hours = None if case.overtime is None else _hours_behind(case, case.overtime, people)
    result = calculate(case.terms, case.time, overtime=hours, names=names, explains=explains)
    for problem in result.problems:
        raise CaseError(f"workers.{problem.field}", problem.message)
    shares = bonus_per_worker(result.shares)
    if case.overtime is None or hours is None:
        statements = paid_statements(shares, case.by_hand, ())
        return Solution(result=result, overtime=None, statements=tuple(statements))
    overtime = hours.true_ups(case.terms, result.shares, names=names, explains=explains)
    weeks = weeks_with_bonus(
        [week for week in overtime.true_ups if not week.is_exempt],
        policies=case.overtime.policies,
        counted=people.days(hours.counted),
        worked=hours.worked,
        terms=case.terms,
    )
    pseudo_bonuses = pseudo_bonus_warnings(weeks)
    typed = _typed_true_ups(case, hours, names)
    overtime = OvertimeResult(
        true_ups=tuple(
            sorted((*overtime.true_ups, *typed.true_ups), key=lambda one: (str(one.worker_id), one.week_start))
            if typed.true_ups
            else overtime.true_ups
        ),
        trace=overtime.trace + typed.trace,
        warnings=overtime.warnings + typed.warnings,
    )
    return Solution(
        result=result,
        overtime=overtime,
        pseudo_bonuses=pseudo_bonuses,
        names=names,
        statements=tuple(paid_statements(shares, case.by_hand, overtime.true_ups)),
    )


def _hours_behind(case: Case, overtime: OvertimeTerms, people: PersonLinks) -> BonusOvertime:
    return BonusOvertime(
        policies=overtime.policies,
        counted=case.counted,
        worked=people.days(overtime.worked),
        statuses=people.statuses(case.statuses),
        people=people,
    )


def _typed_true_ups(case: Case, hours: BonusOvertime, names: Mapping[WorkerId, str]) -> OvertimeResult:
    """The overtime on promised bonuses, each spread by the person's hours on its work dates (bonus.md 10.4)."""
    found, calendar = [], hours.policies.calendar()
    for bonus in case.by_hand.bonuses:
        if bonus.earned is None:
            continue
        person, (first, last) = hours.people.of(bonus.worker_id), bonus.earned
        own = [day for day in hours.worked if day.worker_id == person]
        days = [day for day in own if first <= calendar.week_and_day(day)[1] <= last]
        found.append(
            true_ups(
                hours.policies,
                {person: bonus.amount},
                counted=days,
                worked=own,
                statuses=hours.statuses,
                names=names,
            )
        )
    return OvertimeResult(
        true_ups=tuple(one for result in found for one in result.true_ups),
        trace=tuple(step for result in found for step in result.trace),
        warnings=tuple(text for result in found for text in result.warnings),
    )


def as_json(solution: Solution) -> dict[str, object]:
    """The result in the shape that bonus.md 9 documents."""
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
        **({"statements": [_statement_as_json(one) for one in solution.statements]} if solution.statements else {}),
    }


def _each(data: object, work: Callable[[Case], Found]) -> Found | list[Found]:
    """A case, or every case in a list; an error names the case."""
    if not isinstance(data, list):
        case = read_case(data)
        _add_true_ups(0, case, MAX_TRUE_UPS)
        return work(case)
    if len(data) > MAX_CASES:
        raise CaseError("input", f"must have at most {MAX_CASES:,} cases, not {len(data):,}")
    found, true_ups_so_far = [], 0
    for index, item in enumerate(data):
        try:
            case = read_case(item)
            true_ups_so_far = _add_true_ups(true_ups_so_far, case, MAX_TRUE_UPS)
            found.append(work(case))
        except CaseError as error:
            raise CaseError(error.field, error.message, index=index) from error
    return found


def _add_true_ups(before: int, case: Case, most: int) -> int:
    """Add a case's true-ups to the count: the weeks of workers with time, and every week for others who are paid.

    Raises CaseError if there are more than `most`, before any is calculated.
    """
    if case.overtime is None:
        return before
    weeks = case.overtime.policies.calendar().by_week(case.counted)
    own = {worker_id: {week.start for week in found} for worker_id, found in weeks.items()}
    every_week = {start for found in own.values() for start in found}
    named = (case.terms.lead, case.terms.manager, *case.terms.others)
    paid = {*own, *(person for person in named if person is not None)}
    count = before + sum(_rows(case.overtime.policies, own.get(one) or every_week) for one in paid)
    if count > most:
        raise CaseError("overtime", f"must come to at most {most:,} true-ups in all cases together")
    return count


def _rows(policies: Policies, weeks: Collection[date]) -> int:
    """How many true-ups of a person are calculated at most: one a week, for each way to divide the weeks at a change.

    Where a period divides the bonus, the weeks in between have one, too.
    """
    rows = len(weeks)
    if weeks and any(row.divisor != Divisor.WEEK for row in policies.rows):
        rows = (max(weeks) - min(weeks)) // WEEK + len(policies.rows)
    return rows << min(len(policies.rows) - 1, MOST_CHANGES)


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


def _statement_as_json(statement: PaidStatement) -> dict[str, object]:
    return {
        "worker": statement.worker_id,
        "bonus": _money(statement.bonus),
        "federal": _money(statement.federal),
        "state_extra": _money(statement.state_extra),
        "deducted": _money(statement.deducted),
        "not_collected": _money(statement.not_collected),
        "paid": _money(statement.paid),
    }


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _hours(minutes: int) -> str:
    """Hours with two decimals; rounded like cents."""
    return str(round_cents(Fraction(minutes, MINUTES_PER_HOUR)))


def _without_duplicates(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {shown(key)} appears twice in one object")
        found[key] = value
    return found


def _whole(digits: str) -> int:
    """Refuse a number that is longer than any a case can contain."""
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"the number {digits[:MAX_DIGITS]}... has more than {MAX_DIGITS} digits")
    return int(digits)
