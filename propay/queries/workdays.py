"""Hours by the workday on which they were worked (bonus.md 10.1), which overtime goes by.

The database sums what lies within the workday of its work date; the few entries that don't are divided one by one.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, Sum, Value

from propay.models import SnapshotEntry
from propay.queries.job_states import StateLaw
from propay.queries.time import counted_entries, wage_in_force
from propay.rules.consecutive import Clocked, beyond_consecutive
from propay.rules.days import DayMinutes
from protiv.accounts.models import Company
from protiv.kit.fields import WageField
from protiv.timekeeping.clock import FURTHEST_START, LONGEST, stretch
from protiv.timekeeping.models import TimeEntry
from protiv.timekeeping.selectors import COUNTED, IS_WORKED
from protiv.timekeeping.workdays import Workdays

# Columns of the same names, whether the law asks for them or not.
NO_WAGE = Value(None, output_field=WageField())
NO_JOB_STATE = {"typed": Value(""), "text": Value("")}
JOB_STATE = {"typed": F("job__typed_state"), "text": F("job__state")}
CLOCK = ("start_date", "start_time", "stop_date", "stop_time")
# How far a workday may be from the work date of an entry (`timekeeping.clock`).
FURTHEST = FURTHEST_START + LONGEST


def hours_worked(
    company: Company,
    worker_ids: Collection[int],
    dates: tuple[date, date],
    workdays: Workdays,
    *,
    with_wages: bool = False,
    law: StateLaw | None = None,
) -> list[DayMinutes]:
    """All hours that these people worked on these workdays, the second included, on every job (bonus.md 6.2).

    One row for each worker and workday, in that order; `with_wages`: also for each wage in effect. `law`: also for what
    the states' laws ask.
    """
    with_wages = with_wages or (law is not None and law.asks_wage)
    near = (dates[0] - FURTHEST, dates[1] + FURTHEST)
    entries = TimeEntry.objects.filter(
        COUNTED, IS_WORKED, company=company, worker__in=worker_ids, work_date__range=near
    )
    wage = wage_in_force() if with_wages else NO_WAGE
    job = JOB_STATE if law is not None and law.by_job else NO_JOB_STATE
    found = _summed(entries.annotate(wage=wage, **job), workdays, by=("worker_id", "wage", *job))
    days = [
        DayMinutes(
            worker_id=worker_id,
            work_date=day,
            begins=begins,
            state=law.state_of(typed or "", text or "", day) if law else None,
            wage=wage,
            minutes=minutes,
        )
        for (worker_id, wage, typed, text, day, begins), minutes in found
        if dates[0] <= day <= dates[1]
    ]
    if law is not None and law.consecutive_over is not None:
        days += _beyond(entries, law, law.consecutive_over, workdays, dates)
    return sorted(days, key=lambda day: (day.worker_id, day.work_date, day.wage is None, day.wage or 0))


def _beyond(
    entries: "QuerySet[TimeEntry]", law: StateLaw, limit: int, workdays: Workdays, dates: tuple[date, date]
) -> list[DayMinutes]:
    """Minutes that come after too many consecutive ones with a clock, as parts without other minutes."""
    by_worker: defaultdict[int, list[Clocked]] = defaultdict(list)
    columns = ("worker_id", "work_date", "minutes", "job__typed_state", "job__state", *CLOCK)
    for worker_id, work_date, minutes, typed, text, *clock in entries.order_by().values_list(*columns):
        times = stretch(work_date, *clock)
        state = law.state_of(typed or "", text or "", work_date) if law.by_job else None
        if times is None:
            continue
        parts = [
            DayMinutes(worker_id=worker_id, work_date=day, begins=begins, state=state, minutes=part)
            for day, begins, part in workdays.divide(minutes, work_date=work_date, stretch=times)
        ]
        by_worker[worker_id].append((*times, parts))
    days = (day for clocked in by_worker.values() for day in beyond_consecutive(clocked, limit))
    beyond = (day for day in days if day.beyond_consecutive and dates[0] <= day.work_date <= dates[1])
    return [replace(day, minutes=0) for day in beyond]


def counted_days(propay_ids: Collection[int], workdays: Workdays) -> dict[int, list[DayMinutes]]:
    """The time that counts on each of these ProPays as it is today."""
    return _by_propay(_summed(counted_entries(propay_ids), workdays, by=("job__propays", "worker_id")))


def counted_days_with_wages(
    propay_ids: Collection[int], workdays: Workdays, *, include_travel: bool | None
) -> dict[int, list[DayMinutes]]:
    """The same, one row for each wage in effect; `include_travel` as in `counted_entries`."""
    entries = counted_entries(propay_ids, include_travel=include_travel).annotate(wage=wage_in_force())
    found: dict[int, list[DayMinutes]] = {}
    for (propay_id, worker_id, wage, day, begins), minutes in _summed(
        entries, workdays, by=("job__propays", "worker_id", "wage")
    ):
        part = DayMinutes(worker_id=worker_id, work_date=day, begins=begins, wage=wage, minutes=minutes)
        found.setdefault(propay_id, []).append(part)
    return found


def frozen_days(propay_ids: Collection[int], workdays: Workdays) -> dict[int, list[DayMinutes]]:
    """The time that approval froze, by ProPay; also what another ProPay took over since.

    Minutes and work dates are the frozen ones, clocks those of today: they decide about overtime, which follows what
    is known today (bonus.md 6.7).
    """
    entries = SnapshotEntry.objects.filter(snapshot__is_live=True, snapshot__propay__in=propay_ids)
    return _by_propay(_summed(entries, workdays, by=("snapshot__propay", "worker_id"), of_entry="entry__"))


def _by_propay(sums: Iterable[tuple[tuple[Any, ...], int]]) -> dict[int, list[DayMinutes]]:
    found: dict[int, list[DayMinutes]] = {}
    for (propay_id, worker_id, day, begins), minutes in sums:
        part = DayMinutes(worker_id=worker_id, work_date=day, begins=begins, minutes=minutes)
        found.setdefault(propay_id, []).append(part)
    return found


def _summed(
    entries: "QuerySet[Any]", workdays: Workdays, *, by: Sequence[str], of_entry: str = ""
) -> Iterator[tuple[tuple[Any, ...], int]]:
    """Yield minutes by the columns `by` and the workday, with where a part of it begins: the last two of each key.

    `of_entry` leads from the rows to the entry that has the clock.
    """
    clock = [f"{of_entry}{name}" for name in CLOCK]
    whole, divided = _conditions(workdays, *clock)
    sums: Counter[tuple[Any, ...]] = Counter()
    for *key, minutes in entries.filter(whole).order_by().values_list(*by, "work_date").annotate(Sum("minutes")):
        sums[*key, workdays.last_part] += minutes
    for *key, minutes, work_date, start_date, start_time, stop_date, stop_time in (
        entries.filter(divided).order_by().values_list(*by, "minutes", "work_date", *clock)
    ):
        times = stretch(work_date, start_date, start_time, stop_date, stop_time)
        for day, begins, part in workdays.divide(minutes, work_date=work_date, stretch=times):
            sums[*key, day, begins] += part
    yield from sums.items()


def _conditions(workdays: Workdays, start_date: str, start_time: str, stop_date: str, stop_time: str) -> tuple[Q, Q]:
    """Which entries are whole on the workday of their work date, and which have to be divided."""
    if not workdays.starts:
        return Q(), Q(pk__in=())
    has_clock = Q(**{f"{start_time}__isnull": False, f"{stop_time}__isnull": False})
    is_within = (
        Q(**{f"{start_time}__gte": workdays.starts[-1], f"{stop_time}__gt": F(start_time)})
        & (Q(**{f"{start_date}__isnull": True}) | Q(**{start_date: F("work_date")}))
        & (Q(**{f"{stop_date}__isnull": True}) | Q(**{stop_date: F("work_date")}))
    )
    return ~has_clock | is_within, has_clock & ~is_within
