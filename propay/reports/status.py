"""ProPay status: where each ProPay stands, and what needs doing."""

import datetime
from collections import Counter

from django.db.models import Case, Value, When

from propay.figures import NO_BUDGET
from propay.models import LIVE_STATUSES, ProPay, ProPayStatus
from propay.reports.base import Asked, Column, Highlight, Kind, Report, ReportKind, Row
from propay.reports.propays import (
    HOURS_NOTE,
    WHOLE,
    Measured,
    asked_propays,
    link_to,
    manager_of,
    measured,
    percent_of,
)

COLUMNS = (
    Column("ProPay"),
    Column("Status"),
    Column("Job", in_file_only=True),
    Column("Manager", in_file_only=True),
    Column("Started", Kind.DATE),
    Column("Age in days", Kind.COUNT, "since its start date, of those that are not paid"),
    Column("Hours", Kind.HOURS),
    Column("Budget hours", Kind.HOURS),
    Column("Budget used", Kind.PERCENT, "hours as a part of the budget's hours"),
    Column("Missing"),
    Column("Drift", Kind.MONEY, "by how much today's shares differ from the approved ones"),
    Column("What needs doing"),
)
OVER = "It is over budget: look at its hours."
ENDED = (ProPayStatus.PAID, ProPayStatus.CANCELED)


def make(asked: Asked) -> Report:
    """A row per ProPay, from pending to paid and the oldest first; two queries."""
    in_order = Case(*(When(status=value, then=Value(place)) for place, value in enumerate(ProPayStatus.values)))
    found = measured(asked_propays(asked).order_by(in_order, "start_date", "pk"))
    rows = [_row(one, asked.today) for one in found]
    counts = Counter(one.propay.status for one in found)
    to_do = sum(1 for row in rows if row[-1])
    return Report(
        columns=COLUMNS,
        rows=rows,
        highlights=(
            *(Highlight(str(status.label), Kind.COUNT, counts[status]) for status in ProPayStatus if counts[status]),
            Highlight("To do", Kind.COUNT, to_do),
        ),
        notes=(HOURS_NOTE,),
    )


def _row(one: Measured, today: datetime.date) -> Row:
    propay = one.propay
    age = None if propay.status in ENDED else max((today - propay.start_date).days, 0)
    return (
        link_to(propay, manager_of(propay)),
        propay.get_status_display(),
        str(propay.job),
        manager_of(propay),
        propay.start_date,
        age,
        propay.actual_minutes,
        one.budget_minutes,
        percent_of(propay.actual_minutes, one.budget_minutes),
        _missing(propay),
        propay.drift_amount if propay.drifted_at else None,
        _next_step(propay, today),
    )


def _missing(propay: ProPay) -> str:
    """What stands between the time and a bonus, in a word or two."""
    if propay.status not in LIVE_STATUSES or not propay.figure_note:
        return ""
    has_budget = not any(note in propay.figure_note for note in NO_BUDGET.values())
    has_wages = propay.actual_amount is not None or propay.actual_minutes <= 0
    return ", ".join([*([] if has_budget else ["Budget"]), *([] if has_wages else ["Wage"])])


def _next_step(propay: ProPay, today: datetime.date) -> str:
    """What somebody has to do, empty where nobody has to."""
    if propay.drifted_at:
        return "Its hours changed after approval: adjust or dismiss the drift."
    if propay.status == ProPayStatus.APPROVED:
        owes = propay.pool_amount != propay.company_amount
        return "Pay the statements that its shares stand on." if owes else ""
    if propay.status not in LIVE_STATUSES:
        return ""
    over = OVER if propay.is_over_budget else ""
    if _missing(propay) or (propay.figure_note and propay.actual_minutes > 0):
        return f"{over} {propay.figure_note}".strip()
    return over or _when_to_approve(propay, today)


def _when_to_approve(propay: ProPay, today: datetime.date) -> str:
    if propay.status == ProPayStatus.COMPLETE:
        done = propay.completion_percent == WHOLE
        return "Approve it." if done else "Set its completion to 100 %: only then can it be approved."
    if propay.end_date and propay.end_date < today:
        return "Its last day has passed: mark it complete or approve it."
    return ""


STATUS = ReportKind(
    slug="propay-status",
    title="ProPay status",
    sentence="Where each ProPay stands: its age, how much of the budget is used, what is missing and what needs doing.",
    icon="list-details",
    filters=("job", "manager", "status"),
    dates_label="ProPays that started",
    nothing="No ProPay fits. Clear the filters; without any ProPay yet, create the first one.",
    make=make,
    looks_back=False,
)
