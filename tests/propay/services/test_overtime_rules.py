"""Paid by the rules of that day: a later change of the rules, and a late edit after it, pay no difference of rules."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from propay import services
from propay.models import Statement, StatementStatus
from propay.services import booking, true_ups
from protiv.timekeeping.models import TimeEntry
from tests.make import factories
from tests.make.propays import NOW, make_approved, make_propay, unguarded

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)
PAY_DATE = date(2026, 11, 20)


@pytest.fixture
def unpaid(company, ana):
    """A bonus of 64.00 for four days of 9:30: nothing over 40 hours, so no true-up by the federal rule."""
    job = factories.make_job(company)
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
    return Statement.objects.get()


@pytest.fixture
def paid(company, unpaid):
    pay(company, unpaid)


def pay(company, statement: Statement) -> None:
    services.pay_statements(company=company, actor=None, statement_ids=[statement.pk], pay_date=PAY_DATE, now=NOW)


def lengthen_thursday(company, ana, *, minutes: int) -> None:
    thursday = MONDAY + timedelta(3)
    entry = TimeEntry.objects.get(worker=ana, work_date=thursday)
    TimeEntry.objects.filter(pk=entry.pk).update(minutes=entry.minutes + minutes)
    true_ups.update_true_ups_of(company=company, worker_days={(ana.pk, thursday)}, now=NOW)


def open_true_ups() -> list[tuple[date, str, str]]:
    lines = [line for one in Statement.objects.filter(status=StatementStatus.OPEN) for line in one.lines.all()]
    return [(line.week_start, str(line.federal_amount), str(line.state_extra_amount)) for line in lines]


def test_a_late_edit_of_a_paid_week_follows_the_rules_it_was_paid_under(company, ana, paid):
    factories.set_policy(company, state="CA")

    lengthen_thursday(company, ana, minutes=300)

    # 0.5 × 64 / 43 × 3; California's rule would owe 18.00 and more for hours that were paid before it held.
    assert open_true_ups() == [(MONDAY, "2.23", "0.00")]


def test_a_late_edit_of_a_paid_week_keeps_its_workweek(company, ana, paid):
    lengthen_thursday(company, ana, minutes=300)
    pay(company, Statement.objects.get(status=StatementStatus.OPEN))
    factories.set_policy(company, workweek_start="WEDNESDAY")

    true_ups.update_all_true_ups(company=company, now=NOW)
    assert open_true_ups() == []
    lengthen_thursday(company, ana, minutes=60)

    # 0.5 × 64 / 44 × 4 is 2.91 in the week from Monday on, of which 2.23 are paid.
    assert open_true_ups() == [(MONDAY, "0.68", "0.00")]


def test_unpaid_shares_follow_the_current_rules(company, unpaid):
    factories.set_policy(company, state="CA")

    true_ups.update_all_true_ups(company=company, now=NOW)

    assert [line for line in open_true_ups() if line[0]] == [(MONDAY, "0.00", "18.00")]


def test_a_week_paid_by_work_dates_stays_by_work_dates(company, ana, paid):
    """Statements from before 0.2 keep no hour of the workday: a night shift counts on its work date for them."""
    before = {"version": 2, "rule": "FEDERAL", "method": "FLAT_SUM", "first_weekday": 0}
    with unguarded():
        Statement.objects.update(overtime_policy=before)
    sunday = MONDAY + timedelta(6)
    clock = {"start_date": sunday, "start_time": time(21), "stop_date": MONDAY + timedelta(7), "stop_time": time(5)}
    factories.make_entry(ana, factories.make_job(company, "Shop"), 480, sunday, **clock)
    true_ups.update_true_ups_of(company=company, worker_days={(ana.pk, sunday)}, now=NOW)

    # 0.5 × 64 / 46 × 6; by the clock only three of the eight hours are of this week.
    assert open_true_ups() == [(MONDAY, "4.17", "0.00")]


def test_a_week_paid_today_goes_by_the_clock(company, ana, paid):
    sunday = MONDAY + timedelta(6)
    clock = {"start_date": sunday, "start_time": time(21), "stop_date": MONDAY + timedelta(7), "stop_time": time(5)}
    factories.make_entry(ana, factories.make_job(company, "Shop"), 480, sunday, **clock)
    true_ups.update_true_ups_of(company=company, worker_days={(ana.pk, sunday)}, now=NOW)

    # 0.5 × 64 / 41 × 1
    assert open_true_ups() == [(MONDAY, "0.78", "0.00")]
