"""The ProPays that a report covers, and their budget hours. Not a report itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from propay.figures import minutes_budgeted
from propay.models import LIVE_STATUSES, BudgetTask, ProPay
from propay.reports.base import BATCH, Asked, QueryRows, Row, Text
from propay.rules.budgets import types_maybe_in_hours
from propay.rules.states import ProPayStatus
from propay.rules.terms import AdjustmentType
from protiv.kit.money import round_half_up

OPEN, DONE = "OPEN", "DONE"
STATUSES: dict[str, tuple[str, ...]] = {
    "": tuple(value for value in ProPayStatus if value != ProPayStatus.CANCELED),
    OPEN: LIVE_STATUSES,
    DONE: (ProPayStatus.COMPLETE, ProPayStatus.APPROVED, ProPayStatus.PAID),
}
WHOLE = Decimal(100)
HOURS_NOTE = (
    "A budget in hours counts as its hours. Any other budget is converted to hours at the crew's average hourly cost "
    "on that ProPay: budget / (actual cost / actual hours)."
)
FROZEN_NOTE = "For an approved ProPay, the figures are the approved ones; later corrections are on the statements."
PROGRESS_NOTE = (
    "A ProPay in progress counts with its earned budget (budget × percent complete) and its hours to date. Choose the "
    "status Done to exclude it."
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A ProPay with its whole budget in minutes, and the earned part; None if unknown."""

    propay: ProPay
    budget_minutes: int | None
    earned_minutes: int | None

    @property
    def has_figures(self) -> bool:
        """Whether budget, cost and saving are calculated."""
        return self.propay.saving_amount is not None


def asked_propays(asked: Asked) -> "QuerySet[ProPay]":
    """The ProPays of the company that the filters find."""
    statuses = STATUSES.get(asked.status, (asked.status,))
    where = Q(company=asked.company, status__in=statuses)
    if asked.from_date:
        where &= Q(start_date__gte=asked.from_date)
    if asked.to_date:
        where &= Q(start_date__lte=asked.to_date)
    if asked.job:
        where &= Q(job=asked.job)
    if asked.manager:
        where &= Q(manager=asked.manager)
    return ProPay.objects.filter(where)


def measured_rows(propays: "QuerySet[ProPay]", make: Callable[[Measured], Row]) -> QueryRows:
    """A row for each of these ProPays, in order: two queries per slice."""
    found = _with_budget(propays).select_related("manager__user")
    return QueryRows(found, lambda some: (make(_measure(propay)) for propay in some))


def _with_budget(propays: "QuerySet[ProPay]") -> "QuerySet[ProPay]":
    tasks = BudgetTask.objects.select_related("cost_code").order_by("pk")
    return propays.select_related("job").prefetch_related(Prefetch("tasks", queryset=tasks))


def _measure(propay: ProPay) -> Measured:
    """Approved figures are final: their hours come from the frozen columns, even if the job's budget changed."""
    budget = minutes_budgeted(propay) if propay.status in LIVE_STATUSES else None
    if budget is None:
        budget = _in_minutes(propay.budget_amount, propay.actual_amount, propay.actual_minutes)
    return Measured(propay, budget, _earned(budget, propay.completion_percent))


def _in_minutes(budget: Decimal | None, actual: Decimal | None, minutes: int) -> int | None:
    """The budget divided by the cost per hour; for a budget in hours, the result is exactly those hours."""
    if budget is None or not actual or minutes <= 0:
        return None
    return round_half_up(Fraction(budget) * minutes / Fraction(actual))


def _earned(budget_minutes: int | None, completion_percent: Decimal) -> int | None:
    if budget_minutes is None or completion_percent == WHOLE:
        return budget_minutes
    return round_half_up(Fraction(budget_minutes) * Fraction(completion_percent) / 100)


def earned_minutes(propays: "QuerySet[ProPay]", *columns: str) -> Iterator[tuple[Any, ...]]:
    """The earned minutes of each of these ProPays as in `Measured`, then the given columns. For totals over all.

    Only budgets that may be in hours are loaded as ProPays; for the others, a few numbers are enough.
    """
    may_be_in_hours = Q(status__in=LIVE_STATUSES) & (
        Q(budget_type__in=types_maybe_in_hours()) | Q(adjustment_type=AdjustmentType.HOURS)
    )
    in_hours = _with_budget(propays.filter(may_be_in_hours).order_by("pk"))
    for propay in in_hours.iterator(chunk_size=BATCH):
        yield _measure(propay).earned_minutes, *(reduce(getattr, name.split("__"), propay) for name in columns)
    numbers = ("budget_amount", "actual_amount", "actual_minutes", "completion_percent")
    others = propays.filter(~may_be_in_hours).order_by("pk").values_list(*numbers, *columns)
    for budget, actual, minutes, percent, *values in others.iterator(chunk_size=BATCH):
        yield _earned(_in_minutes(budget, actual, minutes), percent), *values


def link_to(propay: ProPay, note: str | None) -> Text:
    """The title, with the job's number (or the whole job if its name differs), and a note. The job is loaded."""
    job = propay.job.number if propay.job.name == propay.title else str(propay.job)
    notes = [one for one in (job, note) if one]
    return Text(propay.title, reverse("propay_detail", args=[propay.pk]), " · ".join(notes))


def manager_of(propay: ProPay) -> str | None:
    """Who runs the job."""
    return str(propay.manager.user) if propay.manager else None


def percent_of(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    """To one decimal; None if there is no total."""
    if part is None or not whole or whole < 0:
        return None
    return Decimal(round_half_up(Fraction(part) * 1000 / Fraction(whole))) / 10


def per_hour(amount: Decimal | None, minutes: int) -> Decimal | None:
    """Dollars per hour in cents; None without hours."""
    if amount is None or minutes <= 0:
        return None
    return Decimal(round_half_up(Fraction(amount) * 60 * 100 / minutes)).scaleb(-2)
