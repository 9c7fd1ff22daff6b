"""Reads plain JSON data field by field, strictly, and names the field that is wrong. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from protiv.kit.money import Number

Choice = TypeVar("Choice", bound=StrEnum)

# What a person enters on a form: no exponent, NaN, underscores, or thousands separators.
DECIMAL_TEXT = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?")
# In clock format, since 0:20 has no exact decimal.
CLOCK_TEXT = re.compile(r"([0-9]{1,8}):([0-5][0-9])")
DATE_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME_TEXT = re.compile(r"[0-9]{2}:[0-9]{2}")
MOMENT_TEXT = re.compile(DATE_TEXT.pattern + "T" + TIME_TEXT.pattern)
FIRST_YEAR, LAST_YEAR = 1900, 2199
# About two years in one entry, so that a whole job can be a single entry.
MAX_MINUTES = 1_000_000
MAX_TEXT = 200
SHOWN_CHARACTERS = 40


class CaseError(Exception):
    """Bad input, in one line. `index` is the case's 0-based position in a list; None if there is only one case."""

    def __init__(self, field: str, message: str, *, index: int | None = None) -> None:
        self.field = field
        self.message = message
        self.index = index
        case = "case 1" if index is None else f"case {index + 1} (index {index})"
        super().__init__(": ".join(part for part in (case, field, message) if part))


class Fields:
    """One JSON object at `path`. Each reader takes a key, and a default if the key is optional."""

    def __init__(self, data: object, path: str = "") -> None:
        self.path = path
        if not isinstance(data, dict):
            raise CaseError(path, f"must be an object, not {shown(data)}")
        self._data = data

    def only(self, *keys: str) -> None:
        """Refuse every other key: a misspelled key would silently fall back to its default."""
        for key in self._data:
            if key not in keys:
                raise CaseError(self.path, f"has an unknown key {shown(key)}; known are {', '.join(keys)}")

    def name(self, key: str) -> str:
        """The field's full path, as in `time[0].minutes`."""
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        return key in self._data

    def is_list(self, key: str) -> bool:
        return isinstance(self._data.get(key), list)

    def is_given(self, key: str) -> bool:
        """Whether the key is there and not null."""
        return self._data.get(key) is not None

    def fail(self, key: str, message: str) -> CaseError:
        return CaseError(self.name(key), message)

    def text(self, key: str) -> str:
        return _text(self._required(key), self.name(key))

    def text_or_none(self, key: str) -> str | None:
        return None if self._data.get(key) is None else self.text(key)

    def texts(self, key: str, *, most: int) -> tuple[str, ...]:
        found = tuple(_text(item, self._item(key, place)) for place, item in enumerate(self._list(key, most)))
        self.refuse_duplicates(key, found)
        return found

    def decimal(
        self, key: str, default: str | None = None, *, low: Decimal, high: Decimal, places: int | None = None
    ) -> Decimal:
        value = self._required(key) if default is None else self._data.get(key, default)
        return _decimal(value, self.name(key), low, high, places)

    def decimal_or_none(self, key: str, *, low: Decimal, high: Decimal, places: int | None = None) -> Decimal | None:
        return None if self._data.get(key) is None else self.decimal(key, low=low, high=high, places=places)

    def hours(self, key: str, *, high: Decimal) -> Number:
        """Hours from 0 up, in a string such as "80", "80.5" or "80:20"."""
        value = self._required(key)
        clock = CLOCK_TEXT.fullmatch(value) if isinstance(value, str) else None
        found = Fraction(int(clock[1]) * 60 + int(clock[2]), 60) if clock else None
        return self.decimal(key, low=Decimal(0), high=high) if found is None or found > high else found

    def decimals(
        self, key: str, *, low: Decimal, high: Decimal, places: int | None = None, most: int
    ) -> tuple[Decimal, ...]:
        return tuple(
            _decimal(item, self._item(key, place), low, high, places)
            for place, item in enumerate(self._list(key, most))
        )

    def minutes(self, key: str, default: int | None = None) -> int:
        """Whole signed minutes. True and 480.0 are refused."""
        value = self._required(key) if default is None else self._data.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.fail(key, f"must be whole minutes, not {shown(value)}")
        if abs(value) > MAX_MINUTES:
            raise self.fail(key, f"must be between -{MAX_MINUTES:,} and {MAX_MINUTES:,}")
        return value

    def flag(self, key: str) -> bool:
        value = self._data.get(key, False)
        if not isinstance(value, bool):
            raise self.fail(key, f"must be true or false, not {shown(value)}")
        return value

    def choice(self, key: str, choices: type[Choice], default: Choice | None = None) -> Choice:
        value = self._required(key) if default is None else self._data.get(key, default.value)
        return choices(self._one_of(key, value, choices))

    def one_of(self, key: str, names: Collection[str]) -> str:
        return self._one_of(key, self._required(key), names)

    def _one_of(self, key: str, value: object, names: Iterable[str]) -> str:
        known = [str(name) for name in names]
        if value not in known:
            raise self.fail(key, f"must be one of {', '.join(known)}, not {shown(value)}")
        return str(value)

    def day(self, key: str) -> date:
        value = self._required(key)
        if not isinstance(value, str) or not DATE_TEXT.fullmatch(value):
            raise self.fail(key, f'must be a date such as "2026-11-03", not {shown(value)}')
        try:
            found = date.fromisoformat(value)
        except ValueError:
            raise self.fail(key, f"must be a date of the calendar, not {shown(value)}") from None
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise self.fail(key, f"must be between the years {FIRST_YEAR} and {LAST_YEAR}")
        return found

    def moment_or_none(self, key: str) -> datetime | None:
        """A local date and time to the minute."""
        if self._data.get(key) is None:
            return None
        value = self._data[key]
        if not isinstance(value, str) or not MOMENT_TEXT.fullmatch(value):
            raise self.fail(key, f'must be a local date and time such as "2026-11-01T21:00", not {shown(value)}')
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise self.fail(key, f"must be a date and time that exists, not {shown(value)}") from None

    def clock(self, key: str, default: time) -> time:
        """A time of day to the minute, as in "06:00"."""
        value = self._data.get(key, f"{default:%H:%M}")
        try:
            if not isinstance(value, str) or not TIME_TEXT.fullmatch(value):
                raise ValueError
            return time.fromisoformat(value)
        except ValueError:
            raise self.fail(key, f'must be a time of day such as "06:00", not {shown(value)}') from None

    def nested(self, key: str) -> "Fields":
        return Fields(self._required(key), self.name(key))

    def nested_or_none(self, key: str) -> "Fields | None":
        return None if self._data.get(key) is None else self.nested(key)

    def nested_list(self, key: str, *, most: int) -> list["Fields"]:
        return [Fields(item, self._item(key, place)) for place, item in enumerate(self._list(key, most))]

    def refuse_duplicates(self, key: str, values: Sequence[object], part: str = "") -> None:
        """Refuse duplicate ids in a list: it would be unclear which one is meant."""
        seen = set()
        for place, value in enumerate(values):
            if value in seen:
                raise CaseError(self._item(key, place) + part, f"{shown(value)} is listed twice")
            seen.add(value)

    def _required(self, key: str) -> object:
        if key not in self._data:
            raise self.fail(key, "is required")
        return self._data[key]

    def _list(self, key: str, most: int) -> list[object]:
        """Counted before any of it is read."""
        value = self._data.get(key, [])
        if not isinstance(value, list):
            raise self.fail(key, f"must be a list, not {shown(value)}")
        if len(value) > most:
            raise self.fail(key, f"must have at most {most:,} items, not {len(value):,}")
        return value

    def _item(self, key: str, place: int) -> str:
        return f"{self.name(key)}[{place}]"


def _text(value: object, path: str) -> str:
    """Printable, so that an id can't break a line of the trace or of an error."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > MAX_TEXT:
        raise CaseError(path, f"must be a string of 1 to {MAX_TEXT} printable characters, not {shown(value)}")
    return value


def _decimal(value: object, path: str, low: Decimal, high: Decimal, places: int | None) -> Decimal:
    if not isinstance(value, str) or not DECIMAL_TEXT.fullmatch(value):
        raise CaseError(path, f'must be a number in a string, such as "12.50", not {shown(value)}')
    number = Decimal(value)
    if not low <= number <= high:
        raise CaseError(path, f"must be between {low} and {high}, not {shown(value)}")
    if places is not None and number != round(number, places):
        raise CaseError(path, f"must have at most {places} decimals, not {shown(value)}")
    return number


def shown(value: object) -> str:
    """Return the value in a short, one-line form that the user can recognize."""
    names = {dict: "an object", list: "a list", type(None): "null", bool: str(value).lower()}
    if type(value) in names:
        return names[type(value)]
    text = ascii(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."
