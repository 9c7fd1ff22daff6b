"""From when which rules for overtime on a bonus apply: stored, refused, recalculated (bonus.md 11.4)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.models import LineKind, Statement, StatementStatus
from propay.services import booking, true_ups
from protiv.accounts.models import AuditEvent, PayPolicy
from tests.make import factories
from tests.make.propays import NOW, make_approved, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
THURSDAY = date(2026, 11, 19)


@pytest.fixture
def approved(company, ana):
    """An approved bonus of 64.00 for four days of 9:30: nothing over 40 hours, six over 8 a day."""
    job = factories.make_job(company, "Kitchen")
    entries = [factories.make_entry(ana, job, minutes=570, work_date=MONDAY + timedelta(day)) for day in range(4)]
    propay = make_propay(job)
    snapshot = make_approved(propay, {ana: "64.00"}, dict.fromkeys(entries, "20.00"))
    booking.book_shares(
        company=company,
        snapshot=snapshot,
        shares={(ana.pk, "CREW"): Decimal("64.00")},
        period=booking.current_period(company=company, day=company.local_date(NOW)),
        actor=None,
        now=NOW,
    )
    true_ups.update_true_ups(company=company, propay_ids=[propay.pk], now=NOW)
    return propay


@pytest.fixture
def save(company, admin):
    def save(from_date=None, **changes) -> PayPolicy:
        values = factories.policy_values(**changes)
        return services.save_pay_policy(company=company, from_date=from_date, actor=admin, now=NOW, **values)

    return save


def overtime_of(statement: Statement) -> tuple[str, str]:
    statement.refresh_from_db()
    return (str(statement.federal_amount), str(statement.state_extra_amount))


def pay(statement: Statement) -> None:
    Statement.objects.filter(pk=statement.pk).update(
        status=StatementStatus.PAID, pay_date=date(2026, 11, 20), paid_amount=0
    )


def test_another_rule_recalculates_what_is_not_paid(approved, save):
    statement = Statement.objects.get()
    assert overtime_of(statement) == ("0.00", "0.00")

    save(state="CA")
    assert overtime_of(statement) == ("0.00", "18.00")  # case C2
    save(state="CA", method="PRODUCTION")
    assert overtime_of(statement) == ("0.00", "5.05")
    save()
    assert overtime_of(statement) == ("0.00", "0.00")


def test_another_rule_changes_nothing_that_was_paid(approved, save):
    statement = Statement.objects.get()
    pay(statement)

    save(state="CA")

    assert overtime_of(statement) == ("0.00", "0.00")
    assert Statement.objects.count() == 1


def test_another_workweek_recalculates_what_is_not_paid(company, ana, approved, save):
    # 38 h from Monday to Thursday; with the Sunday before it, 48 h in the week from Sunday on.
    factories.make_entry(ana, factories.make_job(company), minutes=600, work_date=MONDAY - timedelta(1))

    save(workweek_start="SUNDAY")

    # 0.5 × 64.00 / 48 h × 8 h
    assert overtime_of(Statement.objects.get()) == ("5.33", "0.00")
    assert Statement.objects.get().lines.get(kind=LineKind.TRUE_UP).week_start == MONDAY - timedelta(1)


def test_a_later_policy_changes_no_week_before_it(company, ana, approved, save):
    factories.make_entry(ana, factories.make_job(company), minutes=600, work_date=MONDAY + timedelta(4))
    true_ups.update_all_true_ups(company=company, now=NOW)
    before = overtime_of(Statement.objects.get())
    assert before == ("5.33", "0.00")

    save(THURSDAY, workweek_start="THURSDAY", state="CA")

    assert overtime_of(Statement.objects.get()) == before
    company.refresh_from_db()
    assert company.workweek_start_date(THURSDAY - timedelta(1)) == date(2026, 11, 16)
    assert company.workweek_start_date(THURSDAY + timedelta(6)) == THURSDAY


def test_a_first_day_that_is_not_of_its_own_workweek_is_refused(company, save):
    with pytest.raises(ValidationError, match="2026-11-23"):
        save(THURSDAY, state="CA")

    assert PayPolicy.objects.count() == 1
    assert not AuditEvent.objects.exists()


def test_saving_is_recorded(company, admin, save):
    save(THURSDAY, workweek_start="THURSDAY", state="CA")

    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.target) == (admin, "pay_policy.saved", f"company:{company.pk}")
    assert event.summary.startswith("Set the pay rules from Nov 19, 2026 on: workweek from Thursday 00:00, California")
