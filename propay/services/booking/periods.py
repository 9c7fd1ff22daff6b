"""The company's pay periods."""

from datetime import date

from django.db.models import Min

from propay.queries.settings import bonus_settings
from propay.rules.pay_periods import Period, next_period, period_of
from protiv.accounts.models import Company
from protiv.timekeeping.models import PayPeriod

# A Sunday or Monday long ago, to count weeks from if nothing else says where a period begins.
FIRST_DAY = date(2001, 1, 1)


def current_period(*, company: Company, day: date) -> Period:
    """The pay period that `day` belongs to."""
    return period_of(day, length=company.pay_period, anchor_date=anchor_date(company))


def following_period(*, company: Company, period: Period) -> Period:
    """The pay period after this one."""
    return next_period(period, length=company.pay_period)


def anchor_date(company: Company) -> date:
    """The first day of a period: as entered, else the default."""
    return bonus_settings(company).period_anchor_date or usual_anchor_date(company)


def usual_anchor_date(company: Company) -> date:
    """The first day of a period, from the provider's first pay period, else from the workweek."""
    synced: date | None = PayPeriod.objects.filter(company=company).aggregate(first=Min("start_date"))["first"]
    return synced or company.workweek_start_date(FIRST_DAY)
