"""The terms of a calculation as plain JSON data and back: what an approval freezes. Pure.

Exact: amounts and percentages are text, hours a fraction such as "161/2". `thaw(freeze(plan)) == plan`.
"""

from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

from propay.rules.terms import (
    Adjustment,
    AdjustmentType,
    Budget,
    BudgetType,
    CrewMember,
    Distribution,
    Plan,
    PoolPercents,
    TaskLine,
)

CLASSES = {one.__name__: one for one in (Adjustment, Budget, CrewMember, Plan, PoolPercents, TaskLine)}
ENUMS = {one.__name__: one for one in (AdjustmentType, BudgetType, Distribution)}


def freeze(value: Any) -> Any:
    """Plain JSON data. Dataclasses and numbers carry their type's name, so that they come back as what they were."""
    name = type(value).__name__
    if name in CLASSES:
        return {"type": name, "fields": {one.name: freeze(getattr(value, one.name)) for one in fields(value)}}
    if name in ENUMS:
        return {"type": name, "value": value.value}
    if isinstance(value, Decimal | Fraction):
        return {"type": name, "value": str(value)}
    if isinstance(value, tuple):
        return [freeze(one) for one in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"A frozen plan holds no {name}.")


def thaw(data: Any) -> Any:
    """What `freeze` was given."""
    if isinstance(data, list):
        return tuple(thaw(one) for one in data)
    if not isinstance(data, dict):
        return data
    name = data["type"]
    if name in CLASSES:
        return CLASSES[name](**{key: thaw(value) for key, value in data["fields"].items()})
    if name in ENUMS:
        return ENUMS[name](data["value"])
    return {"Decimal": Decimal, "Fraction": Fraction}[name](data["value"])
