"""The overtime that a bonus makes due: one answer for page, preview, and statement."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from propay import services
from propay.models import LineKind, ProPay, StatementLine
from propay.pages.overtime import overtime_of
from propay.queries.overtime import Earned, overtime_due, policies_of
from propay.queries.propays import with_terms
from propay.rules.days import DayMinutes
from propay.rules.people import PersonLinks
from tests.make import factories
from tests.make.propays import NOW, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)


@pytest.fixture
def ben(company):
    return factories.make_worker(company, "Ben Ortiz")


def test_overtime_due_takes_six_queries_for_any_number_of_propays(
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
    policies = policies_of(company)
    earned = {pk: Earned(bonuses={ana.pk: Decimal(pk), ben.pk: Decimal(pk)}, counted=counted) for pk in (100, 200, 300)}
    with django_assert_num_queries(6):
        due = overtime_due(company=company, policies=policies, people=PersonLinks(), earned=earned)
    found = {pk: [one.federal for one in result.true_ups] for pk, result in due.results.items()}
    assert found == {pk: [Decimal(pk) / 10] * 2 for pk in (100, 200, 300)}
    with django_assert_num_queries(0):
        assert overtime_due(company=company, policies=policies, people=PersonLinks(), earned={}).results == {}


@pytest.mark.parametrize("state", ["", "CA"])
def test_page_preview_and_statement_show_the_same_overtime(as_admin, company, admin, ana, ben, state):
    factories.set_policy(company, state=state)
    factories.make_wage(ben, "27.35")
    kitchen, shop = factories.make_job(company, "Kitchen"), factories.make_job(company, "Shop")
    for worker in (ana, ben):
        for offset, minutes in enumerate((613, 545, 480, 737, 501)):
            factories.make_entry(worker, kitchen, minutes, MONDAY + timedelta(offset))
        factories.make_entry(worker, shop, 407, MONDAY + timedelta(5))
        factories.make_entry(worker, kitchen, 300, MONDAY + timedelta(8))
        # Sunday night: an hour of the first week, the rest of the second.
        factories.make_entry(worker, kitchen, 420, MONDAY + timedelta(6), start_time=time(23), stop_time=time(6))
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
