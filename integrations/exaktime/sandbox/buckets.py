"""Overtime buckets: minutes over 40 hours in a Monday week are Ot1 (exaktime.md 5.6)."""

from collections.abc import Iterable
from datetime import date, timedelta

from .rows import Record

WEEK_MINUTES = 40 * 60
COUNTED = frozenset({"work", "travel", "auto_lunch"})


def week_of(day: date) -> tuple[date, date]:
    """The Monday of the day's week, and the Monday after it."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)


def _order(record: Record) -> tuple[str, str, str]:
    """By day and clock; records without a clock, such as an automatic lunch, come last in their day."""
    return record["WorkDate"], record["StartTime"] or "~", record["TimeRecordId"]


def fill_buckets(records: Iterable[Record]) -> None:
    """Set the buckets of one person's week. A meal break has none, time off is regular and earns no overtime."""
    total = 0
    for record in sorted(records, key=_order):
        minutes = record["Minutes"]
        record["Ot1Minutes"] = record["Ot2Minutes"] = 0
        if record["RecordType"] in COUNTED:
            regular = min(total + minutes, WEEK_MINUTES) - min(total, WEEK_MINUTES)
            record["RegularMinutes"], record["Ot1Minutes"] = regular, minutes - regular
            total += minutes
        else:
            record["RegularMinutes"] = minutes if record["RecordType"] == "time_off" else 0
