"""The page of one ProPay: figures, crew, steps and days; canceled and restored."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from propay import services
from propay.models import ProPay
from propay.pages import propays as pages
from propay.rules.budgets import BudgetType
from tests.make import factories
from tests.make.propays import NOW, START, make_propay
from tests.propay.pages.propays.addresses import addresses
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_the_detail_page_shows_the_figures_and_the_crew(as_manager, propay):
    text = text_of(as_manager.get(addresses(propay)["propay_detail"]))

    assert "Budget $2,097.60 80:00 hours" in text
    assert "Actual $1,311.00 50:00 hours" in text
    assert "Savings $786.60" in text
    assert "Bonus pool $393.30" in text
    assert "Ana Ruiz 30:00 $600.00 $235.98" in text
    assert "Ben Odermatt 20:00 $711.00 $157.32" in text
    assert "Total 50:00 $1,311.00 $393.30" in text


def test_the_steps_lead_to_the_stored_figures(propay):
    explained = pages.explained(propay)

    for name in ("budget_amount", "actual_minutes", "actual_amount", "saving_amount", "pool_amount", "company_amount"):
        assert getattr(explained.worked_out, name) == getattr(propay, name)
    assert {(share.worker_id, share.role): share.amount for share in explained.shares} == {
        key: share.amount for key, share in explained.worked_out.shares.items()
    }
    results = {step.key: step.result for step in explained.worked_out.trace}
    assert results["actual"] == "1,311.00"
    assert results["budget"] == "2,097.60"
    assert results["saving"] == "786.60"
    assert results["split"] == "393.30"
    assert [results[f"share.CREW.{share.worker_id}"] for share in explained.shares] == ["235.98", "157.32"]


def test_the_detail_page_shows_every_step(as_manager, propay):
    text = text_of(as_manager.get(addresses(propay)["propay_detail"]))

    assert "Labor cost of Ana Ruiz 30 h × 20.00 = 600" in text
    assert "Savings 2,097.60 - 1,311.00 = 786.60" in text
    assert "Lead part" not in text


def test_the_days_of_the_chart_lead_to_the_stored_figures(as_manager, propay):
    response = as_manager.get(addresses(propay)["propay_detail"])

    last = response.context["page"].days[-1]
    assert (last.total_minutes, last.total_amount) == (propay.actual_minutes, propay.actual_amount)
    assert "Nov 4, 2026 10:00 50:00 $1,311.00" in text_of(response)


def test_the_detail_page_shows_entered_next_to_synced_budgets(as_manager, propay):
    ProPay.objects.filter(pk=propay.pk).update(budget_minutes=75 * 60)

    text = text_of(as_manager.get(addresses(propay)["propay_detail"]))

    assert "Your time-tracking system has 80:00 hours; this ProPay uses the 75:00 hours entered here." in text


def test_the_detail_page_names_whose_wage_is_missing_and_links_there(as_manager, company, propay):
    dee = factories.make_worker(company, "Dee Lo")
    factories.make_entry(dee, propay.job, work_date=date(2026, 11, 5))
    services.refresh(company=company, now=NOW)

    response = as_manager.get(addresses(propay)["propay_detail"])

    assert "Missing wages: Dee Lo from Nov 5, 2026." in text_of(response)
    assert "Enter wage" in text_of(response)
    assert reverse("worker_detail", args=[dee.pk]) in response.content.decode()
    assert "$786.60" not in text_of(response)


def test_the_detail_page_says_that_it_is_over_budget(as_manager, company, propay):
    ProPay.objects.filter(pk=propay.pk).update(budget_minutes=40 * 60)
    services.refresh(company=company, now=NOW)

    text = text_of(as_manager.get(addresses(propay)["propay_detail"]))

    assert "Over budget: there's no bonus. Nothing is taken from hourly pay." in text
    assert "125%" in text


@pytest.mark.parametrize(
    "fields",
    [
        {"budget_type": BudgetType.HOURS},
        {"budget_type": BudgetType.PERCENT_OF_CONTRACT, "labor_percent": Decimal(30)},
        {"fixed_amount": Decimal("100.00")},
        {"fixed_amount": Decimal("100.00"), "end_date": START, "include_travel": True},
    ],
)
def test_the_detail_page_shows_a_propay_without_time_or_budget(as_manager, company, fields):
    propay = make_propay(factories.make_job(company), **fields)
    services.refresh(company=company, now=NOW)

    assert "No counted time yet." in text_of(as_manager.get(addresses(propay)["propay_detail"]))


def test_the_detail_page_links_to_the_entries_it_counts(as_manager, propay):
    ProPay.objects.filter(pk=propay.pk).update(end_date=date(2026, 12, 31))

    page = as_manager.get(addresses(propay)["propay_detail"]).content.decode()

    assert f"{reverse('time_list')}?job={propay.job_id}&amp;from=2026-10-01&amp;to=2026-12-31" in page


def test_cancel_and_restore_from_the_page(as_manager, propay):
    response = as_manager.post(addresses(propay)["propay_cancel"], follow=True)
    assert "This ProPay is canceled" in text_of(response)

    response = as_manager.post(addresses(propay)["propay_restore"], follow=True)
    assert "Restored and recalculated." in text_of(response)
    propay.refresh_from_db()
    assert propay.status == "STARTED"


def test_cancel_and_restore_say_why_not(as_manager, propay):
    assert "Only a canceled ProPay can be restored." in text_of(
        as_manager.post(addresses(propay)["propay_restore"], follow=True)
    )
    as_manager.post(addresses(propay)["propay_cancel"])
    assert "can't be canceled" in text_of(as_manager.post(addresses(propay)["propay_cancel"], follow=True))
