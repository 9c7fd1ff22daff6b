"""Negative corrections that couldn't be collected count against later ones; overtime is paid in full."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from propay import services
from propay.models import LineKind, Statement, StatementLine, StatementStatus
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
LATE = NOW + 12 * FORTNIGHT


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


def test_a_minus_of_an_unlocked_statement_is_set_against_the_open_plus(company, admin, pay, correct):
    pay()
    correct(840, NOW + FORTNIGHT)
    minus = lock_statement(Statement.objects.get(status=StatementStatus.OPEN))
    correct(600, NOW + 2 * FORTNIGHT)
    plus = Statement.objects.get(status=StatementStatus.OPEN)
    assert (minus.payable_amount, plus.payable_amount) == (0, 0)

    services.unlock_statement(company=company, actor=admin, statement_id=minus.pk, now=NOW)

    minus.refresh_from_db()
    plus.refresh_from_db()
    assert (minus.due_bonus_amount, plus.payable_amount, left()) == (0, 0, 0)


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
    services.add_adjustment(
        company=company,
        actor=admin,
        worker_ids=[ana.pk],
        deduction_category="ADVANCE",
        amount=Decimal("-230.00"),
        note="",
        start_date=period.start_date,
        now=NOW,
    )

    assert pay() == [Decimal("20.00")]

    assert StatementLine.objects.get(kind=LineKind.ADJUSTMENT).written_off_amount == Decimal("30.00")
    (row,) = planned_file(company=company, period=period, layout=GENERIC, options=OPTIONS).rows
    columns = (row.row.bonus_amount, row.row.federal_amount, row.row.state_extra_amount, row.row.deduction_amount)
    assert columns == (Decimal("200.00"), Decimal("20.00"), 0, Decimal("200.00"))
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


@pytest.fixture
def rolls_over(company):
    def rolls_over(is_on: bool) -> None:
        """Say whether negative balances carry over."""
        services.save_bonus_settings(
            company=company,
            actor=None,
            now=NOW,
            pay_period="BIWEEKLY",
            period_anchor_date=None,
            managers_approve=True,
            nets_losses=False,
            rolls_over_negative=is_on,
            payday_days=7,
        )

    return rolls_over


def test_only_the_bonus_column_carries_over(company, ana, pay, rolls_over):
    rolls_over(True)
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


def test_a_rolled_over_minus_still_belongs_to_its_propay(company, admin, pay, correct, rolls_over):
    """Carried over, then written off because the company stopped carrying: a later plus uses it up."""
    pay()
    correct(840, NOW + FORTNIGHT)
    rolls_over(True)
    assert pay(NOW + FORTNIGHT) == [Decimal("0.00")]
    rolls_over(False)
    assert pay(NOW + 2 * FORTNIGHT) == [Decimal("0.00")]
    assert left() == Decimal("40.00")

    correct(570, NOW + 3 * FORTNIGHT)

    assert Statement.objects.get(status=StatementStatus.OPEN).payable_amount == Decimal("5.00")


def test_each_propay_carries_its_own_part_over(company, ana, pay, rolls_over):
    rolls_over(True)
    kitchen, roof = (make_propay(factories.make_job(company, name)) for name in ("Kitchen", "Roof"))
    statement = make_statement(ana, "-10.00")
    for propay, role, amount in ((kitchen, "CREW", "-40.00"), (roof, "CREW", "-20.00"), (kitchen, "LEAD", "5.00")):
        make_line(statement, amount, propay=propay, role=role, **a_correction(propay))

    assert pay() == [Decimal("0.00")]

    carried = StatementLine.objects.filter(kind=LineKind.ROLLOVER).order_by("amount")
    assert [(one.propay, one.amount) for one in carried] == [
        (kitchen, Decimal("-35.00")),
        (roof, Decimal("-20.00")),
        (None, Decimal("-10.00")),
    ]


# One person, several ids (10.2) and several open statements


@pytest.fixture
def again(company, ana):
    """Another id of Ana's."""
    return factories.make_worker(company, "Ana Again", same_person_as=ana)


@pytest.fixture
def kitchen(company):
    return make_propay(factories.make_job(company, "Other kitchen"))


def a_correction(propay) -> dict:
    snapshot = propay.snapshots.first() or make_approved(propay, {})
    return {"kind": LineKind.DRIFT, "snapshot": snapshot, "category": None, "is_promised": None}


def a_true_up(propay, federal: str) -> dict:
    week = {"kind": LineKind.TRUE_UP, "week_start": MONDAY, "category": None}
    return {"propay": propay, "federal_amount": Decimal(federal), **week}


def payable() -> list[Decimal]:
    return [one.payable_amount for one in Statement.objects.order_by("start_date", "pk")]


def test_a_plus_of_one_id_uses_up_what_another_id_wrote_off(ana, again, kitchen, pay):
    make_line(make_statement(again), "-40.00", propay=kitchen, **a_correction(kitchen))
    pay()

    make_line(make_statement(ana), "50.00", propay=kitchen, **a_correction(kitchen))

    assert Statement.objects.get(worker=ana).payable_amount == Decimal("10.00")


def test_a_true_up_of_one_id_uses_up_what_another_id_wrote_off(ana, again, kitchen, pay):
    make_line(make_statement(again), "0.00", **a_true_up(kitchen, "-5.00"))
    pay()

    make_line(make_statement(ana), "0.00", **a_true_up(kitchen, "12.00"))

    assert Statement.objects.get(worker=ana).payable_amount == Decimal("7.00")


def test_open_statements_follow_a_link_and_its_end_but_paid_ones_stay(company, admin, ana, kitchen, pay):
    other = factories.make_worker(company, "Ana Other")
    make_line(make_statement(other), "-40.00", propay=kitchen, **a_correction(kitchen))
    pay()
    opened = make_statement(ana)
    make_line(opened, "50.00", propay=kitchen, **a_correction(kitchen))
    assert opened.payable_amount == Decimal("50.00")

    def set_person(primary) -> Decimal:
        values = {"company": company, "worker_id": other.pk, "primary_id": primary, "now": NOW}
        effect = services.preview_link(**values)
        services.set_person(actor=admin, seen=effect.seen, **values)
        opened.refresh_from_db()
        (change,) = effect.shown
        assert change.after == opened.payable_amount
        return opened.payable_amount

    assert set_person(ana.pk) == Decimal("10.00")
    assert set_person(None) == Decimal("50.00")
    assert Statement.objects.get(worker=other).written_off_amount == Decimal("40.00")


LATER = (MONDAY + 10 * FORTNIGHT, MONDAY + 11 * FORTNIGHT)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("amounts", [("12.00", "-5.00"), ("-5.00", "12.00")])
def test_a_negative_true_up_is_set_against_any_open_plus(company, admin, ana, kitchen, amounts, order):
    statements = [make_statement(ana), make_statement(ana, period=LATER)]
    for statement, amount in zip(statements, amounts, strict=True):
        make_line(statement, "0.00", **a_true_up(kitchen, amount))
    assert sum(payable()) == Decimal("7.00")

    for place in order:
        services.pay_statements(
            company=company, actor=admin, statement_ids=[statements[place].pk], pay_date=LATER[0], now=LATE
        )

    assert sum(one.paid_amount for one in Statement.objects.all()) == Decimal("7.00")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_negative_correction_is_set_against_any_open_plus(company, admin, ana, kitchen, order):
    statements = [make_statement(ana), make_statement(ana, period=LATER)]
    for statement, role, amount in zip(statements, ("CREW", "LEAD"), ("50.00", "-40.00"), strict=True):
        make_line(statement, amount, propay=kitchen, role=role, **a_correction(kitchen))
    assert payable() == [Decimal("10.00"), 0]

    for place in order:
        services.pay_statements(
            company=company, actor=admin, statement_ids=[statements[place].pk], pay_date=LATER[0], now=LATE
        )

    assert sum(one.paid_amount for one in Statement.objects.all()) == Decimal("10.00")
