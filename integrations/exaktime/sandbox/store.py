"""What one company's ExakTime holds, and how it is read. Changes are in `edits` and `approvals`."""

import random
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from .buckets import fill_buckets, week_of
from .rows import Record, Row, encode, record_of, row_of
from .world import World, WorldSize, make_world


class Conflict(Exception):
    """The request isn't possible in the current state: the text says what to do."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A list that can be read page by page: the number of items, and the bytes of a slice."""

    count: int
    fetch: Callable[[int, int], list[bytes]]


class Store:
    """Guard every use by `lock`: each request has a thread of its own."""

    def __init__(self, size: WorldSize) -> None:
        self.size = size
        self.lock = threading.RLock()
        self.load(make_world(size))

    def load(self, world: World) -> None:
        self.employees = {item["personId"]: item for item in world.employees}
        self.locations = {item["locationId"]: item for item in world.locations}
        self.cost_codes = {item["costCodeId"]: item for item in world.cost_codes}
        self.periods = {item["PayPeriodId"]: item for item in world.pay_periods}
        self.approvals = {
            (item["PayPeriodId"], item["PersonId"], item["ApprovalType"]): item for item in world.approvals
        }
        self.rows = world.rows
        self.days = {row.record_id: row.work_date for row in world.rows}
        self.quarantine: dict[str, Row] = {}
        self.new_ids = random.Random(f"{self.size.seed}/added")  # noqa: S311 - ids, not secrets

    def new_id(self) -> str:
        return f"added-{self.new_ids.getrandbits(64):016x}"

    # Reading

    def time_records(
        self, since: str, until: str, people: frozenset[str] | None, locations: frozenset[str] | None = None
    ) -> Selection:
        """Records from `since` (included) to `until` (excluded), of these people and at these locations, or of all."""
        if people is not None or locations is not None:
            chosen = [row for row in self.between(since, until) if _is_seen(row, people, locations)]
            return Selection(len(chosen), lambda skip, top: [row.raw for row in chosen[skip : skip + top]])
        low, high = self._bounds(since, until)
        return Selection(
            high - low, lambda skip, top: [row.raw for row in self.rows[low + skip : min(low + skip + top, high)]]
        )

    def between(self, since: str, until: str) -> list[Row]:
        low, high = self._bounds(since, until)
        return self.rows[low:high]

    def _bounds(self, since: str, until: str) -> tuple[int, int]:
        low = bisect_left(self.rows, (since,))
        return low, max(low, bisect_left(self.rows, (until,)))

    def row(self, record_id: str) -> Row:
        """A record by its id, quarantined ones too."""
        if record_id in self.quarantine:
            return self.quarantine[record_id]
        if record_id not in self.days:
            raise LookupError(f"no time record {record_id}")
        return self.rows[bisect_left(self.rows, (self.days[record_id], record_id))]

    def person_rows(self, person_id: str, since: date, until: date) -> Iterator[Row]:
        rows = self.between(since.isoformat(), until.isoformat())
        return (row for row in rows if row.person_id == person_id)

    def period_of(self, work_date: str) -> dict[str, Any] | None:
        """The pay period that holds the day: both its ends belong to it."""
        found = (item for item in self.periods.values() if item["StartDate"] <= work_date <= item["EndDate"])
        return next(found, None)

    def is_final(self, person_id: str, work_date: str) -> bool:
        """The period is closed, or this person's period carries a SignOff (exaktime.md 5.10)."""
        period = self.period_of(work_date)
        if period is None:
            return False
        return bool(period["IsClosed"]) or (period["PayPeriodId"], person_id, "SignOff") in self.approvals

    # Writing, one row at a time

    def put(self, record: Record) -> None:
        row = row_of(record)
        insort(self.rows, row)
        self.days[row.record_id] = row.work_date

    def remove(self, row: Row) -> None:
        if self.quarantine.pop(row.record_id, None) is None:
            del self.rows[bisect_left(self.rows, (self.days.pop(row.record_id), row.record_id))]

    def replace(self, row: Row, record: Record) -> None:
        """The same id with other content, where it was: quarantined stays quarantined."""
        if row.record_id in self.quarantine:
            self.quarantine[row.record_id] = row_of(record)
            return
        self.remove(row)
        self.put(record)

    def rebucket(self, person_id: str, work_date: str) -> None:
        """Calculate the overtime of a person's week again: one edit changes other records (exaktime.md 5.6)."""
        rows = list(self.person_rows(person_id, *week_of(date.fromisoformat(work_date))))
        records = [record_of(row) for row in rows]
        fill_buckets(records)
        for row, record in zip(rows, records, strict=True):
            if record != record_of(row):
                self.replace(row, record)


def _is_seen(row: Row, people: frozenset[str] | None, locations: frozenset[str] | None) -> bool:
    if people is not None and row.person_id not in people:
        return False
    return locations is None or record_of(row)["LocationId"] in {None, *locations}


def listed(items: list[dict[str, Any]]) -> Selection:
    """A short list: encoded when it is asked for."""
    return Selection(len(items), lambda skip, top: [encode(item) for item in items[skip : skip + top]])
