"""The demo's data: wages, a plan, and ProPays in every state, one of them paid."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum

from propay import services
from propay.models import ProPay, Statement, StatementLine
from propay.payroll.layouts import GENERIC
from propay.payroll.rows import PayrollOptions
from propay.rules.budgets import BudgetType
from propay.rules.pay_periods import Period
from propay.rules.terms import ShareRole
from propay.services.approval_questions import CHECKED_TIME
from protiv.accounts.models import Company, Membership, User
from protiv.timekeeping.models import CostCode, Job, Wage, Worker
from protiv.timekeeping.services import set_wage

WAGES = [Decimal(amount) for amount in ("22.50", "24.00", "26.50", "29.00", "31.75", "35.00")]
PAY_PERIODS_AGO = timedelta(days=21)
PAY_DAY = timedelta(days=3)  # after the end of a pay period


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The demo's setting: the company, the people, the first day with time, and the current time."""

    company: Company
    admin: User
    manager: Membership
    worker: Membership
    start_date: date
    now: datetime

    @property
    def today(self) -> date:
        return self.company.local_date(self.now)


def fill(stage: Stage) -> None:
    """Create the demo for a company that has hours and no ProPays."""
    _set_wages(stage)
    plan = services.create_plan(
        company=stage.company,
        actor=stage.admin,
        name="Standard crew",
        start_date=stage.start_date,
        lead_percent=Decimal(20),
        manager_percent=Decimal(10),
        company_percent=Decimal(10),
    )
    version = services.version_in_force(company=stage.company, plan=plan, day=stage.start_date)
    assert version is not None  # noqa: S101  # it starts on that very day
    terms: dict[str, Any] = {**services.terms_of_version(version)}
    jobs: list[Any] = list(busiest_jobs(stage.company)[:7])
    hours, contract, crew_only, paid, complete, changed, tasks = jobs
    _propay(stage, hours, **terms, budget_type=BudgetType.HOURS)
    _propay(stage, contract, **terms, budget_type=BudgetType.PERCENT_OF_CONTRACT, labor_percent=Decimal(35))
    _propay(stage, crew_only, budget_type=BudgetType.HOURS)
    done = _saving(stage, paid, end_date=stage.today - PAY_PERIODS_AGO)
    _link_worker(stage, done)
    _paid(stage, done)
    to_complete = _saving(stage, complete)
    services.complete_propay(company=stage.company, propay_id=to_complete.pk, actor=stage.admin, now=stage.now)
    _propay(stage, tasks, budget_type=BudgetType.TASKS, tasks=_lines(tasks))
    _changed_after_approval(stage, _saving(stage, changed), changed.last)
    _asks(stage)


def busiest_jobs(company: Company) -> "QuerySet[Job]":
    """Jobs with both budgets in the time-tracking system, those with the most hours first."""
    return (
        Job.objects.filter(company=company, synced_budget_minutes__isnull=False, synced_contract_amount__isnull=False)
        .annotate(
            first=Min("time_entries__work_date"),
            last=Max("time_entries__work_date"),
            worked=Sum("time_entries__minutes"),
        )
        .filter(worked__gt=0)
        .order_by("-worked", "pk")
    )


def _set_wages(stage: Stage) -> None:
    workers = Worker.objects.filter(company=stage.company).order_by("pk")
    Wage.objects.bulk_create(
        Wage(
            company=stage.company,
            worker=worker,
            start_date=stage.start_date,
            hourly_amount=WAGES[index % len(WAGES)],
        )
        for index, worker in enumerate(workers)
    )


def _propay(stage: Stage, on: Any, **terms: Any) -> ProPay:
    return services.create_propay(
        company=stage.company,
        actor=stage.admin,
        now=stage.now,
        **{
            "job": on,
            "title": f"{on.name} crew bonus",
            "manager": stage.manager,
            "start_date": on.first,
            "end_date": None,
            **terms,
        },
    )


def _saving(stage: Stage, job: Any, **terms: Any) -> ProPay:
    """With a fixed budget a quarter above the cost of its time, so that there is a bonus to share."""
    propay = _propay(stage, job, budget_type=BudgetType.AMOUNT, fixed_amount=Decimal(1), **terms)
    budget = ((propay.actual_amount or Decimal(0)) * Decimal("1.25")).quantize(Decimal(1))
    return services.edit_propay(
        company=stage.company, propay_id=propay.pk, actor=stage.admin, now=stage.now, fixed_amount=budget
    )


def _lines(job: Job) -> list[services.Task]:
    """A line for each cost code with time on the job, a tenth above the hours worked."""
    codes = CostCode.objects.filter(time_entries__job=job).annotate(worked=Sum("time_entries__minutes"))
    return [services.Task(cost_code=code, minutes=code.worked * 11 // 10) for code in codes.order_by("pk")]


def _paid(stage: Stage, propay: ProPay) -> None:
    """Approved a few weeks ago, and exported and paid after that pay period ended."""
    _approve(stage, propay, stage.now - PAY_PERIODS_AGO + timedelta(days=1))
    ends = dict(Statement.objects.filter(company=stage.company).values_list("pk", "end_date"))
    pay_date = max(ends.values()) + PAY_DAY
    paid_at = stage.now - (stage.today - pay_date)
    for start, end in set(Statement.objects.filter(company=stage.company).values_list("start_date", "end_date")):
        services.create_payroll_file(
            company=stage.company,
            actor=stage.admin,
            period=Period(start, end),
            layout=GENERIC,
            options=PayrollOptions(),
            now=paid_at,
        )
    services.pay_statements(
        company=stage.company,
        actor=stage.admin,
        statement_ids=list(ends),
        pay_date=pay_date,
        now=paid_at,
    )


def _approve(stage: Stage, propay: ProPay, now: datetime) -> None:
    checked = {propay.pk: {CHECKED_TIME.name: True}}
    services.approve_propays(company=stage.company, actor=stage.admin, propay_ids=[propay.pk], answers=checked, now=now)


def _changed_after_approval(stage: Stage, propay: ProPay, last_date: date) -> None:
    """A late raise for one crew member: the approved figures stay, and the page shows what changed."""
    _approve(stage, propay, stage.now)
    share = propay.shares.select_related("worker").filter(role=ShareRole.CREW).order_by("-minutes").first()
    if share is not None:
        set_wage(
            company=stage.company,
            worker=share.worker,
            start_date=last_date - timedelta(days=5),
            hourly_amount=Decimal("36.00"),
            actor=stage.admin,
            now=stage.now,
        )


def _link_worker(stage: Stage, propay: ProPay) -> None:
    """The demo worker's sign-in belongs to, and is named after, the worker with the most hours on it."""
    worker = Worker.objects.filter(shares__propay=propay).order_by("-shares__minutes", "pk").first()
    if worker is not None:
        worker.membership = stage.worker
        worker.save(update_fields=["membership"])
        user = stage.worker.user
        user.first_name, user.last_name = worker.first_name, worker.last_name
        user.save(update_fields=["first_name", "last_name"])


def _asks(stage: Stage) -> None:
    """The worker's question about a line, still unanswered."""
    line = StatementLine.objects.filter(company=stage.company, worker__membership=stage.worker).order_by("pk").first()
    if line is not None:
        services.ask_question(
            company=stage.company,
            actor=stage.worker.user,
            line_id=line.pk,
            text="Were my two hours on Friday counted?",
            now=stage.now,
        )
