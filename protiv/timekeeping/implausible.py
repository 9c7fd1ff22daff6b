"""Implausible time (bonus.md 10.8) in the stored entries, in words and with links to the entries."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dateformat import time_format

from protiv.accounts.models import Company
from protiv.accounts.templatetags.formats import day, hours
from protiv.kit.pointers import Link, Pointer, Pointers
from protiv.timekeeping.clock import FURTHEST_START, LONGEST, stretch
from protiv.timekeeping.models import TimeEntry, Worker
from protiv.timekeeping.plausibility import CheckedEntry, Finding, FindingKind, implausible
from protiv.timekeeping.selectors import COUNTED, IS_WORKED, told_apart
from protiv.timekeeping.workdays import Workdays

SHOWN_AT_MOST = 20
LINKS_AT_MOST = 4
NO_CLOCK = (None, None)
# How far the work date of an entry that overlaps another may be from that one's, and from its own workdays.
FURTHEST = FURTHEST_START + LONGEST
WEEK = timedelta(days=7)
YEAR = timedelta(days=366)


def implausible_time(
    *, company: Company, worker_ids: Collection[int], dates: tuple[date, date], today: date
) -> list[Finding]:
    """What is implausible in the workweeks of these dates, on every job of these people; two queries.

    A person with several ids (bonus.md 10.2) goes by the primary one.
    """
    linked = Worker.objects.filter(company=company, same_person_as__isnull=False)
    person_of = dict(linked.values_list("pk", "same_person_as_id"))
    people = {person_of.get(worker_id, worker_id) for worker_id in worker_ids}
    first, last = map(company.workweek_start_date, (dates[0] - FURTHEST, dates[1] + FURTHEST))
    entries = TimeEntry.objects.filter(
        COUNTED,
        IS_WORKED,
        company=company,
        worker__in=people | {worker_id for worker_id, person_id in person_of.items() if person_id in people},
        work_date__range=(first - FURTHEST, last + WEEK + FURTHEST),
    )
    clock = ("start_date", "start_time", "stop_date", "stop_time")
    rows = entries.order_by().values_list("pk", "worker_id", "work_date", "minutes", *clock)
    checked = (
        CheckedEntry(
            entry_id,
            person_of.get(worker_id, worker_id),
            work_date,
            minutes,
            *(stretch(work_date, *punches) or NO_CLOCK),
        )
        for entry_id, worker_id, work_date, minutes, *punches in rows.iterator()
    )
    return implausible(
        checked,
        today=today,
        week_start=company.workweek_start_date,
        workdays=Workdays(starts=(company.pay_policy_on(dates[1]).workday_start,), zone=company.zone),
    )


def hours_to_check(worker: Worker, *, today: date) -> Pointers | None:
    """What is implausible in a worker's last year, and in the year to come."""
    found = implausible_time(
        company=worker.company, worker_ids=[worker.pk], dates=(today - YEAR, today + YEAR), today=today
    )
    return point_out({worker.pk: found}, company=worker.company)[worker.pk] if found else None


def point_out(found: Mapping[int, Sequence[Finding]], *, company: Company) -> dict[int, Pointers]:
    """The first findings of each key in words, with links to their entries; two queries for all."""
    shown = {key: findings[:SHOWN_AT_MOST] for key, findings in found.items()}
    every = [one for findings in shown.values() for one in findings]
    names = told_apart(one.worker_id for one in every)
    ids = {entry_id for one in every if len(one.entry_ids) <= LINKS_AT_MOST for entry_id in one.entry_ids}
    entries = TimeEntry.objects.filter(company=company).select_related("job").in_bulk(ids)
    return {
        key: Pointers(
            shown=tuple(_pointer(one, names[one.worker_id], entries, company) for one in findings),
            more=len(found[key]) - len(findings),
        )
        for key, findings in shown.items()
    }


def _pointer(finding: Finding, name: str, entries: Mapping[int, TimeEntry], company: Company) -> Pointer:
    text = f"{name}: {said(finding, company)}"
    return Pointer(text=text, links=tuple(_links(finding, entries, company)))


def said(finding: Finding, company: Company) -> str:
    """What is wrong, without the worker's name."""
    when, length = day(finding.first_date), hours(finding.minutes, company)
    match finding.kind:
        case FindingKind.FUTURE:
            return f"{length} hours on {when}, which is in the future."
        case FindingKind.LONG_ENTRY:
            return f"{length} hours in one entry on {when}."
        case FindingKind.LONG_DAY:
            return f"{length} hours on {when}, more than a day has."
        case FindingKind.LONG_WEEK:
            return f"{length} hours in the workweek that starts on {day(finding.week_start or finding.first_date)}."
        case FindingKind.TWICE:
            return f"the same start and stop {len(finding.entry_ids)} times on {when}."
        case FindingKind.OVERLAP:
            return f"two entries overlap on {when}."


def _links(finding: Finding, entries: Mapping[int, TimeEntry], company: Company) -> Iterator[Link]:
    """The entries; if they are more than a few, the Time page for their worker and dates."""
    if len(finding.entry_ids) <= LINKS_AT_MOST:
        for entry_id in finding.entry_ids:
            yield Link(text=_entry_in_words(entries[entry_id], company), url=reverse("time_entry", args=[entry_id]))
        return
    query = {"worker": finding.worker_id, "from": finding.first_date, "to": finding.last_date}
    yield Link(text=f"{len(finding.entry_ids)} entries", url=f"{reverse('time_list')}?{urlencode(query)}")


def _entry_in_words(entry: TimeEntry, company: Company) -> str:
    if entry.start_time is None or entry.stop_time is None:
        return f"{entry.job or 'No job'}, {hours(entry.minutes, company)} hours"
    return (
        f"{entry.job or 'No job'}, {time_format(entry.start_time, 'g:i A')} – {time_format(entry.stop_time, 'g:i A')}"
    )
