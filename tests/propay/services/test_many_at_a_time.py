"""More selected rows than any page lists are refused with the limit: nothing is changed, nothing left out silently."""

import pytest
from django.urls import reverse

from propay import services
from propay.models import ProPay, Statement, StatementStatus
from propay.rules.states import ProPayStatus
from tests.make import factories, statement_rows
from tests.make.propays import NOW, START, make_propay

pytestmark = pytest.mark.django_db
TOLD = "so nothing was changed. Select at most 200 at a time."


@pytest.fixture
def propay(company):
    worker, job = factories.make_worker(company, "Ana Ruiz"), factories.make_job(company, "Kitchen")
    factories.make_wage(worker, "20.00")
    factories.make_entry(worker, job, minutes=600)
    propay = make_propay(job)
    services.refresh(company=company, now=NOW)
    return propay


def keys(first: int) -> list[int]:
    """This one and 200 others."""
    return [first, *range(10_000, 10_200)]


def test_propays_to_approve(as_admin, propay):
    many = reverse("propay_approve_many")
    shown = as_admin.get(many, {"id": keys(propay.pk)}, follow=True)
    assert TOLD in shown.content.decode()
    seen = [f"{pk}:{'0' * 32}" for pk in keys(propay.pk)]
    assert TOLD in as_admin.post(many, {"seen": seen}, follow=True).content.decode()
    assert not ProPay.objects.filter(status=ProPayStatus.APPROVED).exists()


def test_propays_that_take_a_plans_rules(as_admin, admin, company, propay):
    plan = services.create_plan(company=company, actor=admin, name="Standard", start_date=START)
    where = reverse("plan_apply", args=[plan.versions.get().pk])
    picked = [f"{pk}:0" for pk in keys(propay.pk)]
    assert TOLD in as_admin.post(where, {"pick": picked}, follow=True).content.decode()


def test_statements_to_pay(as_admin, company):
    statement = statement_rows.make_statement(factories.make_worker(company, "Ana Ruiz"), "15.00")
    typed = {"pay_date": "2026-11-13", "statement": keys(statement.pk)}
    response = as_admin.post(reverse("statement_pay"), typed)
    assert TOLD in response.content.decode()
    assert 'value="2026-11-13"' in response.content.decode()
    assert Statement.objects.get().status == StatementStatus.OPEN
