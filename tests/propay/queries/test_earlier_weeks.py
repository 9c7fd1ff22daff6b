"""A bonus of someone who was away in all of a ProPay's weeks counts in the last week worked before (bonus.md 11.8)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from propay import services
from propay.cases import solving
from propay.models import LineKind, ProPay, StatementLine
from propay.pages.overtime import overtime_of
from propay.queries.earlier_weeks import earlier_hours, earlier_weeks
from propay.queries.job_states import StateLaw
from propay.queries.overtime import policies_of
from propay.queries.propays import with_terms
from propay.rules.people import PersonLinks
from propay.services.true_ups import update_true_ups_of
from propay.what_if.real import real_case
from protiv.timekeeping.models import TimeEntry
from tests.make import factories
from tests.make.propays import NOW, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
WEEK = timedelta(7)


@pytest.fixture
def mia(company):
    return factories.make_worker(company, "Mia Boss")


@pytest.fixture
def propay(company, ana, mia):
    """Ana's hours of two weeks, of which Mia gets $200.00."""
    kitchen = factories.make_job(company, "Kitchen")
    for week in (0, 3):
        factories.make_entry(ana, kitchen, 480, MONDAY + week * WEEK)
    propay = make_propay(
        kitchen,
        start_date=MONDAY,
        fixed_amount=Decimal("1320.00"),
        crew_percent=60,
        manager_percent=40,
        paid_manager=mia,
    )
    services.refresh(company=company, now=NOW)
    return propay


def work(company, worker, monday, *, hours=50):
    shop = factories.make_job(company, "Shop")
    for offset in range(5):
        factories.make_entry(worker, shop, hours * 12, monday + timedelta(offset))


def approve(company, admin, propay):
    outcome = services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    assert outcome.refusals == {}


def booked(worker):
    lines = StatementLine.objects.filter(kind=LineKind.TRUE_UP, worker=worker)
    return {line.week_start: line.federal_amount for line in lines}


def test_manager_on_leave_earned_in_the_last_week_worked_before(as_admin, company, admin, mia, propay):
    work(company, mia, MONDAY - 20 * WEEK, hours=60)
    work(company, mia, MONDAY - 8 * WEEK)
    loaded = with_terms(ProPay.objects.select_related("company")).get()
    manager = loaded.manager_amount
    due = (manager / 10).quantize(Decimal("0.01"))

    page = overtime_of(loaded)
    preview = as_admin.get(reverse("propay_approve", args=[propay.pk])).context["preview"].true_up_amount
    case = real_case(loaded)
    exported = solving.run(case.as_json())["overtime_true_up"]
    approve(company, admin, propay)

    assert manager == Decimal("200.00")
    assert [(row.worker_id, row.week_start, row.federal) for row in page.rows] == [(mia.pk, MONDAY - 8 * WEEK, due)]
    assert any("last week worked before" in warning for warning in page.warnings)
    assert preview == due
    assert [row["federal"] for row in exported if row["worker"] != f"{loaded.paid_manager_id:019d}"] == ["0.00"] * 2
    assert [row["federal"] for row in exported if row["bonus"] == str(manager)] == [str(due)]
    assert booked(mia) == {MONDAY - 8 * WEEK: due}


def test_manager_who_worked_only_in_a_week_without_time_on_it_earned_in_that_week(company, admin, mia, propay):
    work(company, mia, MONDAY - WEEK, hours=60)
    work(company, mia, MONDAY + WEEK)
    approve(company, admin, propay)
    assert booked(mia) == {MONDAY + WEEK: Decimal("20.00")}


def test_manager_who_never_clocks_time_has_no_true_up_and_a_warning(company, admin, mia, propay):
    page = overtime_of(with_terms(ProPay.objects.select_related("company")).get())
    approve(company, admin, propay)
    assert page.rows == []
    assert page.warnings == ("Mia Boss has no workweek on this ProPay, so no overtime true-up is calculated.",)
    assert booked(mia) == {}


@pytest.mark.parametrize("monday", [MONDAY - 8 * WEEK, MONDAY + WEEK], ids=["before", "between"])
def test_true_up_follows_the_hours_of_the_earlier_week(company, admin, mia, propay, monday):
    work(company, mia, monday, hours=40)
    approve(company, admin, propay)
    assert booked(mia) == {}
    TimeEntry.objects.filter(worker=mia).update(minutes=600)

    update_true_ups_of(company=company, worker_days=[(mia.pk, monday)], now=NOW)

    assert booked(mia) == {monday: Decimal("20.00")}


def test_earlier_week_is_that_of_all_ids_of_a_person(company, ana, mia):
    again = factories.make_worker(company, "Mia again")
    work(company, mia, MONDAY - 9 * WEEK)
    work(company, again, MONDAY - 8 * WEEK, hours=30)
    people = PersonLinks({again.pk: mia.pk})
    policies = policies_of(company)
    weeks = earlier_weeks(company, policies, people, {mia.pk}, MONDAY)
    days = earlier_hours(company, StateLaw(policies=policies), people, weeks, MONDAY)
    assert sum(day.minutes for day in days if day.work_date >= MONDAY - 8 * WEEK) == 30 * 60
    assert {day.worker_id for day in days if day.work_date >= MONDAY - 8 * WEEK} == {again.pk}


def test_earlier_weeks_take_one_query_and_their_hours_two(company, ana, mia, django_assert_num_queries):
    for worker in (ana, mia):
        work(company, worker, MONDAY - 8 * WEEK)
    policies = policies_of(company)
    with django_assert_num_queries(0):
        assert earlier_weeks(company, policies, PersonLinks(), set(), MONDAY) == {}
        assert earlier_hours(company, StateLaw(policies=policies), PersonLinks(), {}, MONDAY) == []
    with django_assert_num_queries(1):
        weeks = earlier_weeks(company, policies, PersonLinks(), {ana.pk, mia.pk}, MONDAY)
    with django_assert_num_queries(2):
        days = earlier_hours(company, StateLaw(policies=policies), PersonLinks(), weeks, MONDAY)
    assert {day.worker_id for day in days} == {ana.pk, mia.pk}
    assert len(days) == 10
