"""ProPay efficiency: what each ProPay saved, and what an hour of it earned the crew."""

from collections.abc import Sequence
from decimal import Decimal

from propay.figures import day
from propay.models import ProPay
from propay.reports.base import Asked, Column, Highlight, Kind, Report, ReportKind, Row
from propay.reports.propays import (
    FROZEN_NOTE,
    HOURS_NOTE,
    PROGRESS_NOTE,
    Measured,
    asked_propays,
    link_to,
    manager_of,
    measured,
    per_hour,
    percent_of,
    total,
)

COLUMNS = (
    Column("ProPay"),
    Column("Job", in_file_only=True),
    Column("Manager", in_file_only=True),
    Column("Status"),
    Column("Started", Kind.DATE, in_file_only=True),
    Column("Budget hours", Kind.HOURS),
    Column("Actual hours", Kind.HOURS),
    Column("Budget", Kind.MONEY),
    Column("Actual cost", Kind.MONEY),
    Column("Saving", Kind.MONEY, "budget less actual cost"),
    Column("Saving %", Kind.PERCENT, "of the budget"),
    Column("Pool", Kind.MONEY),
    Column("Bonus per hour", Kind.MONEY, "the pool without the company's part, divided by the hours"),
)


def make(asked: Asked) -> Report:
    """A row per ProPay, the latest start first. The sums in dollars are of those with figures; two queries."""
    found = measured(asked_propays(asked).order_by("-start_date", "-pk"))
    known = [one for one in found if one.has_figures]
    propays = [one.propay for one in known]
    budget, saving = total(one.earned_amount for one in propays), total(one.saving_amount for one in propays)
    bonus = total(map(_bonus, propays))
    pool, rate = total(one.pool_amount for one in propays), per_hour(bonus, sum(one.actual_minutes for one in propays))
    totals = (
        *("Total", None, None, None, None),
        sum(one.earned_minutes or 0 for one in found),
        sum(one.propay.actual_minutes for one in found),
        budget,
        total(one.actual_amount for one in propays),
        saving,
        percent_of(saving, budget),
        pool,
        rate,
    )
    return Report(
        columns=COLUMNS,
        rows=[_row(one) for one in found],
        totals=totals,
        highlights=(
            Highlight("Saving", Kind.MONEY, saving),
            Highlight("Of the budget", Kind.PERCENT, percent_of(saving, budget)),
            Highlight("Bonus pool", Kind.MONEY, pool),
            Highlight("Bonus per hour", Kind.MONEY, rate),
        ),
        notes=_notes(found, known),
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
    """What goes to people: the pool without the company's part."""
    if propay.pool_amount is None or propay.company_amount is None:
        return None
    return propay.pool_amount - propay.company_amount


def _notes(found: Sequence[Measured], known: Sequence[Measured]) -> tuple[str, ...]:
    missing = len(found) - len(known)
    notes = (FROZEN_NOTE, HOURS_NOTE, PROGRESS_NOTE)
    if not missing:
        return notes
    which = f"{missing} ProPays have" if missing > 1 else "1 ProPay has"
    return (
        f"{which} no figures yet and no part in the sums in dollars. The report ProPay status says what is missing.",
        *notes,
    )


EFFICIENCY = ReportKind(
    slug="propay-efficiency",
    title="ProPay efficiency",
    sentence="Budget against actual, ProPay by ProPay: what was saved, and what an hour earned the crew in bonus.",
    icon="trending-up",
    filters=("job", "manager", "status"),
    dates_label="ProPays that started",
    nothing="No ProPay fits. Widen the dates or clear the filters; without any ProPay yet, create the first one.",
    make=make,
)
