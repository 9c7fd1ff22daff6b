"""ProPay efficiency: what each ProPay saved, and what an hour of it earned the crew."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from propay.models import ProPay
from propay.reports.base import Asked, ColumnKind, Highlight, Report, ReportColumn, ReportKind, Row, in_cents
from propay.reports.propays import (
    FROZEN_NOTE,
    HOURS_NOTE,
    PROGRESS_NOTE,
    Measured,
    asked_propays,
    earned_minutes,
    link_to,
    manager_of,
    measured_rows,
    per_hour,
    percent_of,
)
from propay.rules.trace import day

COLUMNS = (
    ReportColumn("ProPay"),
    ReportColumn("Job", in_file_only=True),
    ReportColumn("Manager", in_file_only=True),
    ReportColumn("Status"),
    ReportColumn("Started", ColumnKind.DATE, in_file_only=True),
    ReportColumn("Budget hours", ColumnKind.HOURS),
    ReportColumn("Actual hours", ColumnKind.HOURS),
    ReportColumn("Budget", ColumnKind.MONEY),
    ReportColumn("Actual cost", ColumnKind.MONEY),
    ReportColumn("Savings", ColumnKind.MONEY, "budget minus actual cost", heading="Saving"),
    ReportColumn("Savings %", ColumnKind.PERCENT, "of the budget", heading="Saving %"),
    ReportColumn("Pool", ColumnKind.MONEY),
    ReportColumn("Bonus per hour", ColumnKind.MONEY, "the pool without the company part, divided by the hours"),
)


HAS_FIGURES = Q(saving_amount__isnull=False)
SUMS: dict[str, Any] = {
    "count": Count("pk"),
    "known": Count("pk", filter=HAS_FIGURES),
    "minutes": Sum("actual_minutes", default=0),
    "known_minutes": Sum("actual_minutes", filter=HAS_FIGURES, default=0),
    "budget": Sum("earned_amount", filter=HAS_FIGURES),
    "actual": Sum("actual_amount", filter=HAS_FIGURES),
    "saving": Sum("saving_amount", filter=HAS_FIGURES),
    "pool": Sum("pool_amount", filter=HAS_FIGURES),
    "bonus": Sum(F("pool_amount") - F("company_amount"), filter=HAS_FIGURES),
}


def make(asked: Asked) -> Report:
    """Build a row per ProPay, latest start first. The dollar totals cover those with figures."""
    found = asked_propays(asked)
    sums = found.aggregate(**SUMS)
    budget, actual, saving, pool, bonus = (
        in_cents(sums[name]) for name in ("budget", "actual", "saving", "pool", "bonus")
    )
    rate = per_hour(bonus, sums["known_minutes"])
    totals = (
        *("Total", None, None, None, None),
        sum(minutes or 0 for (minutes,) in earned_minutes(found)),
        sums["minutes"],
        budget,
        actual,
        saving,
        percent_of(saving, budget),
        pool,
        rate,
    )
    return Report(
        columns=COLUMNS,
        rows=measured_rows(found.order_by("-start_date", "-pk"), _row),
        totals=totals,
        highlights=(
            Highlight("Savings", ColumnKind.MONEY, saving),
            Highlight("Of the budget", ColumnKind.PERCENT, percent_of(saving, budget)),
            Highlight("Bonus pool", ColumnKind.MONEY, pool),
            Highlight("Bonus per hour", ColumnKind.MONEY, rate),
        ),
        notes=_notes(sums["count"] - sums["known"]),
    )


def _row(one: Measured) -> Row:
    propay = one.propay
    amounts: tuple[Decimal | None, ...] = (None, None, None, None, None, None)
    if one.has_figures:
        amounts = (
            propay.earned_amount,
            propay.actual_amount,
            propay.saving_amount,
            percent_of(propay.saving_amount, propay.earned_amount),
            propay.pool_amount,
            per_hour(_bonus(propay), propay.actual_minutes),
        )
    return (
        link_to(propay, f"since {day(propay.start_date)}"),
        str(propay.job),
        manager_of(propay),
        propay.get_status_display(),
        propay.start_date,
        one.earned_minutes,
        propay.actual_minutes,
        *amounts,
    )


def _bonus(propay: ProPay) -> Decimal | None:
    """The amount that goes to people: the pool without the company's part."""
    if propay.pool_amount is None or propay.company_amount is None:
        return None
    return propay.pool_amount - propay.company_amount


def _notes(missing: int) -> tuple[str, ...]:
    notes = (FROZEN_NOTE, HOURS_NOTE, PROGRESS_NOTE)
    if not missing:
        return notes
    which = f"{missing} ProPays have" if missing > 1 else "1 ProPay has"
    return (
        f"{which} no figures yet, so dollar totals don't include them. The ProPay status report shows what's missing.",
        *notes,
    )


EFFICIENCY = ReportKind(
    slug="propay-efficiency",
    title="ProPay efficiency",
    sentence="Budget vs. actual by ProPay: savings, and the crew's bonus per hour.",
    icon="trending-up",
    filters=("job", "manager", "status"),
    dates_label="ProPays that started",
    nothing="No ProPays match. Widen the dates or clear the filters. If you have no ProPays yet, create one.",
    make=make,
)
