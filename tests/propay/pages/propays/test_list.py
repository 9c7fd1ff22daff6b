"""The list of ProPays: its figures, tabs, words and pages."""

from decimal import Decimal

import pytest
from django.urls import reverse

from propay import services
from propay.rules.budgets import BudgetType
from tests.make import factories
from tests.make.propays import NOW, make_propay
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_the_list_shows_budget_saving_and_pool(as_manager, propay):
    text = text_of(as_manager.get(reverse("propay_list")))

    assert "Kitchen remodel 17 · Kitchen" in text
    assert "50:00 of 80:00 hours 63%" in text
    assert "$2,097.60 $1,311.00 $786.60 $393.30" in text


def test_the_list_finds_propays_without_any_budget(as_manager, company, propay):
    bare = factories.make_job(company, "Bare")
    make_propay(bare, title="No hours", budget_type=BudgetType.HOURS)
    make_propay(bare, title="No price", budget_type=BudgetType.PERCENT_OF_CONTRACT, labor_percent=Decimal(30))
    make_propay(bare, title="Typed here", budget_type=BudgetType.HOURS, budget_minutes=60)
    make_propay(bare, title="Gone", budget_type=BudgetType.HOURS, status="CANCELED")
    typed = factories.make_job(company, "Typed", typed_contract_amount=Decimal(5000))
    make_propay(typed, title="On the job", budget_type=BudgetType.PERCENT_OF_CONTRACT, labor_percent=Decimal(30))

    response = as_manager.get(reverse("propay_list"), {"tab": "missing"})

    assert sorted(one.title for one in response.context["page_obj"]) == ["No hours", "No price"]
    assert "Missing budget 2" in text_of(response)


def test_the_list_says_why_there_is_no_figure(as_manager, company, propay):
    factories.make_entry(factories.make_worker(company, "Dee Lo"), propay.job)
    services.refresh(company=company, now=NOW)

    assert "Missing wages: Dee Lo" in text_of(as_manager.get(reverse("propay_list")))


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, ["Kitchen remodel", "Over", "Pending"]),
        ({"tab": "started"}, ["Kitchen remodel", "Over"]),
        ({"tab": "pending"}, ["Pending"]),
        ({"tab": "over"}, ["Over"]),
        ({"tab": "canceled"}, ["Gone"]),
        ({"tab": "all"}, ["Gone", "Kitchen remodel", "Over", "Pending"]),
        ({"tab": "nonsense"}, ["Kitchen remodel", "Over", "Pending"]),
        ({"q": "kitch"}, ["Kitchen remodel"]),
        ({"q": "17 remodel"}, ["Kitchen remodel"]),
        ({"q": "17 bath"}, []),
        ({"tab": "all", "q": "gone"}, ["Gone"]),
    ],
)
def test_the_list_filters_by_tab_and_words(as_manager, company, propay, query, titles):
    make_propay(factories.make_job(company, "Bath"), title="Pending")
    make_propay(factories.make_job(company, "Roof"), title="Over", status="STARTED", is_over_budget=True)
    make_propay(factories.make_job(company, "Shed"), title="Gone", status="CANCELED")

    page = as_manager.get(reverse("propay_list"), query).context["page_obj"]

    assert sorted(one.title for one in page) == titles


def test_the_list_filters_by_job_and_ignores_nonsense(as_manager, company, propay):
    make_propay(factories.make_job(company, "Bath"))

    for job_id, count in ((propay.job_id, 1), ("x", 2), ("9" * 30, 2)):
        assert len(as_manager.get(reverse("propay_list"), {"job": job_id}).context["page_obj"]) == count


def test_an_empty_list_says_what_to_do(as_manager):
    assert "No ProPays yet" in text_of(as_manager.get(reverse("propay_list")))


def test_the_list_has_pages(as_manager, company):
    for number in range(30):
        make_propay(factories.make_job(company, f"Job {number}"))

    page = as_manager.get(reverse("propay_list"), {"page": 2}).context["page_obj"]

    assert (len(page), page.paginator.count) == (5, 30)
