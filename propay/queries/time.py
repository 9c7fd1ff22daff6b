"""The time that counts on ProPays, summed by the database: a few rows per worker, however many entries there are."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.lookups import In

from propay.frozen.evidence import ENTRY_COLUMNS, EntryFacts
from propay.models import ProPay
from propay.rules.budgets import types_by_lines
from propay.rules.calculations import counted_kinds
from protiv.kit.fields import WageField
from protiv.timekeeping.models import TimeEntry, Wage
from protiv.timekeeping.selectors import COUNTED

_WITHOUT_TRAVEL = counted_kinds(include_travel=False)
# Time on a job that a ProPay of it counts or, as drive time, could (bonus.md 1.2).
ON_A_JOB = COUNTED & Q(kind__in=counted_kinds(include_travel=True)) & ~Q(minutes=0)
_ONLY_WITH_TRAVEL = counted_kinds(include_travel=True) - _WITHOUT_TRAVEL


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerTime:
    """Counted minutes of one worker on one ProPay at one wage; None: no wage was in effect, from `first_date` on.

    If the budget is by cost code, also of one cost code; otherwise `cost_code_id` is None.
    """

    propay_id: int
    worker_id: int
    wage: Decimal | None
    cost_code_id: int | None = None
    minutes: int
    ot1_minutes: int = 0
    ot2_minutes: int = 0
    first_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTime:
    """Counted minutes of one work date at one wage."""

    work_date: date
    wage: Decimal | None
    minutes: int


def time_of(
    propay_ids: Collection[int], *, include_travel: bool | None = None, by_day: bool = False
) -> dict[int, list["WorkerTime"]]:
    """The counted time of each of these ProPays, by its id; one query. Takes the same options as `worker_time`."""
    time: dict[int, list[WorkerTime]] = {propay_id: [] for propay_id in propay_ids}
    for row in worker_time(propay_ids, include_travel=include_travel, by_day=by_day):
        time[row.propay_id].append(row)
    return time


def counted_entries(propay_ids: Iterable[int], *, include_travel: bool | None = None) -> QuerySet[TimeEntry]:
    """The entries that count on these ProPays (bonus.md 1), once for each ProPay, via `job__propays`.

    `include_travel` overrides whether drive time counts; None: as each ProPay, else the company, says. An entry of 0
    minutes is not time worked, so it needs no wage, here as in the what-if.
    """
    said = Q(job__propays__include_travel=True) | Q(
        job__propays__include_travel__isnull=True, job__propays__company__include_travel=True
    )
    kinds = {
        True: Q(kind__in=_WITHOUT_TRAVEL | _ONLY_WITH_TRAVEL),
        False: Q(kind__in=_WITHOUT_TRAVEL),
        None: Q(kind__in=_WITHOUT_TRAVEL) | Q(kind__in=_ONLY_WITH_TRAVEL) & said,
    }
    return entries_within(propay_ids, kinds[include_travel] & ~Q(minutes=0))


def entries_within(propay_ids: Iterable[int], what: Q) -> QuerySet[TimeEntry]:
    """The live entries of this kind on the jobs, days, and cost codes of these ProPays, once for each ProPay.

    One `filter` call: all its conditions must refer to the same ProPay.
    """
    named_codes = ProPay.cost_codes.through.objects.filter(propay=OuterRef("job__propays"))
    return TimeEntry.objects.filter(
        COUNTED,
        what,
        Q(job__propays__end_date__isnull=True) | Q(work_date__lte=F("job__propays__end_date")),
        ~Exists(named_codes) | Exists(named_codes.filter(costcode=OuterRef("cost_code"))),
        job__propays__in=list(propay_ids),
        work_date__gte=F("job__propays__start_date"),
    )


def worker_time(
    propay_ids: Iterable[int], *, include_travel: bool | None = None, by_day: bool = False
) -> Iterator[WorkerTime]:
    """Counted minutes per ProPay, worker, and wage in effect (and cost code, if the budget is by them); one query.

    `include_travel` as in `counted_entries`. `by_day`: also per work date, which is then the `first_date`.
    """
    days = ("work_date",) if by_day else ()
    # A keyword instead of this expression makes the joins LEFT OUTER, and SQLite reads all time entries.
    is_by_cost_code = In(F("job__propays__budget_type"), types_by_lines())
    by_cost_code = Case(When(is_by_cost_code, then=F("cost_code")))
    rows = (
        counted_entries(propay_ids, include_travel=include_travel)
        .annotate(wage=wage_in_force(), task_code=by_cost_code)
        .values("job__propays", "worker_id", "wage", "task_code", *days)
        .annotate(minutes_sum=Sum("minutes"), ot1_sum=Sum("ot1_minutes"), ot2_sum=Sum("ot2_minutes"))
        .annotate(first_date=Min("work_date"))
        .order_by("job__propays", "worker_id", "wage", "task_code", *days)
    )
    columns = ("job__propays", "worker_id", "wage", "task_code", "minutes_sum", "ot1_sum", "ot2_sum", "first_date")
    for propay_id, worker_id, wage, cost_code_id, minutes, ot1_minutes, ot2_minutes, first_date in rows.values_list(
        *columns
    ):
        yield WorkerTime(
            propay_id=propay_id,
            worker_id=worker_id,
            wage=wage,
            cost_code_id=cost_code_id,
            minutes=minutes,
            ot1_minutes=ot1_minutes,
            ot2_minutes=ot2_minutes,
            first_date=first_date,
        )


def entries_of(propay_ids: Collection[int]) -> dict[int, list[EntryFacts]]:
    """The entries that count on each of these ProPays as of today, oldest first; one query."""
    entries: dict[int, list[EntryFacts]] = {propay_id: [] for propay_id in propay_ids}
    rows = (
        counted_entries(propay_ids)
        .annotate(wage=wage_in_force())
        .order_by("work_date", "pk")
        .values_list("job__propays", "pk", *ENTRY_COLUMNS, "wage")
    )
    for propay_id, *values, wage in rows:
        facts: tuple[Any, ...] = (*values, wage)
        entries[propay_id].append(EntryFacts(*facts))
    return entries


def time_by_day(propay_id: int) -> list[DayTime]:
    """Counted minutes of one ProPay per work date and wage, oldest first."""
    rows = (
        counted_entries([propay_id])
        .annotate(wage=wage_in_force())
        .values_list("work_date", "wage")
        .annotate(Sum("minutes"))
        .order_by("work_date", "wage")
    )
    return [DayTime(work_date=day, wage=wage, minutes=minutes) for day, wage, minutes in rows]


def wage_in_force() -> Subquery:
    """An entry's wage: the latest that starts no later than its work date."""
    wages = Wage.objects.filter(worker=OuterRef("worker"), start_date__lte=OuterRef("work_date"))
    latest = wages.order_by("-start_date").values("hourly_amount")[:1]
    return Subquery(latest, output_field=WageField())
