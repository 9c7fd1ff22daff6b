"""The time on a job for a ProPay's form and page, so that no first day silently excludes any of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Sum

from propay.models import ProPay
from propay.queries.time import ON_A_JOB
from propay.rules.labor import counted_kinds
from propay.rules.states import ProPayStatus
from protiv.timekeeping.models import Job, TimeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTime:
    """Counted minutes of a job, and its first and last day with hours on it.

    `drive_minutes` is drive time that doesn't count. `before_minutes`, since `before_date`, would count if they weren't
    before the first day; time that another ProPay of the job claims is not included.
    """

    minutes: int
    drive_minutes: int
    first_date: date
    last_date: date
    before_minutes: int
    before_date: date | None


def job_time(
    job: Job, *, counts_travel: bool, first_day: date | None = None, propay: ProPay | None = None
) -> JobTime | None:
    """None for a job without time. `propay` is the one that starts on `first_day`, if stored. At most two queries."""
    counts = Q(kind__in=counted_kinds(include_travel=counts_travel))
    found = _worked(job).aggregate(
        counted=Sum("minutes", filter=counts),
        drive=Sum("minutes", filter=~counts),
        first=Min("work_date"),
        last=Max("work_date"),
    )
    if found["first"] is None:
        return None
    before: dict[str, Any] = {"minutes": None, "first": None}
    if first_day is not None and found["first"] < first_day:
        left_out = _worked(job).filter(counts, ~Exists(_claims(job, propay)), work_date__lt=first_day)
        before = left_out.aggregate(minutes=Sum("minutes"), first=Min("work_date"))
    return JobTime(
        minutes=found["counted"] or 0,
        drive_minutes=found["drive"] or 0,
        first_date=found["first"],
        last_date=found["last"],
        before_minutes=before["minutes"] or 0,
        before_date=before["first"],
    )


def first_free_day(job: Job, *, after: date | None = None) -> date | None:
    """The first day with time that no ProPay claims yet, `after` a day if given; None without such time."""
    free = _worked(job).filter(~Exists(_claims(job, None)))
    if after is not None:
        free = free.filter(work_date__gt=after)
    return free.order_by("work_date").values_list("work_date", flat=True).first()


def _worked(job: Job) -> QuerySet[TimeEntry]:
    # Filters only by job, which belongs to the company: with both, SQLite may scan all days of the company.
    return TimeEntry.objects.filter(ON_A_JOB, job=job)


def _claims(job: Job, propay: ProPay | None) -> QuerySet[ProPay]:
    """The ProPays of the job that claim an entry of any cost code; `propay` itself excluded."""
    claims = ProPay.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=OuterRef("work_date")),
        job=job,
        start_date__lte=OuterRef("work_date"),
        cost_codes=None,
    ).exclude(status=ProPayStatus.CANCELED)
    return claims.exclude(pk=propay.pk) if propay else claims
