"""A ProPay's related rows: its cost codes, the others, and the lines of a budget by cost code."""

from dataclasses import dataclass
from decimal import Decimal

from propay.models import BudgetTask, ProPay
from propay.rules.budgets import definition_of
from protiv.timekeeping.models import CostCode, Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A line of a TASKS budget: either minutes or dollars for a cost code."""

    cost_code: CostCode
    minutes: int | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The cost codes, the others, and the tasks of a ProPay."""

    cost_codes: list[CostCode]
    others: list[Worker]
    tasks: list[Task]


def stored_rows(propay: ProPay) -> Rows:
    return Rows(
        cost_codes=list(propay.cost_codes.all()),
        others=list(propay.others.all()),
        tasks=[
            Task(cost_code=task.cost_code, minutes=task.minutes, amount=task.amount)
            for task in propay.tasks.select_related("cost_code").order_by("pk")
        ],
    )


def store_rows(propay: ProPay, rows: Rows) -> None:
    """A budget of another type keeps no tasks."""
    propay.cost_codes.set(rows.cost_codes)
    propay.others.set(rows.others)
    propay.tasks.all().delete()
    if definition_of(propay.budget_type).has_lines:
        BudgetTask.objects.bulk_create(
            BudgetTask(
                company_id=propay.company_id,
                propay=propay,
                cost_code=task.cost_code,
                minutes=task.minutes,
                amount=task.amount,
            )
            for task in rows.tasks
        )
