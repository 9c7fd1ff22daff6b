"""The statements that amounts go to: the open one of each worker, for a period or the first one after it."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import QuerySet

from propay.models import Statement, StatementStatus
from propay.rules.pay_periods import Period
from propay.services.booking.periods import current_period, following_period
from protiv.accounts.models import Company


def open_statements(*, company: Company, worker_ids: Collection[int], period: Period) -> dict[int, Statement]:
    """The open statement of each worker for this period, or for the first period after it that isn't locked or paid."""
    found: dict[int, Statement] = {}
    missing = set(worker_ids)
    while missing:
        stored = _overlapping(company, missing, period)
        found |= {one.worker_id: one for one in stored if one.status == StatementStatus.OPEN}
        closed = {one.worker_id for one in stored} - found.keys()
        new = _new_statements(company, missing - found.keys() - closed, period)
        found |= {one.worker_id: one for one in new}
        missing = closed
        period = following_period(company=company, period=period)
    return found


def next_open_periods(*, company: Company, worker_ids: Collection[int], day: date) -> dict[int, Period]:
    """The pay period whose statement an amount booked on `day` would go to, by worker. Writes nothing."""
    period = current_period(company=company, day=day)
    found: dict[int, Period] = {}
    missing = set(worker_ids)
    while missing:
        stored = list(_overlapping(company, missing, period))
        for one in stored:
            if one.status == StatementStatus.OPEN:
                found[one.worker_id] = Period(one.start_date, one.end_date)
        closed = {one.worker_id for one in stored} - found.keys()
        found |= dict.fromkeys(missing - found.keys() - closed, period)
        missing = closed
        period = following_period(company=company, period=period)
    return found


def _overlapping(company: Company, worker_ids: Iterable[int], period: Period) -> "QuerySet[Statement]":
    """The statements of the period, earliest last; also of another length, if the company changed its periods."""
    return Statement.objects.filter(
        company=company,
        worker__in=worker_ids,
        start_date__lte=period.end_date,
        end_date__gte=period.start_date,
    ).order_by("-start_date", "-pk")


def _new_statements(company: Company, worker_ids: Collection[int], period: Period) -> list[Statement]:
    return Statement.objects.bulk_create(
        Statement(company=company, worker_id=worker_id, start_date=period.start_date, end_date=period.end_date)
        for worker_id in sorted(worker_ids)
    )
