"""The list of ProPays and the page of one."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from propay import charts
from propay.figures import Figures, budget_minutes_of, contract_amount_of, work_out
from propay.models import LIVE_STATUSES, BudgetType, ProPay, ProPayStatus, Share, ShareRole
from propay.selectors import time_by_day, time_of, with_terms, workers_without_bonus
from protiv.accounts.models import Company
from protiv.timekeeping.choices import LISTED_AT_MOST
from protiv.timekeeping.models import Job

LIVE = Q(status__in=LIVE_STATUSES)
OVER_BUDGET = LIVE & Q(saving_amount__lt=0)


# The list


@dataclass(frozen=True, slots=True)
class Tab:
    """One choice of the list: its key in the address, its words, and how many ProPays it has."""

    key: str
    label: str
    count: int


TABS: dict[str, tuple[str, Q]] = {
    "": ("Open", LIVE),
    "pending": ("Pending", Q(status=ProPayStatus.PENDING)),
    "started": ("Started", Q(status=ProPayStatus.STARTED)),
    "over": ("Over budget", OVER_BUDGET),
    "complete": ("Complete", Q(status=ProPayStatus.COMPLETE)),
    "approved": ("Approved", Q(status=ProPayStatus.APPROVED)),
    "paid": ("Paid", Q(status=ProPayStatus.PAID)),
    "canceled": ("Canceled", Q(status=ProPayStatus.CANCELED)),
    "all": ("All", Q()),
}
SHOWN_WHEN_EMPTY = ("", "pending", "started", "over", "all")


def found_propays(*, company: Company, words: str = "", job_id: int | None = None) -> QuerySet[ProPay]:
    """The company's ProPays whose title or job holds every one of the words."""
    found = ProPay.objects.filter(company=company)
    if job_id:
        found = found.filter(job=job_id)
    for word in words.split():
        found = found.filter(Q(title__icontains=word) | Q(job__name__icontains=word) | Q(job__number__icontains=word))
    return found


def tabs_of(found: QuerySet[ProPay]) -> list[Tab]:
    """How many of those found stand in which tab; one query."""
    counts = found.aggregate(**{f"n_{key}": Count("pk", filter=where) for key, (_label, where) in TABS.items()})
    tabs = [Tab(key, label, counts[f"n_{key}"]) for key, (label, _where) in TABS.items()]
    return [tab for tab in tabs if tab.count or tab.key in SHOWN_WHEN_EMPTY]


def in_tab(found: QuerySet[ProPay], tab: str) -> QuerySet[ProPay]:
    """Those of a tab, newest first, with what a row shows."""
    where = TABS.get(tab, TABS[""])[1]
    return found.filter(where).select_related("job", "company", "manager__user").order_by("-pk")


def jobs_with_propays(*, company: Company, chosen_id: int | None) -> list[Job]:
    """The first jobs to filter by, and the one that is chosen."""
    jobs = Job.objects.filter(company=company, pk__in=ProPay.objects.filter(company=company).values("job"))
    listed = list(jobs.order_by("-is_active", "name", "pk")[:LISTED_AT_MOST])
    if chosen_id and len(listed) == LISTED_AT_MOST and all(job.pk != chosen_id for job in listed):
        listed += jobs.filter(pk=chosen_id)
    return listed


# One ProPay


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Everything that the page of a ProPay shows. `worked_out` is of this moment; the ProPay holds what is stored."""

    propay: ProPay
    shares: list[Share]
    named_shares: list[Share]
    worked_out: Figures
    budget_minutes: int | None
    contract_amount: Decimal | None
    chart: charts.Chart | None
    days: list[charts.Day]

    @property
    def is_hours(self) -> bool:
        return self.propay.budget_type == BudgetType.HOURS

    @property
    def crew_amount(self) -> Decimal | None:
        """What the crew's shares come to."""
        amounts = [share.amount for share in self.shares if share.amount is not None]
        return sum(amounts, Decimal("0.00")) if self.propay.pool_amount is not None else None


def explained(propay: ProPay) -> Explained:
    """The page of one ProPay: shares, the steps worked out anew from one grouped query, and its days."""
    shares = list(Share.objects.filter(propay=propay).select_related("worker").order_by("-minutes", "worker_id"))
    time = time_of([propay.pk])[propay.pk]
    names = {share.worker_id: share.worker.name for share in shares}
    days = charts.days_of(time_by_day(propay.pk))
    budget_minutes = budget_minutes_of(propay)
    return Explained(
        propay=propay,
        shares=[share for share in shares if share.role == ShareRole.CREW],
        named_shares=[share for share in shares if share.role != ShareRole.CREW],
        worked_out=work_out(propay, time, names=names, no_bonus=workers_without_bonus(propay.company)),
        budget_minutes=budget_minutes,
        contract_amount=contract_amount_of(propay),
        chart=charts.over_time(propay, days, budget_minutes=budget_minutes),
        days=days,
    )


def company_propays(company: Company) -> QuerySet[ProPay]:
    """For the page of one of them."""
    propays = ProPay.objects.filter(company=company).select_related(
        "company", "manager__user", "lead", "paid_manager", "plan_version__plan"
    )
    return with_terms(propays).prefetch_related("cost_codes")
