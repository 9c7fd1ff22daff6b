"""The form of a ProPay as a browser sends it, filled in well; whatever a test changes, it passes."""

from typing import Any

from propay.forms.task_lines import TypedLine
from protiv.timekeeping.models import Job

CREATE = "/propays/create/"
FILLED = {
    "title": "Kitchen remodel",
    "manager": "",
    "plan_version": "",
    "budget_type": "HOURS",
    "budget_hours": "80:30",
    "fixed_amount": "",
    "contract_amount": "",
    "labor_percent": "",
    "rate_amount": "",
    "quantity": "",
    "adjustment_type": "",
    "adjustment_value": "",
    "completion_percent": "100",
    "split_percent": "50",
    "crew_percent": "",
    "lead_percent": "0",
    "manager_percent": "0",
    "company_percent": "0",
    "other_percent": "0",
    "distribution": "PER_HOUR",
    "lead_weight": "1.5",
    "burden_percent": "0",
    "lead": "",
    "paid_manager": "",
    "start_date": "2026-10-01",
    "end_date": "",
    "include_travel": "",
}


def filled(job: Job, /, **changes: Any) -> dict[str, Any]:
    return {**FILLED, "job": job.pk, **changes}


def lines(*rows: tuple[Any, str, str]) -> dict[str, list[str]]:
    """What the lines of a budget by cost code send: (cost code, hours, dollars) each."""
    codes, hours, amounts = ([str(getattr(cell, "pk", cell)) for cell in column] for column in zip(*rows, strict=True))
    return {"tasks_code": codes, "tasks_hours": hours, "tasks_amount": amounts}


def sent_by(form: Any) -> dict[str, Any]:
    """What a browser sends when the form is saved as it was shown."""
    sent: dict[str, Any] = {}
    for name in form.fields:
        value = form[name].value()
        if name == "tasks":
            rows: list[TypedLine] = value or []
            sent |= lines(*[(row.code, row.hours, row.amount) for row in rows]) if rows else {}
        elif value is not False:
            sent[name] = "" if value is None else value
    return sent


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return {name: list(messages) for name, messages in response.context["form"].errors.items()}
