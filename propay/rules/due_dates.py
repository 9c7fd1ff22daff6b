"""When a bonus is due: with the next payday after it can be computed (29 CFR 778.106; bonus.md 11.17). Pure."""

from datetime import date, timedelta

from propay.rules.pay_periods import ONE_DAY, Period


def payday_of(period: Period, *, days: int) -> date:
    """The day on which this period is paid, so many days after its end."""
    return period.end_date + timedelta(days=days)


def last_day_past_payday(period: Period, *, today: date, days: int) -> date:
    """The last day of the latest period whose payday is over; `period` is the one so many days before `today`."""
    return period.end_date if payday_of(period, days=days) < today else period.start_date - ONE_DAY
