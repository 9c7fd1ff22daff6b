"""Checks the terms of a ProPay, and that no other one claims its time. Errors name the form's fields."""

from collections.abc import Collection, Iterable
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Q

from propay.models import PART_COLUMNS, BonusTerms, ProPay
from propay.rules.budgets import all_columns, definition_of
from propay.rules.states import ProPayStatus
from propay.rules.terms import AdjustmentType, Distribution
from propay.rules.trace import day
from propay.services.rows import Rows, Task
from protiv.accounts.models import Role
from protiv.timekeeping.models import CostCode

HUNDRED = Decimal(100)
ADJUSTMENT_LIMITS: dict[str, tuple[int, int]] = {
    AdjustmentType.PERCENT: (-100, 1000),
    AdjustmentType.MULTIPLY: (0, 1000),
    AdjustmentType.AMOUNT: (0, 99_999_999),
    AdjustmentType.HOURS: (0, 1_000_000),
}
# The range of each number; the form uses the same.
TERM_LIMITS: dict[str, tuple[Decimal, Decimal]] = {
    **dict.fromkeys(("split_percent", *PART_COLUMNS, "completion_percent"), (Decimal(0), HUNDRED)),
    **{one.column: one.limits for one in all_columns() if one.limits},
    "lead_weight": (Decimal("0.01"), HUNDRED),
    "burden_percent": (Decimal(0), Decimal(1_000)),
}


FIXED_BEFORE = (
    "Time already counts on this ProPay. Whether bonuses include overtime is fixed before the first minute counts, so "
    "that everyone knows what they work for. Keep it as it is, or create a new ProPay for later work."
)
# Whether the pool includes its overtime, and whether the crew's shares do.
OvertimeTerms = tuple[bool, bool]


def check(propay: ProPay, rows: Rows) -> None:
    """Refuse (ValidationError, by field) invalid terms, all together; then time that is already claimed."""
    _check_company(propay, rows)
    problems = {
        **_budget_problems(propay, rows),
        **_part_problems(propay, rows),
        **_adjustment_problems(propay),
        **number_problems(propay),
        **overtime_problems(propay),
    }
    if propay.end_date and propay.end_date < propay.start_date:
        problems["end_date"] = "The end date is before the start date. Choose a later one, or leave it blank."
    if problems:
        raise ValidationError(problems)
    check_claim(propay, rows.cost_codes)


def _check_company(propay: ProPay, rows: Rows) -> None:
    """Refuse anything of another company, even if a form let it through."""
    people = [propay.manager, propay.lead, propay.paid_manager, *rows.others]
    codes = [*rows.cost_codes, *(task.cost_code for task in rows.tasks)]
    if propay.manager is not None and propay.manager.role == Role.WORKER:
        raise ValidationError(
            {"manager": "Choose a manager or an admin. Users with the Worker role can't manage a ProPay."}
        )
    named = [propay.job, propay.plan_version, *people, *codes]
    if any(one is not None and one.company_id != propay.company_id for one in named):
        raise ValidationError("The job, the people, the plan, and the cost codes must belong to your company.")


def number_problems(terms: BonusTerms) -> dict[str, str]:
    """The numbers of a ProPay or a plan that are outside `TERM_LIMITS`, by name."""
    problems = {}
    for name, (low, high) in TERM_LIMITS.items():
        number = getattr(terms, name, None)
        if number is not None and not low <= number <= high:
            problems[name] = f"Enter a number from {low:,} to {high:,}."
    return problems


def overtime_problems(terms: BonusTerms) -> dict[str, str]:
    """Refuse amounts that are entered by hand where overtime lowers them."""
    if terms.pool_includes_overtime and terms.distribution == Distribution.MANUAL:
        return {
            "pool_includes_overtime": "Amounts that you enter leave no room for overtime. Choose another way to divide "
            "the crew's part, or don't include the overtime."
        }
    return {}


def overtime_terms(terms: BonusTerms) -> OvertimeTerms:
    """What is fixed before the first minute counts (bonus.md 11.6 and 11.7)."""
    return terms.pool_includes_overtime, terms.distribution == Distribution.TOTAL_EARNINGS


def late_overtime_terms(terms: BonusTerms, before: OvertimeTerms, *, has_time: bool) -> dict[str, str]:
    """The error for a ProPay whose overtime terms differ from what they were before its time counted."""
    pairs = zip(("pool_includes_overtime", "distribution"), overtime_terms(terms), before, strict=True)
    return {name: FIXED_BEFORE for name, now, was in pairs if has_time and now != was}


def _part_problems(propay: ProPay, rows: Rows) -> dict[str, str]:
    percents = [getattr(propay, name) for name in PART_COLUMNS]
    total = Decimal(sum(percents) if min(percents) >= 0 else sum(percents[1:]))
    if propay.other_percent and not rows.others:
        return {"others": "Choose who gets the “Others” part, or set it to 0."}
    if total != HUNDRED:
        return {"crew_percent": f"The five parts total {total.normalize():f}%. They must total 100%."}
    return {}


def budget_needs(budget_type: str) -> dict[str, str]:
    """What a type of budget requires, with its messages, by form field."""
    definition = definition_of(budget_type)
    lines = {"tasks": definition.missing_lines} if definition.has_lines else {}
    return {one.column: one.missing for one in definition.columns if one.missing} | lines


def _budget_problems(propay: ProPay, rows: Rows) -> dict[str, str]:
    needs = budget_needs(propay.budget_type)
    problems = {
        name: message
        for name, message in needs.items()
        if not (rows.tasks if name == "tasks" else getattr(propay, name))
    }
    if repeated := repeated_codes(rows.tasks):
        problems["tasks"] = repeated
    counted = {code.pk for code in rows.cost_codes}
    uncounted = [str(task.cost_code) for task in rows.tasks if counted and task.cost_code.pk not in counted]
    if uncounted and definition_of(propay.budget_type).has_lines:
        problems["tasks"] = (
            f"Time on {', '.join(uncounted)} isn't counted on this ProPay, so its whole budget would look like "
            "savings. Count that cost code too, or remove its line."
        )
    return problems


def repeated_codes(tasks: Collection[Task]) -> str:
    """The error for a cost code in two lines of a budget; empty if there is none."""
    if len({task.cost_code.pk for task in tasks}) == len(tasks):
        return ""
    return "Each cost code can appear only once. Combine its lines."


def adjustment_out_of_range(kind: str, value: Decimal) -> str:
    """The error for a number that this adjustment can't have; empty if it is valid."""
    low, high = ADJUSTMENT_LIMITS[kind]
    return "" if low <= value <= high else f"Enter a number from {low:,} to {high:,}."


def _adjustment_problems(propay: ProPay) -> dict[str, str]:
    if not propay.adjustment_type:
        told = "Choose how this changes the budget, or leave the number blank."
        return {"adjustment_type": told} if propay.adjustment_value is not None else {}
    value = Decimal("Infinity") if propay.adjustment_value is None else propay.adjustment_value
    problem = adjustment_out_of_range(propay.adjustment_type, value)
    return {"adjustment_value": problem} if problem else {}


def check_claim(propay: ProPay, cost_codes: Iterable[CostCode]) -> None:
    """Refuse time that another ProPay of this job claims: overlapping dates and cost codes (bonus.md 1)."""
    others = ProPay.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=propay.start_date), company=propay.company_id, job=propay.job_id
    ).exclude(status=ProPayStatus.CANCELED)
    if propay.pk:
        others = others.exclude(pk=propay.pk)
    if propay.end_date:
        others = others.filter(start_date__lte=propay.end_date)
    cost_codes = list(cost_codes)
    if cost_codes:
        others = others.filter(Q(cost_codes__isnull=True) | Q(cost_codes__in=cost_codes))
    other = others.order_by("pk").first()
    if other is not None:
        raise ValidationError(
            "ProPay “%(title)s” already counts time on this job %(dates)s. Choose other dates or cost codes, or "
            "cancel that ProPay first.",
            code="claimed",
            params={"title": other.title, "dates": _dates(other), "propay_id": other.pk},
        )


def _dates(propay: ProPay) -> str:
    start = f"from {day(propay.start_date)}"
    return f"{start} to {day(propay.end_date)}" if propay.end_date else f"{start}, with no end date"
