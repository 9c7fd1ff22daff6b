"""The terms of a calculation as plain JSON data and back: what an approval freezes. Pure.

Exact: amounts and percentages are text, hours a fraction such as "161/2". `thaw(freeze(terms)) == terms`. The data has
its own names, so renaming a class or a field doesn't change them.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from propay.rules.budgets import Budget, TaskLine, definition_of
from propay.rules.terms import (
    PART_NAMES,
    Adjustment,
    AdjustmentType,
    CrewMember,
    Distribution,
    PoolPercents,
    Terms,
)
from protiv.kit.money import Number

VERSION = 3


def freeze(terms: Terms) -> dict[str, Any]:
    """Return plain JSON data of this version."""
    return {
        "version": VERSION,
        "budget": _budget_data(terms.budget),
        "adjustment": None if terms.adjustment is None else _adjustment_data(terms.adjustment),
        "completion_percent": str(terms.completion_percent),
        "split_percent": str(terms.split_percent),
        "pool": {name: str(getattr(terms.pool, name)) for name in PART_NAMES},
        "distribution": terms.distribution.value,
        "pool_includes_overtime": terms.pool_includes_overtime,
        "lead_weight": str(terms.lead_weight),
        "lead_also_shares": terms.lead_also_shares,
        "include_overtime_cost": terms.include_overtime_cost,
        "burden_percent": str(terms.burden_percent),
        "netted_amount": str(terms.netted_amount),
        "penalties": [str(amount) for amount in terms.penalties],
        "disqualified": terms.disqualified,
        "lead": terms.lead,
        "manager": terms.manager,
        "others": list(terms.others),
        "crew": [_member_data(member) for member in terms.crew],
    }


def thaw(data: Mapping[str, Any]) -> Terms:
    """Reverse `freeze`, for data from any version."""
    data = _upgraded(data)
    return Terms(
        budget=_budget(data["budget"]),
        adjustment=None if data["adjustment"] is None else _adjustment(data["adjustment"]),
        completion_percent=_number(data["completion_percent"]),
        split_percent=_number(data["split_percent"]),
        pool=PoolPercents(**{name: _number(data["pool"][name]) for name in PART_NAMES}),
        distribution=Distribution(data["distribution"]),
        pool_includes_overtime=data["pool_includes_overtime"],
        lead_weight=_number(data["lead_weight"]),
        lead_also_shares=data["lead_also_shares"],
        include_overtime_cost=data["include_overtime_cost"],
        burden_percent=_number(data["burden_percent"]),
        netted_amount=Decimal(data["netted_amount"]),
        penalties=tuple(Decimal(amount) for amount in data["penalties"]),
        disqualified=data["disqualified"],
        lead=data["lead"],
        manager=data["manager"],
        others=tuple(data["others"]),
        crew=tuple(_member(one) for one in data["crew"]),
    )


def counts_overtime(data: Mapping[str, Any]) -> bool:
    """Return whether frozen terms of any version count the cost of overtime."""
    return bool(data.get("fields", data)["include_overtime_cost"])


def _budget_data(budget: Budget) -> dict[str, Any]:
    columns = definition_of(budget.type).columns
    numbers = {column.name: _text(getattr(budget, column.name)) for column in columns}
    return {"type": str(budget.type), **numbers, "tasks": [_task_data(task) for task in budget.tasks]}


def _budget(data: Mapping[str, Any]) -> Budget:
    columns = definition_of(data["type"]).columns
    numbers = {column.name: _number(data[column.name]) for column in columns}
    return Budget(type=data["type"], **numbers, tasks=tuple(_task(one) for one in data["tasks"]))


def _task_data(task: TaskLine) -> dict[str, Any]:
    return {
        "cost_code": task.cost_code,
        "hours": _text(task.hours),
        "amount": _text(task.amount),
        "label": task.label,
    }


def _task(data: Mapping[str, Any]) -> TaskLine:
    return TaskLine(
        cost_code=data["cost_code"],
        hours=None if data["hours"] is None else _number(data["hours"]),
        amount=None if data["amount"] is None else _number(data["amount"]),
        label=data["label"],
    )


def _adjustment_data(adjustment: Adjustment) -> dict[str, Any]:
    return {"type": adjustment.type.value, "value": str(adjustment.value)}


def _adjustment(data: Mapping[str, Any]) -> Adjustment:
    return Adjustment(type=AdjustmentType(data["type"]), value=_number(data["value"]))


def _member_data(member: CrewMember) -> dict[str, Any]:
    return {
        "worker": member.worker_id,
        "no_bonus": member.no_bonus,
        "fixed_percent": _text(member.fixed_percent),
        "manual_amount": _text(member.manual_amount),
        "same_person_as": member.same_person_as,
    }


def _member(data: Mapping[str, Any]) -> CrewMember:
    """Return the terms of one worker. Data from before 10.2 links no ids."""
    return CrewMember(
        worker_id=data["worker"],
        no_bonus=data["no_bonus"],
        fixed_percent=None if data["fixed_percent"] is None else _number(data["fixed_percent"]),
        manual_amount=None if data["manual_amount"] is None else Decimal(data["manual_amount"]),
        same_person_as=data.get("same_person_as"),
    )


def _text(value: Number | None) -> str | None:
    return None if value is None else str(value)


def _number(value: str | int) -> Number:
    """Return the exact number; a fraction has a slash."""
    return Fraction(value) if "/" in str(value) else Decimal(value)


# Version 1: data frozen before 2026-12 has names of Python classes and no version.
# Version 2: the overtime on a bonus never came out of the pool.


def _upgraded(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data in today's shape. The stored data stays unchanged: nothing approved is rewritten."""
    if "version" not in data:
        plain = _without_classes(data)
        data = {**plain, "version": 2, "crew": [{**one, "worker": one["worker_id"]} for one in plain["crew"]]}
    return {"pool_includes_overtime": False, **data} if data["version"] < VERSION else data


def _without_classes(data: Any) -> Any:
    """Turn `{"type": …, "fields": {…}}` and `{"type": …, "value": …}` into just the fields or the value."""
    if isinstance(data, list):
        return [_without_classes(one) for one in data]
    if not isinstance(data, dict):
        return data
    if "value" in data:
        return data["value"]
    return {name: _without_classes(value) for name, value in data["fields"].items()}
