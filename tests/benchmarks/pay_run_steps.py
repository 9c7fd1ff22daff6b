"""The company of the pay run benchmark, and what is measured on it. Django is set up before this is imported."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from propay import services
from propay.frozen.terms import freeze
from propay.models import (
    LineKind,
    PayRun,
    ProPay,
    Share,
    Snapshot,
    SnapshotKind,
    Statement,
    StatementLine,
)
from propay.rules.budgets import Budget, BudgetType
from propay.rules.states import ProPayStatus
from propay.rules.terms import Terms
from protiv.accounts.models import Company, Membership, PayPolicy, Role, User
from protiv.timekeeping.models import Job, Worker
from tests.make.browser import Browser

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
FIRST_DAY = date(2026, 8, 3)
TWO_WEEKS = timedelta(days=14)
CREW = 20
BATCH = 1_000

TERMS = freeze(Terms(budget=Budget(type=BudgetType.AMOUNT, amount=Decimal(5000))))


def build(statements: int, *, periods: int) -> Company:
    """A company whose workers have one share each per pay period, of a ProPay with a crew of twenty."""
    company = Company.objects.create(name="Bench", slug="bench", time_zone="America/Denver")
    PayPolicy.objects.create(company=company)
    user = User.objects.create_user(email="admin@bench.test", password="bench")
    Membership.objects.create(company=company, user=user, role=Role.ADMIN)
    job = Job.objects.create(company=company, connection_id=1, external_id="1", name="Job")
    workers = Worker.objects.bulk_create(
        [
            Worker(company=company, connection_id=1, external_id=str(number), first_name="W", last_name=f"No{number}")
            for number in range(statements)
        ],
        batch_size=BATCH,
    )
    for index in range(periods):
        with transaction.atomic():
            _approve(company, job, workers, index)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return company


def period(index: int) -> tuple[date, date]:
    first = FIRST_DAY + index * TWO_WEEKS
    return first, first + TWO_WEEKS - timedelta(days=1)


def _approve(company: Company, job: Job, workers: list[Worker], index: int) -> None:
    """The approved ProPays of a pay period as rows: shares, snapshots, statements, lines."""
    start, end = period(index)
    fields = {"company": company, "job": job, "budget_type": BudgetType.AMOUNT, "fixed_amount": Decimal(5000)}
    propays = ProPay.objects.bulk_create(
        ProPay(**fields, title=f"ProPay {number}", start_date=start) for number in range(0, len(workers), CREW)
    )
    of = {worker.pk: propays[number // CREW] for number, worker in enumerate(workers)}
    snapshots = Snapshot.objects.bulk_create(
        Snapshot(
            company=company, propay=one, number=1, kind=SnapshotKind.APPROVAL, terms=TERMS, figures={}, created_at=NOW
        )
        for one in propays
    )
    snapshot_of = {one.propay_id: one for one in snapshots}
    amount = Decimal("25.17")
    Share.objects.bulk_create(
        [Share(company=company, propay=of[worker.pk], worker=worker, minutes=600, amount=amount) for worker in workers],
        batch_size=BATCH,
    )
    ProPay.objects.filter(pk__in=[one.pk for one in propays]).update(status=ProPayStatus.APPROVED)
    statements = Statement.objects.bulk_create(
        [
            Statement(company=company, worker=worker, start_date=start, end_date=end, bonus_amount=amount)
            for worker in workers
        ],
        batch_size=BATCH,
    )
    StatementLine.objects.bulk_create(
        [
            StatementLine(
                company=company,
                statement=statement,
                worker_id=statement.worker_id,
                kind=LineKind.SHARE,
                propay=of[statement.worker_id],
                snapshot=snapshot_of[of[statement.worker_id].pk],
                role="CREW",
                amount=amount,
                created_at=NOW,
            )
            for statement in statements
        ],
        batch_size=BATCH,
    )


def signed_in() -> Client:
    client = Browser()
    client.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def bare_update(company: Company, index: int) -> None:
    """The limit: one statement of SQL by the driver."""
    start, _end = period(index)
    with connection.cursor() as cursor:
        mark = "%s" if connection.vendor == "postgresql" else "?"
        raw = cursor.cursor
        raw.execute(
            "UPDATE propay_statement SET status = 'PAID', pay_date = '2026-11-27',"  # only marks
            " paid_amount = bonus_amount + federal_amount + state_extra_amount, paid_at = '2026-11-24 18:00:00'"
            f" WHERE company_id = {mark} AND start_date = {mark} AND status = 'OPEN'",
            (company.pk, start.isoformat()),
        )
        if not raw.rowcount:
            raise RuntimeError("nothing was paid")


def get(client: Client, name: str, index: int) -> None:
    """A page on a pay period."""
    start, end = period(index)
    answer = client.get(f"{reverse(name)}?period={start}_{end}", secure=True)
    if answer.status_code != 200:
        raise RuntimeError(f"{name}: {answer.status_code}")


def click(client: Client, index: int) -> None:
    """What the button does, up to the page with the progress."""
    start, end = period(index)
    address = f"{reverse('pay_run_start')}?period={start}_{end}"
    answer = client.post(address, {"pay_date": "2026-11-27"}, secure=True)
    if answer.status_code != 302:
        raise RuntimeError(re.sub(r"<[^>]+>", " ", answer.content.decode())[-500:])


def work() -> None:
    """What the task does."""
    run = PayRun.objects.latest("pk")
    services.work_pay_run(pay_run_id=run.pk, clock=lambda: NOW)
    run.refresh_from_db()
    unpaid = ProPay.objects.filter(status=ProPayStatus.APPROVED, start_date=run.start_date).count()
    if run.done_count != run.total_count or unpaid:
        raise RuntimeError("not all was paid")


def poll(client: Client) -> None:
    """The fragment that asks for itself."""
    answer = client.get(reverse("pay_run_progress", args=[PayRun.objects.latest("pk").pk]), secure=True)
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code}")
