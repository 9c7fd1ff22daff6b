"""Labels for the values in `propay.rules`: the choices of their columns."""

from collections.abc import Mapping
from typing import Any

from propay.rules.budgets import DEFINITIONS
from propay.rules.statement_states import StatementStatus
from propay.rules.states import ProPayStatus
from propay.rules.take_back import DeductionCategory
from propay.rules.terms import AdjustmentType, Distribution, ShareRole

BUDGET_TYPES = {one.type: one.label for one in DEFINITIONS.values()}
ADJUSTMENT_TYPES = {
    AdjustmentType.PERCENT: "By a percentage",
    AdjustmentType.MULTIPLY: "Multiply by a factor",
    AdjustmentType.AMOUNT: "Set to a dollar amount",
    AdjustmentType.HOURS: "Set to a number of hours",
}
DISTRIBUTIONS = {
    Distribution.PER_HOUR: "By hours worked",
    Distribution.EQUAL: "Equally",
    Distribution.HOURS_TIMES_WAGE: "By hours × wage",
    Distribution.WAGE: "By wage",
    Distribution.LEAD_WEIGHTED: "Equally, with more weight for the lead",
    Distribution.FIXED_PERCENT: "By fixed percentages",
    Distribution.MANUAL: "By amounts you enter",
    Distribution.TOTAL_EARNINGS: "By total earnings, which include overtime",
}
SHARE_ROLES = {
    ShareRole.CREW: "Crew",
    ShareRole.LEAD: "Crew lead",
    ShareRole.MANAGER: "Manager",
    ShareRole.OTHER: "Other",
}
STATUSES = {
    ProPayStatus.PENDING: "Pending",
    ProPayStatus.STARTED: "Started",
    ProPayStatus.COMPLETE: "Complete",
    ProPayStatus.APPROVED: "Approved",
    ProPayStatus.PAID: "Paid",
    ProPayStatus.CANCELED: "Canceled",
}
DEDUCTION_CATEGORIES = {
    DeductionCategory.ADVANCE: "Advance",
    DeductionCategory.OVERPAYMENT: "Overpayment",
    DeductionCategory.OTHER: "Other deduction",
}
STATEMENT_STATUSES = {
    StatementStatus.OPEN: "Open",
    StatementStatus.LOCKED: "Locked",
    StatementStatus.PAID: "Paid",
}


def choices_of(labels: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Return the choices of a column or a field: plain values, as a migration names them."""
    return [(str(word), label) for word, label in labels.items()]


def values_of(labels: Mapping[Any, str]) -> list[str]:
    """Return a column's allowed values."""
    return [str(word) for word in labels]
