"""Paying statements: once, permanently, nothing below zero."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.frozen.steps import steps_of
from propay.models import (
    BonusSettings,
    LineKind,
    Statement,
    StatementLine,
    StatementStatus,
)
from propay.rules.states import ProPayStatus
from propay.services import booking
from protiv.accounts.models import AuditEvent
from tests.make import factories
from tests.make.propays import NOW, make_approved, make_propay
from tests.make.statement_rows import NEXT_PERIOD, PAY_DATE, PERIOD, make_line, make_statement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_anchored")]


@pytest.fixture
def pay(company, admin):
    def pay(*statements, pay_date=PAY_DATE):
        return services.pay_statements(
            company=company, actor=admin, statement_ids=[one.pk for one in statements], pay_date=pay_date, now=NOW
        )

    return pay


def rolls_over(company):
    BonusSettings.objects.filter(company=company).update(rolls_over_negative=True)


def test_pay_statements_pays_many_and_returns_the_total(pay, admin, ana, ben):
    first, second = make_statement(ana, "100.10"), make_statement(ben, "0.20")

    payment = pay(first, second)

    assert (payment.paid, payment.amount, payment.below_zero, payment.already_paid) == (2, Decimal("100.30"), 0, ())
    paid = Statement.objects.get(pk=first.pk)
    assert (paid.status, paid.pay_date, paid.paid_amount) == (StatementStatus.PAID, PAY_DATE, Decimal("100.10"))
    assert (paid.paid_at, paid.paid_by) == (NOW, admin)
    event = AuditEvent.objects.get(action="statements.paid")
    assert event.summary == "Marked 2 statements as paid, 100.30 total, pay date Nov 13, 2026: Ana Ruiz, Ben Cole."


def test_pay_statements_pays_the_three_columns_together(pay, ana):
    statement = make_statement(ana, "100.00")
    job = factories.make_job(ana.company)
    fields = {"kind": LineKind.TRUE_UP, "propay": make_propay(job), "week_start": PERIOD[0]}
    make_line(
        statement, "0.00", federal_amount=Decimal("20.00"), state_extra_amount=Decimal("3.33"), category=None, **fields
    )

    pay(statement)

    assert Statement.objects.get().paid_amount == Decimal("123.33")


def test_pay_statements_reports_earlier_payments_and_pays_the_rest(pay, ana, ben):
    first, second = make_statement(ana, "100.00"), make_statement(ben, "50.00")
    pay(first, pay_date=date(2026, 11, 12))

    payment = pay(first, second)

    assert payment.paid == 1
    assert [one.pk for one in payment.already_paid] == [first.pk]
    assert Statement.objects.get(pk=first.pk).pay_date == date(2026, 11, 12)


def test_pay_statements_refuses_when_all_are_paid_already(pay, ana):
    statement = make_statement(ana, "100.00")
    pay(statement)

    with pytest.raises(ValidationError, match="Ana Ruiz was already marked paid by admin@acme.test, with pay date"):
        pay(statement, pay_date=date(2026, 11, 20))
    assert Statement.objects.get().pay_date == PAY_DATE


def test_pay_statements_ignores_another_companys_statements(pay):
    other = make_statement(factories.make_worker(factories.make_company()), "10.00")

    with pytest.raises(ValidationError, match="Select at least one statement to mark as paid."):
        pay(other)
    assert Statement.objects.get().status == StatementStatus.OPEN


@pytest.mark.parametrize(
    ("pay_date", "text"),
    [
        (None, "Enter the pay date"),
        (PERIOD[0] - timedelta(1), "before the pay period, which starts on Oct 26, 2026"),
        (date(2027, 11, 13), "more than 60 days away"),
    ],
)
def test_pay_statements_refuses_a_implausible_pay_date(pay, ana, pay_date, text):
    statement = make_statement(ana, "100.00")

    with pytest.raises(ValidationError, match=text) as refusal:
        pay(statement, pay_date=pay_date)
    assert list(refusal.value.error_dict) == ["pay_date"]
    assert Statement.objects.get().status == StatementStatus.OPEN


# Below zero


def test_a_negative_statement_is_paid_with_nothing_and_not_carried_over(pay, ana):
    payment = pay(make_statement(ana, "-40.00"))

    assert (payment.amount, payment.below_zero) == (Decimal("0.00"), 1)
    statement = Statement.objects.get()
    assert (statement.paid_amount, statement.total_amount) == (Decimal("0.00"), Decimal("-40.00"))


def test_a_negative_statement_is_carried_over_where_the_company_says_so(pay, company, ana):
    rolls_over(company)
    statement = make_statement(ana, "-40.00")
    fields = {"kind": LineKind.TRUE_UP, "propay": make_propay(factories.make_job(company)), "week_start": PERIOD[0]}
    make_line(statement, "0.00", federal_amount=Decimal("15.00"), category=None, **fields)

    pay(statement)

    assert Statement.objects.get(pk=statement.pk).paid_amount == Decimal("15.00")
    line = StatementLine.objects.select_related("statement").get(kind=LineKind.ROLLOVER)
    assert (line.statement.start_date, line.statement.end_date) == NEXT_PERIOD
    assert (line.amount, line.federal_amount, line.rolled_from_id) == (Decimal("-40"), Decimal("0"), statement.pk)
    assert line.statement.total_amount == Decimal("-40.00")
    assert steps_of(line.steps)[0].result == "-40.00"


def test_a_carried_over_balance_lowers_the_next_statement(pay, company, ana):
    rolls_over(company)
    first, second = make_statement(ana, "-40.00"), make_statement(ana, "100.00", period=NEXT_PERIOD)

    payment = pay(second, first)

    assert payment.amount == Decimal("60.00")
    assert Statement.objects.get(pk=second.pk).paid_amount == Decimal("60.00")
    assert not Statement.objects.filter(start_date__gt=NEXT_PERIOD[0]).exists()


def test_a_carried_over_balance_skips_a_paid_period(pay, company, ana):
    rolls_over(company)
    pay(make_statement(ana, "10.00", period=NEXT_PERIOD))
    pay(make_statement(ana, "-40.00"))

    assert StatementLine.objects.get(kind=LineKind.ROLLOVER).statement.start_date == NEXT_PERIOD[1] + timedelta(1)


def test_amounts_that_sum_to_zero_are_paid_as_zero(pay, company, ana):
    rolls_over(company)
    statement = make_statement(ana, "0.30")
    category = statement.lines.get().category
    for amount in ("-0.10", "-0.20"):
        make_line(statement, amount, category=category)

    assert pay(statement).below_zero == 0
    assert str(Statement.objects.get().paid_amount) == "0.00"
    assert not StatementLine.objects.filter(kind=LineKind.ROLLOVER).exists()


# The ProPays behind it


@pytest.fixture
def approved(company, ana, ben):
    """A ProPay of which Ana and Ben each have a share on their statements of the period."""
    propay = make_propay(factories.make_job(company, "Kitchen"))
    snapshot = make_approved(propay, {ana: "60.00", ben: "40.00"})
    shares = {(ana.pk, "CREW"): Decimal("60.00"), (ben.pk, "CREW"): Decimal("40.00")}
    period = booking.current_period(company=company, day=PERIOD[0])
    booking.book_shares(company=company, snapshot=snapshot, shares=shares, period=period, actor=None, now=NOW)
    return propay


def test_a_propay_is_paid_with_the_last_of_its_shares(pay, approved, ana, ben):
    pay(Statement.objects.get(worker=ana))
    approved.refresh_from_db()
    assert approved.status == ProPayStatus.APPROVED

    pay(Statement.objects.get(worker=ben))
    approved.refresh_from_db()
    assert approved.status == ProPayStatus.PAID


def test_a_removed_share_does_not_keep_a_propay_from_being_paid(pay, approved, ana, ben):
    StatementLine.objects.filter(worker=ben).update(amount=0)

    pay(Statement.objects.get(worker=ana))

    approved.refresh_from_db()
    assert approved.status == ProPayStatus.PAID


def test_pay_statements_takes_few_queries_for_many(pay, company, ana, django_assert_max_num_queries):
    statements = [make_statement(factories.make_worker(company), "10.00") for _ in range(30)]

    with django_assert_max_num_queries(17):
        pay(*statements)

    assert Statement.objects.filter(status=StatementStatus.PAID).count() == 30
