"""What a time entry takes from its record: the one list that comparing, writing, and keeping versions follow.

The list is `TimeRecord` itself. To store something more of a record, add a field to `TimeRecord` and one of the same
name to `EntryValues`, with its migration; nothing here or in `ingest` names it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime, time
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from struct import Struct
from typing import Any

from django.db import models

from protiv.timekeeping.models import EntryValues, TimeEntry, TimeEntryVersion
from protiv.timekeeping.records import TimeRecord

# What a fingerprint covers. Another order of `TimeRecord` gives other fingerprints, which rewrites every entry.
COMPARED = tuple(one.name for one in fields(TimeRecord) if one.name != "external_id")
# What is stored as the record says it. The worker, the job, and the cost code are looked up.
VALUES = tuple(name for name in COMPARED if not name.endswith("_external_id"))
# What a version keeps of its entry: everything that both have.
KEPT = tuple(
    one.name
    for one in TimeEntryVersion._meta.concrete_fields
    if not one.primary_key and one.name in {field.name for field in TimeEntry._meta.concrete_fields}
)

SIGNED_64_BITS = Struct(">q")
# How days and times are spelled in a fingerprint, by the column that stores them. Times of day repeat.
SPELLED: dict[type, Callable[[Any], Any]] = {
    models.DateField: date.toordinal,
    models.TimeField: lru_cache(time.isoformat),
    models.DateTimeField: datetime.isoformat,
}


def values_of(records: Sequence[TimeRecord]) -> dict[str, Iterable[Any]]:
    """The columns of these records' entries that the records alone say, by name."""
    return {name: map(attrgetter(name), records) for name in VALUES}


def fingerprints_of(records: Sequence[TimeRecord]) -> Iterable[int]:
    """64 bits each of everything that a time entry takes from a record: equal fingerprints need no write."""
    columns = [_spelled(name, map(attrgetter(name), records)) for name in COMPARED]
    return map(_fingerprint, zip(*columns, strict=True))


def _spelled(name: str, values: Iterable[Any]) -> Iterable[Any]:
    spell = SPELLED.get(type(EntryValues._meta.get_field(name))) if name in VALUES else None
    return [value and spell(value) for value in values] if spell else values


def _fingerprint(content: tuple[Any, ...]) -> int:
    number: int = SIGNED_64_BITS.unpack(blake2b(repr(content).encode(), digest_size=8).digest())[0]
    return number
