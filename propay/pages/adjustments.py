"""Choices for the adjustment form."""

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from propay.models import AdjustmentCategory, Statement, StatementLine, StatementStatus
from propay.rules.pay_periods import Period
from propay.services import booking
from propay.services.typed_bonuses import promised_without_hours
from protiv.accounts.models import Company
from protiv.accounts.templatetags.formats import days


def periods_to_adjust(company: Company, today: date) -> list[tuple[str, Period]]:
    """The current pay period first, then the next one and every other with an open statement; with labels."""
    current = booking.current_period(company=company, day=today)
    found = {current, booking.following_period(company=company, period=current)}
    opened = Statement.objects.filter(company=company, status=StatementStatus.OPEN)
    found |= {Period(*dates) for dates in opened.values_list("start_date", "end_date").distinct()}
    ordered = sorted(found, key=lambda period: (period != current, period))
    return [
        (f"{days(period.start_date, period.end_date)}{' (current)' if period == current else ''}", period)
        for period in ordered
    ]


def categories(company: Company) -> QuerySet[AdjustmentCategory]:
    """By name, archived ones last."""
    return AdjustmentCategory.objects.filter(company=company).order_by("-is_active", "name")


def names_without_hours(company: Company, statements: Collection[Statement]) -> list[str]:
    """Whose promised bonus on one of these statements earns no overtime, because no hours are on its days."""
    lines = StatementLine.objects.filter(statement__in=statements, is_promised=True).select_related("worker")
    found = promised_without_hours(company, lines.order_by("pk"))
    return list(dict.fromkeys(line.worker.name for line in found))
