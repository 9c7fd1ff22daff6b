"""The automation page: ProPays to be created, excluded jobs with the reason, and missing budgets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, OuterRef, QuerySet, Subquery

from propay import services
from propay.models import AutomationRule, ProPay
from propay.pages.propays import MISSING_BUDGET
from propay.queries.time import ON_A_JOB
from protiv.accounts.models import Company
from protiv.timekeeping.models import Job, TimeEntry


@dataclass(frozen=True, slots=True)
class List:
    """One of the page's three lists: its key in the URL, its label, its rows."""

    key: str
    label: str
    count: int
    rows: "Sequence[Any] | QuerySet[Any]"


@dataclass(frozen=True, slots=True)
class AutomationOverview:
    """The lists, and the number of jobs waiting for their first time.

    `time_begins` is the first day with any time, if the go-live date is no later than that: a job already under way
    before then looks like a new one, and its budget would look unspent.
    """

    lists: tuple[List, ...]
    waiting: int
    time_begins: date | None

    def chosen(self, key: str) -> List:
        """The list with that key, else the first one."""
        return next((one for one in self.lists if one.key == key), self.lists[0])


def overview(*, company: Company, rule: AutomationRule, now: datetime) -> AutomationOverview:
    """What the automation would do now, and its earlier results that need a person."""
    proposal = services.propose(company=company, rule=rule, now=now)
    missing = missing_budgets(company)
    return AutomationOverview(
        lists=(
            List("", "Ready to create", len(proposal.planned), proposal.planned),
            List("left-out", "Excluded", len(proposal.left_out), proposal.left_out),
            List("missing", "Missing budget", missing.count(), missing),
        ),
        waiting=proposal.waiting,
        time_begins=_time_begins(company, rule),
    )


def _time_begins(company: Company, rule: AutomationRule) -> date | None:
    entries = TimeEntry.objects.filter(company=company, voided_at=None)
    first = entries.order_by("work_date").values_list("work_date", flat=True).first()
    return first if first is not None and rule.go_live_date <= first else None


@dataclass(frozen=True, slots=True)
class EarlierTime:
    """The active jobs with time before a go-live date, and the first day of that time."""

    jobs: int
    first_date: date


def earlier_time(company: Company, go_live_date: date) -> EarlierTime | None:
    """The note about jobs a go-live date excludes; None if no job has time before it."""
    entries = TimeEntry.objects.filter(ON_A_JOB, job=OuterRef("pk")).order_by("work_date").values("work_date")
    jobs = Job.objects.filter(company=company, is_active=True).annotate(first_date=Subquery(entries[:1]))
    found = jobs.filter(first_date__lt=go_live_date).aggregate(jobs=Count("pk"), first=Min("first_date"))
    return EarlierTime(found["jobs"], found["first"]) if found["jobs"] else None


def missing_budgets(company: Company) -> QuerySet[ProPay]:
    """The open automatic ProPays whose job has no budget yet, by title."""
    propays = ProPay.objects.filter(MISSING_BUDGET, company=company, is_automatic=True)
    return propays.select_related("job").order_by("title", "pk")
