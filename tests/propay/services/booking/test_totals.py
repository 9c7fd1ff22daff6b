"""Negative corrections that couldn't be collected count against later ones; overtime is paid in full."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from propay import services
from propay.models import AdjustmentCategory, LineKind, Statement, StatementLine, StatementStatus
from propay.payroll.layouts import GENERIC
from propay.queries.payroll import planned_file
from propay.rules.pay_periods import Period
from propay.services import booking, true_ups
from protiv.timekeeping.models import TimeEntry
from tests.make import factories
from tests.make.locked import lock_statement
from tests.make.payroll_rows import OPTIONS
from tests.make.propays import NOW, make_approved, make_propay
from tests.make.statement_rows import make_line, make_statement

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
FORTNIGHT = timedelta(days=14)


@pytest.fixture
def entry(company, ana):
    job = factories.make_job(company, "Kitchen")
    factories.make_entry(ana, job, minutes=600, work_date=MONDAY + timedelta(days=1))
    return factories.make_entry(ana, job, minutes=600, work_date=MONDAY)


@pytest.fixture
def propay(company, admin, entry):
    """Approved: Ana's 20 hours cost 400.00 of 900.00, so she gets 250.00."""
    propay = make_propay(entry.job, fixed_amount=Decimal("900.00"))
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    return propay


@pytest.fixture
def pay(company, admin):
    def pay(now=NOW) -> list[Decimal]:
        """Pay everything that is open; return the amounts."""
        unpaid = Statement.objects.exclude(status=StatementStatus.PAID).order_by("start_date")
        ids = list(unpaid.values_list("pk", flat=True))
        services.pay_statements(
            company=company, actor=admin, statement_ids=ids, pay_date=company.local_date(now), now=now
        )
        return [one.paid_amount for one in Statement.objects.filter(pk__in=ids).order_by("start_date")]

    return pay


@pytest.fixture
def correct(company, admin, entry, propay):
    def correct(minutes: int, now) -> None:
        """Say that the entry has so many minutes, and adjust what that changes."""
        TimeEntry.objects.filter(pk=entry.pk).update(minutes=minutes)
        services.refresh(company=company, job_ids={entry.job_id}, now=now)
        seen = services.drift_of(company=company, propay_id=propay.pk).worked.digest
        services.resolve_drift_by_adjusting(
            company=company, propay_id=propay.pk, actor=admin, note="", seen=seen, now=now
        )

    return correct


def left() -> Decimal:
    return sum((line.total_written_off for line in StatementLine.objects.filter(propay__isnull=False)), Decimal(0))


# N5 to N7


@pytest.fixture
def owed_after(pay, correct):
    def owed_after(minutes: int) -> tuple[Decimal, Decimal]:
        """What is owed, and what is left of the 40.00 written off, once the entry has so many minutes."""
        assert pay() == [Decimal("250.00")]
        correct(840, NOW + FORTNIGHT)
        assert pay(NOW + FORTNIGHT) == [Decimal("0.00")]
        assert left() == Decimal("40.00")
        correct(minutes, NOW + 2 * FORTNIGHT)
        owed = Statement.objects.get(status=StatementStatus.OPEN).payable_amount
        assert pay(NOW + 2 * FORTNIGHT) == [owed]
        return owed, left()

    return owed_after


def test_case_n5_an_undone_correction_is_not_owed_again(owed_after):
    assert owed_after(600) == (0, 0)


def test_case_n6_only_what_goes_beyond_the_correction_is_owed(owed_after):
    assert owed_after(510) == (Decimal("15.00"), 0)


def test_case_n7_a_smaller_plus_leaves_some_of_what_was_written_off(owed_after):
    assert owed_after(690) == (0, Decimal("15.00"))


def test_a_locked_statement_keeps_what_is_written_off_until_it_is_unlocked(company, admin, pay, correct):
    pay()
    correct(840, NOW + FORTNIGHT)
    minus = lock_statement(Statement.objects.get(status=StatementStatus.OPEN))
    correct(600, NOW + 2 * FORTNIGHT)
    plus = Statement.objects.get(status=StatementStatus.OPEN)
    assert (minus.payable_amount, plus.payable_amount) == (0, 0)

    services.unlock_statement(company=company, actor=admin, statement_id=minus.pk, now=NOW)

    plus.refresh_from_db()
    assert plus.payable_amount == Decimal("40.00")
    assert left() == 0


def test_what_a_paid_plus_used_up_stays_not_collected_after_an_unlock(company, admin, pay, correct):
    pay()
    correct(840, NOW + FORTNIGHT)
    minus = lock_statement(Statement.objects.get(status=StatementStatus.OPEN))
    correct(600, NOW + 2 * FORTNIGHT)
    plus = Statement.objects.get(status=StatementStatus.OPEN)
    services.pay_statements(
        company=company, actor=admin, statement_ids=[plus.pk], pay_date=plus.start_date, now=NOW + 2 * FORTNIGHT
    )

    services.unlock_statement(company=company, actor=admin, statement_id=minus.pk, now=NOW)

    minus.refresh_from_db()
    assert (minus.due_bonus_amount, left()) == (0, 0)


# Columns (N10)


def test_overtime_is_never_eaten_by_a_deduction(company, admin, ana, pay):
    """N10, take-back YES: share 200.00, true-up 20.00, deduction 230.00."""
    job = factories.make_job(company, "Kitchen")
    propay = make_propay(job)
    entry = factories.make_entry(ana, job, minutes=3000, work_date=MONDAY)
    snapshot = make_approved(propay, {ana: "200.00"}, {entry: "20.00"})
    period = booking.current_period(company=company, day=company.local_date(NOW))
    shares = {(ana.pk, "CREW"): Decimal("200.00")}
    booking.book_shares(company=company, snapshot=snapshot, shares=shares, period=period, actor=None, now=NOW)
    true_ups.update_true_ups(company=company, propay_ids=[propay.pk], now=NOW)
    category = AdjustmentCategory.objects.create(company=company, name="Advance")
    services.add_adjustment(
        company=company,
        actor=admin,
        worker_ids=[ana.pk],
        category_id=category.pk,
        amount=Decimal("-230.00"),
        note="",
        start_date=period.start_date,
        now=NOW,
    )

    assert pay() == [Decimal("20.00")]

    assert StatementLine.objects.get(kind=LineKind.ADJUSTMENT).written_off_amount == Decimal("30.00")
    (row,) = planned_file(company=company, period=period, layout=GENERIC, options=OPTIONS).rows
    columns = (row.row.bonus_amount, row.row.federal_amount, row.row.state_extra_amount)
    assert columns == (0, Decimal("20.00"), 0)
    assert Statement.objects.get().difference_amount == Decimal("30.00")


def test_negative_overtime_of_one_propay_is_not_set_against_another(company, ana, pay):
    one, other = (make_propay(factories.make_job(company, name)) for name in ("Kitchen", "Roof"))
    statement = make_statement(ana)
    week = {"kind": LineKind.TRUE_UP, "week_start": MONDAY, "category": None}
    make_line(statement, "0.00", federal_amount=Decimal("-5.00"), propay=one, **week)
    make_line(statement, "0.00", federal_amount=Decimal("20.00"), propay=other, **week)

    assert pay() == [Decimal("20.00")]

    assert StatementLine.objects.get(propay=one).written_off_federal == Decimal("5.00")
    later = make_statement(ana, period=(MONDAY + 10 * FORTNIGHT, MONDAY + 11 * FORTNIGHT))
    make_line(later, "0.00", federal_amount=Decimal("12.00"), propay=one, **week)
    assert later.payable_amounts == (0, Decimal("7.00"), 0)


def test_only_the_bonus_column_carries_over(company, ana, pay):
    services.save_bonus_settings(
        company=company,
        actor=None,
        now=NOW,
        pay_period="BIWEEKLY",
        period_anchor_date=None,
        overtime_rule="FEDERAL",
        overtime_method="FLAT_SUM",
        managers_approve=True,
        nets_losses=False,
        rolls_over_negative=True,
    )
    statement = make_statement(ana, "-40.00")
    propay = make_propay(factories.make_job(company))
    week = {"kind": LineKind.TRUE_UP, "week_start": MONDAY, "category": None, "propay": propay}
    make_line(statement, "0.00", federal_amount=Decimal("-5.00"), **week)

    assert pay() == [Decimal("0.00")]

    carried = StatementLine.objects.get(kind=LineKind.ROLLOVER)
    assert (carried.amount, carried.federal_amount) == (Decimal("-40.00"), 0)
    assert Period(carried.statement.start_date, carried.statement.end_date) > Period(
        statement.start_date, statement.end_date
    )
