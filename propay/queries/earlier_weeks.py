"""The last workweek worked before a ProPay: those who were away in all of its weeks earned in it (bonus.md 11.8)."""

from collections.abc import Collection
from datetime import date

from django.db.models import OuterRef, Subquery

from propay.queries.job_states import StateLaw
from propay.queries.workdays import FURTHEST, hours_worked
from propay.rules.days import DayMinutes
from propay.rules.people import PersonLinks
from propay.rules.policies import Policies
from propay.rules.terms import WorkerId
from protiv.accounts.models import Company
from protiv.timekeeping.models import TimeEntry, Worker
from protiv.timekeeping.selectors import COUNTED, IS_WORKED

# The first and the last date, both included.
Dates = tuple[date, date]


def earlier_weeks(
    company: Company, policies: Policies, people: PersonLinks, persons: Collection[WorkerId], before: date
) -> dict[WorkerId, Dates]:
    """The dates of the last workweek of each of these people with time before this date; no query for no one."""
    if not persons:
        return {}
    # One look at the index for each of them: some never clock time, and others have years of it.
    time = TimeEntry.objects.filter(
        COUNTED, IS_WORKED, company=company, worker=OuterRef("pk"), minutes__gt=0, work_date__lt=before
    )
    last_date = Subquery(time.order_by("-work_date").values("work_date")[:1])
    workers = Worker.objects.filter(company=company, pk__in=people.ids(persons)).annotate(last_date=last_date)
    latest: dict[WorkerId, date] = {}
    for worker_id, day in workers.values_list("pk", "last_date"):
        if day is not None:
            person = people.of(worker_id)
            latest[person] = max(latest.get(person, day), day)
    # A clock can put an entry on a workday before its work date.
    return {person: policies.whole_weeks([day - FURTHEST, day]) for person, day in latest.items()}


def earlier_hours(
    company: Company, law: StateLaw, people: PersonLinks, weeks: dict[WorkerId, Dates], before: date
) -> list[DayMinutes]:
    """All hours that these people worked in their earlier weeks, by worker id, up to the date."""
    if not weeks:
        return []
    dates = (min(first for first, _last in weeks.values()), max(last for _first, last in weeks.values()))
    ids = {int(one) for one in people.ids(weeks)}
    days = hours_worked(company, ids, dates, law.policies.workdays(dates, company.zone), law=law)
    return [
        day
        for day in days
        if day.work_date < before
        and weeks[people.of(day.worker_id)][0] <= day.work_date <= weeks[people.of(day.worker_id)][1]
    ]
