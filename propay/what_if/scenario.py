"""A scenario: terms and a crew as entered, converted for the calculation. Runs no queries.

Real hours stay on their days: changed hours are spread over them in proportion. Added people work from the first day
on, five days a week.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from propay.cases.building import Entry
from propay.cases.writing import worker_key
from propay.rules.budgets import Budget, BudgetColumn, TaskLine, definition_of
from propay.rules.labor import MINUTES_PER_HOUR, counted_kinds
from propay.rules.terms import (
    PART_NAMES,
    Adjustment,
    AdjustmentType,
    CrewMember,
    Distribution,
    PoolPercents,
    Terms,
    WorkerId,
)
from propay.services import Task
from propay.what_if.real import RealCase
from protiv.kit.money import ZERO, exact, round_cents, round_half_up
from protiv.timekeeping.models import Job

WORKDAYS = 5
# For all added people together: eight years of one person's days.
MADE_UP_AT_MOST = 2_000
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioWorker:
    """One person of the crew. `minutes` and `wage` None: unchanged, only for a real worker.

    `typed` is a percentage or dollars, depending on the distribution.
    """

    worker_id: WorkerId
    name: str
    minutes: int | None = None
    wage: Decimal | None = None
    no_bonus: bool = False
    typed: Decimal | None = None


def crew_of(case: RealCase) -> list[ScenarioWorker]:
    """The real crew, by name: counted minutes, and the wage, averaged if it changed (None: it is missing)."""
    kinds = counted_kinds(include_travel=case.include_travel)
    members = {member.worker_id: member for member in case.terms.crew} if case.terms else {}
    lines = []
    for worker_id, own in _by_worker(case).items():
        member = members.get(worker_id, CrewMember(worker_id=worker_id))
        counted = [entry for entry in own if entry.kind in kinds]
        lines.append(
            ScenarioWorker(
                worker_id=worker_id,
                name=case.names.get(worker_id, ""),
                minutes=sum(entry.minutes for entry in counted),
                wage=_average_wage(counted or own),
                no_bonus=member.no_bonus,
                typed=_typed(member),
            )
        )
    return sorted(lines, key=lambda line: (line.name, worker_key(line.worker_id)))


def _by_worker(case: RealCase) -> defaultdict[WorkerId, list[Entry]]:
    entries: defaultdict[WorkerId, list[Entry]] = defaultdict(list)
    for entry in case.entries:
        entries[entry.worker_id].append(entry)
    return entries


def _average_wage(entries: Sequence[Entry]) -> Decimal | None:
    wages = {entry.wage for entry in entries}
    if len(wages) == 1:
        return wages.pop()
    minutes = sum(entry.minutes for entry in entries)
    if None in wages or minutes <= 0:
        return None
    return round_cents(sum((entry.minutes * exact(entry.wage or 0) for entry in entries), Fraction(0)) / minutes)


def _typed(member: CrewMember) -> Decimal | None:
    percent = None if member.fixed_percent is None else Decimal(str(member.fixed_percent))
    return percent if member.manual_amount is None else member.manual_amount


# The time


def scenario_entries(
    case: RealCase, lines: Iterable[ScenarioWorker], *, include_travel: bool, first_day: date, week_minutes: int
) -> list[Entry]:
    """The entries of these people. A worker without a line is removed from the crew, with all their time."""
    found: list[Entry] = []
    kinds = counted_kinds(include_travel=include_travel)
    entries = _by_worker(case)
    for line in lines:
        own = entries[line.worker_id]
        if line.minutes is not None:
            counted = [entry for entry in own if entry.kind in kinds]
            changed = _stretched(counted, line.minutes) or _added(line, own, first_day, week_minutes, case)
            own = [entry for entry in own if entry.kind not in kinds] + changed
        found += own if line.wage is None else [replace(entry, wage=line.wage) for entry in own]
    return found


def _stretched(entries: Sequence[Entry], minutes: int) -> list[Entry]:
    """The same days with other minutes that add up to the requested total; empty if there are no days."""
    before = sum(entry.minutes for entry in entries)
    if before <= 0:
        return []
    factor = Fraction(minutes, before)
    stretched, so_far, given = [], 0, 0
    for entry in entries:
        so_far += entry.minutes
        part = round_half_up(so_far * factor) - given
        given += part
        double = min(int(entry.ot2_minutes * factor), max(part, 0))
        overtime = min(int(entry.ot1_minutes * factor), max(part, 0) - double)
        stretched.append(replace(entry, minutes=part, ot1_minutes=overtime, ot2_minutes=double))
    return stretched


def _added(
    line: ScenarioWorker, own: Sequence[Entry], first_day: date, week_minutes: int, case: RealCase
) -> list[Entry]:
    """Made-up days for someone without any, from the workweek of the first day on."""
    day = case.policies.on(first_day).week_start(first_day)
    wage = line.wage if line.wage is not None or not own else own[0].wage
    left, entries = line.minutes or 0, []
    a_day = _minutes_a_day(week_minutes)
    while left > 0:
        for offset in range(WORKDAYS):
            part = min(a_day, left)
            if part > 0:
                work_date = day + timedelta(days=offset)
                entries.append(Entry(worker_id=line.worker_id, work_date=work_date, minutes=part, wage=wage))
            left -= part
        day += timedelta(weeks=1)
    return entries


def made_up_days(minutes: int, *, week_minutes: int) -> int:
    """The number of made-up days for these minutes."""
    return -(-minutes // _minutes_a_day(week_minutes))


def _minutes_a_day(week_minutes: int) -> int:
    return max(-(-week_minutes // WORKDAYS), 1)


# The terms


def scenario_terms(
    typed: Mapping[str, Any], *, job: Job | None, case: RealCase, lines: Iterable[ScenarioWorker]
) -> Terms | None:
    """The terms as entered (`services.ProPayInput`); None if neither they nor the job have a budget.

    Penalties and netting stay unchanged.
    """
    budget = _budget(typed, job)
    if budget is None:
        return None
    is_percent = typed["distribution"] == Distribution.FIXED_PERCENT
    before = case.terms
    return Terms(
        budget=budget,
        adjustment=_adjustment(typed),
        completion_percent=typed["completion_percent"],
        split_percent=typed["split_percent"],
        pool=PoolPercents(**pool_of(typed)),
        distribution=Distribution(typed["distribution"]),
        lead_weight=typed.get("lead_weight", Decimal("1.5")),
        lead_also_shares=typed["lead_also_shares"],
        include_overtime_cost=typed["include_overtime_cost"],
        burden_percent=typed["burden_percent"] or Decimal(0),
        pool_includes_overtime=typed["pool_includes_overtime"],
        netted_amount=before.netted_amount if before else ZERO,
        penalties=before.penalties if before else (),
        disqualified=before.disqualified if before else False,
        lead=typed["lead"].pk if typed["lead"] else None,
        manager=typed["paid_manager"].pk if typed["paid_manager"] else None,
        others=tuple(worker.pk for worker in typed["others"]),
        crew=_members(lines, case.same_person, is_percent=is_percent),
    )


def _members(
    lines: Iterable[ScenarioWorker], same_person: Mapping[WorkerId, WorkerId], *, is_percent: bool
) -> tuple[CrewMember, ...]:
    """The people of the crew, and the links of everyone else: a lead need not have time."""
    members = {
        worker_id: CrewMember(worker_id=worker_id, same_person_as=person) for worker_id, person in same_person.items()
    }
    for line in lines:
        members[line.worker_id] = CrewMember(
            worker_id=line.worker_id,
            no_bonus=line.no_bonus,
            fixed_percent=line.typed if is_percent else None,
            manual_amount=None if is_percent else line.typed,
            same_person_as=same_person.get(line.worker_id),
        )
    return tuple(members.values())


def pool_of(typed: Mapping[str, Any]) -> dict[str, Decimal]:
    """The five parts in percent; an omitted crew part is the rest."""
    parts = {name: typed.get(f"{name}_percent") or Decimal(0) for name in PART_NAMES}
    if typed.get("crew_percent") is None:
        parts["crew"] = HUNDRED - sum(parts.values())
    return parts


def _adjustment(typed: Mapping[str, Any]) -> Adjustment | None:
    kind, value = typed["adjustment_type"], typed["adjustment_value"]
    return Adjustment(type=AdjustmentType(kind), value=value) if kind and value is not None else None


def _budget(typed: Mapping[str, Any], job: Job | None) -> Budget | None:
    definition = definition_of(typed["budget_type"])
    numbers = {one.column: typed[one.column] or _of_job(one, job) for one in definition.columns}
    return definition.budget(numbers, [_task(task) for task in typed["tasks"] or ()])


def _of_job(column: BudgetColumn, job: Job | None) -> Any:
    return getattr(job, column.column) if column.from_job and job else None


def _task(task: Task) -> TaskLine:
    hours = None if task.minutes is None else Fraction(task.minutes, MINUTES_PER_HOUR)
    return TaskLine(cost_code=task.cost_code.pk, hours=hours, amount=task.amount, label=str(task.cost_code))
