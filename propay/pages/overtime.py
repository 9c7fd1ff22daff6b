"""The overtime that a ProPay's bonus makes due, and what looks like a pseudo bonus: from every entry of it.

It takes longer than the rest of the page, which asks for it once it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from propay.cases.limits import UNLIMITED
from propay.cases.parsing import read_case
from propay.cases.solving import CaseError, solve
from propay.models import ProPay
from propay.rules.overtime import DAYS_PER_WEEK, TrueUp
from propay.rules.trace import Step
from propay.what_if.real import real_case
from protiv.kit.money import ZERO

LAST_DAY = timedelta(days=DAYS_PER_WEEK - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRow:
    """A worker's workweek in which the bonus makes overtime due."""

    worker_id: int
    name: str
    week_start: date
    last_day: date
    bonus: Decimal
    worked_minutes: int
    overtime_minutes: int
    federal: Decimal
    state_extra: Decimal
    steps: list[Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtime:
    """The weeks by worker and date, what they come to, and what to look at before anything is paid."""

    rows: list[WeekRow]
    warnings: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        return sum((row.federal + row.state_extra for row in self.rows), ZERO)

    @property
    def has_state_extra(self) -> bool:
        return any(row.state_extra for row in self.rows)


def overtime_of(propay: ProPay) -> Overtime:
    """By the product's own calculation; nothing while there is no bonus."""
    case = real_case(propay)
    data = case.as_json()
    try:
        solution = None if data is None else solve(read_case(data, UNLIMITED), names=case.names)
    except CaseError:  # what was typed for the crew doesn't add up: the page says so itself
        solution = None
    if solution is None or solution.overtime is None:
        return Overtime(rows=[], warnings=())
    due = [week for week in solution.overtime.true_ups if week.federal or week.state_extra]
    rows = [_row(week, case.names, solution.overtime.trace) for week in due]
    told = set(solution.result.warnings)
    return Overtime(rows=rows, warnings=tuple(one for one in solution.warnings if one not in told))


def _row(week: TrueUp, names: Mapping[str, str], trace: tuple[Step, ...]) -> WeekRow:
    prefix = f"true_up.{week.worker_id}.{week.week_start}."
    return WeekRow(
        worker_id=int(week.worker_id),
        name=names[str(week.worker_id)],
        week_start=week.week_start,
        last_day=week.week_start + LAST_DAY,
        bonus=week.bonus,
        worked_minutes=week.worked_minutes,
        overtime_minutes=week.overtime_minutes,
        federal=week.federal,
        state_extra=week.state_extra,
        steps=[step for step in trace if step.key.startswith(prefix)],
    )
