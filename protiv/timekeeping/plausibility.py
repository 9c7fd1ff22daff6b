"""Time that is probably a mistake (bonus.md 10.8): counted and pointed out, never changed. Pure.

Only hours worked are looked at: not time off, meal breaks, open entries, or voided ones. A negative entry (an automatic
lunch) counts in the sums of a day and a week, and overlaps nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from protiv.timekeeping.workdays import Workdays

MINUTES_PER_HOUR = 60
MOST_IN_ENTRY = 16 * MINUTES_PER_HOUR
MOST_IN_DAY = 24 * MINUTES_PER_HOUR
MOST_IN_WEEK = 100 * MINUTES_PER_HOUR
DAYS_PER_WEEK = 7


class FindingKind(StrEnum):
    """What is wrong with it."""

    FUTURE = "FUTURE"
    LONG_ENTRY = "LONG_ENTRY"
    LONG_DAY = "LONG_DAY"
    LONG_WEEK = "LONG_WEEK"
    TWICE = "TWICE"
    OVERLAP = "OVERLAP"


@dataclass(frozen=True, slots=True)
class CheckedEntry:
    """An entry of hours worked. `worker_id` is the primary one of a person who has several.

    `start` and `stop` are local wall clock; None for people who enter blocks of hours.
    """

    entry_id: int
    worker_id: int
    work_date: date
    minutes: int
    start: datetime | None
    stop: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at: the entries it is about, and the sum of their minutes.

    `first_date` is their first work date. A `LONG_WEEK` has the minutes of the workweek, and the day it starts on.
    """

    kind: FindingKind
    worker_id: int
    first_date: date
    last_date: date
    minutes: int
    entry_ids: tuple[int, ...]
    week_start: date | None = None


def implausible(
    entries: Iterable[CheckedEntry], *, today: date, week_start: Callable[[date], date], workdays: Workdays
) -> list[Finding]:
    """Everything implausible in these entries, by worker and date.

    Whole days and weeks must be given, and the days before and after them for overlaps and for shifts that are on the
    workdays beside them. `week_start` is the first day of the workweek of a day.
    """
    found: list[Finding] = []
    by_worker: defaultdict[int, list[CheckedEntry]] = defaultdict(list)
    for one in entries:
        by_worker[one.worker_id].append(one)
    for own in by_worker.values():
        found += _long_entries(own, today)
        found += _long_days(own)
        found += _long_weeks(own, week_start, workdays)
        found += _overlaps(own)
    return sorted(found, key=lambda one: (one.worker_id, one.first_date, one.kind, one.entry_ids))


def _finding(kind: FindingKind, entries: Iterable[CheckedEntry]) -> Finding:
    about = list(entries)
    dates = [one.work_date for one in about]
    return Finding(
        kind=kind,
        worker_id=about[0].worker_id,
        first_date=min(dates),
        last_date=max(dates),
        minutes=sum(one.minutes for one in about),
        entry_ids=tuple(sorted(one.entry_id for one in about)),
    )


def _long_entries(entries: Iterable[CheckedEntry], today: date) -> Iterator[Finding]:
    for one in entries:
        if one.work_date > today:
            yield _finding(FindingKind.FUTURE, [one])
        if one.minutes > MOST_IN_ENTRY:
            yield _finding(FindingKind.LONG_ENTRY, [one])


def _long_days(entries: Iterable[CheckedEntry]) -> Iterator[Finding]:
    days: defaultdict[date, list[CheckedEntry]] = defaultdict(list)
    for one in entries:
        days[one.work_date].append(one)
    for about in days.values():
        if sum(one.minutes for one in about) > MOST_IN_DAY:
            yield _finding(FindingKind.LONG_DAY, about)


def _long_weeks(
    entries: Iterable[CheckedEntry], week_start: Callable[[date], date], workdays: Workdays
) -> Iterator[Finding]:
    """By workdays (bonus.md 10.1): a shift may be in two workweeks."""
    weeks: defaultdict[date, list[tuple[CheckedEntry, int]]] = defaultdict(list)
    for one in entries:
        times = (one.start, one.stop) if one.start is not None and one.stop is not None else None
        for day, _begins, minutes in workdays.divide(one.minutes, work_date=one.work_date, stretch=times):
            weeks[week_start(day)].append((one, minutes))
    for first_day, parts in weeks.items():
        worked = sum(minutes for _one, minutes in parts)
        if worked > MOST_IN_WEEK:
            about = {one.entry_id: one for one, _minutes in parts}.values()
            yield replace(_finding(FindingKind.LONG_WEEK, about), minutes=worked, week_start=first_day)


def _overlaps(entries: Iterable[CheckedEntry]) -> Iterator[Finding]:
    """Every entry that overlaps another one is in at least one finding; a pile of many makes few.

    Entries with the same start and stop are one finding together, and then stand for one entry. Each entry is compared
    with the one before it that stops last.
    """
    stretches: defaultdict[tuple[datetime, datetime], list[CheckedEntry]] = defaultdict(list)
    for one in entries:
        if one.start is not None and one.stop is not None and one.start < one.stop and one.minutes > 0:
            stretches[one.start, one.stop].append(one)
    longest: tuple[datetime, CheckedEntry] | None = None
    for (start, stop), same in sorted(stretches.items(), key=lambda item: item[0]):
        if len(same) > 1:
            yield _finding(FindingKind.TWICE, same)
        if longest is not None and start < longest[0]:
            yield _finding(FindingKind.OVERLAP, [longest[1], same[0]])
        if longest is None or stop > longest[0]:
            longest = (stop, same[0])
