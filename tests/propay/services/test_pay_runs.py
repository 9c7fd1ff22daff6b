"""A whole pay period paid with one click: in batches, and on to the end whatever happens to a worker."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services, tasks
from propay.models import BonusSettings, LineKind, PayRun, PayRunState, Statement, StatementLine, StatementStatus
from propay.services import pay_runs
from protiv.accounts.models import AuditEvent
from tests.make import factories
from tests.make.propays import NOW
from tests.make.statement_rows import NEXT_PERIOD, PAY_DATE, PERIOD, make_statement

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def queued(monkeypatch, company) -> list[int]:
    """Ids of the pay runs that were handed to the cluster; nothing is committed in a test, so at once."""
    BonusSettings.objects.create(company=company, period_anchor_date=PERIOD[0])
    ids: list[int] = []

    def async_task(path, run_id):
        assert path == f"{tasks.work_pay_run.__module__}.{tasks.work_pay_run.__name__}"
        ids.append(run_id)

    monkeypatch.setattr(pay_runs, "async_task", async_task)
    monkeypatch.setattr(pay_runs.transaction, "on_commit", lambda do: do())
    return ids


@pytest.fixture
def statements(company):
    return [make_statement(factories.make_worker(company), "10.00") for _ in range(5)]


@pytest.fixture
def start(company, admin):
    def start(period=PERIOD, pay_date=PAY_DATE) -> PayRun:
        return services.start_pay_run(
            company=company, actor=admin, start_date=period[0], end_date=period[1], pay_date=pay_date, now=NOW
        )

    return start


def work(run, now=NOW):
    services.work_pay_run(pay_run_id=run.pk, clock=lambda: now)
    run.refresh_from_db()


def paid_count() -> int:
    return Statement.objects.filter(status=StatementStatus.PAID).count()


class Broken(Exception):
    """What no code expects."""


@pytest.fixture
def breaks(monkeypatch):
    """Let the n-th batch from now on fail before it is committed; 0 lets all be."""

    def breaks(batch: int) -> None:
        left = iter(range(1, 1000))

        def pay_unpaid(**arguments):
            paid = pay_unpaid_really(**arguments)
            if next(left) == batch:
                raise Broken
            return paid

        monkeypatch.setattr(pay_runs, "pay_unpaid", pay_unpaid)

    pay_unpaid_really = pay_runs.pay_unpaid
    return breaks


def test_start_pay_run_queues_the_work_and_pays_nothing_yet(start, statements, queued):
    run = start()

    assert (run.state, run.total_count, run.done_count) == (PayRunState.QUEUED, 5, 0)
    assert queued == [run.pk]
    assert paid_count() == 0
    assert AuditEvent.objects.get(action="pay_run.started").summary.startswith("Started a pay run: 5 statements")


def test_work_pay_run_pays_the_period_and_nothing_else(start, statements, company, admin):
    later = make_statement(statements[0].worker, "7.00", period=NEXT_PERIOD)
    other = make_statement(factories.make_worker(factories.make_company()), "7.00")
    empty = make_statement(factories.make_worker(company))
    run = start()

    work(run)

    assert (run.state, run.done_count, run.ended_at) == (PayRunState.DONE, 5, NOW)
    paid = Statement.objects.filter(status=StatementStatus.PAID)
    assert set(paid) == set(statements)
    assert {(one.pay_date, one.paid_by, one.pay_run_id) for one in paid} == {(PAY_DATE, admin, run.pk)}
    assert {one.pk for one in Statement.objects.exclude(pk__in=paid)} == {later.pk, other.pk, empty.pk}
    assert "Marked 5 statements as paid, 50.00 total" in AuditEvent.objects.get(action="pay_run.done").summary


def test_work_pay_run_carries_over_what_is_below_zero(start, company):
    BonusSettings.objects.filter(company=company).update(rolls_over_negative=True)
    statement = make_statement(factories.make_worker(company), "-8.00")

    work(start())

    line = StatementLine.objects.select_related("statement").get(kind=LineKind.ROLLOVER)
    assert (line.amount, line.statement.start_date) == (Decimal("-8.00"), NEXT_PERIOD[0])
    assert Statement.objects.get(pk=statement.pk).paid_amount == 0


def test_work_pay_run_shows_what_stopped_it_and_continues(start, statements, monkeypatch, breaks):
    monkeypatch.setattr(pay_runs, "BATCH", 2)
    run = start()
    breaks(2)

    with pytest.raises(Broken):
        work(run)
    run.refresh_from_db()
    assert (run.state, run.done_count, paid_count()) == (PayRunState.RUNNING, 2, 2)
    assert "Statements already marked paid stay paid." in run.error_text

    breaks(0)
    work(run)
    assert (run.state, run.done_count, run.attempt_count, run.error_text) == (PayRunState.DONE, 5, 2, "")
    assert paid_count() == 5


def test_work_pay_run_that_is_done_does_nothing_more(start, statements):
    run = start()
    work(run)

    work(run, NOW + MINUTE)

    assert (run.ended_at, run.done_count, run.attempt_count) == (NOW, 5, 1)
    assert AuditEvent.objects.filter(action="pay_run.done").count() == 1


def test_work_pay_run_skips_statements_paid_by_hand(start, statements, company, admin):
    run = start()
    services.pay_statements(
        company=company, actor=admin, statement_ids=[statements[0].pk], pay_date=date(2026, 11, 12), now=NOW
    )

    work(run)

    assert (run.state, run.total_count, run.done_count) == (PayRunState.DONE, 5, 4)
    assert Statement.objects.get(pk=statements[0].pk).pay_date == date(2026, 11, 12)


def test_the_task_pays_by_the_clock(start, statements):
    run = start()

    tasks.work_pay_run(run.pk)

    run.refresh_from_db()
    assert (run.state, paid_count()) == (PayRunState.DONE, 5)


# Refusals


def test_start_pay_run_refuses_a_second_one(start, statements):
    make_statement(statements[0].worker, "7.00", period=NEXT_PERIOD)
    run = start()

    with pytest.raises(ValidationError, match="A pay run is already in progress."):
        start(NEXT_PERIOD)

    work(run)
    assert start(NEXT_PERIOD).total_count == 1


def test_start_pay_run_refuses_where_nothing_is_open(start, statements):
    work(start())

    with pytest.raises(ValidationError, match="No unpaid statements"):
        start()


@pytest.mark.parametrize("pay_date", [None, PERIOD[0] - timedelta(1), date(2028, 1, 1)])
def test_start_pay_run_refuses_a_implausible_pay_date(start, statements, pay_date):
    with pytest.raises(ValidationError) as refusal:
        start(pay_date=pay_date)
    assert list(refusal.value.error_dict) == ["pay_date"]
    assert not PayRun.objects.exists()


# The tick


def test_resume_pay_runs_leaves_a_run_that_gives_heartbeats(start, statements, queued):
    run = start()
    PayRun.objects.update(state=PayRunState.RUNNING, worked_at=NOW)

    services.resume_pay_runs(now=NOW + MINUTE)

    assert queued == [run.pk]


def test_resume_pay_runs_gives_a_lost_run_one_new_task(start, statements, queued):
    run = start()

    services.resume_pay_runs(now=NOW + 5 * MINUTE)
    services.resume_pay_runs(now=NOW + 5 * MINUTE)

    assert queued == [run.pk, run.pk]
    work(run, NOW + 6 * MINUTE)
    assert (run.state, paid_count()) == (PayRunState.DONE, 5)


def test_resume_pay_runs_fails_a_run_after_five_attempts(start, statements, monkeypatch, breaks, queued):
    monkeypatch.setattr(pay_runs, "BATCH", 2)
    run = start()
    breaks(2)
    with pytest.raises(Broken):
        work(run)
    PayRun.objects.update(attempt_count=pay_runs.MAX_ATTEMPTS)

    services.resume_pay_runs(now=NOW + 5 * MINUTE)

    run.refresh_from_db()
    assert run.state == PayRunState.FAILED
    assert "2 of 5 statements are paid and stay paid; the rest are still unpaid" in run.error_text
    assert queued == [run.pk]
    assert AuditEvent.objects.get(action="pay_run.failed").actor is None

    breaks(0)
    work(run)
    assert paid_count() == 2, "a task that comes late pays nothing"
    second = start()
    work(second)
    assert (second.total_count, second.done_count, paid_count()) == (3, 3, 5)


def test_a_worker_of_a_failed_run_stops_at_its_next_batch(start, statements, monkeypatch):
    monkeypatch.setattr(pay_runs, "BATCH", 2)
    run = start()
    looks = iter(["begin", "first batch"])

    def clock():
        if next(looks, None) is None:
            PayRun.objects.filter(pk=run.pk).update(state=PayRunState.FAILED, ended_at=NOW)
        return NOW

    services.work_pay_run(pay_run_id=run.pk, clock=clock)

    assert paid_count() == 2


def test_a_batch_takes_the_same_few_queries_for_any_number(start, statements, django_assert_max_num_queries):
    run = start()

    with django_assert_max_num_queries(32):
        work(run)
