"""The figures of one ProPay: what a refresh stores, and what explains it. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from propay.rules.terms import ShareProblem, TaskFigures
from propay.rules.trace import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareFigures:
    """One worker's counted minutes, what they cost and the bonus; None while there is none."""

    minutes: int
    cost_amount: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a refresh stores for one ProPay, shares by worker id and role, and its explanation for the page.

    `tasks`, `warnings` and `problems` are not stored: the page calculates them with the steps.
    """

    budget_amount: Decimal | None
    earned_amount: Decimal | None
    actual_minutes: int
    actual_amount: Decimal | None
    saving_amount: Decimal | None
    is_over_budget: bool
    pool_amount: Decimal | None
    crew_amount: Decimal | None
    lead_amount: Decimal | None
    manager_amount: Decimal | None
    company_amount: Decimal | None
    other_amount: Decimal | None
    figure_note: str
    shares: dict[tuple[int, str], ShareFigures]
    tasks: tuple[TaskFigures, ...]
    warnings: tuple[str, ...]
    trace: tuple[Step, ...]
    problems: tuple[ShareProblem, ...] = ()


# The columns of ProPay that a refresh writes, named as in `Figures`.
FIGURE_FIELDS = (
    "budget_amount",
    "earned_amount",
    "actual_minutes",
    "actual_amount",
    "saving_amount",
    "is_over_budget",
    "pool_amount",
    "crew_amount",
    "lead_amount",
    "manager_amount",
    "company_amount",
    "other_amount",
    "figure_note",
)
