import datetime
from decimal import Decimal

import pytest

from protiv.kit.refused import Refused
from protiv.kit.typed import check_start_date, read_date, read_hours, read_price, read_wage


@pytest.mark.parametrize(
    ("text", "wage"),
    [
        ("25", "25.00"),
        ("$25.00", "25.00"),
        (" $ 25.5 ", "25.50"),
        ("0.01", "0.01"),
        ("1000", "1000.00"),
        ("1,000.00", "1000.00"),
        ("CA$31.25", "31.25"),
        ("25.005", "25.005"),
        ("25.1275", "25.1275"),
        ("25.5000", "25.50"),
        ("0.0001", "0.0001"),
    ],
)
def test_read_wage_takes(text, wage):
    assert str(read_wage(text)) == wage


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0", "more than 0"),
        ("0.00", "more than 0"),
        ("-5", "isn't an amount"),
        ("1000.01", "at most 1,000.00"),
        ("52000", "at most 1,000.00"),
        ("9" * 15, "at most 1,000.00"),
        ("9" * 60, "isn't an amount"),
        ("25.00005", "more than four decimals"),
        ("25.00000", "more than four decimals"),
        ("1000.0001", "at most 1,000.00"),
        ("25,50", "isn't an amount"),
        ("1,00", "isn't an amount"),
        ("twenty", "isn't an amount"),
        ("25 $", "isn't an amount"),
        ("0,500", "isn't an amount"),
        ("1e2", "isn't an amount"),
        ("nan", "isn't an amount"),
        ("Infinity", "isn't an amount"),
        ("٢٥", "isn't an amount"),
        ("=25", "isn't an amount"),
        ("", "isn't an amount"),
    ],
)
def test_read_wage_refuses(text, says):
    with pytest.raises(Refused) as refused:
        read_wage(text)
    assert says in refused.value.message


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("300", 18000), ("300:30", 18030), ("300.5", 18030), ("1,200", 72000), ("1,200:15", 72015), ("0:01", 1)],
)
def test_read_hours_takes(text, minutes):
    assert read_hours(text) == minutes


@pytest.mark.parametrize(
    "text",
    ["", "0", "0:00", "0,500", "0,500:30", "-3", "3:60", "3:5", "300.333", "1000001", "3h", "99999999999", "1:2:3"],
)
def test_read_hours_refuses(text):
    with pytest.raises(Refused):
        read_hours(text)


def test_read_price_takes_and_refuses():
    assert read_price("$10,000.00") == Decimal("10000.00")
    assert read_price("9999999999.99") == Decimal("9999999999.99")
    for text in ("0", "-1", "10000000000.00", "ten", "1.234", "0,500"):
        with pytest.raises(Refused):
            read_price(text)


@pytest.mark.parametrize(
    ("text", "day"), [("2026-11-02", (2026, 11, 2)), ("11/2/2026", (2026, 11, 2)), (" 02/29/2028 ", (2028, 2, 29))]
)
def test_read_date_takes(text, day):
    assert read_date(text) == datetime.date(*day)


@pytest.mark.parametrize(
    "text", ["", "2026-02-30", "30/11/2026", "11/2/26", "Nov 2", "20261102", "0000-01-01", "2026-11-2"]
)
def test_read_date_refuses(text):
    with pytest.raises(Refused):
        read_date(text)


def test_check_start_date_takes_2000_to_a_year_ahead():
    today = datetime.date(2026, 11, 24)
    for day in (datetime.date(2000, 1, 1), today, datetime.date(2027, 11, 24)):
        check_start_date(day, today=today)
    for day in (datetime.date(1999, 12, 31), datetime.date(2027, 11, 26), datetime.date(2206, 11, 2)):
        with pytest.raises(Refused):
            check_start_date(day, today=today)
