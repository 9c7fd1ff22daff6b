"""Reads what people enter or paste: wages, prices, hours, dates. Errors explain what is wrong."""

import datetime
import re
from decimal import Decimal

from protiv.kit.money import CENT, WAGE_PLACES, normal_wage
from protiv.kit.refused import Refused

MAX_WAGE = Decimal("1000.00")
MAX_PRICE = Decimal("9999999999.99")
MAX_BUDGET_HOURS = 1_000_000
EARLIEST_START = datetime.date(2000, 1, 1)
DAYS_AHEAD = 366
PLACES_IN_WORDS = {2: "two", WAGE_PLACES: "four"}

DOLLARS = re.compile(r"(?:CA)?\$?\s*([0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(\.[0-9]+)?")
CLOCK = re.compile(r"([0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,9}):([0-5][0-9])")
DECIMAL_HOURS = re.compile(r"([0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,9})(\.[0-9]+)?")
US_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def _dollars(text: str, example: str, *, places: int) -> Decimal:
    match = DOLLARS.fullmatch(text.strip())
    if match is None:
        raise Refused(f"“{_short(text)}” isn't an amount. Use a format like {example}.")
    whole, cents = match[1].replace(",", ""), match[2] or ""
    if len(cents) > 1 + places:
        most = PLACES_IN_WORDS[places]
        raise Refused(f"“{_short(text)}” has more than {most} decimals. Use a format like {example}.")
    return Decimal(whole + cents)


def read_wage(text: str) -> Decimal:
    """Dollars per hour: `25`, `25.5`, `$25.00`, `25.1250`."""
    wage = _dollars(text, "25.00", places=WAGE_PLACES)
    check_wage(wage)
    return normal_wage(wage)


def check_wage(wage: Decimal) -> None:
    """Refuse what can't be an hourly wage."""
    if wage <= 0:
        raise Refused("A wage must be more than 0.")
    if wage > MAX_WAGE:
        raise Refused(f"Enter an hourly wage of at most {MAX_WAGE:,}. Did you enter daily or weekly pay?")
    if wage != normal_wage(wage):
        raise Refused("A wage can have at most four decimals, like 25.1250.")


def read_price(text: str) -> Decimal:
    """A contract price in dollars: `10000`, `$10,000.00`."""
    price = _dollars(text, "10,000.00", places=2).quantize(CENT)
    if price <= 0:
        raise Refused("A contract price must be more than 0. To have none, leave the field blank.")
    if price > MAX_PRICE:
        raise Refused(f"A contract price can be at most {MAX_PRICE:,}.")
    return price


def read_hours(text: str) -> int:
    """Hours as whole minutes: `300`, `300:30`, `300.5`."""
    text = text.strip()
    if match := CLOCK.fullmatch(text):
        minutes = int(match[1].replace(",", "")) * 60 + int(match[2])
    elif match := DECIMAL_HOURS.fullmatch(text):
        exact = Decimal(match[1].replace(",", "") + (match[2] or "")) * 60
        minutes = int(exact)
        if minutes != exact:
            raise Refused(f"“{_short(text)}” isn't a whole number of minutes. Use a format like 300:20.")
    else:
        raise Refused(f"“{_short(text)}” isn't a number of hours. Use a format like 300, 300:30, or 300.5.")
    if minutes <= 0:
        raise Refused("Budget hours must be more than 0. To have none, leave the field blank.")
    if minutes > MAX_BUDGET_HOURS * 60:
        raise Refused(f"Budget hours can be at most {MAX_BUDGET_HOURS:,}.")
    return minutes


def read_date(text: str) -> datetime.date:
    """A day: `2026-11-02`, or in US format, `11/2/2026`."""
    text = text.strip()
    if not text:
        raise Refused("The date is missing. Use a format like 11/2/2026 or 2026-11-02.")
    if match := ISO_DATE.fullmatch(text):
        year, month, day = match[1], match[2], match[3]
    elif match := US_DATE.fullmatch(text):
        month, day, year = match[1], match[2], match[3]
    else:
        raise Refused(f"“{_short(text)}” isn't a date. Use a format like 11/2/2026 or 2026-11-02.")
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        raise Refused(f"“{_short(text)}” isn't a valid date. Use 11/2/2026 or 2026-11-02.") from None


def check_start_date(start_date: datetime.date, *, today: datetime.date) -> None:
    """Refuse a wage that starts before any of our hours or far in the future: a mistyped year."""
    latest = today + datetime.timedelta(days=DAYS_AHEAD)
    if not EARLIEST_START <= start_date <= latest:
        first, last = _day(EARLIEST_START), _day(latest)
        raise Refused(f"The start date must be between {first} and {last} (one year from now). Check the year.")


def _day(one: datetime.date) -> str:
    return f"{one:%b} {one.day}, {one.year}"


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 40 else f"{text[:40]}…"
