"""The dashboard: the company's current state, and what to do next."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from propay.models import ProPay
from propay.pages.bonuses import BonusTotals, bonus_totals, live_shares
from propay.pages.propays import DRIFTED, LIVE, MISSING_BUDGET, OVER_BUDGET, with_row
from propay.pages.statements import open_questions, with_lines
from propay.rules.statement_states import UNPAID
from propay.rules.states import ProPayStatus
from propay.services.overdue import Overdue, overdue_of
from protiv.accounts.models import Company
from protiv.timekeeping.models import TimeEntry, Worker
from protiv.timekeeping.selectors import WORKED, LateWages, count_without_wage, late_wages


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """A to-do, and the name of the page for it."""

    title: str = ""
    text: str = ""
    action: str = ""
    url_name: str
    icon: str


# Its text depends on the connection, so the page takes it from the layer above (`why_nothing`).
CONNECT = NextStep(url_name="integration_list", icon="plug-connected")
ENTER_WAGES = NextStep(
    title="Enter wages",
    text="Some workers with time have no wage yet. Without a wage, Protiv can't calculate labor cost or a bonus.",
    action="Go to Team",
    url_name="worker_list",
    icon="users",
)
CREATE = NextStep(
    title="Create your first ProPay",
    text="Choose a job and set its labor budget. Protiv calculates the crew's share of the savings.",
    action="Create ProPay",
    url_name="propay_create",
    icon="report-money",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Work that needs a person: how many items, what they are, and the page (with its filter) for it."""

    count: int
    one: str
    many: str
    url_name: str
    query: str
    icon: str

    @property
    def text(self) -> str:
        return self.one if self.count == 1 else self.many


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardOverview:
    """The dashboard for admins and managers."""

    counts: dict[str, int]
    bonuses: BonusTotals
    this_week_minutes: int
    last_week_minutes: int
    week_start: datetime.date
    over_budget: Sequence[ProPay]
    incomplete: int
    recent: Sequence[ProPay]
    waiting: Sequence[Waiting]
    late_wages: LateWages | None
    overdue: Overdue
    next_steps: list[NextStep] = field(default_factory=list)


def overview(*, company: Company, today: datetime.date, limit: int = 6) -> DashboardOverview:
    """Counts, hours of this and last workweek, ProPays over budget, what is new, and what to do next."""
    week_start = company.workweek_start_date(today)
    this_week, last_week = _worked_minutes(company, week_start)
    propays = with_row(ProPay.objects.filter(company=company))
    counts = _counts(company)
    recent = list(propays.exclude(status=ProPayStatus.CANCELED).order_by("-pk")[:limit])
    return DashboardOverview(
        counts=counts,
        bonuses=bonus_totals(live_shares(company)),
        this_week_minutes=this_week,
        last_week_minutes=last_week,
        week_start=week_start,
        over_budget=list(propays.filter(OVER_BUDGET).order_by(F("saving_amount").asc(nulls_last=True), "pk")[:limit]),
        incomplete=ProPay.objects.filter(LIVE, company=company, pool_amount=None, actual_minutes__gt=0).count(),
        recent=recent,
        waiting=_waiting(company, today, counts),
        late_wages=late_wages(company),
        overdue=overdue_of(company, today),
        next_steps=_next_steps(company, today, has_propays=bool(recent)),
    )


def _counts(company: Company) -> dict[str, int]:
    """ProPays counted by status, over budget, without a budget, and changed since approval; one query."""
    names = {status.value.lower(): Count("pk", filter=Q(status=status)) for status in ProPayStatus}
    others = {"over": OVER_BUDGET, "drifted": DRIFTED, "without_budget": MISSING_BUDGET}
    names |= {name: Count("pk", filter=where) for name, where in others.items()}
    return ProPay.objects.filter(company=company).aggregate(**names)


def _waiting(company: Company, today: datetime.date, counts: dict[str, int]) -> list[Waiting]:
    """Open to-dos before payday."""
    ended = with_lines(company).filter(status__in=UNPAID, end_date__lt=today)
    found = [
        Waiting(
            count=counts["without_budget"],
            one="open ProPay has no budget: enter its budget hours or contract price",
            many="open ProPays have no budget: enter their budget hours or contract prices",
            url_name="propay_list",
            query="tab=missing",
            icon="calculator",
        ),
        Waiting(
            count=counts["complete"],
            one="ProPay is ready to approve",
            many="ProPays are ready to approve",
            url_name="propay_list",
            query="tab=complete",
            icon="circle-check",
        ),
        Waiting(
            count=counts["drifted"],
            one="approved ProPay changed after approval: adjust it or dismiss the change",
            many="approved ProPays changed after approval: adjust them or dismiss the changes",
            url_name="propay_list",
            query="tab=drift",
            icon="alert-triangle",
        ),
        Waiting(
            count=open_questions(company).count(),
            one="worker question needs an answer",
            many="worker questions need an answer",
            url_name="question_list",
            query="",
            icon="mail",
        ),
        Waiting(
            count=ended.count(),
            one="unpaid statement from a past pay period",
            many="unpaid statements from past pay periods",
            url_name="statement_list",
            query="",
            icon="receipt",
        ),
    ]
    return [one for one in found if one.count]


def _worked_minutes(company: Company, week_start: datetime.date) -> tuple[int, int]:
    """Worked minutes of the week that starts then and of the one before, using the index on the company's dates."""
    week = datetime.timedelta(days=7)
    entries = TimeEntry.objects.filter(
        WORKED,
        company=company,
        work_date__gte=week_start - week,
        work_date__lt=week_start + week,
    )
    sums = entries.aggregate(
        this=Coalesce(Sum("minutes", filter=Q(work_date__gte=week_start)), 0),
        last=Coalesce(Sum("minutes", filter=Q(work_date__lt=week_start)), 0),
    )
    return sums["this"], sums["last"]


def _next_steps(company: Company, today: datetime.date, *, has_propays: bool) -> list[NextStep]:
    """In the order in which to do them."""
    if not Worker.objects.filter(company=company).exists():
        return [CONNECT]
    steps = []
    if count_without_wage(company=company, day=today):
        steps.append(ENTER_WAGES)
    return steps if has_propays else [*steps, CREATE]
