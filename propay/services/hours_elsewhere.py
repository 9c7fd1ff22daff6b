"""What hours on any job change about bonuses: overtime, and shares that depend on it (bonus.md 6, 11.6, 11.7)."""

from collections.abc import Collection
from datetime import date, datetime

from propay.models import FROZEN_STATUSES, ProPay
from propay.rules.terms import Distribution
from propay.services.drift import mark_drift
from propay.services.refreshing import refresh_with_overtime
from propay.services.true_ups import update_true_ups_of, update_true_ups_of_run
from protiv.accounts.models import Company


def follow_hours_of_run(*, company: Company, run_id: int, dates: tuple[date, date], now: datetime) -> None:
    """Bring up to date what a sync run changed within `dates`, the second excluded, on whatever job.

    Approved shares stay. Those by total earnings may differ now, which is marked as a change after approval.
    """
    _follow(company, update_true_ups_of_run(company=company, run_id=run_id, dates=dates, now=now), now)


def follow_hours_of(*, company: Company, worker_days: Collection[tuple[int, date]], now: datetime) -> None:
    """The same for what a person decided about the hours of these workers on these days."""
    _follow(company, update_true_ups_of(company=company, worker_days=worker_days, now=now), now)


def _follow(company: Company, touched: Collection[int], now: datetime) -> None:
    """`touched`: the approved ProPays whose people have other hours now."""
    if touched:
        approved = ProPay.objects.filter(
            company=company,
            status__in=FROZEN_STATUSES,
            distribution=Distribution.TOTAL_EARNINGS,
            pk__in=touched,
        )
        mark_drift(propay_ids=list(approved.values_list("pk", flat=True)), now=now)
    refresh_with_overtime(company=company, now=now)
