"""All hours that people worked, and the overtime that a bonus makes due: the same for every caller."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from propay import services
from propay.models import BonusSettings, LineKind, ProPay, StatementLine
from propay.pages.overtime import overtime_of
from propay.queries.overtime import Earned, overtime_due, overtime_policy
from propay.queries.propays import with_terms
from propay.queries.time import WorkedDay, hours_worked
from propay.rules.overtime import DayMinutes
from protiv.timekeeping.records import EntryKind
from tests.make import factories
from tests.make.propays import NOW, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)


@pytest.fixture
def ben(company):
    return factories.make_worker(company, "Ben Ortiz")


def day(worker, offset: int, minutes: int, wage: str | None = None) -> WorkedDay:
    amount = None if wage is None else Decimal(wage)
    return WorkedDay(worker_id=worker.pk, work_date=MONDAY + timedelta(offset), minutes=minutes, wage=amount)


def test_hours_worked_are_those_of_all_jobs_by_worker_and_day(company, ana, ben):
    kitchen, shop = factories.make_job(company, "Kitchen"), factories.make_job(company, "Shop")
    factories.make_entry(ana, kitchen, 480, MONDAY)
    factories.make_entry(ana, kitchen, -30, MONDAY, EntryKind.AUTO_LUNCH)
    factories.make_entry(ana, shop, 60, MONDAY, EntryKind.TRAVEL)
    factories.make_entry(ana, shop, 300, MONDAY + timedelta(6))
    factories.make_entry(ben, shop, 120, MONDAY)
    assert hours_worked(company, [ana.pk, ben.pk], (MONDAY, MONDAY + timedelta(6))) == [
        day(ana, 0, 510),
        day(ana, 6, 300),
        day(ben, 0, 120),
    ]


def test_hours_worked_exclude_non_work_and_other_people(company, ana, ben):
    job = factories.make_job(company)
    for kind in (EntryKind.TIME_OFF, EntryKind.MEAL_BREAK):
        factories.make_entry(ana, job, 60, MONDAY, kind)
    factories.make_entry(ana, job, 60, MONDAY, voided=True)
    factories.make_entry(ana, job, 60, MONDAY, is_open=True)
    factories.make_entry(ana, job, 60, MONDAY - timedelta(1))
    factories.make_entry(ana, job, 60, MONDAY + timedelta(7))
    factories.make_entry(ben, job, 60, MONDAY)
    assert hours_worked(company, [ana.pk], (MONDAY, MONDAY + timedelta(6))) == []
    assert hours_worked(factories.make_company("Other"), [ben.pk], (MONDAY, MONDAY)) == []


def test_hours_worked_include_the_days_wage_on_request(company, ana, ben):
    job = factories.make_job(company)
    factories.make_wage(ana, "31.50", MONDAY + timedelta(1))
    for offset in (0, 1):
        factories.make_entry(ana, job, 60, MONDAY + timedelta(offset))
    factories.make_entry(ben, job, 60, MONDAY)
    before = ana.wages.order_by("start_date").first().hourly_amount
    assert hours_worked(company, [ana.pk, ben.pk], (MONDAY, MONDAY + timedelta(6)), with_wages=True) == [
        day(ana, 0, 60, str(before)),
        day(ana, 1, 60, "31.50"),
        day(ben, 0, 60, None),
    ]


def test_overtime_due_takes_two_queries_for_any_number_of_propays(
    company, ana, ben, django_assert_num_queries, django_assert_max_num_queries
):
    job = factories.make_job(company)
    for worker in (ana, ben):
        for offset in range(5):
            factories.make_entry(worker, job, 600, MONDAY + timedelta(offset))
    counted = [
        DayMinutes(worker_id=worker.pk, work_date=MONDAY + timedelta(offset), minutes=600)
        for worker in (ana, ben)
        for offset in range(5)
    ]
    policy = overtime_policy(company)
    earned = {pk: Earned(bonuses={ana.pk: Decimal(pk), ben.pk: Decimal(pk)}, counted=counted) for pk in (100, 200, 300)}
    with django_assert_num_queries(2):
        due = overtime_due(company=company, policy=policy, earned=earned)
    found = {pk: [one.federal for one in result.true_ups] for pk, result in due.results.items()}
    assert found == {pk: [Decimal(pk) / 10] * 2 for pk in (100, 200, 300)}
    with django_assert_num_queries(0):
        assert overtime_due(company=company, policy=policy, earned={}).results == {}


@pytest.mark.parametrize("rule", ["FEDERAL", "CALIFORNIA"])
def test_page_preview_and_statement_show_the_same_overtime(as_admin, company, admin, ana, ben, rule):
    BonusSettings.objects.update_or_create(company=company, defaults={"overtime_rule": rule})
    factories.make_wage(ben, "27.35")
    kitchen, shop = factories.make_job(company, "Kitchen"), factories.make_job(company, "Shop")
    for worker in (ana, ben):
        for offset, minutes in enumerate((613, 545, 480, 737, 501)):
            factories.make_entry(worker, kitchen, minutes, MONDAY + timedelta(offset))
        factories.make_entry(worker, shop, 407, MONDAY + timedelta(5))
        factories.make_entry(worker, kitchen, 300, MONDAY + timedelta(8))
    propay = make_propay(kitchen, start_date=MONDAY, fixed_amount=Decimal("9000.00"))
    services.refresh(company=company, now=NOW)

    page = overtime_of(with_terms(ProPay.objects.select_related("company")).get()).rows
    preview = as_admin.get(reverse("propay_approve", args=[propay.pk])).context["preview"].true_up_amount
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)

    lines = StatementLine.objects.filter(kind=LineKind.TRUE_UP).order_by("worker", "week_start")
    assert {(line.worker_id, line.week_start, line.federal_amount, line.state_extra_amount) for line in lines} == {
        (row.worker_id, row.week_start, row.federal, row.state_extra) for row in page
    }
    assert preview == sum(line.federal_amount + line.state_extra_amount for line in lines) > 0
    approved = overtime_of(with_terms(ProPay.objects.select_related("company")).get()).rows
    assert approved == page
