"""What the pages show, each from a fixed number of queries that start from the company."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from propay import charts
from propay.figures import Figures, budget_minutes_of, contract_amount_of, work_out
from propay.models import LIVE_STATUSES, BudgetType, ProPay, ProPayStatus, Share, ShareRole
from propay.selectors import CENT, time_by_day, worker_time
from protiv.accounts.models import Company, Membership
from protiv.timekeeping.choices import LISTED_AT_MOST
from protiv.timekeeping.models import Job, TimeEntry, Wage, Worker
from protiv.timekeeping.selectors import COUNTED, WORKED_KINDS

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
        """What all shares come to."""
        amounts = [share.amount for share in self.shares if share.amount is not None]
        return sum(amounts, Decimal("0.00")) if self.propay.pool_amount is not None else None


def explained(propay: ProPay) -> Explained:
    """The page of one ProPay: shares, the steps worked out anew from one grouped query, and its days."""
    shares = list(
        Share.objects.filter(propay=propay, role=ShareRole.CREW)
        .select_related("worker")
        .order_by("-minutes", "worker_id")
    )
    time = list(worker_time([propay.pk]))
    names = {share.worker_id: share.worker.name for share in shares}
    days = charts.days_of(time_by_day(propay.pk))
    budget_minutes = budget_minutes_of(propay)
    return Explained(
        propay=propay,
        shares=shares,
        worked_out=work_out(propay, time, names=names),
        budget_minutes=budget_minutes,
        contract_amount=contract_amount_of(propay),
        chart=charts.over_time(propay, days, budget_minutes=budget_minutes),
        days=days,
    )


def company_propays(company: Company) -> QuerySet[ProPay]:
    """For the page of one of them."""
    return (
        ProPay.objects.filter(company=company)
        .select_related("company", "job", "manager__user")
        .prefetch_related("cost_codes")
    )


# Bonuses


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusTotals:
    """All that a worker, or everybody, gets so far. `waiting` counts the shares that have no figure yet."""

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
    """Shares that are worked out but not approved: they may still change."""
    return Share.objects.filter(company=company, propay__status__in=LIVE_STATUSES)


def bonuses_by_worker(*, company: Company, words: str = "") -> QuerySet[Share, dict[str, Any]]:
    """A row per worker with `total_minutes`, `total_amount`, `propays` and `waiting`, the largest bonus first."""
    shares = live_shares(company)
    for word in words.split():
        shares = shares.filter(
            Q(worker__first_name__icontains=word)
            | Q(worker__middle_name__icontains=word)
            | Q(worker__last_name__icontains=word)
            | Q(worker__number=word)
        )
    names = ("worker__first_name", "worker__middle_name", "worker__last_name", "worker__number")
    return (
        shares.values("worker_id", *names)
        .annotate(**_TOTALS)
        .order_by(Coalesce("total_amount", Decimal(0)).desc(), "worker__last_name", "worker_id")
    )


def bonus_totals(shares: QuerySet[Share]) -> BonusTotals:
    """One query. SQLite adds floats up, so the sum is put back to cents."""
    total = shares.aggregate(**_TOTALS)
    return BonusTotals(
        minutes=total["total_minutes"],
        amount=(total["total_amount"] or Decimal(0)).quantize(CENT),
        propays=total["propays"],
        waiting=total["waiting"],
    )


def own_shares(membership: Membership) -> QuerySet[Share]:
    """The live shares of the worker whose sign-in this is; of nobody where none is tied to it."""
    return (
        live_shares(membership.company)
        .filter(worker__membership=membership)
        .select_related("propay__job", "worker")
        .order_by("-propay_id")
    )


def own_share(membership: Membership, propay: ProPay) -> Share | None:
    """The share in a ProPay of the worker whose sign-in this is."""
    return Share.objects.filter(propay=propay, worker__membership=membership).first()


def is_linked(membership: Membership) -> bool:
    """Whether this sign-in is tied to a worker, so that there can be time and a bonus."""
    return Worker.objects.filter(company_id=membership.company_id, membership=membership).exists()


# The dashboard


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """Something to do, and the name of the page where it is done."""

    title: str
    text: str
    action: str
    url_name: str
    icon: str


CONNECT = NextStep(
    title="Connect your time tracking",
    text="Hours come from the system your crew clocks in with. Connect it once, and they arrive by themselves.",
    action="Go to Integrations",
    url_name="integration_list",
    icon="plug-connected",
)
ENTER_WAGES = NextStep(
    title="Enter wages",
    text="Some people who clock time have no wage yet. Without it there is no labor cost, and no bonus.",
    action="Go to Team",
    url_name="worker_list",
    icon="users",
)
CREATE = NextStep(
    title="Create your first ProPay",
    text="Choose a job, say what its labor may cost, and the crew's share of the saving is worked out.",
    action="Create ProPay",
    url_name="propay_create",
    icon="report-money",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The dashboard of those who manage."""

    counts: dict[str, int]
    bonuses: BonusTotals
    this_week_minutes: int
    last_week_minutes: int
    week_start: datetime.date
    over_budget: Sequence[ProPay]
    incomplete: int
    recent: Sequence[ProPay]
    next_steps: list[NextStep] = field(default_factory=list)


def overview(*, company: Company, today: datetime.date, limit: int = 6) -> Overview:
    """Counts, hours of this and last workweek, what runs over budget, what is new and what to do next."""
    week_start = company.workweek_start_date(today)
    this_week, last_week = _worked_minutes(company, week_start)
    propays = ProPay.objects.filter(company=company).select_related("job", "company", "manager__user")
    recent = list(propays.exclude(status=ProPayStatus.CANCELED).order_by("-pk")[:limit])
    return Overview(
        counts=_counts(company),
        bonuses=bonus_totals(live_shares(company)),
        this_week_minutes=this_week,
        last_week_minutes=last_week,
        week_start=week_start,
        over_budget=list(propays.filter(OVER_BUDGET).order_by("saving_amount", "pk")[:limit]),
        incomplete=ProPay.objects.filter(LIVE, company=company, pool_amount=None, actual_minutes__gt=0).count(),
        recent=recent,
        next_steps=_next_steps(company, today, has_propays=bool(recent)),
    )


def _counts(company: Company) -> dict[str, int]:
    """How many ProPays stand in which status, `over` among them."""
    names = {status.value.lower(): Count("pk", filter=Q(status=status)) for status in ProPayStatus}
    return ProPay.objects.filter(company=company).aggregate(**names, over=Count("pk", filter=OVER_BUDGET))


def _worked_minutes(company: Company, week_start: datetime.date) -> tuple[int, int]:
    """Worked minutes of the week that starts then and of the one before, by the index on the company's dates."""
    week = datetime.timedelta(days=7)
    entries = TimeEntry.objects.filter(
        COUNTED,
        company=company,
        kind__in=WORKED_KINDS,
        work_date__gte=week_start - week,
        work_date__lt=week_start + week,
    )
    sums = entries.aggregate(
        this=Coalesce(Sum("minutes", filter=Q(work_date__gte=week_start)), 0),
        last=Coalesce(Sum("minutes", filter=Q(work_date__lt=week_start)), 0),
    )
    return sums["this"], sums["last"]


def _next_steps(company: Company, today: datetime.date, *, has_propays: bool) -> list[NextStep]:
    """In the order in which they are to be done."""
    if not Worker.objects.filter(company=company).exists():
        return [CONNECT]
    steps = []
    wages = Wage.objects.filter(company=company, start_date__lte=today)
    if Worker.objects.filter(company=company, is_active=True).exclude(pk__in=wages.values("worker")).exists():
        steps.append(ENTER_WAGES)
    return steps if has_propays else [*steps, CREATE]
