"""Short ways to write a case and terms, and to read a result: amounts as text, so that cents show."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from propay.rules.budgets import Budget, BudgetType
from propay.rules.terms import (
    Adjustment,
    AdjustmentType,
    PoolPercents,
    Result,
    ShareRole,
    Terms,
    TimeSlice,
)


def entry(worker: str, hours: object, wage: str = "20.00", **more: object) -> dict[str, object]:
    minutes = int(Decimal(str(hours)) * 60)
    return {"worker": worker, "date": "2026-11-03", "minutes": minutes, "wage": wage} | more


def case(budget: dict[str, object], time: Sequence[dict[str, object]], **more: object) -> dict[str, object]:
    return {"budget": budget, "time": list(time)} | more


def piece(worker: int | str, hours: object, wage: str | None = "20.00", **more: Any) -> TimeSlice:
    return TimeSlice(
        worker_id=worker,
        minutes=int(Decimal(str(hours)) * 60),
        wage=None if wage is None else Decimal(wage),
        **more,
    )


def fixed(amount: str, **more: Any) -> Terms:
    """Terms on a dollar amount of which the crew gets everything."""
    terms = {"split_percent": Decimal(100)} | more
    return Terms(budget=Budget(type=BudgetType.AMOUNT, amount=Decimal(amount)), **terms)


def in_hours(hours: str, **more: Any) -> Terms:
    return Terms(budget=Budget(type=BudgetType.HOURS, hours=Decimal(hours)), **more)


def adjust(kind: str, value: str) -> Adjustment:
    return Adjustment(type=AdjustmentType(kind), value=Decimal(value))


def percents(**given: str) -> PoolPercents:
    return PoolPercents(**({"crew": Decimal(0)} | {name: Decimal(value) for name, value in given.items()}))


def amounts(result: Result, role: ShareRole = ShareRole.CREW) -> dict[int | str, str]:
    return {share.worker_id: str(share.amount) for share in result.shares if share.role == role}


def parts(result: Result) -> dict[str, str]:
    names = ("crew", "lead", "manager", "company", "other")
    return {name: str(getattr(result.parts, name)) for name in names if getattr(result.parts, name)}
