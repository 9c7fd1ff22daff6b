"""ProPay status: the status of each ProPay, and what to do next."""

import datetime
from functools import partial, reduce
from operator import or_
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.db.models.functions import Concat

from propay.models import LIVE_STATUSES, ProPay
from propay.models.labels import STATUSES
from propay.reports.base import Asked, ColumnKind, Highlight, Report, ReportColumn, ReportKind, Row
from propay.reports.propays import (
    HOURS_NOTE,
    WHOLE,
    Measured,
    asked_propays,
    link_to,
    manager_of,
    measured_rows,
    percent_of,
)
from propay.rules.budgets import no_budget_notes
from propay.rules.states import ProPayStatus

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _NextStep(TypedDict):
        next_step: str

    WithStep = WithAnnotations[ProPay, _NextStep]

COLUMNS = (
    ReportColumn("ProPay"),
    ReportColumn("Status"),
    ReportColumn("Job", in_file_only=True),
    ReportColumn("Manager", in_file_only=True),
    ReportColumn("Started", ColumnKind.DATE),
    ReportColumn("Age in days", ColumnKind.COUNT, "days since the start date, for ProPays that aren't paid"),
    ReportColumn("Hours", ColumnKind.HOURS),
    ReportColumn("Budget hours", ColumnKind.HOURS),
    ReportColumn("Budget used", ColumnKind.PERCENT, "actual hours as a percentage of budget hours"),
    ReportColumn("Missing"),
    ReportColumn("Change after approval", ColumnKind.MONEY, "today's shares minus the approved ones", heading="Drift"),
    ReportColumn("Next step", heading="What needs doing"),
)
DRIFT = "Time or a wage changed after approval. Adjust or dismiss the change."
PAY = "Mark the statements with its shares as paid."
OVER = "It's over budget. Check its hours."
APPROVE = "Approve it."
NOT_WHOLE = "Set percent complete to 100. You can approve it only then."
ENDED = "Its end date has passed. Mark it complete or approve it."
OVER_FOR_GOOD = (ProPayStatus.PAID, ProPayStatus.CANCELED)


def make(asked: Asked) -> Report:
    """Build a row per ProPay, from pending to paid, oldest first. Reads only the rows that are shown."""
    found = asked_propays(asked).annotate(next_step=_next_step(asked.today))
    in_order = Case(*(When(status=value, then=Value(place)) for place, value in enumerate(ProPayStatus)))
    by_status = {value: Count("pk", filter=Q(status=value)) for value in ProPayStatus}
    counts = found.aggregate(**by_status, to_do=Count("pk", filter=~Q(next_step="")))
    return Report(
        columns=COLUMNS,
        rows=measured_rows(found.order_by(in_order, "start_date", "pk"), partial(_row, today=asked.today)),
        highlights=(
            *(
                Highlight(label, ColumnKind.COUNT, counts[status])
                for status, label in STATUSES.items()
                if counts[status]
            ),
            Highlight("To do", ColumnKind.COUNT, counts["to_do"]),
        ),
        notes=(HOURS_NOTE,),
    )


def _row(one: Measured, *, today: datetime.date) -> Row:
    propay: WithStep = one.propay  # type: ignore[assignment]  # annotated by `make`
    age = None if propay.status in OVER_FOR_GOOD else max((today - propay.start_date).days, 0)
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
        propay.next_step,
    )


def _missing(propay: ProPay) -> str:
    """What is missing for a bonus, in a word or two."""
    if propay.status not in LIVE_STATUSES or not propay.figure_note:
        return ""
    has_budget = not any(note in propay.figure_note for note in no_budget_notes())
    has_wages = propay.actual_amount is not None or propay.actual_minutes <= 0
    return ", ".join([*([] if has_budget else ["Budget"]), *([] if has_wages else ["Wage"])])


def _next_step(today: datetime.date) -> Case:
    """The next step for a person, or empty: as an expression, so that the database can count it."""
    owes = ~Q(pool_amount=F("company_amount")) & ~Q(pool_amount=None, company_amount=None)
    lacks_budget = reduce(or_, (Q(figure_note__contains=note) for note in no_budget_notes()))
    tells_why = lacks_budget | ~Q(figure_note="") & Q(actual_minutes__gt=0)
    is_complete = Q(status=ProPayStatus.COMPLETE)
    return Case(
        When(drifted_at__isnull=False, then=Value(DRIFT)),
        When(owes, status=ProPayStatus.APPROVED, then=Value(PAY)),
        When(~Q(status__in=LIVE_STATUSES), then=Value("")),
        When(tells_why, is_over_budget=True, then=Concat(Value(f"{OVER} "), F("figure_note"))),
        When(tells_why, then=F("figure_note")),
        When(is_over_budget=True, then=Value(OVER)),
        When(is_complete, completion_percent=WHOLE, then=Value(APPROVE)),
        When(is_complete, then=Value(NOT_WHOLE)),
        When(end_date__lt=today, then=Value(ENDED)),
        default=Value(""),
        output_field=CharField(),
    )


STATUS = ReportKind(
    slug="propay-status",
    title="ProPay status",
    sentence="The status of each ProPay: age, budget used, missing information, and next step.",
    icon="list-details",
    filters=("job", "manager", "status"),
    dates_label="ProPays that started",
    nothing="No ProPays match. Clear the filters. If you have no ProPays yet, create one.",
    make=make,
    looks_back=False,
)
