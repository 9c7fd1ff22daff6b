"""Writes terms and time as a what-if case: the JSON data that `propay.cases.parsing` reads (bonus.md 9). Pure.

Read again, a case gives the same figures to the cent: numbers are written without loss, and database keys are written
so that they sort the same as text and as numbers, since the order decides who gets an odd cent.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from propay.cases.building import Entry
from propay.cases.law import WeekdayName
from propay.rules.budgets import Budget, BudgetColumn, CostCodeId, TaskLine, definition_of
from propay.rules.days import DayMinutes
from propay.rules.labor import MINUTES_PER_HOUR
from propay.rules.policies import MIDNIGHT, OvertimePolicy, Policies
from propay.rules.terms import (
    PART_NAMES,
    CrewMember,
    Terms,
    WorkerId,
)
from propay.rules.worker_status import ALWAYS_EXEMPT, NOTHING_SPECIAL, WorkerStatus
from protiv.kit.money import Number, exact, normal_wage

KEY_DIGITS = 19
MOMENT = "%Y-%m-%dT%H:%M"


def worker_key(worker_id: WorkerId) -> str:
    """A worker's id in a case."""
    return f"{worker_id:0{KEY_DIGITS}d}" if isinstance(worker_id, int) else worker_id


def cost_code_key(cost_code: CostCodeId) -> str:
    """A cost code's id in a case; never the same text as a worker's."""
    return f"cost code {cost_code}"


def as_case(
    terms: Terms,
    time: Iterable[Entry],
    *,
    include_travel: bool = False,
    statuses: Mapping[WorkerId, WorkerStatus] = MappingProxyType({}),
    policies: Policies | None = None,
    elsewhere: Iterable[DayMinutes] = (),
) -> dict[str, object]:
    """Build the case for these terms and this time. With `policies` it asks for the true-ups.

    `elsewhere` is what these people worked in the same weeks besides `time`.
    """
    entries = list(time)
    written = [_entry(entry) for entry in entries]
    return {
        "budget": _budget(terms.budget),
        "adjustment": terms.adjustment
        and {"type": terms.adjustment.type.value, "value": _number(terms.adjustment.value)},
        "completion_percent": _number(terms.completion_percent),
        "split_percent": _number(terms.split_percent),
        "pool": {name: _number(getattr(terms.pool, name)) for name in PART_NAMES},
        "distribution": terms.distribution.value,
        "pool_includes_overtime": terms.pool_includes_overtime,
        "lead_weight": _number(terms.lead_weight),
        "lead_also_shares": terms.lead_also_shares,
        "include_travel": include_travel,
        "include_overtime_cost": terms.include_overtime_cost,
        "burden_percent": _number(terms.burden_percent),
        "netted_amount": _number(terms.netted_amount),
        "penalties": [_number(amount) for amount in terms.penalties],
        "disqualified": terms.disqualified,
        "lead": None if terms.lead is None else worker_key(terms.lead),
        "manager": None if terms.manager is None else worker_key(terms.manager),
        "others": [worker_key(person) for person in terms.others],
        "workers": _workers(terms.crew, statuses),
        "time": written,
        "overtime": policies and _overtime(policies, entries, written, elsewhere),
    }


def _budget(budget: Budget) -> dict[str, object]:
    definition = definition_of(budget.type)
    numbers = {column.name: _typed(column, getattr(budget, column.name)) for column in definition.columns}
    tasks = {"tasks": [_task(task) for task in budget.tasks]} if definition.has_lines else {}
    return {"type": str(budget.type), **numbers, **tasks}


def _typed(column: BudgetColumn, value: Number) -> str:
    return _hours(value) if column.is_hours else _number(value)


def _task(task: TaskLine) -> dict[str, object]:
    value = {"amount": _number(task.amount or 0)} if task.hours is None else {"hours": _hours(task.hours)}
    return {"cost_code": cost_code_key(task.cost_code), **value}


def _workers(crew: Iterable[CrewMember], statuses: Mapping[WorkerId, WorkerStatus]) -> list[dict[str, object]]:
    """Workers whose terms differ from the defaults."""
    members = {member.worker_id: member for member in crew}
    for worker_id in statuses:
        members.setdefault(worker_id, CrewMember(worker_id=worker_id))
    return [
        {
            "id": worker_key(worker_id),
            "no_bonus": member.no_bonus,
            "fixed_percent": None if member.fixed_percent is None else _number(member.fixed_percent),
            "manual_amount": None if member.manual_amount is None else _number(member.manual_amount),
            **_status(statuses.get(worker_id, NOTHING_SPECIAL)),
            "same_person_as": None if member.same_person_as is None else worker_key(member.same_person_as),
        }
        for worker_id, member in members.items()
    ]


def _entry(entry: Entry) -> dict[str, object]:
    return {
        "worker": worker_key(entry.worker_id),
        "date": entry.work_date.isoformat(),
        "minutes": entry.minutes,
        "ot1_minutes": entry.ot1_minutes,
        "ot2_minutes": entry.ot2_minutes,
        "wage": None if entry.wage is None else str(normal_wage(entry.wage)),
        "kind": entry.kind,
        "cost_code": None if entry.cost_code is None else cost_code_key(entry.cost_code),
        "state": entry.state,
        **dict(zip(("start", "stop"), (f"{moment:{MOMENT}}" for moment in entry.stretch or ()), strict=False)),
    }


def _status(status: WorkerStatus) -> dict[str, object]:
    """What overtime law asks about a worker, in the shortest form that means it."""
    rows = [
        {"from_date": row.from_date and row.from_date.isoformat(), "federal": row.federal, "state": row.state}
        for row in status.exempt
    ]
    always = ALWAYS_EXEMPT.exempt == status.exempt
    found: dict[str, object] = {"exempt": always or rows or False, "salaried": status.is_salaried}
    for schedule in status.schedules:
        found["schedule"] = {list(WeekdayName)[day].value: _hours(Fraction(own, 60)) for day, own in schedule.minutes}
    return found


def _overtime(
    policies: Policies,
    entries: Iterable[Entry],
    written: Iterable[dict[str, object]],
    elsewhere: Iterable[DayMinutes],
) -> dict[str, object]:
    own = [text for entry, text in zip(entries, written, strict=True) if entry.is_worked]
    beside = [_entry(Entry.of_day(day)) for day in elsewhere]
    first, *later = policies.rows
    return {
        **_policy(first),
        "policies": [{"from_date": str(row.from_date), **_policy(row)} for row in later],
        "all_time": own + beside,
    }


def _policy(policy: OvertimePolicy) -> dict[str, object]:
    return {
        "state": policy.state,
        "method": policy.method.value,
        "divisor": policy.divisor.value,
        "workweek_start": list(WeekdayName)[policy.first_weekday].value,
        "workday_start": f"{policy.workday_start or MIDNIGHT:%H:%M}",
    }


def _hours(value: Number) -> str:
    """In clock format, since 0:20 has no exact decimal."""
    minutes = exact(value) * MINUTES_PER_HOUR
    if minutes.denominator != 1:
        return _number(value)
    whole, rest = divmod(int(minutes), MINUTES_PER_HOUR)
    return f"{whole}:{rest:02d}"


def _number(value: Number) -> str:
    """An exact decimal; a fraction without one is refused."""
    numerator, denominator = exact(value).as_integer_ratio()
    text = Decimal(numerator) / Decimal(denominator)
    if Fraction(text) != exact(value):
        raise ValueError(f"{value} has no decimals that mean it.")
    return f"{text:f}"
