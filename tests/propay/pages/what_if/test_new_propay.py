"""A what-if of a job without a ProPay, or of nothing real, and how to get there."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from propay.models import ProPay
from propay.rules.states import ProPayStatus
from tests.make import factories
from tests.propay.pages.what_if.scenario import HTMX, address, filled, tried
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_job_with_a_propay_leads_to_it(as_manager, job, propay):
    assert as_manager.get(address(job=job))["Location"] == address(propay)


def test_job_without_a_propay_is_tried_and_saved(as_manager, job, propay):
    ProPay.objects.update(status=ProPayStatus.CANCELED)
    page = as_manager.get(address(job=job))
    assert "has no ProPay yet" in text_of(page)
    data = filled(page)
    assert (data["start_date"], data["title"]) == (["2026-11-02"], ["Kitchen"])
    changes = {"budget_type": "AMOUNT", "fixed_amount": "2600", "crew_bonus": ["no", ""]}
    assert "Ben Ode 500.00 × 1200 / 1200 $500.00" in text_of(
        as_manager.post(address(job=job), data | changes, headers=HTMX)
    )
    as_manager.post(address(job=job), data | changes | {"save": "1"})
    saved = ProPay.objects.get(status="STARTED")
    assert (saved.job, saved.title, saved.pool_amount) == (job, "Kitchen", Decimal("500.00"))
    assert saved.crew_terms.get().no_bonus
    assert saved.manager.user.email == "manager@acme.test"


def test_first_and_last_day_of_a_new_propay_decide_which_time_counts(as_manager, job, propay):
    ProPay.objects.update(status=ProPayStatus.CANCELED)
    changes = {"budget_type": "AMOUNT", "fixed_amount": "2600", "start_date": "2026-11-03", "end_date": "2026-11-04"}
    text = tried(as_manager, address(job=job), **changes)
    assert "Hours Ana Ruiz 20 h + Ben Ode 10 h" in text
    assert "/ 50 h × 10 h" in text  # the week has all of Ana's hours still


@pytest.mark.parametrize(
    ("fields", "budget_type"),
    [({"synced_budget_minutes": 600}, "HOURS"), ({"synced_contract_amount": "1000.00"}, "PERCENT_OF_CONTRACT")],
)
def test_job_begins_with_the_budget_that_it_has(as_manager, company, fields, budget_type):
    job = factories.make_job(company, **fields)
    assert filled(as_manager.get(address(job=job)))["budget_type"] == [budget_type]


@time_machine.travel("2026-11-09T15:00:00Z", tick=False)
def test_a_case_from_scratch_needs_a_job_to_be_saved(as_manager, job):
    page = as_manager.get(address())
    assert "Start from a job" in text_of(page)
    data = filled(page) | {"fixed_amount": "1400", "save": "1"}
    refused = as_manager.post(address(), data)
    assert "Choose the job for this ProPay" in text_of(refused)
    as_manager.post(address(), data | {"job": str(job.pk)})
    saved = ProPay.objects.get()
    assert (saved.job, saved.title, saved.fixed_amount) == (job, "Kitchen", Decimal("1400.00"))


def test_saving_a_new_one_is_refused_where_another_claims_the_time(as_manager, job, propay):
    data = filled(as_manager.get(address())) | {"fixed_amount": "1400", "save": "1", "job": str(job.pk)}
    assert "already counts time on this job" in text_of(as_manager.post(address(), data))
    assert ProPay.objects.count() == 1


def test_propay_its_list_and_its_job_lead_to_the_what_if(as_manager, job, propay):
    pages = {
        reverse("propay_detail", args=[propay.pk]): address(propay),
        reverse("propay_list"): address(),
        reverse("job_detail", args=[job.pk]): address(job=job),
    }
    for page, where in pages.items():
        assert f'href="{where}"' in as_manager.get(page).content.decode()


def test_long_list_of_jobs_says_how_to_start_from_any_other(as_manager, company, monkeypatch):
    monkeypatch.setattr("propay.views.what_if.LISTED_AT_MOST", 1)
    for name in ("Attic", "Bath"):
        factories.make_job(company, name)
    page = text_of(as_manager.get(address()))
    assert "For others, open their page first" in page
    assert len(as_manager.get(address()).context["jobs"]) == 1
