"""The few query options of exaktime.md 4.1, read strictly: anything else is a 400, never ignored."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import parse_qsl

MAX_TOP = 1000
MAX_PAGE_SIZE = 100
FIRST_DAY, LAST_DAY = date.min.isoformat(), date.max.isoformat()
_COMPARISON = re.compile(r"\s*WorkDate\s+(ge|gt|le|lt|eq)\s+(\d{4}-\d{2}-\d{2})\s*", re.ASCII)
_PERIOD = re.compile(r"\s*PayPeriodId\s+eq\s+'((?:[^']|'')*)'\s*")


class BadQuery(ValueError):
    """An option that this server does not know, or can't read."""


@dataclass(frozen=True, slots=True)
class Paging:
    top: int
    skip: int
    has_count: bool


def options(query: str, allowed: frozenset[str]) -> dict[str, str]:
    """The query string as a dict: unknown and repeated options are refused."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in allowed:
            raise BadQuery(f"The query parameter '{name}' is not supported.")
        if name in found:
            raise BadQuery(f"Query option '{name}' was specified more than once.")
        found[name] = value
    return found


def paging(found: dict[str, str]) -> Paging:
    """`$top` above the maximum is answered with the maximum, as OData servers do."""
    has_count = found.get("$count", "false")
    if has_count not in ("true", "false"):
        raise BadQuery("Invalid value for $count: true or false.")
    top = whole(found, "$top", MAX_TOP)
    return Paging(min(top, MAX_TOP), whole(found, "$skip", 0), has_count == "true")


def whole(found: dict[str, str], name: str, default: int, low: int = 0, high: int | None = None) -> int:
    text = found.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise BadQuery(f"Invalid value '{text[:40]}' for {name}.")
    number = int(text)
    if number < low or (high is not None and number > high):
        raise BadQuery(f"{name} must be {low} or more{'' if high is None else f', at most {high}'}.")
    return number


def day_range(text: str | None) -> tuple[str, str]:
    """`WorkDate` comparisons joined by `and`, as one range: first day included, last day excluded."""
    since, until = FIRST_DAY, LAST_DAY
    for part in [] if text is None else re.split(r"\band\b", text):
        match = _COMPARISON.fullmatch(part)
        if match is None:
            raise BadQuery(f"Syntax error in $filter at '{part.strip()[:80]}'.")
        low, high = _bounds(match[1], _day(match[2]))
        since, until = max(since, low), min(until, high)
    return since, until


def _bounds(operator: str, day: date) -> tuple[str, str]:
    this, following = day.isoformat(), (day + timedelta(days=1)).isoformat()
    return {
        "ge": (this, LAST_DAY),
        "gt": (following, LAST_DAY),
        "lt": (FIRST_DAY, this),
        "le": (FIRST_DAY, following),
        "eq": (this, following),
    }[operator]


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadQuery(f"'{text}' is not a date.") from error
    if day == date.max:
        raise BadQuery(f"'{text}' is out of range.")
    return day


def period_of(text: str | None) -> str | None:
    """`PayPeriodId eq '…'`, with a quote doubled inside; None without a filter."""
    if text is None:
        return None
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise BadQuery(f"Syntax error in $filter at '{text[:80]}'.")
    return match[1].replace("''", "'")


def order(text: str | None, allowed: tuple[str, ...]) -> list[str]:
    """Property names to sort by, ascending."""
    names = [] if text is None else [re.sub(r"\s+asc$", "", name.strip()) for name in text.split(",")]
    for name in names:
        if name not in allowed:
            raise BadQuery(f"Can't order by '{name[:80]}'.")
    return names
