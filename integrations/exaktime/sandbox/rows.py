"""One time record as it is kept: its sort key, its person, and its JSON bytes, encoded once.

A page of 1,000 records is then a slice and a join, and a million records fit in memory.
"""

import json
from typing import Any, NamedTuple

Record = dict[str, Any]


class Row(NamedTuple):
    """Sorts as a plain tuple by (WorkDate, TimeRecordId), which is the order that the contract asks for (section 4)."""

    work_date: str
    record_id: str
    person_id: str
    raw: bytes


def encode(value: object) -> bytes:
    """JSON as UTF-8, accents left as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def row_of(record: Record) -> Row:
    return Row(record["WorkDate"], record["TimeRecordId"], record["PersonId"], encode(record))


def record_of(row: Row) -> Record:
    record: Record = json.loads(row.raw)
    return record
