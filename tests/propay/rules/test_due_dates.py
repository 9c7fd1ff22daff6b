"""When a bonus is due (29 CFR 778.106; bonus.md 11.17)."""

from datetime import date

import pytest

from propay.rules.due_dates import last_day_past_payday, payday_of
from propay.rules.pay_periods import Period, period_of

MONDAY = date(2026, 10, 5)
FIRST = Period(MONDAY, date(2026, 10, 11))


def test_a_period_is_paid_so_many_days_after_its_end() -> None:
    assert payday_of(FIRST, days=5) == date(2026, 10, 16)


@pytest.mark.parametrize(
    ("today", "last_day"),
    [
        (date(2026, 10, 16), date(2026, 10, 4)),  # The payday itself isn't past.
        (date(2026, 10, 17), date(2026, 10, 11)),
        (date(2026, 10, 23), date(2026, 10, 11)),
        (date(2026, 10, 24), date(2026, 10, 18)),
    ],
)
def test_a_period_is_past_its_payday_from_the_day_after(today: date, last_day: date) -> None:
    period = period_of(date.fromordinal(today.toordinal() - 5), length="WEEKLY", anchor_date=MONDAY)
    assert last_day_past_payday(period, today=today, days=5) == last_day


def test_without_days_the_last_day_is_the_payday() -> None:
    assert last_day_past_payday(FIRST, today=FIRST.end_date, days=0) == date(2026, 10, 4)
    following = Period(date(2026, 10, 12), date(2026, 10, 18))
    assert last_day_past_payday(following, today=date(2026, 10, 12), days=0) == FIRST.end_date
