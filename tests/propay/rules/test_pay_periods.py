"""Pay periods cut the calendar without gap or overlap."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from propay.rules.pay_periods import Period, next_period, period_of
from protiv.accounts.models import PayPeriodLength

ANY_DAY = date(2026, 11, 2)
LENGTHS = ["WEEKLY", "BIWEEKLY", "SEMIMONTHLY", "MONTHLY"]
ONE_DAY = timedelta(days=1)

days = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))
lengths = st.sampled_from(LENGTHS)


def test_every_length_that_a_company_can_choose_has_periods() -> None:
    assert sorted(PayPeriodLength.values) == sorted(LENGTHS)


@pytest.mark.parametrize(
    ("length", "day", "start", "end"),
    [
        ("WEEKLY", "2026-11-02", "2026-11-02", "2026-11-08"),
        ("WEEKLY", "2026-11-08", "2026-11-02", "2026-11-08"),
        ("WEEKLY", "2026-11-01", "2026-10-26", "2026-11-01"),
        ("BIWEEKLY", "2026-11-15", "2026-11-02", "2026-11-15"),
        ("BIWEEKLY", "2026-11-16", "2026-11-16", "2026-11-29"),
        ("BIWEEKLY", "2026-11-01", "2026-10-19", "2026-11-01"),
        ("BIWEEKLY", "2024-02-29", "2024-02-26", "2024-03-10"),
        ("BIWEEKLY", "2027-01-01", "2026-12-28", "2027-01-10"),
        ("SEMIMONTHLY", "2026-11-01", "2026-11-01", "2026-11-15"),
        ("SEMIMONTHLY", "2026-11-15", "2026-11-01", "2026-11-15"),
        ("SEMIMONTHLY", "2026-11-16", "2026-11-16", "2026-11-30"),
        ("SEMIMONTHLY", "2026-12-31", "2026-12-16", "2026-12-31"),
        ("SEMIMONTHLY", "2026-02-28", "2026-02-16", "2026-02-28"),
        ("SEMIMONTHLY", "2028-02-16", "2028-02-16", "2028-02-29"),
        ("MONTHLY", "2026-11-30", "2026-11-01", "2026-11-30"),
        ("MONTHLY", "2026-12-31", "2026-12-01", "2026-12-31"),
        ("MONTHLY", "2027-02-01", "2027-02-01", "2027-02-28"),
        ("MONTHLY", "2028-02-29", "2028-02-01", "2028-02-29"),
        ("MONTHLY", "2100-02-28", "2100-02-01", "2100-02-28"),
    ],
)
def test_day_falls_into_its_period(length: str, day: str, start: str, end: str) -> None:
    found = period_of(date.fromisoformat(day), length=length, anchor_date=ANY_DAY)
    assert (str(found.start_date), str(found.end_date)) == (start, end)


@pytest.mark.parametrize(
    ("length", "day", "after"),
    [
        ("WEEKLY", "2026-11-04", ("2026-11-09", "2026-11-15")),
        ("BIWEEKLY", "2026-11-04", ("2026-11-16", "2026-11-29")),
        ("SEMIMONTHLY", "2028-03-01", ("2028-03-16", "2028-03-31")),
        ("SEMIMONTHLY", "2026-12-31", ("2027-01-01", "2027-01-15")),
        ("MONTHLY", "2026-01-31", ("2026-02-01", "2026-02-28")),
    ],
)
def test_the_period_after_a_period(length: str, day: str, after: tuple[str, str]) -> None:
    period = period_of(date.fromisoformat(day), length=length, anchor_date=ANY_DAY)
    assert next_period(period, length=length) == Period(*map(date.fromisoformat, after))


def test_unknown_length_is_refused() -> None:
    with pytest.raises(ValueError, match="no pay period of the length 'DAILY'"):
        period_of(ANY_DAY, length="DAILY", anchor_date=ANY_DAY)


@given(days, lengths, days)
def test_period_of_each_of_its_days_is_the_same(day: date, length: str, anchor_date: date) -> None:
    period = period_of(day, length=length, anchor_date=anchor_date)
    assert period.start_date <= day <= period.end_date
    for other in (period.start_date, period.end_date):
        assert period_of(other, length=length, anchor_date=anchor_date) == period


@given(days, lengths, days)
def test_periods_follow_each_other_without_gap_or_overlap(day: date, length: str, anchor_date: date) -> None:
    period = period_of(day, length=length, anchor_date=anchor_date)
    following = next_period(period, length=length)
    assert following.start_date == period.end_date + ONE_DAY
    assert following == period_of(following.start_date, length=length, anchor_date=anchor_date)


@given(days, st.sampled_from([("WEEKLY", 7), ("BIWEEKLY", 14)]), days)
def test_weeks_count_from_the_anchor_in_both_directions(day: date, length: tuple[str, int], anchor_date: date) -> None:
    name, count = length
    period = period_of(day, length=name, anchor_date=anchor_date)
    assert (period.end_date - period.start_date).days == count - 1
    assert (period.start_date - anchor_date).days % count == 0


@given(days, lengths, days, st.integers(min_value=-200, max_value=200))
def test_any_first_day_of_a_period_can_be_the_anchor(day: date, length: str, anchor_date: date, count: int) -> None:
    another = anchor_date + timedelta(days=14 * count)
    assert period_of(day, length=length, anchor_date=another) == period_of(day, length=length, anchor_date=anchor_date)
