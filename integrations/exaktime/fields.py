"""Reads one property of a JSON object strictly: the right type, or a reason that a person can read. Pure.

Strict, because a guess here becomes someone's pay: true, 300.0, and "300" are not whole numbers.
"""

import re
from datetime import UTC, date, datetime, time
from typing import Any

Item = dict[str, Any]

ID_LENGTH = 64
NAME_LENGTH = 255

# Dropped: control characters (NUL can't be stored), half surrogates (neither), marks that turn the reading direction or
# show nothing. Kept: U+200C and U+200D, which some languages and emoji need. Breaks become spaces first.
_BREAKS = re.compile("[\t\n\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029]+")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_TYPE_NAMES = {bool: "true or false", int: "a number", float: "a decimal number", str: "text", list: "a list"}


class BadItem(Exception):
    """One property is missing or mistyped. The text is the reason that people read."""


def bad(name: str, value: Any, wanted: str) -> BadItem:
    if value is None:
        return BadItem(f"ExakTime didn't send {name}.")
    return BadItem(f"{name} should be {wanted}, but is {_TYPE_NAMES.get(type(value), 'an object')}.")


def clean(text: str, length: int) -> str:
    """A name that we can store and show."""
    if not text.isprintable():
        text = _UNWANTED.sub("", _BREAKS.sub(" ", text))
    return text.strip()[:length]


def identifier(item: Item, name: str) -> str:
    value = item.get(name)
    if type(value) is not str:
        raise bad(name, value, "text")
    if not value or len(value) > ID_LENGTH:
        raise BadItem(f"{name} is empty." if not value else f"{name} is longer than {ID_LENGTH} characters.")
    if not value.isprintable() or value.isspace():
        raise BadItem(f"{name} contains characters that aren't allowed in an ID.")
    return value


def optional_identifier(item: Item, name: str) -> str:
    """For optional references: null, missing, and "" are all the empty id."""
    return identifier(item, name) if item.get(name) not in (None, "") else ""


def text(item: Item, name: str, length: int = NAME_LENGTH) -> str:
    value = item.get(name)
    if type(value) is not str:
        raise bad(name, value, "text")
    return clean(value, length)


def optional_text(item: Item, name: str, length: int = NAME_LENGTH) -> str:
    return "" if item.get(name) is None else text(item, name, length)


def flag(item: Item, name: str) -> bool:
    value = item.get(name)
    if value is True or value is False:
        return value
    raise bad(name, value, "true or false")


def whole(item: Item, name: str, limit: int) -> int:
    value = item.get(name)
    if type(value) is not int:  # not isinstance: True is an int
        raise bad(name, value, "a whole number")
    if not -limit <= value <= limit:
        raise BadItem(f"{name} is {value if abs(value) < 10**12 else 'a huge number'}, more than {limit} either way.")
    return value


def local_date(item: Item, name: str) -> date:
    value = item.get(name)
    if type(value) is not str:
        raise bad(name, value, "a date")
    # fromisoformat also reads 20261103 and 2026-W45-2, which the contract doesn't include.
    if len(value) == 10 and value[4] == value[7] == "-":
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise BadItem(f"{name} isn't a date like 2026-11-03.")


def optional_wall_clock(item: Item, name: str) -> tuple[date, time] | tuple[None, None]:
    """A local date and time; the date may differ from the work date in a night shift."""
    value = item.get(name)
    if value is None:
        return None, None
    if type(value) is not str:
        raise bad(name, value, "a date and time")
    try:
        moment = datetime.fromisoformat(value) if len(value) >= 16 and value[10] == "T" else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        raise BadItem(f"{name} isn't a local date and time like 2026-11-03T07:00:00.")
    return moment.date(), moment.time()


def optional_utc(item: Item, name: str) -> datetime | None:
    """A moment, or None if it can't be read: no pay depends on it."""
    value = item.get(name)
    if type(value) is not str or len(value) < 16:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
