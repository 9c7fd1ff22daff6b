"""The figures of a ProPay as plain JSON data and back: what a snapshot keeps besides its terms. Amounts are text.

Snapshots from before 2026-12 have no version, and most of them don't say whether the budget was exceeded.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from propay.frozen.evidence import Payee
from propay.frozen.steps import plain, steps_of
from propay.rules.figures import FIGURE_FIELDS, Figures, ShareFigures
from propay.rules.terms import TaskFigures
from propay.rules.trace import Step

VERSION = 2
AMOUNTS = tuple(name for name in FIGURE_FIELDS if name.endswith("_amount"))


def as_data(figures: Figures, *, names: Mapping[int, str]) -> dict[str, Any]:
    """Plain JSON data; `names` are the workers' current names, kept because names change."""
    return {
        "version": VERSION,
        **{name: _text(getattr(figures, name)) for name in AMOUNTS},
        "actual_minutes": figures.actual_minutes,
        "is_over_budget": figures.is_over_budget,
        "figure_note": figures.figure_note,
        "shares": [
            {
                "worker_id": worker_id,
                "name": names.get(worker_id, ""),
                "role": role,
                "minutes": share.minutes,
                "cost_amount": _text(share.cost_amount),
                "amount": _text(share.amount),
            }
            for (worker_id, role), share in figures.shares.items()
        ],
        "tasks": [
            {
                "cost_code": task.cost_code,
                "budget_minutes": task.budget_minutes,
                "budget_amount": _text(task.budget_amount),
                "actual_minutes": task.actual_minutes,
                "actual_amount": _text(task.actual_amount),
            }
            for task in figures.tasks
        ],
        "warnings": list(figures.warnings),
        "trace": plain(figures.trace),
    }


def figures_of(data: Mapping[str, Any]) -> Figures:
    """Reverse `as_data`."""
    amounts: dict[str, Any] = {name: _amount(data[name]) for name in AMOUNTS}
    return Figures(
        **amounts,
        actual_minutes=data["actual_minutes"],
        is_over_budget=_is_over_budget(data),
        figure_note=data["figure_note"],
        shares={
            (share["worker_id"], share["role"]): ShareFigures(
                minutes=share["minutes"], cost_amount=_amount(share["cost_amount"]), amount=_amount(share["amount"])
            )
            for share in data["shares"]
        },
        tasks=tuple(
            TaskFigures(
                cost_code=task["cost_code"],
                budget_minutes=task["budget_minutes"],
                budget_amount=_amount(task["budget_amount"]),
                actual_minutes=task["actual_minutes"],
                actual_amount=_amount(task["actual_amount"]),
            )
            for task in data["tasks"]
        ),
        warnings=tuple(data["warnings"]),
        trace=tuple(trace_of(data)),
    )


def _is_over_budget(data: Mapping[str, Any]) -> bool:
    """An approved ProPay has all its wages, so if the flag is missing, the saving tells."""
    saving = _amount(data["saving_amount"])
    return bool(data.get("is_over_budget", saving is not None and saving < 0))


def trace_of(data: Mapping[str, Any]) -> list[Step]:
    """The steps that led to a snapshot's figures."""
    return steps_of(data.get("trace", []))


def shares_of(data: Mapping[str, Any]) -> dict[Payee, Decimal]:
    """Each person's amount in a snapshot."""
    shares = [share for share in data["shares"] if share["amount"] is not None]
    return {(share["worker_id"], share["role"]): Decimal(share["amount"]) for share in shares}


def amounts_of(figures: Figures) -> dict[Payee, Decimal]:
    """The same for figures that were just calculated."""
    return {payee: share.amount for payee, share in figures.shares.items() if share.amount is not None}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
