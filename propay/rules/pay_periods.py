"""Divides a company's calendar into pay periods. Pure.

Weekly and biweekly periods count forward and backward from a known first day; the others follow the calendar month.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

DAYS = {"WEEKLY": 7, "BIWEEKLY": 14}
MID_MONTH = 15
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A pay period, both dates included."""

    start_date: date
    end_date: date


def period_of(day: date, *, length: str, anchor_date: date) -> Period:
    """The period that `day` belongs to; `anchor_date` is the first day of any weekly or biweekly one.

    `length` is WEEKLY, BIWEEKLY, SEMIMONTHLY (the 1st to the 15th, the 16th to the end) or MONTHLY.
    """
    if length in DAYS:
        start = day - timedelta(days=(day - anchor_date).days % DAYS[length])
        return Period(start, start + timedelta(days=DAYS[length] - 1))
    end = day.replace(day=monthrange(day.year, day.month)[1])
    if length == "MONTHLY":
        return Period(day.replace(day=1), end)
    if length == "SEMIMONTHLY":
        middle = day.replace(day=MID_MONTH)
        return Period(day.replace(day=1), middle) if day <= middle else Period(middle + ONE_DAY, end)
    raise ValueError(f"There is no pay period of the length {length!r}.")


def next_period(period: Period, *, length: str) -> Period:
    """The period that begins on the day after this one ends."""
    first = period.end_date + ONE_DAY
    return period_of(first, length=length, anchor_date=first)
