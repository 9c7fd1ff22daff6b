"""The page of ProPays that make themselves: what would be made, what is left out and why, which budgets are missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from propay import services
from propay.models import LIVE_STATUSES, AutomationRule, BudgetType, ProPay
from protiv.accounts.models import Company

NO_HOURS = Q(
    budget_type=BudgetType.HOURS,
    budget_minutes=None,
    job__typed_budget_minutes=None,
    job__synced_budget_minutes=None,
)
NO_PRICE = Q(
    budget_type=BudgetType.PERCENT_OF_CONTRACT,
    contract_amount=None,
    job__typed_contract_amount=None,
    job__synced_contract_amount=None,
)


@dataclass(frozen=True, slots=True)
class List:
    """One of the page's three lists: its key in the address, its words, its rows."""

    key: str
    label: str
    count: int
    rows: "Sequence[Any] | QuerySet[Any]"


@dataclass(frozen=True, slots=True)
class Overview:
    """The lists, and how many jobs wait for their first time."""

    lists: tuple[List, ...]
    waiting: int

    def chosen(self, key: str) -> List:
        """The list of that key, else the first one."""
        return next((one for one in self.lists if one.key == key), self.lists[0])


def overview(*, company: Company, rule: AutomationRule, now: datetime) -> Overview:
    """What the automation would do at this moment, and what it did so far that waits for a person."""
    proposal = services.propose(company=company, rule=rule, now=now)
    missing = missing_budgets(company)
    return Overview(
        lists=(
            List("", "Would be made now", len(proposal.planned), proposal.planned),
            List("left-out", "Left out", len(proposal.left_out), proposal.left_out),
            List("missing", "Missing budget", missing.count(), missing),
        ),
        waiting=proposal.waiting,
    )


def missing_budgets(company: Company) -> QuerySet[ProPay]:
    """The open automatic ProPays whose job has no budget yet, by title."""
    propays = ProPay.objects.filter(NO_HOURS | NO_PRICE, company=company, is_automatic=True, status__in=LIVE_STATUSES)
    return propays.select_related("job").order_by("title", "pk")
