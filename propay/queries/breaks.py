"""Breaks that a person should look at before a ProPay is approved (bonus.md 11.9)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from propay.queries.time import entries_within
from protiv.accounts.models import Company
from protiv.timekeeping.clock import stretch
from protiv.timekeeping.models import TimeEntry
from protiv.timekeeping.records import SHORT_BREAK_MINUTES, EntryKind
from protiv.timekeeping.selectors import COUNTED

# Shorter than a meal period (29 CFR 785.19), and too long for a break that always counts.
DOUBTFUL = Q(kind=EntryKind.MEAL_BREAK, minutes__range=(SHORT_BREAK_MINUTES + 1, 29))
LUNCHES = Q(kind=EntryKind.AUTO_LUNCH, minutes__lt=0)
# The hours between which a lunch may lie.
CLOCKED_KINDS = (EntryKind.WORK, EntryKind.TRAVEL)
Stretch = tuple[datetime, datetime]
# (Worker id, work date).
WorkerDay = tuple[int, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEntry:
    """A break of 21 to 29 minutes, which doesn't count."""

    entry_id: int
    worker_id: int
    work_date: date
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LunchDays:
    """A worker's days whose automatic lunch doesn't show on the clock; `minutes` are taken away on all of them."""

    worker_id: int
    dates: tuple[date, ...]
    minutes: int


def doubtful_breaks(propay_ids: Collection[int]) -> dict[int, list[BreakEntry]]:
    """The breaks of 21 to 29 minutes on the jobs and days of these ProPays, by date; one query."""
    found: defaultdict[int, list[BreakEntry]] = defaultdict(list)
    rows = entries_within(propay_ids, DOUBTFUL).order_by("work_date", "pk")
    for propay_id, entry_id, worker_id, day, minutes in rows.values_list(
        "job__propays", "pk", "worker_id", "work_date", "minutes"
    ):
        one = BreakEntry(entry_id=entry_id, worker_id=worker_id, work_date=day, minutes=minutes)
        found[propay_id].append(one)
    return dict(found)


def lunches_without_gap(company: Company, propay_ids: Collection[int]) -> dict[int, list[LunchDays]]:
    """The automatic lunches of these ProPays for which the clock shows no gap, by worker; two queries.

    A day without a clock says nothing, so it isn't listed.
    """
    lunches = entries_within(propay_ids, LUNCHES).order_by("worker_id", "work_date")
    rows = list(lunches.values_list("job__propays", "worker_id", "work_date", "minutes"))
    if not rows:
        return {}
    stretches = _stretches(company, {(worker_id, day) for _propay_id, worker_id, day, _minutes in rows})
    found: defaultdict[int, defaultdict[int, list[tuple[date, int]]]] = defaultdict(lambda: defaultdict(list))
    for propay_id, worker_id, day, minutes in rows:
        if _has_no_gap(stretches.get((worker_id, day), []), -minutes):
            found[propay_id][worker_id].append((day, -minutes))
    return {
        propay_id: [_lunch_days(worker_id, lunches) for worker_id, lunches in workers.items()]
        for propay_id, workers in found.items()
    }


def _lunch_days(worker_id: int, lunches: Collection[tuple[date, int]]) -> LunchDays:
    return LunchDays(
        worker_id=worker_id,
        dates=tuple(sorted({day for day, _minutes in lunches})),
        minutes=sum(minutes for _day, minutes in lunches),
    )


def _stretches(company: Company, worker_days: Collection[WorkerDay]) -> dict[WorkerDay, list[Stretch | None]]:
    """By the clock, what these workers worked on these days, on every job; None for hours without a clock."""
    dates = [day for _worker_id, day in worker_days]
    entries = TimeEntry.objects.filter(
        COUNTED,
        company=company,
        worker__in={worker_id for worker_id, _day in worker_days},
        work_date__range=(min(dates), max(dates)),
        kind__in=CLOCKED_KINDS,
    )
    clock = ("start_date", "start_time", "stop_date", "stop_time")
    found: defaultdict[WorkerDay, list[Stretch | None]] = defaultdict(list)
    for worker_id, day, *times in entries.order_by().values_list("worker_id", "work_date", *clock):
        if (worker_id, day) in worker_days:
            found[worker_id, day].append(stretch(day, *times))
    return dict(found)


def _has_no_gap(stretches: Collection[Stretch | None], minutes: int) -> bool:
    """Whether these hours are known and leave no gap of so many minutes."""
    known = sorted(one for one in stretches if one is not None)
    if not known or len(known) != len(stretches):
        return False
    end = known[0][1]
    for start, stop in known[1:]:
        if (start - end).total_seconds() >= minutes * 60:
            return False
        end = max(end, stop)
    return True
