"""What a bonus adds to overtime, kept right on statements: due less what was paid, week by week."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay.frozen.steps import steps_of
from propay.models import (
    BonusSettings,
    LineKind,
    LineMessage,
    Statement,
    StatementLine,
    StatementStatus,
)
from propay.services import booking, true_ups
from protiv.timekeeping.models import TimeEntry
from tests.make import factories
from tests.make.propays import NOW, make_approved, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
WEEK = timedelta(7)


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen")


@pytest.fixture
def elsewhere(company):
    return factories.make_job(company, "Shop")


@pytest.fixture
def period(company):
    return booking.current_period(company=company, day=company.local_date(NOW))


@pytest.fixture
def approve(company, job, ana, period):
    """Approve a bonus of Ana's on hours per week, as the books have it, with its true-ups."""

    def approve(bonus: str, weeks: list[int]):
        propay = make_propay(job)
        entries = [
            factories.make_entry(ana, job, minutes=hours * 60, work_date=MONDAY + index * WEEK)
            for index, hours in enumerate(weeks)
        ]
        snapshot = make_approved(propay, {ana: bonus}, dict.fromkeys(entries, "20.00"))
        shares = {(ana.pk, "CREW"): Decimal(bonus)}
        booking.book_shares(company=company, snapshot=snapshot, shares=shares, period=period, actor=None, now=NOW)
        update(company, propay)
        return propay

    return approve


def update(company, propay):
    true_ups.update_true_ups(company=company, propay_ids=[propay.pk], now=NOW)


def weeks_of(statement: Statement) -> dict[date, tuple[str, str]]:
    lines = statement.lines.filter(kind=LineKind.TRUE_UP)
    return {line.week_start: (str(line.federal_amount), str(line.state_extra_amount)) for line in lines}


def pay(statement: Statement) -> None:
    Statement.objects.filter(pk=statement.pk).update(
        status=StatementStatus.PAID, pay_date=date(2026, 11, 20), paid_amount=0
    )


def test_update_true_ups_matches_case_f5_with_all_hours_of_the_week(company, approve, ana, elsewhere):
    for index, hours in enumerate((20, 20, 35)):
        factories.make_entry(ana, elsewhere, minutes=hours * 60, work_date=MONDAY + index * WEEK + timedelta(1))

    approve("300.00", [20, 30, 10])

    statement = Statement.objects.get()
    assert weeks_of(statement) == {MONDAY + WEEK: ("15.00", "0.00"), MONDAY + 2 * WEEK: ("2.78", "0.00")}
    assert (statement.bonus_amount, statement.federal_amount) == (Decimal("300.00"), Decimal("17.78"))
    assert statement.total_amount == Decimal("317.78")


def test_update_true_ups_keeps_the_steps_of_each_week(approve):
    approve("200.00", [50])

    line = StatementLine.objects.get(kind=LineKind.TRUE_UP)
    steps = {step.key.rpartition(".")[2]: step for step in steps_of(line.steps)}
    assert steps["hours"].result == "50 h"
    assert steps["raised"].result.endswith("4.00 an hour")
    assert steps["federal"].formula == "0.5 × 200.00 / 50 h × 10 h"
    assert steps["federal"].result.endswith("20.00")


def test_update_true_ups_follows_the_hours_while_the_statement_is_open(company, approve, ana, elsewhere):
    propay = approve("200.00", [50])
    factories.make_entry(ana, elsewhere, minutes=600, work_date=MONDAY + timedelta(2))

    update(company, propay)

    assert weeks_of(Statement.objects.get()) == {MONDAY: ("33.33", "0.00")}
    assert Statement.objects.get().federal_amount == Decimal("33.33")


def test_update_true_ups_removes_a_line_when_nothing_is_due(company, approve):
    propay = approve("200.00", [50])
    TimeEntry.objects.update(minutes=2400)

    update(company, propay)

    assert weeks_of(Statement.objects.get()) == {}
    assert Statement.objects.get().federal_amount == 0


def test_update_true_ups_puts_a_later_change_of_a_paid_week_on_the_next_statement(company, approve, ana, elsewhere):
    propay = approve("200.00", [50])
    paid = Statement.objects.get()
    pay(paid)
    factories.make_entry(ana, elsewhere, minutes=600, work_date=MONDAY + timedelta(2))

    update(company, propay)
    update(company, propay)

    following = Statement.objects.get(status=StatementStatus.OPEN)
    assert following.start_date == paid.end_date + timedelta(1)
    assert weeks_of(paid) == {MONDAY: ("20.00", "0.00")}
    assert weeks_of(following) == {MONDAY: ("13.33", "0.00")}
    assert steps_of(StatementLine.objects.get(statement=following).steps)[-1].result == "20.00"


def test_update_true_ups_does_not_write_unchanged_lines(company, approve, django_assert_max_num_queries):
    propay = approve("200.00", [50])

    with django_assert_max_num_queries(13) as queries:
        update(company, propay)

    assert not [one for one in queries.captured_queries if one["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]


def test_update_true_ups_owes_nothing_to_an_exempt_worker(company, approve, ana):
    propay = approve("200.00", [50])
    factories.set_exempt(ana)

    update(company, propay)

    assert weeks_of(Statement.objects.get()) == {}


def test_update_all_true_ups_follows_the_companys_rule(company, approve):
    approve("40.00", [50])
    factories.set_policy(company, state="CA")

    true_ups.update_all_true_ups(company=company, now=NOW)

    # All fifty hours stand on one day: 8 straight, 4 at time and a half, 38 at double time.
    assert weeks_of(Statement.objects.get()) == {MONDAY: ("4.00", "406.00")}


def test_update_all_true_ups_keeps_what_was_paid_under_older_rules(company, ana, job, period):
    ben = factories.make_worker(company, "Ben Cole")
    entries = [factories.make_entry(worker, job, minutes=3000, work_date=MONDAY) for worker in (ana, ben)]
    propay = make_propay(job)
    snapshot = make_approved(propay, {ana: "40.00", ben: "40.00"}, dict.fromkeys(entries, "20.00"))
    shares = {(worker.pk, "CREW"): Decimal("40.00") for worker in (ana, ben)}
    booking.book_shares(company=company, snapshot=snapshot, shares=shares, period=period, actor=None, now=NOW)
    update(company, propay)
    pay(Statement.objects.get(worker=ana))
    factories.set_policy(company, state="CA")

    true_ups.update_all_true_ups(company=company, now=NOW)

    assert weeks_of(Statement.objects.get(worker=ana)) == {MONDAY: ("4.00", "0.00")}
    assert weeks_of(Statement.objects.get(worker=ben)) == {MONDAY: ("4.00", "406.00")}


def test_update_true_ups_of_run_looks_at_the_weeks_that_the_run_changed(company, approve, ana, elsewhere):
    approve("200.00", [50])
    factories.make_entry(ana, elsewhere, minutes=600, work_date=MONDAY + timedelta(2), changed_run_id=77)

    true_ups.update_true_ups_of_run(company=company, run_id=76, dates=(date.min, date.max), now=NOW)
    assert weeks_of(Statement.objects.get()) == {MONDAY: ("20.00", "0.00")}

    window = (MONDAY, MONDAY + WEEK)
    true_ups.update_true_ups_of_run(company=company, run_id=77, dates=window, now=NOW)
    assert weeks_of(Statement.objects.get()) == {MONDAY: ("33.33", "0.00")}


def test_update_true_ups_of_another_week_changes_nothing(company, approve, ana, django_assert_max_num_queries):
    approve("200.00", [50])
    TimeEntry.objects.update(minutes=3600)

    true_ups.update_true_ups_of(company=company, worker_days={(ana.pk, MONDAY + 2 * WEEK)}, now=NOW)

    assert weeks_of(Statement.objects.get()) == {MONDAY: ("20.00", "0.00")}


def test_a_lead_without_time_gets_it_spread_over_the_weeks_of_the_propay(company, job, ana, elsewhere, period):
    lead = factories.make_worker(company, "Lea Voss")
    entry = factories.make_entry(ana, job, minutes=600, work_date=MONDAY)
    factories.make_entry(lead, elsewhere, minutes=3000, work_date=MONDAY)
    snapshot = make_approved(make_propay(job), {}, {entry: "20.00"})
    shares = {(lead.pk, "LEAD"): Decimal("100.00")}

    booking.book_shares(company=company, snapshot=snapshot, shares=shares, period=period, actor=None, now=NOW)
    true_ups.update_true_ups(company=company, propay_ids=[snapshot.propay_id], now=NOW)

    assert weeks_of(Statement.objects.get()) == {MONDAY: ("10.00", "0.00")}


# Booking


def test_book_shares_skips_a_paid_period(company, ana, job, period):
    paid = Statement.objects.create(
        company=company,
        worker=ana,
        start_date=period.start_date,
        end_date=period.end_date,
        status=StatementStatus.PAID,
        pay_date=date(2026, 11, 20),
        paid_amount=0,
    )
    snapshot = make_approved(make_propay(job), {ana: "50.00"})

    shares = {(ana.pk, "CREW"): Decimal("50.00"), (ana.pk, "LEAD"): Decimal("0.00")}
    booking.book_shares(company=company, snapshot=snapshot, shares=shares, period=period, actor=None, now=NOW)

    line = StatementLine.objects.select_related("statement").get()
    assert line.statement.start_date == paid.end_date + timedelta(1)
    assert line.statement.bonus_amount == Decimal("50.00")


def test_unbook_keeps_a_line_with_a_question_at_zero(company, ana, job, period, approve):
    propay = approve("200.00", [50])
    line = StatementLine.objects.get(kind=LineKind.SHARE)
    LineMessage.objects.create(company=company, line=line, text="Why?", created_at=NOW)

    booking.unbook(company=company, propay=propay)

    assert [(one.kind, one.amount) for one in StatementLine.objects.all()] == [("SHARE", Decimal("0.00"))]
    assert Statement.objects.get().total_amount == 0

    snapshot = propay.snapshots.get()
    shares = {(ana.pk, "CREW"): Decimal("80.00")}
    booking.book_shares(company=company, snapshot=snapshot, shares=shares, period=period, actor=None, now=NOW)
    assert StatementLine.objects.get(kind=LineKind.SHARE).messages.get().text == "Why?"
    assert Statement.objects.get().bonus_amount == Decimal("80.00")


def test_unbook_refuses_what_was_paid(company, approve):
    propay = approve("200.00", [50])
    pay(Statement.objects.get())

    with pytest.raises(ValidationError, match="already paid"):
        booking.unbook(company=company, propay=propay)
    assert StatementLine.objects.count() == 2


def test_current_period_follows_synced_periods_then_the_settings(company):
    factories.make_pay_period(company, date(2026, 10, 28), date(2026, 11, 10))
    assert booking.current_period(company=company, day=date(2026, 11, 11)).start_date == date(2026, 11, 11)

    BonusSettings.objects.create(company=company, period_anchor_date=date(2026, 11, 2))
    assert booking.current_period(company=company, day=date(2026, 11, 11)).start_date == date(2026, 11, 2)
