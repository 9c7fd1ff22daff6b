"""Bonuses to date."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from propay.models import LIVE_STATUSES, Share
from propay.queries.propays import WORKER_LOOKUPS
from protiv.accounts.models import Company, Membership
from protiv.kit.money import CENT
from protiv.kit.search import holding
from protiv.timekeeping.models import Worker
from protiv.timekeeping.selectors import own_workers


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusTotals:
    """A worker's or everyone's bonuses to date. `waiting` counts the shares that have no figure yet."""

    minutes: int
    amount: Decimal
    propays: int
    waiting: int


_TOTALS: dict[str, Any] = {
    "total_minutes": Coalesce(Sum("minutes"), 0),
    "total_amount": Sum("amount"),
    "propays": Count("propay", distinct=True),
    "waiting": Count("pk", filter=Q(amount__isnull=True)),
}


def live_shares(company: Company) -> QuerySet[Share]:
    """The sum of calculated shares that aren't approved yet and may still change."""
    return Share.objects.filter(company=company, propay__status__in=LIVE_STATUSES)


def bonuses_by_worker(*, company: Company, words: str = "") -> QuerySet[Share, dict[str, Any]]:
    """A row per worker with `total_minutes`, `total_amount`, `propays` and `waiting`, the largest bonus first."""
    shares = holding(live_shares(company), words, *WORKER_LOOKUPS)
    names = ("worker__first_name", "worker__middle_name", "worker__last_name", "worker__number")
    return (
        shares.values("worker_id", *names)
        .annotate(**_TOTALS)
        .order_by(Coalesce("total_amount", Decimal(0)).desc(), "worker__last_name", "worker_id")
    )


def bonus_totals(shares: QuerySet[Share]) -> BonusTotals:
    """One query. SQLite sums floats, so the sum is rounded back to cents."""
    total = shares.aggregate(**_TOTALS)
    return BonusTotals(
        minutes=total["total_minutes"],
        amount=(total["total_amount"] or Decimal(0)).quantize(CENT),
        propays=total["propays"],
        waiting=total["waiting"],
    )


def own_shares(membership: Membership) -> QuerySet[Share]:
    """The live shares of the worker whose sign-in this is; none if no worker is linked."""
    return (
        live_shares(membership.company)
        .filter(worker__in=own_workers(membership))
        .select_related("propay__job", "worker")
        .order_by("-propay_id")
    )


def is_linked(membership: Membership) -> bool:
    """Whether this sign-in is linked to a worker, so that there can be time and bonuses."""
    return Worker.objects.filter(company_id=membership.company_id, membership=membership).exists()
