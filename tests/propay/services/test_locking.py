"""Locked statements stand as paid ones do; what comes meanwhile goes to the next open one (bonus.md 10.7)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.models import (
    AdjustmentCategory,
    LineKind,
    LineMessage,
    Statement,
    StatementLine,
    StatementStatus,
)
from propay.rules.states import ProPayStatus
from propay.services import booking, true_ups
from protiv.accounts.models import AuditEvent
from protiv.timekeeping.models import TimeEntry
from tests.make import factories
from tests.make.locked import lock_statement
from tests.make.propays import NOW, checked, make_propay
from tests.make.statement_rows import PAY_DATE, PERIOD, make_statement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_anchored")]
MONDAY = date(2026, 11, 2)


@pytest.fixture
def propay(company, admin, ana):
    """A bonus of 2,000.00 on 50 hours of one week, approved: the true-up is 200.00."""
    job = factories.make_job(company, "Kitchen")
    factories.make_entry(ana, job, minutes=3000, work_date=MONDAY)
    propay = make_propay(job)
    services.refresh(company=company, now=NOW)
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], answers=checked(propay), now=NOW)
    return propay


@pytest.fixture
def locked(propay):
    return lock_statement(Statement.objects.get())


@pytest.fixture
def unlock(company, admin):
    def unlock(statement):
        return services.unlock_statement(company=company, actor=admin, statement_id=statement.pk, now=NOW)

    return unlock


def pay(company, admin, *statements):
    ids = [one.pk for one in statements]
    return services.pay_statements(company=company, actor=admin, statement_ids=ids, pay_date=PAY_DATE, now=NOW)


def lengthen(company, ana, minutes=600):
    """Ten more hours elsewhere in the week of the bonus."""
    factories.make_entry(ana, factories.make_job(company), minutes=minutes, work_date=MONDAY + timedelta(1))
    true_ups.update_true_ups_of(company=company, worker_days={(ana.pk, MONDAY)}, now=NOW)


def true_up_lines(statement):
    lines = statement.lines.filter(kind=LineKind.TRUE_UP).order_by("pk")
    return [(str(line.federal_amount), str(line.state_extra_amount)) for line in lines]


def open_statement():
    return Statement.objects.get(status=StatementStatus.OPEN)


def test_a_true_up_that_changes_meanwhile_goes_to_the_next_open_statement(company, ana, locked):
    lengthen(company, ana)

    # 0.5 × 2,000 / 60 × 20 is 333.33, of which 200.00 are locked.
    assert true_up_lines(locked) == [("200.00", "0.00")]
    assert true_up_lines(open_statement()) == [("133.33", "0.00")]
    assert open_statement().start_date == locked.end_date + timedelta(1)


def test_a_typed_amount_goes_to_the_next_open_statement(company, admin, ana, locked):
    category = AdjustmentCategory.objects.create(company=company, name="Other")
    found = services.add_adjustment(
        company=company,
        actor=admin,
        worker_ids=[ana.pk],
        category_id=category.pk,
        amount=Decimal("7.77"),
        note="",
        start_date=locked.start_date,
        now=NOW,
    )

    assert [one.start_date for one in found] == [locked.end_date + timedelta(1)]
    periods = booking.next_open_periods(company=company, worker_ids=[ana.pk], day=locked.start_date)
    assert periods[ana.pk].start_date == locked.end_date + timedelta(1)


def test_a_locked_adjustment_is_not_removed(company, admin, ana):
    line = make_statement(ana, "10.00").lines.get()
    lock_statement(line.statement)

    with pytest.raises(ValidationError, match="on a locked statement and can't be removed"):
        services.remove_adjustment(company=company, actor=admin, line_id=line.pk, now=NOW)


def test_a_propay_with_a_locked_line_is_not_unapproved(company, admin, propay, locked):
    with pytest.raises(ValidationError, match=r"can't be unapproved. Unlock the statement for Ana Ruiz first"):
        services.unapprove_propay(company=company, propay_id=propay.pk, actor=admin, reason="Typo", now=NOW)

    services.unlock_statement(company=company, actor=admin, statement_id=locked.pk, now=NOW)
    services.unapprove_propay(company=company, propay_id=propay.pk, actor=admin, reason="Typo", now=NOW)
    assert not StatementLine.objects.exists()


def test_a_change_of_rules_leaves_a_locked_statement_and_its_later_corrections(company, ana, locked):
    factories.set_policy(company, state="CA")
    true_ups.update_all_true_ups(company=company, now=NOW)
    assert true_up_lines(locked) == [("200.00", "0.00")]

    lengthen(company, ana)

    assert true_up_lines(open_statement()) == [("133.33", "0.00")]


def test_paying_a_locked_statement_keeps_the_rules_of_its_lock(company, admin, ana, propay, locked):
    factories.set_policy(company, state="CA")

    payment = pay(company, admin, locked)

    statement = Statement.objects.get()
    assert (payment.paid, payment.amount) == (1, Decimal("2200.00"))
    assert (statement.status, statement.paid_amount) == (StatementStatus.PAID, Decimal("2200.00"))
    assert statement.overtime_policy == locked.overtime_policy
    propay.refresh_from_db()
    assert propay.status == ProPayStatus.PAID


def test_a_propay_is_not_paid_while_a_share_of_it_is_locked(company, admin, ana, ben):
    factories.make_wage(ben, "20.00")
    job = factories.make_job(company)
    for worker in (ana, ben):
        factories.make_entry(worker, job, minutes=600, work_date=MONDAY)
    propay = make_propay(job)
    services.refresh(company=company, now=NOW)
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], answers=checked(propay), now=NOW)
    first, second = Statement.objects.order_by("pk")
    lock_statement(first)

    pay(company, admin, second)
    propay.refresh_from_db()
    assert propay.status == ProPayStatus.APPROVED

    pay(company, admin, first)
    propay.refresh_from_db()
    assert propay.status == ProPayStatus.PAID


def test_a_pay_run_pays_what_is_open_and_what_is_locked(company, admin, ana, ben):
    lock_statement(make_statement(ana, "100.00"))
    make_statement(ben, "50.00")

    dates = {"start_date": PERIOD[0], "end_date": PERIOD[1], "pay_date": PAY_DATE}
    run = services.start_pay_run(company=company, actor=admin, now=NOW, **dates)
    services.work_pay_run(pay_run_id=run.pk, clock=lambda: NOW)

    assert run.total_count == 2
    assert {one.paid_amount for one in Statement.objects.all()} == {Decimal("100.00"), Decimal("50.00")}


# Unlocking


def test_an_unlocked_statement_is_open_under_the_rules_of_today(company, admin, ana, locked, unlock):
    factories.set_policy(company, state="CA")

    statement = unlock(locked)

    assert (statement.status, statement.locked_at, statement.overtime_policy) == (StatementStatus.OPEN, None, None)
    # One day of 50 hours: 8 straight, 4 over, 38 double; 2,000 / 8 × (6 + 76), of which 200.00 are federal.
    assert true_up_lines(statement) == [("200.00", "20300.00")]
    event = AuditEvent.objects.get(action="statement.unlocked")
    assert event.actor == admin
    assert event.summary.startswith("Unlocked the statement for Ana Ruiz, Nov")


def test_a_true_up_that_came_meanwhile_is_one_line_again_after_unlocking(company, ana, locked, unlock):
    lengthen(company, ana)
    meanwhile = open_statement()

    statement = unlock(locked)

    assert true_up_lines(statement) == [("333.33", "0.00")]
    assert true_up_lines(meanwhile) == []
    assert Statement.objects.get(pk=meanwhile.pk).total_amount == 0
    assert Statement.objects.get(pk=statement.pk).total_amount == Decimal("2333.33")


def test_a_question_by_the_line_that_came_meanwhile_stays_after_unlocking(company, ana, locked, unlock):
    lengthen(company, ana)
    line = open_statement().lines.get()
    LineMessage.objects.create(company=company, line=line, text="Why?", created_at=NOW)

    unlock(locked)
    TimeEntry.objects.filter(minutes=600).update(minutes=1200)
    true_ups.update_true_ups_of(company=company, worker_days={(ana.pk, MONDAY)}, now=NOW)

    line.refresh_from_db()
    assert line.total_amount == 0
    # 0.5 × 2,000 / 70 × 30
    assert true_up_lines(Statement.objects.get(pk=locked.pk)) == [("428.57", "0.00")]


@pytest.mark.parametrize("state", ["open", "paid"])
def test_only_a_locked_statement_is_unlocked(company, admin, ana, unlock, state):
    statement = make_statement(ana, "10.00")
    if state == "paid":
        pay(company, admin, statement)

    with pytest.raises(ValidationError, match=f"is {state}, so it can't be unlocked"):
        unlock(statement)


def test_another_companys_statement_is_not_unlocked(unlock):
    other = lock_statement(make_statement(factories.make_worker(factories.make_company()), "10.00"))

    with pytest.raises(Statement.DoesNotExist):
        unlock(other)
    assert Statement.objects.get().status == StatementStatus.LOCKED
