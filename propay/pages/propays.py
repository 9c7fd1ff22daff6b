"""The list of ProPays and the page of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Count, DecimalField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from propay import charts
from propay.figures import budget_minutes_of, contract_amount_of, terms_of, without_overtime, work_out
from propay.frozen.figures import figures_of
from propay.frozen.terms import thaw
from propay.models import (
    FROZEN_STATUSES,
    LIVE_STATUSES,
    BudgetTask,
    ProPay,
    Share,
    Snapshot,
    SnapshotEntry,
    SnapshotKind,
)
from propay.pages.job_time import JobTime, job_time
from propay.pages.parts import PoolParts, pool_parts
from propay.pages.steps import Steps, entries_url, steps_of
from propay.queries.bonus_overtime import bonus_overtime_of
from propay.queries.breaks import doubtful_breaks
from propay.queries.plausibility import implausible_on
from propay.queries.propays import with_terms
from propay.queries.settings import CrewRules, crew_rules
from propay.queries.time import DayTime, WorkerTime, time_by_day, time_of
from propay.rules.budgets import definition_of, filled_by_jobs
from propay.rules.figures import FIGURE_FIELDS, Figures
from propay.rules.states import ProPayStatus
from propay.rules.terms import ShareRole, TaskFigures, Terms
from propay.services.approval_questions import break_pointers
from protiv.accounts.models import Company
from protiv.kit.choices import LISTED_AT_MOST
from protiv.kit.pointers import Pointers
from protiv.kit.search import holding
from protiv.timekeeping.implausible import point_out
from protiv.timekeeping.models import Job, Worker
from protiv.timekeeping.selectors import LateWages, late_wages, told_apart

LIVE = Q(status__in=LIVE_STATUSES)
OVER_BUDGET = LIVE & Q(is_over_budget=True)
# No budget entered here or on the job, and none synced: there are no savings.
MISSING_BUDGET = LIVE & reduce(
    or_,
    (
        Q(
            **{column.column: None, f"job__typed_{column.column}": None, f"job__synced_{column.column}": None},
            budget_type=str(one.type),
        )
        for one in filled_by_jobs()
        if (column := one.job_column)
    ),
)
DRIFTED = Q(drifted_at__isnull=False)


# The list


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the list: its key in the URL, its label, and its number of ProPays."""

    key: str
    label: str
    count: int


TABS: dict[str, tuple[str, Q]] = {
    "": ("Open", LIVE),
    "pending": ("Pending", Q(status=ProPayStatus.PENDING)),
    "started": ("Started", Q(status=ProPayStatus.STARTED)),
    "over": ("Over budget", OVER_BUDGET),
    "missing": ("Missing budget", MISSING_BUDGET),
    "complete": ("Complete", Q(status=ProPayStatus.COMPLETE)),
    "approved": ("Approved", Q(status=ProPayStatus.APPROVED)),
    "drift": ("Changed after approval", DRIFTED),
    "paid": ("Paid", Q(status=ProPayStatus.PAID)),
    "canceled": ("Canceled", Q(status=ProPayStatus.CANCELED)),
    "all": ("All", Q()),
}
# Whether ProPays can be selected to be approved together.
APPROVABLE_TABS = ("", "started", "complete", "over")
SHOWN_WHEN_EMPTY = ("", "pending", "started", "over", "all")


def found_propays(*, company: Company, words: str = "", job_id: int | None = None) -> QuerySet[ProPay]:
    """The company's ProPays whose title or job contains every word."""
    found = ProPay.objects.filter(company=company)
    if job_id:
        found = found.filter(job=job_id)
    return holding(found, words, "title__icontains", "job__name__icontains", "job__number__icontains")


def tabs_of(found: QuerySet[ProPay]) -> list[Tab]:
    """The number of matches in each tab; one query."""
    counts = found.aggregate(**{f"n_{key}": Count("pk", filter=where) for key, (_label, where) in TABS.items()})
    tabs = [Tab(key, label, counts[f"n_{key}"]) for key, (label, _where) in TABS.items()]
    return [tab for tab in tabs if tab.count or tab.key in SHOWN_WHEN_EMPTY]


def in_tab(found: QuerySet[ProPay], tab: str) -> QuerySet[ProPay]:
    """The ProPays of a tab, newest first, with what a row shows."""
    where = TABS.get(tab, TABS[""])[1]
    return with_row(found.filter(where)).order_by("-pk")


def with_row(propays: QuerySet[ProPay]) -> QuerySet[ProPay]:
    """What a row of a list shows; `adjusted_pool` if drift was adjusted, because the columns stay as approved."""
    adjusted = Snapshot.objects.filter(propay=OuterRef("pk"), is_live=True, kind=SnapshotKind.ADJUSTMENT)
    pool = adjusted.annotate(pool=Cast(KT("figures__pool_amount"), DecimalField(max_digits=12, decimal_places=2)))
    return propays.select_related("job", "company", "manager__user").annotate(
        adjusted_pool=Subquery(pool.values("pool"))
    )


def jobs_with_propays(*, company: Company, chosen_id: int | None) -> list[Job]:
    """The first jobs to filter by, and the chosen one."""
    jobs = Job.objects.filter(company=company, pk__in=ProPay.objects.filter(company=company).values("job"))
    listed = list(jobs.order_by("-is_active", "name", "pk")[:LISTED_AT_MOST])
    if chosen_id and len(listed) == LISTED_AT_MOST and all(job.pk != chosen_id for job in listed):
        listed += jobs.filter(pk=chosen_id)
    return listed


# One ProPay


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A line of a budget by cost code, with its figures; None where an adjustment replaced the lines."""

    task: BudgetTask
    figures: TaskFigures | None

    @property
    def left(self) -> Decimal | None:
        """Budget less actual, in dollars; None while either is unknown."""
        if self.figures is None or self.figures.budget_amount is None or self.figures.actual_amount is None:
            return None
        return self.figures.budget_amount - self.figures.actual_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Everything that the page of a ProPay shows.

    `worked_out` is current or, once approved, what approval froze; the ProPay holds what is stored. `original_amount`
    is the budget without its adjustment, None where there is none. `late_wages` may be why a wage is missing.
    """

    propay: ProPay
    shares: list[Share]
    named_shares: list[Share]
    worked_out: Figures
    steps: Steps
    pool: PoolParts
    original_amount: Decimal | None
    budget_minutes: int | None
    contract_amount: Decimal | None
    tasks: list[TaskRow]
    chart: charts.Chart | None
    days: list[charts.Day]
    job_time: JobTime | None
    late_wages: LateWages | None

    @property
    def is_hours(self) -> bool:
        return definition_of(self.propay.budget_type).is_in_hours

    @property
    def budget_templates(self) -> list[str]:
        """The template that describes the budget: the type's own, else the general one."""
        return [f"propay/budgets/{self.propay.budget_type.lower()}.html", "propay/budgets/any.html"]

    @property
    def crew_amount(self) -> Decimal | None:
        """The total of the crew's shares."""
        amounts = [share.amount for share in self.shares if share.amount is not None]
        return sum(amounts, Decimal("0.00")) if self.propay.pool_amount is not None else None

    @property
    def pool_step(self) -> str:
        """The last step of the pool."""
        return next((key for key in ("disqualified", "penalties", "split") if self.steps.anchor(key)), "")

    @property
    def entries_url(self) -> str:
        return entries_url(self.propay)

    @property
    def other_tasks_minutes(self) -> int:
        """Counted time on cost codes without a line: it only adds cost."""
        return self.worked_out.actual_minutes - sum(row.figures.actual_minutes for row in self.tasks if row.figures)


def explained(propay: ProPay) -> Explained:
    """The page of one ProPay, loaded by `company_propays`: shares, the steps of every figure, and its days."""
    shares = list(Share.objects.filter(propay=propay).select_related("worker").order_by("-minutes", "worker_id"))
    names = {share.worker_id: share.worker.name for share in shares}
    snapshot = live_snapshot(propay)
    figures, original, days = _frozen(propay, snapshot) if snapshot else _live(propay, names)
    if snapshot and snapshot.kind == SnapshotKind.ADJUSTMENT:
        shares = _adjusted(propay, figures)
    budget_minutes = budget_minutes_of(propay)
    lines = {task.cost_code: task for task in figures.tasks}
    lacks_wages = any(share.cost_amount is None for share in shares if share.role == ShareRole.CREW)
    return Explained(
        propay=propay,
        shares=[share for share in shares if share.role == ShareRole.CREW],
        named_shares=[share for share in shares if share.role != ShareRole.CREW],
        worked_out=figures,
        steps=steps_of(figures, propay),
        pool=pool_parts(propay, figures),
        original_amount=original,
        budget_minutes=budget_minutes,
        contract_amount=contract_amount_of(propay),
        tasks=[TaskRow(task=task, figures=lines.get(task.cost_code_id)) for task in propay.tasks.all()],
        chart=charts.over_time(propay, days, budget_minutes=budget_minutes),
        days=days,
        job_time=job_time(propay.job, counts_travel=propay.counts_travel, first_day=propay.start_date, propay=propay),
        late_wages=late_wages(propay.company) if lacks_wages else None,
    )


def worked_out(propay: ProPay) -> Figures:
    """The applicable figures with their steps: what approval froze, else the current ones. Workers are not named."""
    snapshot = live_snapshot(propay)
    if snapshot is not None:
        return figures_of(snapshot.figures)
    rules = crew_rules(propay.company)
    return _worked_out(propay, time_of([propay.pk])[propay.pk], {}, rules, terms_of(propay, rules=rules))


def _worked_out(
    propay: ProPay, time: Sequence[WorkerTime], names: Mapping[int, str], rules: CrewRules, terms: Terms | None
) -> Figures:
    """Today's figures of a ProPay that isn't approved."""
    overtime = bonus_overtime_of(propay.company, {propay.pk: terms}).get(propay.pk)
    return work_out(propay, time, names=names, rules=rules, terms=terms, overtime=overtime)


_Parts = tuple[Figures, Decimal | None, list[charts.Day]]


def _live(propay: ProPay, names: Mapping[int, str]) -> _Parts:
    """Recalculated from one grouped query, with its original budget and its days."""
    time = time_of([propay.pk])[propay.pk]
    rules = crew_rules(propay.company)
    terms = terms_of(propay, rules=rules)
    figures = _worked_out(propay, time, names, rules, terms)
    return figures, _original_amount(propay, terms, time), charts.days_of(time_by_day(propay.pk))


def _adjusted(propay: ProPay, figures: Figures) -> list[Share]:
    """The shares owed since a drift was adjusted; also sets those figures on the ProPay shown. Stores nothing.

    The stored figures stay as approved.
    """
    for name in FIGURE_FIELDS:
        setattr(propay, name, getattr(figures, name))
    workers = Worker.objects.in_bulk({worker_id for worker_id, _role in figures.shares})
    shares = [
        Share(
            propay=propay,
            worker=workers[worker_id],
            role=role,
            minutes=share.minutes,
            cost_amount=share.cost_amount,
            amount=share.amount,
        )
        for (worker_id, role), share in figures.shares.items()
    ]
    return sorted(shares, key=lambda share: (-share.minutes, share.worker_id))


def _frozen(propay: ProPay, snapshot: Snapshot) -> _Parts:
    """What approval froze."""
    rows = SnapshotEntry.objects.filter(snapshot=snapshot).order_by("work_date", "wage")
    sums = rows.values_list("work_date", "wage").annotate(Sum("minutes"))
    days = charts.days_of(DayTime(work_date=day, wage=wage, minutes=minutes) for day, wage, minutes in sums)
    terms = thaw(snapshot.terms)
    time = [
        WorkerTime(
            propay_id=propay.pk,
            worker_id=row.worker_id,
            wage=row.wage,
            cost_code_id=row.cost_code_id,
            minutes=row.minutes,
            ot1_minutes=row.ot1_minutes,
            ot2_minutes=row.ot2_minutes,
            first_date=row.work_date,
        )
        for row in (rows if propay.adjustment_type else ())
    ]
    return figures_of(snapshot.figures), _original_amount(propay, terms, time), days


def live_snapshot(propay: ProPay) -> Snapshot | None:
    """The snapshot that says what is owed; None while nothing is approved."""
    if propay.status not in FROZEN_STATUSES:
        return None
    return Snapshot.objects.filter(propay=propay, is_live=True).first()


def _original_amount(propay: ProPay, terms: Terms | None, time: Sequence[WorkerTime]) -> Decimal | None:
    if terms is None or terms.adjustment is None:
        return None
    original = replace(without_overtime(terms), adjustment=None)
    return work_out(propay, time, names={}, terms=original, explains=False).budget_amount


def hours_to_check(propay: ProPay, today: date) -> Pointers | None:
    """Time on this ProPay that is probably a mistake (bonus.md 10.8), while its figures still follow time."""
    if propay.status not in LIVE_STATUSES:
        return None
    found = implausible_on(propay.company, [propay.pk], today=today)
    return point_out(found, company=propay.company).get(propay.pk)


def doubtful_breaks_of(propay: ProPay) -> Pointers | None:
    """Breaks of 21 to 29 minutes on this ProPay (bonus.md 11.9), while its figures still follow time."""
    if propay.status not in LIVE_STATUSES:
        return None
    breaks = doubtful_breaks([propay.pk]).get(propay.pk)
    return break_pointers(breaks, told_apart(one.worker_id for one in breaks)) if breaks else None


def company_propays(company: Company) -> QuerySet[ProPay]:
    """For the page of a single ProPay."""
    propays = ProPay.objects.filter(company=company).select_related(
        "company", "manager__user", "lead", "paid_manager", "plan_version__plan"
    )
    return with_terms(propays).prefetch_related("cost_codes")
