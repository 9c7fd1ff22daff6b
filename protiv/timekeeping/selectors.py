"""Queries about people, wages, jobs, and time. Each one starts from a company."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from protiv.accounts.models import Company, Membership, Role
from protiv.kit.paging import COUNTED_AT_MOST
from protiv.kit.search import holding
from protiv.timekeeping.models import (
    CostCode,
    Job,
    TimeEntry,
    Wage,
    Worker,
)
from protiv.timekeeping.records import SHORT_BREAK_MINUTES, WORKED_KINDS, EntryKind

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _InForce(TypedDict):
        wage_amount: Decimal | None
        wage_start_date: datetime.date | None

    WagedWorker = WithAnnotations[Worker, _InForce]

NAMELESS = "Worker without a name"
# Drive time on a cost code that an admin called a commute.
COMMUTES = Q(kind=EntryKind.TRAVEL, cost_code__in=CostCode.objects.filter(is_commute=True).values("pk"))
# Time that counts for anything: not vanished at the provider, not still on the clock, no commute, no lunch worked.
COUNTED = Q(voided_at__isnull=True, is_open=False, excluded_at__isnull=True) & ~COMMUTES
# What is time worked, on any job or none (bonus.md 6.2 and 11.9); `records.is_worked` in SQL.
IS_WORKED = Q(kind__in=sorted(WORKED_KINDS)) | Q(kind=EntryKind.MEAL_BREAK, minutes__range=(1, SHORT_BREAK_MINUTES))
# Hours that need a wage. An entry of 0 minutes costs nothing.
WORKED = COUNTED & IS_WORKED & ~Q(minutes=0)
# Of `with_first_dates`: the first wage starts after the first hours.
STARTS_LATE = Q(first_wage_date__gt=F("first_worked_date"))
HAS_HOURS_WITHOUT_WAGE = STARTS_LATE | Q(first_wage_date__isnull=True, first_worked_date__isnull=False)
ENTRY_RELATIONS = ("worker", "job", "cost_code", "hold")


# People and wages


def linked_worker(membership: Membership) -> Worker | None:
    """The worker whose time this member clocks."""
    return Worker.objects.filter(company_id=membership.company_id, membership=membership).first()


def own_workers(membership: Membership) -> "QuerySet[Worker]":
    """The worker whose time this member clocks, with all IDs of the same person (bonus.md 10.2); none if not linked."""
    own = linked_worker(membership)
    if own is None:
        return Worker.objects.none()
    primary = own.same_person_as_id or own.pk
    return Worker.objects.filter(Q(pk=primary) | Q(same_person_as=primary), company_id=membership.company_id)


def workers_with_wage(*, company: Company, day: datetime.date) -> "QuerySet[WagedWorker]":
    """The company's workers, each with `wage_amount` and `wage_start_date` in effect on `day` (None: no wage yet)."""
    in_force = Wage.objects.filter(worker=OuterRef("pk"), start_date__lte=day).order_by("-start_date")
    return Worker.objects.filter(company=company).annotate(
        wage_amount=Subquery(in_force.values("hourly_amount")[:1]),
        wage_start_date=Subquery(in_force.values("start_date")[:1]),
    )


def wages_on(*, company: Company, day: datetime.date) -> dict[int, Decimal]:
    """Each worker's hourly wage in effect on `day`, by worker id; workers without one are excluded."""
    wages = workers_with_wage(company=company, day=day).values_list("pk", "wage_amount")
    return {worker_id: amount for worker_id, amount in wages if amount is not None}


def without_wage(workers: "QuerySet[WagedWorker]") -> "QuerySet[WagedWorker]":
    """Those who need a wage and have none: they are active, or left and have hours."""
    hours = TimeEntry.objects.filter(WORKED, worker=OuterRef("pk"))
    return workers.filter(Q(is_active=True) | Exists(hours), wage_amount__isnull=True)


def count_without_wage(*, company: Company, day: datetime.date) -> int:
    """How many workers need a wage on `day` and have none."""
    return without_wage(workers_with_wage(company=company, day=day)).count()


def with_first_dates(workers: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    """Each with `first_worked_date` and `first_wage_date` (None: none yet), by the indexes on a worker's dates."""
    entries = TimeEntry.objects.filter(WORKED, worker=OuterRef("pk")).order_by("work_date")
    wages = Wage.objects.filter(worker=OuterRef("pk")).order_by("start_date")
    return workers.annotate(
        first_worked_date=Subquery(entries.values("work_date")[:1]),
        first_wage_date=Subquery(wages.values("start_date")[:1]),
    )


def hours_without_wage_since(workers: "QuerySet[Any, Any]") -> datetime.date | None:
    """The first day on which any of these workers has hours that no wage covers."""
    found = with_first_dates(workers.order_by()).filter(HAS_HOURS_WITHOUT_WAGE)
    first: datetime.date | None = found.aggregate(first=Min("first_worked_date"))["first"]
    return first


@dataclass(frozen=True, slots=True)
class LateWages:
    """How many workers' first wage starts after their first hours, and the day of the earliest of those hours."""

    count: int
    start_date: datetime.date


def who_may_need_wages(workers: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    """The active ones, and the inactive ones who have hours that no wage covers; with `with_first_dates`."""
    return with_first_dates(workers).filter(Q(is_active=True) | HAS_HOURS_WITHOUT_WAGE)


def late_wages(company: Company) -> LateWages | None:
    """None if every wage starts in time; one query."""
    late = with_first_dates(Worker.objects.filter(company=company)).filter(STARTS_LATE)
    found = late.aggregate(count=Count("pk"), first=Min("first_worked_date"))
    return LateWages(found["count"], found["first"]) if found["count"] else None


def find_workers(workers: "QuerySet[WagedWorker]", words: str) -> "QuerySet[WagedWorker]":
    """Those of `workers` whose name, number, email or provider's id contains every word."""
    names = ("first_name__icontains", "middle_name__icontains", "last_name__icontains")
    return holding(workers, words, *names, "number__icontains", "email__icontains", "external_id")


def wage_history(worker: Worker) -> list[Wage]:
    """All wages of a worker, latest first."""
    return list(Wage.objects.filter(company_id=worker.company_id, worker=worker).order_by("-start_date"))


def members_to_link(worker: Worker) -> "QuerySet[Membership, Membership]":
    """Members who can be linked to this worker: role Worker and not linked elsewhere, or linked to this one already."""
    members = Membership.objects.filter(company_id=worker.company_id)
    return (
        members.filter(Q(worker=None, role=Role.WORKER) | Q(worker=worker))
        .select_related("user")
        .order_by("user__email")
    )


def recent_entries(worker: Worker, *, limit: int = 15) -> list[TimeEntry]:
    """The worker's newest live entries."""
    entries = TimeEntry.objects.filter(company_id=worker.company_id, worker=worker, voided_at__isnull=True)
    return list(entries.select_related("job", "cost_code", "hold").order_by("-work_date", "-id")[:limit])


# Jobs


def find_jobs(jobs: "QuerySet[Job, Job]", words: str) -> "QuerySet[Job, Job]":
    """Those of `jobs` whose name, number, city or provider's id contains every word."""
    return holding(jobs, words, "name__icontains", "number__icontains", "city__icontains", "external_id")


@dataclass(frozen=True, slots=True)
class WorkerHours:
    """What one worker did on one job."""

    worker_id: int
    name: str
    minutes: int
    first_date: datetime.date
    last_date: datetime.date


def hours_by_worker(job: Job) -> list[WorkerHours]:
    """Worked minutes on a job per worker, most first; one grouped query."""
    names = ("worker__first_name", "worker__middle_name", "worker__last_name")
    rows = (
        TimeEntry.objects.filter(COUNTED, IS_WORKED, company_id=job.company_id, job=job)
        .values_list("worker_id", *names)
        .annotate(total=Sum("minutes"), first=Min("work_date"), last=Max("work_date"))
        .order_by("-total", "worker_id")
    )
    return [
        WorkerHours(worker_id, join_name(first, middle, last), total, first_date, last_date)
        for worker_id, first, middle, last, total, first_date, last_date in rows
    ]


def join_name(*parts: str) -> str:
    """A worker's name in reading order, as `Worker.name` writes it."""
    return " ".join(part for part in parts if part)


def told_apart(worker_ids: Iterable[int]) -> dict[int, str]:
    """What these workers are called, with the ID where another person of the company has the same name."""
    with_person = Worker.objects.annotate(person=Coalesce("same_person_as", "pk"))
    same = {name: OuterRef(name) for name in ("company", "first_name", "middle_name", "last_name")}
    namesakes = with_person.filter(**same).exclude(person=OuterRef("person"))
    workers = with_person.filter(pk__in=set(worker_ids)).annotate(has_namesake=Exists(namesakes))
    return {
        worker.pk: f"{worker.name or NAMELESS}{f' (ID {worker.external_id})' if worker.has_namesake else ''}"
        for worker in workers
    }


# Time


def visible_entries(membership: Membership) -> "QuerySet[TimeEntry, TimeEntry]":
    """The entries that a member can see: the company's, or for a worker their own."""
    entries = TimeEntry.objects.filter(company_id=membership.company_id)
    if membership.can_manage:
        return entries
    # By their ids: with a subquery SQLite reads all entries of the company.
    return entries.filter(worker__in=list(own_workers(membership).values_list("pk", flat=True)))


def jobs_in_sight(membership: Membership) -> "QuerySet[Job, Job]":
    """The jobs that a member can filter by: the company's, or for a worker those the worker has time on."""
    jobs = Job.objects.filter(company_id=membership.company_id)
    if not membership.can_manage:
        jobs = jobs.filter(pk__in=visible_entries(membership).values("job_id"))
    return jobs


@dataclass(frozen=True, slots=True)
class TimeTotals:
    """What a filter finds: `entries` is counted to one above the cap, `worked_minutes` is None beyond it."""

    entries: int
    worked_minutes: int | None


def time_totals(entries: "QuerySet[TimeEntry, TimeEntry]") -> TimeTotals:
    """Count and sum in one query that never reads more rows than the cap."""
    capped = entries.order_by()[: COUNTED_AT_MOST + 1]
    found = capped.aggregate(
        entries=Count("pk"),
        minutes=Coalesce(Sum("minutes", filter=COUNTED & IS_WORKED), Value(0)),
    )
    whole = found["entries"] <= COUNTED_AT_MOST
    return TimeTotals(found["entries"], found["minutes"] if whole else None)


EXPORT_FIELDS = (
    "external_id",
    "worker__external_id",
    "worker__first_name",
    "worker__middle_name",
    "worker__last_name",
    "job__external_id",
    "job__name",
    "cost_code__external_id",
    "cost_code__name",
    "work_date",
    "minutes",
    "kind",
    "is_final",
    "voided_at",
)


def export_rows(entries: "QuerySet[TimeEntry, TimeEntry]") -> Iterable[tuple[Any, ...]]:
    """`EXPORT_FIELDS` of each entry by date and id, read in pieces so that a million rows need no memory."""
    return entries.order_by("work_date", "external_id").values_list(*EXPORT_FIELDS).iterator(chunk_size=2_000)
