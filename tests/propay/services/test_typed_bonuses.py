"""Bonuses entered by hand: overtime on promised ones, none on discretionary ones (bonus.md 10.4)."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from propay import services
from propay.models import AdjustmentCategory, LineKind, LineMessage, Statement, StatementLine
from propay.services import locking, true_ups
from protiv.timekeeping.models import TimeEntry
from tests.make import factories
from tests.make.locked import lock_statement
from tests.make.propays import NOW

pytestmark = pytest.mark.django_db
WEEK = (date(2026, 11, 2), date(2026, 11, 6))


@pytest.fixture
def hours(company, ana):
    """45 hours in one week, 30 in the next."""
    job = factories.make_job(company)
    days = [(2, 540), (3, 540), (4, 540), (5, 540), (6, 540), (9, 600), (10, 600), (11, 600)]
    for day, minutes in days:
        factories.make_entry(ana, job, minutes=minutes, work_date=date(2026, 11, day))


@pytest.fixture
def add(company, admin, ana, hours):
    category = AdjustmentCategory.objects.create(company=company, name="Safety")

    def add(amount: str = "300.00", earned: tuple[date, date] | None = WEEK) -> Statement:
        (statement,) = services.add_adjustment(
            company=company,
            actor=admin,
            worker_ids=[ana.pk],
            category_id=category.pk,
            deduction_category="ADVANCE",
            amount=Decimal(amount),
            note="",
            start_date=company.local_date(NOW),
            earned=earned,
            now=NOW,
        )
        statement.refresh_from_db()
        return statement

    return add


def true_ups_booked() -> list[str]:
    lines = StatementLine.objects.filter(kind=LineKind.TRUE_UP).order_by("pk")
    return [str(line.federal_amount) for line in lines]


def change_hours(company, ana, minutes: int) -> None:
    TimeEntry.objects.filter(work_date=WEEK[1]).update(minutes=minutes)
    true_ups.update_true_ups_of(company=company, worker_days={(ana.pk, WEEK[1])}, now=NOW)


@pytest.mark.parametrize(
    ("earned", "expected"),
    [(WEEK, ["16.67"]), (None, []), ((WEEK[0], date(2026, 11, 13)), ["10.00"]), ((WEEK[1], WEEK[1]), ["16.67"])],
)
def test_a_promised_bonus_is_spread_by_the_hours_on_its_days(add, earned, expected):
    """N4; 300.00 over both weeks is 180.00 for the one with 45 hours."""
    statement = add(earned=earned)

    assert true_ups_booked() == expected
    assert statement.total_amount == Decimal("300.00") + sum(map(Decimal, expected))


def test_a_deduction_has_no_overtime(add):
    add("-300.00", earned=None)

    assert true_ups_booked() == []
    with pytest.raises(ValidationError, match="No overtime is due on a deduction"):
        add("-300.00")


def test_later_hours_change_an_open_bonus_and_go_to_the_next_statement_once_locked(company, ana, add):
    statement = add()
    change_hours(company, ana, 840)
    assert true_ups_booked() == ["30.00"]
    lock_statement(statement)

    change_hours(company, ana, 540)

    assert true_ups_booked() == ["30.00", "-13.33"]
    following = Statement.objects.get(status="OPEN")
    assert (following.federal_amount, following.payable_amount) == (Decimal("-13.33"), 0)
    change_hours(company, ana, 840)
    assert true_ups_booked() == ["30.00"]


def test_a_removed_bonus_takes_its_overtime_with_it(company, admin, add):
    add()
    line = StatementLine.objects.get(kind=LineKind.ADJUSTMENT)

    services.remove_adjustment(company=company, actor=admin, line_id=line.pk, now=NOW)

    assert not StatementLine.objects.exists()


def test_a_removed_bonus_is_kept_for_a_question_about_its_overtime(company, admin, add):
    add()
    line = StatementLine.objects.get(kind=LineKind.ADJUSTMENT)
    LineMessage.objects.create(company=company, line=line.true_ups.get(), text="Why?", created_at=NOW)

    services.remove_adjustment(company=company, actor=admin, line_id=line.pk, now=NOW)

    assert [one.total_amount for one in StatementLine.objects.all()] == [0, 0]


@pytest.fixture
def corrected(company, ana, add):
    """A bonus on an open statement whose overtime is on a locked one, too: it was locked while hours changed."""
    statement = add()
    lock_statement(statement)
    change_hours(company, ana, 840)
    lock_statement(Statement.objects.get(status="OPEN"))
    services.unlock_statement(company=company, actor=None, statement_id=statement.pk, now=NOW)
    return StatementLine.objects.get(kind=LineKind.ADJUSTMENT)


def test_a_removed_bonus_corrects_its_overtime_on_locked_statements(company, admin, corrected):
    services.remove_adjustment(company=company, actor=admin, line_id=corrected.pk, now=NOW)

    assert sum(map(Decimal, true_ups_booked())) == 0


def test_an_answer_cant_change_overtime_on_locked_statements(company, admin, corrected):
    with pytest.raises(ValidationError, match="Overtime on this bonus is on a locked or paid statement"):
        services.answer_adjustment(company=company, actor=admin, line_id=corrected.pk, earned=None, now=NOW)


def test_an_unanswered_bonus_is_neither_locked_nor_paid(company, admin, add):
    statement = add(earned=None)
    line = StatementLine.objects.get()
    StatementLine.objects.update(is_promised=None)
    payment = {"company": company, "actor": admin, "pay_date": statement.start_date, "now": NOW}
    dates = {"start_date": statement.start_date, "end_date": statement.end_date}

    with pytest.raises(ValidationError, match="for Ana Ruiz. Open the statement and answer"):
        services.pay_statements(statement_ids=[statement.pk], **payment)
    with pytest.raises(ValidationError, match="Overtime may be due"):
        services.start_pay_run(**dates, **payment)
    with pytest.raises(ValidationError, match="Overtime may be due"), transaction.atomic():
        locking.lock_statements(company=company, open_ones=[statement], now=NOW)

    services.answer_adjustment(company=company, actor=admin, line_id=line.pk, earned=WEEK, now=NOW)
    assert true_ups_booked() == ["16.67"]
    assert services.pay_statements(statement_ids=[statement.pk], **payment).amount == Decimal("316.67")
    with pytest.raises(ValidationError, match="locked or paid"):
        services.answer_adjustment(company=company, actor=admin, line_id=line.pk, earned=None, now=NOW)


def test_an_exempt_worker_gets_no_overtime_on_a_promised_bonus(company, admin, ana, add):
    add()

    factories.set_exempt(ana)
    true_ups.update_open_true_ups_of(company=company, worker_id=ana.pk, now=NOW)

    assert true_ups_booked() == []
