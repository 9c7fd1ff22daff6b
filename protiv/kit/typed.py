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

# Thousands in groups: 1,200. The first group never begins with 0, for 0,500 is a decimal comma.
GROUPS = r"[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}"
SIGN = r"(?:CA)?\$?\s*"
DOLLARS = re.compile(rf"{SIGN}({GROUPS}|[0-9]{{1,15}})(\.[0-9]+)?")
COMMA_DOLLARS = re.compile(rf"{SIGN}({GROUPS.replace('(?:,', '(?:[.]')}|[0-9]{{1,15}}),([0-9]+)")
# With decimal commas, 1,000 and 1.000 may be one or a thousand.
DOUBTFUL_DOLLARS = re.compile(rf"{SIGN}[0-9]{{1,3}}[.,][0-9]{{3}}")
CLOCK = re.compile(rf"({GROUPS}|[0-9]{{1,9}}):([0-5][0-9])")
DECIMAL_HOURS = re.compile(rf"({GROUPS}|[0-9]{{1,9}})(\.[0-9]+)?")
US_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
TWO_DIGIT_YEAR = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}")
DAY_OR_MONTH_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-](?:[0-9]{2}){1,2}")
# How spreadsheets count days: 46328 is in 2026.
SPREADSHEET_DAY = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
MONTHS = 12
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def _dollars(text: str, example: str, *, places: int) -> Decimal:
    match = DOLLARS.fullmatch(text.strip())
    if match is None:
        raise Refused(f"“{_short(text)}” isn't an amount. Use a format like {example}.")
    whole, cents = match[1].replace(",", ""), match[2] or ""
    if len(cents) > 1 + places:
        raise Refused(
            f"“{_short(text)}” has more than {PLACES_IN_WORDS[places]} decimals. Use a format like {example}."
        )
    return Decimal(whole + cents)


def read_wage(text: str, *, decimal_commas: bool = False) -> Decimal:
    """Dollars per hour: `25`, `25.5`, `$25.00`, `25.1250`; in a file with `decimal_commas` `25,50`, too."""
    if decimal_commas:
        text = _with_decimal_point(text)
    wage = _dollars(text, "25.00", places=WAGE_PLACES)
    check_wage(wage)
    return normal_wage(wage)


def has_decimal_comma(text: str) -> bool:
    """Tell whether the comma of an amount can only be a decimal one: `25,50`, `1.000,00`."""
    match = COMMA_DOLLARS.fullmatch(text.strip())
    return match is not None and (len(match[2]) != 3 or "." in match[1] or match[1] == "0")


def _with_decimal_point(text: str) -> str:
    if DOUBTFUL_DOLLARS.fullmatch(text.strip()):
        raise Refused(
            f"“{_short(text)}” could be dollars with decimals or thousands, because this file has decimal commas. "
            "Write it with two or four decimals, like 25,50."
        )
    match = COMMA_DOLLARS.fullmatch(text.strip())
    return f"{match[1].replace('.', '')}.{match[2]}" if match else text


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


def read_hours(text: str, *, may_be_none: bool = False) -> int:
    """Hours as whole minutes: `300`, `300:30`, `300.5`; 0 only if there `may_be_none`."""
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
    if minutes <= 0 and not may_be_none:
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
        raise Refused(f"“{_short(text)}” {_what_it_is(text)}. Use a format like 11/2/2026 or 2026-11-02.")
    if is_day_first(text):
        raise Refused(f"“{_short(text)}” has the day first. Use 11/2/2026, month first, or 2026-11-02.")
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        raise Refused(f"“{_short(text)}” isn't a valid date. Use 11/2/2026 or 2026-11-02.") from None


def _what_it_is(text: str) -> str:
    if TWO_DIGIT_YEAR.fullmatch(text):
        return "has a year of two digits"
    if SPREADSHEET_DAY.fullmatch(text):
        return "is a spreadsheet's number for a date"
    return "isn't a date"


def is_day_first(text: str) -> bool:
    """Tell whether a date can only have its day first: `25/11/2026`."""
    match = DAY_OR_MONTH_FIRST.fullmatch(text.strip())
    return match is not None and int(match[1]) > MONTHS >= int(match[2])


def other_reading(text: str) -> datetime.date | None:
    """The date that `11/2/2026` would be with its day first; None where that is no other date."""
    match = US_DATE.fullmatch(text.strip())
    if match is None or match[1].zfill(2) == match[2].zfill(2) or int(match[2]) > MONTHS:
        return None
    return datetime.date(int(match[3]), int(match[2]), int(match[1]))


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
