"""What the bonus settings page shows next to its form."""

from datetime import date

from propay.rules.pay_periods import Period, next_period, period_of
from propay.services.booking import usual_anchor_date
from protiv.accounts.models import Company

PERIODS_SHOWN = 4


def coming_periods(*, company: Company, length: str, anchor_date: date | None, today: date) -> list[Period]:
    """The current period and the next ones, for this length and first day."""
    periods = [period_of(today, length=length, anchor_date=anchor_date or usual_anchor_date(company))]
    while len(periods) < PERIODS_SHOWN:
        periods.append(next_period(periods[-1], length=length))
    return periods
