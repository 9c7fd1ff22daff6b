"""Pays a whole pay period with one click: a task in batches, with progress, that continues where a dead worker stopped.

Each batch is one transaction under the company's lock and pays unpaid statements, so that two workers on one run, or a
run and someone paying by hand, pay nothing twice.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, Sum
from django_q.tasks import async_task

from propay.models import OPEN_PAY_RUNS, PayRun, PayRunState, Statement
from propay.rules.pay_periods import Period
from propay.rules.trace import day as in_words
from propay.rules.trace import dollars
from propay.services import booking
from propay.services.paying import checked_pay_date, pay_unpaid, payable
from propay.services.shared import BATCH, lock, record_event
from protiv.accounts.models import Company, User
from protiv.kit.money import CENT

PAY_RUN_TASK = "propay.tasks.work_pay_run"
MAX_ATTEMPTS = 5
# A batch takes a second; no heartbeat for this long means that the worker died or the task was lost.
LOST_AFTER = timedelta(minutes=3)


def start_pay_run(
    *, company: Company, actor: User | None, start_date: date, end_date: date, pay_date: date | None, now: datetime
) -> PayRun:
    """Pay all open and locked statements of this pay period in the background.

    Refused (ValidationError) without a plausible pay date, while another pay run is active, or with nothing to pay.
    """
    with transaction.atomic():
        company = lock(company)
        day = checked_pay_date(pay_date, start_date=start_date, today=company.local_date(now))
        if PayRun.objects.filter(company=company, state__in=OPEN_PAY_RUNS).exists():
            raise ValidationError("A pay run is already in progress. Wait until it finishes, then start another.")
        chosen = payable(company, Period(start_date, end_date))
        booking.refuse_unanswered(chosen.values("pk"))
        count = chosen.count()
        if not count:
            raise ValidationError("No unpaid statements in this pay period. All are paid.")
        run = PayRun.objects.create(
            company=company,
            start_date=start_date,
            end_date=end_date,
            pay_date=day,
            total_count=count,
            created_by=actor,
            created_at=now,
        )
        period = f"{in_words(start_date)} to {in_words(end_date)}"
        summary = f"Started a pay run: {count} statements, {period}, pay date {in_words(day)}."
        record_event(company.pk, actor, "pay_run.started", f"pay_run:{run.pk}", summary)
        _enqueue(run)
        return run


def work_pay_run(*, pay_run_id: int, clock: Callable[[], datetime]) -> None:
    """Pay unpaid statements, batch by batch, to the end. `resume_pay_runs` retries it if anything stops it."""
    begun = PayRun.objects.filter(pk=pay_run_id, state__in=OPEN_PAY_RUNS, attempt_count__lt=MAX_ATTEMPTS)
    # The attempt is counted before the work, so that a run that keeps getting killed ends eventually.
    if not begun.update(state=PayRunState.RUNNING, attempt_count=F("attempt_count") + 1, worked_at=clock()):
        return
    try:
        while _pay_batch(pay_run_id, clock()):
            pass
    except Exception:
        text = (
            "Something went wrong on our end. Statements already marked paid stay paid. We'll retry the rest in a few "
            "minutes."
        )
        PayRun.objects.filter(pk=pay_run_id, state=PayRunState.RUNNING).update(error_text=text)
        raise


def resume_pay_runs(*, now: datetime) -> None:
    """For the tick: pay runs without a heartbeat get a new task, and fail after `MAX_ATTEMPTS`."""
    quiet = Q(worked_at__lt=now - LOST_AFTER) | Q(worked_at__isnull=True, created_at__lt=now - LOST_AFTER)
    for run in PayRun.objects.filter(quiet, state__in=OPEN_PAY_RUNS).order_by("pk"):
        unchanged = PayRun.objects.filter(pk=run.pk, state=run.state, worked_at=run.worked_at)
        if run.attempt_count >= MAX_ATTEMPTS:
            _give_up(run, now)
        elif unchanged.update(worked_at=now):
            _enqueue(run)


def _enqueue(run: PayRun) -> None:
    transaction.on_commit(lambda: async_task(PAY_RUN_TASK, run.pk))


def _pay_batch(pay_run_id: int, now: datetime) -> bool:
    """Pay one batch in one transaction; return whether there may be more to pay."""
    with transaction.atomic():
        company = lock(Company.objects.get(pay_runs=pay_run_id))
        run = PayRun.objects.select_for_update().filter(pk=pay_run_id, state=PayRunState.RUNNING).first()
        if run is None:  # failed, or completed by another worker
            return False
        ids = list(
            payable(company, Period(run.start_date, run.end_date)).order_by("pk").values_list("pk", flat=True)[:BATCH]
        )
        if not ids:
            _finish(run, now)
            return False
        paid = pay_unpaid(
            company=company,
            statement_ids=ids,
            pay_date=run.pay_date,
            actor=run.created_by,
            now=now,
            pay_run=run,
        )
        run.done_count += len(paid)
        run.total_count = max(run.total_count, run.done_count)
        run.worked_at, run.error_text = now, ""
        run.save(update_fields=["done_count", "total_count", "worked_at", "error_text"])
        return True


def _finish(run: PayRun, now: datetime) -> None:
    run.state, run.ended_at, run.worked_at, run.error_text = PayRunState.DONE, now, now, ""
    run.save(update_fields=["state", "ended_at", "worked_at", "error_text"])
    paid = Statement.objects.filter(pay_run=run).aggregate(total=Sum("paid_amount"))["total"] or Decimal(0)
    summary = (
        f"Marked {run.done_count} statements as paid, {dollars(paid.quantize(CENT))} total: "
        f"{in_words(run.start_date)} to {in_words(run.end_date)}, pay date {in_words(run.pay_date)}."
    )
    record_event(run.company_id, run.created_by, "pay_run.done", f"pay_run:{run.pk}", summary)


def _give_up(run: PayRun, now: datetime) -> None:
    """Show the failure. A worker that comes back later finds the run ended and pays nothing more."""
    text = (
        f"The pay run failed {run.attempt_count} times. {run.done_count} of {run.total_count} statements are paid and "
        "stay paid; the rest are still unpaid. Start another pay run for them. If it fails too, contact support."
    )
    with transaction.atomic():
        open_run = PayRun.objects.filter(pk=run.pk, state__in=OPEN_PAY_RUNS, worked_at=run.worked_at)
        if open_run.update(state=PayRunState.FAILED, ended_at=now, error_text=text):
            record_event(run.company_id, None, "pay_run.failed", f"pay_run:{run.pk}", text)
