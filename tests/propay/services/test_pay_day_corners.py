"""Corner cases before payday: hours that move after payment, questions on unapproved shares."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Event
from time import sleep
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains

from propay import services
from propay.models import (
    CrewTerm,
    LineKind,
    LineMessage,
    Snapshot,
    SnapshotEntry,
    Statement,
    StatementLine,
)
from propay.rules.terms import Distribution
from protiv.accounts.services import remove_member
from protiv.timekeeping import ingest
from protiv.timekeeping.models import TimeEntry, TimeEntryVersion, Worker
from tests.make import factories
from tests.make.propays import NOW, checked, make_propay
from tests.make.records import time_record

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
LATER = NOW + timedelta(days=21)


@pytest.fixture
def kitchen(company, ana):
    """Fifty hours of Ana's cost 1,000.00 of 1,400.00: 200.00 are hers, and 20.00 of overtime on it."""
    job = factories.make_job(company, "Kitchen")
    factories.make_entry(ana, job, minutes=3000, work_date=MONDAY)
    return make_propay(job, fixed_amount=Decimal("1400.00"))


@pytest.fixture
def roof(company):
    return make_propay(factories.make_job(company, "Roof"), fixed_amount=Decimal("1400.00"))


@pytest.fixture
def approve(company, admin):
    def approve(propay, now=NOW):
        return services.approve_propays(
            company=company, actor=admin, propay_ids=[propay.pk], answers=checked(propay), now=now
        )

    return approve


@pytest.fixture
def adjust(company, admin):
    def adjust(propay):
        seen = services.drift_of(company=company, propay_id=propay.pk).worked.digest
        return services.resolve_drift_by_adjusting(
            company=company, propay_id=propay.pk, actor=admin, note="", seen=seen, now=LATER
        )

    return adjust


@pytest.fixture
def pay_all(company, admin):
    def pay_all():
        ids = list(Statement.objects.filter(status="OPEN").values_list("pk", flat=True))
        services.pay_statements(company=company, actor=admin, statement_ids=ids, pay_date=date(2026, 11, 20), now=NOW)

    return pay_all


def lines(**values):
    """Kind, bonus and federal true-up of the lines."""
    found = StatementLine.objects.filter(**values).order_by("pk")
    return [(one.kind, str(one.amount), str(one.federal_amount)) for one in found]


def test_a_paid_propay_without_time_is_unapproved_and_frees_the_hours(
    company, ana, kitchen, roof, approve, adjust, pay_all
):
    approve(kitchen)
    pay_all()
    TimeEntry.objects.update(job=roof.job)
    services.refresh(company=company, now=LATER)
    kitchen.refresh_from_db()
    assert kitchen.drift_amount == Decimal("-200.00")
    assert "then moved here" in approve(roof).refusals[roof.pk]

    adjust(kitchen)

    assert lines(statement__status="OPEN") == [("DRIFT", "-200.00", "0.00"), ("TRUE_UP", "0.00", "-20.00")]
    assert Snapshot.objects.get(propay=kitchen, is_live=True).figures["actual_minutes"] == 0
    assert approve(roof, LATER).approved == (roof.pk,)
    assert Statement.objects.get(status="OPEN").total_amount == 0


def test_time_that_comes_back_is_paid_again(company, kitchen, roof, approve, adjust, pay_all):
    approve(kitchen)
    pay_all()
    for job, expected in ((roof.job, "-200.00"), (kitchen.job, "0.00")):
        TimeEntry.objects.update(job=job)
        services.refresh(company=company, now=LATER)
        adjust(kitchen)
        assert Statement.objects.get(status="OPEN").bonus_amount == Decimal(expected)
    assert Statement.objects.get(status="OPEN").total_amount == 0


def test_paid_propays_with_swapped_entries_are_adjusted_in_turn(
    company, admin, ana, kitchen, roof, approve, adjust, pay_all
):
    factories.make_entry(ana, roof.job, minutes=600, work_date=MONDAY)
    approve(kitchen)
    approve(roof)
    pay_all()
    there = TimeEntry.objects.get(job=roof.job)
    TimeEntry.objects.filter(job=kitchen.job).update(job=roof.job)
    TimeEntry.objects.filter(pk=there.pk).update(job=kitchen.job)
    services.refresh(company=company, now=LATER)

    adjust(kitchen)
    seen = services.drift_of(company=company, propay_id=roof.pk).worked.digest
    with pytest.raises(ValidationError, match="on another approved ProPay"):
        services.dismiss_drift(
            company=company, propay_id=roof.pk, actor=admin, reason="Never mind", seen=seen, now=LATER
        )
    adjust(roof)

    # What was Kitchen's is Roof's now, and the other way round: the same in all.
    assert Statement.objects.get(status="OPEN").bonus_amount == 0
    assert Counter(SnapshotEntry.objects.filter(is_live=True).values_list("entry", flat=True)) == Counter(
        TimeEntry.objects.values_list("pk", flat=True)
    )


def test_a_replaced_entry_can_be_approved_on_its_new_propay(company, ana, kitchen, roof, approve, pay_all):
    approve(kitchen)
    pay_all()
    TimeEntry.objects.update(job=roof.job)
    factories.make_entry(ana, kitchen.job, minutes=3000, work_date=MONDAY)
    services.refresh(company=company, now=LATER)
    kitchen.refresh_from_db()
    assert kitchen.drifted_at is None

    assert approve(roof, LATER).approved == (roof.pk,)


def test_the_drift_page_offers_to_unapprove_a_propay_without_time(company, as_admin, kitchen, roof, approve, pay_all):
    approve(kitchen)
    pay_all()
    TimeEntry.objects.update(job=roof.job)
    services.refresh(company=company, now=LATER)

    page = as_admin.get(reverse("propay_drift", args=[kitchen.pk]))

    assertContains(page, reverse("propay_drift_adjust", args=[kitchen.pk]))
    assertContains(page, "\N{MINUS SIGN}$200.00")


def test_a_true_up_that_was_asked_about_comes_back_beside_its_share(company, admin, ana, kitchen, approve):
    approve(kitchen)
    line = StatementLine.objects.get(kind=LineKind.TRUE_UP)
    LineMessage.objects.create(company=company, line=line, text="Why?", created_at=NOW)
    services.unapprove_propay(company=company, propay_id=kitchen.pk, actor=admin, reason="Too early", now=NOW)
    assert lines() == [("TRUE_UP", "0.00", "0.00")]

    approve(kitchen, LATER)

    before, after = Statement.objects.order_by("start_date")
    assert (before.total_amount, after.bonus_amount, after.federal_amount) == (0, Decimal(200), Decimal(20))
    line.refresh_from_db()
    assert (line.statement, line.messages.get().text) == (after, "Why?")


def test_adjusting_explains_percentages_that_no_longer_add_up(company, ana, approve, adjust):
    job = factories.make_job(company)
    propay = make_propay(job, distribution=Distribution.FIXED_PERCENT)
    other = factories.make_worker(company)
    factories.make_wage(other)
    for worker in (ana, other):
        factories.make_entry(worker, job)
        CrewTerm.objects.create(company=company, propay=propay, worker=worker, fixed_percent=50)
    approve(propay)
    TimeEntry.objects.filter(worker=other).update(kind="meal_break")
    services.refresh(company=company, now=LATER)

    with pytest.raises(ValidationError, match=r"total 50, not 100\. The amounts entered .* adjustments"):
        adjust(propay)


@pytest.mark.parametrize(
    ("minutes_after_midnight", "ends"), [(-1, date(2026, 11, 8)), (0, date(2026, 11, 15))], ids=["sunday", "monday"]
)
def test_the_day_of_an_approval_is_in_the_companys_time_zone(company, kitchen, approve, minutes_after_midnight, ends):
    company.pay_period = "WEEKLY"
    company.save()
    midnight = datetime(2026, 11, 9, tzinfo=ZoneInfo("America/Denver"))

    approve(kitchen, midnight + timedelta(minutes=minutes_after_midnight))

    assert Statement.objects.get().end_date == ends


def test_a_week_with_only_a_lunch_earns_no_bonus(company, ana, kitchen, approve):
    factories.make_entry(ana, kitchen.job, minutes=-30, work_date=MONDAY + timedelta(7), kind="auto_lunch")
    elsewhere = factories.make_job(company)
    factories.make_entry(ana, elsewhere, minutes=3000, work_date=MONDAY + timedelta(8))

    approve(kitchen)

    assert [one.week_start for one in StatementLine.objects.filter(kind=LineKind.TRUE_UP)] == [MONDAY]


# Overtime that was paid by other rules


@pytest.fixture
def sync(company, ana):
    """A run reads the week: those of Ana with changes, or without her. It writes them all, for they were no records."""

    def sync(run_id, *, has_ana=True, **changes):
        source = ingest.RowSource(company.pk, factories.CONNECTION_ID)
        entries = TimeEntry.objects.select_related("worker", "job")
        ingest.store_window(
            source,
            ingest.Window(MONDAY, MONDAY + timedelta(7), run_id),
            [
                time_record(
                    entry.external_id,
                    worker_external_id=entry.worker.external_id,
                    job_external_id=entry.job.external_id,
                    cost_code_external_id="",
                    work_date=entry.work_date,
                    **{"minutes": entry.minutes, **(changes if entry.worker_id == ana.pk else {})},
                )
                for entry in entries
                if has_ana or entry.worker_id != ana.pk
            ],
            references=ingest.load_references(source),
            set_aside=[],
            now=LATER,
        )
        services.follow_hours_of_run(company=company, run_id=run_id, dates=(date.min, date.max), now=LATER)

    return sync


@pytest.fixture
def paid_by_federal_rules(company, ana, kitchen, approve, pay_all):
    """Ana and Bob were paid; since then the company goes by the rules of California."""
    bob = factories.make_worker(company, "Bob Stone")
    factories.make_wage(bob, "20.00")
    factories.make_entry(bob, kitchen.job, minutes=300, work_date=MONDAY)
    approve(kitchen)
    pay_all()
    factories.set_policy(company, state="CA")


def test_a_sync_that_changes_no_hours_leaves_what_was_paid_by_other_rules(sync, paid_by_federal_rules):
    sync(71, comment="Typed")
    sync(72, is_final=True)

    assert TimeEntryVersion.objects.filter(replaced_run_id=72).exists()
    assert not Statement.objects.filter(status="OPEN").exists()


def test_a_sync_that_changes_hours_affects_no_one_else_on_the_propay(sync, ana, paid_by_federal_rules):
    sync(71, minutes=2940)

    assert set(Statement.objects.filter(status="OPEN").values_list("worker", flat=True)) == {ana.pk}


def test_a_run_that_removes_and_restores_hours_restores_the_true_up(sync, kitchen, approve):
    approve(kitchen)
    sync(71, has_ana=False)
    assert not StatementLine.objects.filter(kind=LineKind.TRUE_UP).exists()
    sync(71)
    assert StatementLine.objects.get(kind=LineKind.TRUE_UP).federal_amount == Decimal("20.00")


# Two at a time


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_a_wage_and_a_flag_of_one_worker_do_not_deadlock(company, admin, ana):
    has_worker = Event()

    def set_flags():
        has_worker.wait(5)
        services.set_worker_flags(
            company=company, worker_id=ana.pk, no_bonus=True, is_salaried=False, actor=admin, now=NOW
        )
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        flagged = pool.submit(set_flags)
        with transaction.atomic():  # as whoever sets a wage: the worker first, then the company
            Worker.objects.select_for_update(no_key=True).get(pk=ana.pk)
            has_worker.set()
            sleep(0.5)
            services.refresh(company=company, worker_ids=[ana.pk], now=NOW)
        flagged.result(10)

    ana.refresh_from_db()
    assert ana.no_bonus


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_a_wage_and_the_removal_of_one_worker_do_not_deadlock(company, admin, ana, worker_user):
    membership = worker_user.memberships.get()
    Worker.objects.filter(pk=ana.pk).update(membership=membership)
    has_worker = Event()

    def remove():
        has_worker.wait(5)
        remove_member(company=company, membership_id=membership.pk, actor=admin)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        removed = pool.submit(remove)
        with transaction.atomic():  # as whoever sets a wage: the worker first, then the company
            Worker.objects.select_for_update(no_key=True).get(pk=ana.pk)
            has_worker.set()
            sleep(0.5)
            services.refresh(company=company, worker_ids=[ana.pk], now=NOW)
        removed.result(10)

    ana.refresh_from_db()
    assert ana.membership is None
