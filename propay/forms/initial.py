"""Initial values for the ProPay form: what is stored, or the numbers of a bonus plan."""

from typing import Any

from propay.forms.fields import typed_dollars, typed_hours, typed_number
from propay.forms.task_lines import TypedLine
from propay.models import BonusTerms, PlanVersion, ProPay

TRAVEL_TEXTS = {True: "yes", False: "no", None: ""}
_SAME_IN_THE_FORM = (
    "split_percent",
    "crew_percent",
    "lead_percent",
    "manager_percent",
    "company_percent",
    "other_percent",
    "distribution",
    "lead_also_shares",
    "include_overtime_cost",
    "pool_includes_overtime",
)


def initial_of(propay: ProPay, *, seen: str) -> dict[str, Any]:
    """Initial values for a stored ProPay; `propay.company` and its rows must be loaded."""
    company = propay.company
    return {
        "job": propay.job_id,
        "title": propay.title,
        "manager": propay.manager_id,
        "plan_version": propay.plan_version_id,
        "lead": propay.lead_id,
        "paid_manager": propay.paid_manager_id,
        "others": [worker.pk for worker in propay.others.all()],
        "budget_type": propay.budget_type,
        "budget_hours": typed_hours(propay.budget_minutes, company),
        "fixed_amount": typed_dollars(propay.fixed_amount),
        "contract_amount": typed_dollars(propay.contract_amount),
        "labor_percent": propay.labor_percent,
        "rate_amount": typed_number(propay.rate_amount),
        "quantity": typed_number(propay.quantity),
        "tasks": [
            TypedLine(str(task.cost_code_id), typed_hours(task.minutes, company), typed_dollars(task.amount))
            for task in propay.tasks.all()
        ],
        "adjustment_type": propay.adjustment_type,
        "adjustment_value": typed_number(propay.adjustment_value),
        "completion_percent": propay.completion_percent,
        **_terms_in_the_form(propay),
        "start_date": propay.start_date,
        "end_date": propay.end_date,
        "cost_codes": [code.pk for code in propay.cost_codes.all()],
        "seen": seen,
    }


def numbers_of(version: PlanVersion) -> dict[str, Any]:
    """The values that a plan puts into the form, by field; a budget that the plan doesn't set stays unchanged."""
    numbers = _terms_in_the_form(version)
    if version.budget_type:
        numbers["budget_type"] = version.budget_type
    if version.labor_percent is not None:
        numbers["labor_percent"] = version.labor_percent
    return {name: number if isinstance(number, bool) else str(number) for name, number in numbers.items()}


def _terms_in_the_form(terms: BonusTerms) -> dict[str, Any]:
    return {
        **{name: getattr(terms, name) for name in _SAME_IN_THE_FORM},
        "lead_weight": typed_number(terms.lead_weight),
        "include_travel": TRAVEL_TEXTS[terms.include_travel],
        "burden_percent": typed_number(terms.burden_percent),
    }
