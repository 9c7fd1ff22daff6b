"""Over budget is shown as soon as it is known, even while wages are missing: list, pages, dashboard, report."""

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from propay import services
from propay.models import BudgetTask, ProPay
from tests.make import factories
from tests.make.propays import NOW, make_propay
from tests.propay.pages.propays.addresses import addresses
from tests.reading import text_of

pytestmark = pytest.mark.django_db
TEN_HOURS = 600
# Nine hours of Ana's, who costs 20.00 an hour, and nine of Eve's, whose wage isn't known.
CASES = [
    ({"budget_type": "HOURS", "budget_minutes": 1081}, False),
    ({"budget_type": "HOURS", "budget_minutes": 1080}, False),
    ({"budget_type": "HOURS", "budget_minutes": 1079}, True),
    ({"budget_type": "HOURS", "budget_minutes": 2000, "completion_percent": 50}, True),
    ({"budget_type": "HOURS", "budget_minutes": 2160, "completion_percent": 50}, False),
    ({"budget_type": "HOURS", "budget_minutes": 600, "adjustment_type": "MULTIPLY", "adjustment_value": 2}, False),
    ({"budget_type": "HOURS", "budget_minutes": 1200, "adjustment_type": "PERCENT", "adjustment_value": -20}, True),
    ({"budget_type": "HOURS", "budget_minutes": 9999, "adjustment_type": "HOURS", "adjustment_value": 17}, True),
    ({"budget_type": "HOURS", "budget_minutes": 1, "adjustment_type": "AMOUNT", "adjustment_value": 200}, False),
    ({"budget_type": "HOURS", "budget_minutes": 1, "adjustment_type": "AMOUNT", "adjustment_value": 179}, True),
    ({"budget_type": "HOURS"}, False),
    ({"budget_type": "AMOUNT", "fixed_amount": 200}, False),
    ({"budget_type": "AMOUNT", "fixed_amount": 179}, True),
    ({"budget_type": "AMOUNT", "fixed_amount": 300, "completion_percent": 50}, True),
]


@pytest.fixture
def make(company, crew):
    def make(**fields) -> ProPay:
        job = factories.make_job(company, "Porch")
        propay = make_propay(job, title="Porch", **{"fixed_amount": None, **fields})
        for worker in (crew[0], factories.make_worker(company, "Eve Ende")):
            factories.make_entry(worker, job, minutes=540, work_date=date(2026, 11, 2))
        services.refresh(company=company, now=NOW)
        return ProPay.objects.get(pk=propay.pk)

    return make


def listed(client):
    return [one.title for one in client.get(reverse("propay_list"), {"tab": "over"}).context["page_obj"]]


@pytest.mark.parametrize(("fields", "is_over"), CASES)
def test_missing_wages_do_not_hide_a_used_up_budget(as_manager, make, fields, is_over):
    propay = make(**{name: Decimal(value) if isinstance(value, int) else value for name, value in fields.items()})
    assert propay.saving_amount is None
    assert propay.is_over_budget == is_over
    assert listed(as_manager) == (["Porch"] if is_over else [])


def test_every_page_shows_over_budget(as_manager, make):
    propay = make(budget_type="HOURS", budget_minutes=TEN_HOURS)
    page = text_of(as_manager.get(addresses(propay)["propay_detail"]))
    assert "Over budget: more is already used than was budgeted, even though some figures are still missing." in page
    assert "Missing wages: Eve Ende" in page
    assert "180 percent of the budget used: over budget" in as_manager.get(reverse("propay_list")).text
    assert "Over budget" in text_of(as_manager.get(reverse("propay_list"), {"tab": "over"})).partition("Savings")[2]
    dashboard = as_manager.get("/")
    assert "Over budget 1 of the open ProPays" in text_of(dashboard)
    assert [one.pk for one in dashboard.context["overview"].over_budget] == [propay.pk]
    report = text_of(as_manager.get(reverse("report", args=["propay-status"])))
    assert "It's over budget. Check its hours. Missing wages: Eve Ende" in report


def test_tasks_in_hours_are_compared_in_hours(company, make):
    propay = make(budget_type="HOURS", budget_minutes=TEN_HOURS)
    ProPay.objects.filter(pk=propay.pk).update(budget_type="TASKS", budget_minutes=None)
    code = factories.make_cost_code(company, "Drywall")
    task = BudgetTask.objects.create(company=company, propay=propay, cost_code=code, minutes=1079)
    for minutes, is_over in ((1079, True), (1080, False)):
        BudgetTask.objects.filter(pk=task.pk).update(minutes=minutes)
        services.refresh(company=company, now=NOW)
        assert ProPay.objects.get().is_over_budget == is_over


def test_a_bar_below_100_percent_is_over_if_less_is_complete(as_manager, make, crew):
    propay = make(budget_type="HOURS", budget_minutes=2000, completion_percent=Decimal(50))
    assert "54 percent of the budget used: over budget" in as_manager.get(addresses(propay)["propay_detail"]).text


@pytest.mark.parametrize(("fields", "is_over"), CASES[:8])
def test_the_migration_finds_the_same(make, fields, is_over):
    propay = make(**{name: Decimal(value) if isinstance(value, int) else value for name, value in fields.items()})
    ProPay.objects.update(is_over_budget=False)
    import_module("propay.migrations.0010_over_budget").fill(apps, None)
    assert ProPay.objects.get(pk=propay.pk).is_over_budget == is_over
