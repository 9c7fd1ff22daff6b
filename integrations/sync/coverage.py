"""What has been read, and when, calculated only from the runs' plans and checkpoints. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from integrations.sync.planning import Range


@dataclass(frozen=True, slots=True)
class Pass:
    """The part that one run read: the first `days_done` days of its `ranges`, in that order, from `started_at` on."""

    started_at: datetime
    ranges: Sequence[Range]
    days_done: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every day from `start` until before `end` was read at `oldest_read_at` or later."""

    start: date
    end: date
    oldest_read_at: datetime

    @property
    def last_date(self) -> date:
        return self.end - timedelta(days=1)


def coverage(passes: Iterable[Pass], *, start: date) -> Coverage | None:
    """The range from `start` on, without a gap, that the given passes (newest first) have read, or None."""
    read_at: dict[date, datetime] = {}
    for one in passes:
        for day in _days_read(one):
            read_at.setdefault(day, one.started_at)
    end = start
    while end in read_at:
        end += timedelta(days=1)
    if end == start:
        return None
    oldest = min(at for day, at in read_at.items() if start <= day < end)
    return Coverage(start, end, oldest)


def _days_read(one: Pass) -> Iterable[date]:
    left = one.days_done
    for start, end in one.ranges:
        for offset in range(min(left, (end - start).days)):
            yield start + timedelta(days=offset)
        left -= min(left, (end - start).days)
