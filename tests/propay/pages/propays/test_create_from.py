"""Links that create something keep what the page was about: the job, the plan, the pay period, the search."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from propay.models import BonusPlan, PlanVersion, ProPay
from tests.make import factories
from tests.make.paid import make_open
from tests.make.propays import make_propay
from tests.reading import text_of

pytestmark = pytest.mark.django_db
CREATE = "/propays/create/"


@pytest.fixture
def job(company):
    job = factories.make_job(company, "Roof", number="17")
    factories.make_entry(factories.make_worker(company, "Ana Ruiz"), job, work_date=date(2026, 9, 1))
    return job


@pytest.fixture
def plan(company):
    plan = BonusPlan.objects.create(company=company, name="Standard")
    PlanVersion.objects.create(company=company, plan=plan, start_date=date(2026, 8, 1), split_percent=Decimal(65))
    return plan


def links(response, start):
    """Where the page's links lead that start so."""
    return {unescape(link) for link in re.findall(r'href="([^"]+)"', response.text) if link.startswith(start)}


def test_a_job_s_page_and_row_lead_to_its_propay(as_manager, job):
    expected = {f"{CREATE}?job={job.pk}"}
    assert links(as_manager.get(reverse("job_detail", args=[job.pk])), CREATE) == expected
    assert links(as_manager.get("/jobs/"), CREATE) == {CREATE, *expected}


def test_lists_narrowed_to_a_job_and_an_entry_lead_to_its_propay(as_manager, company, job):
    make_propay(job)
    entry = job.time_entries.get()
    for path in (f"/time/?job={job.pk}", f"/propays/?job={job.pk}", reverse("time_entry", args=[entry.pk])):
        assert links(as_manager.get(path), CREATE) == {f"{CREATE}?job={job.pk}"}, path
    assert links(as_manager.get("/time/"), CREATE) == {CREATE}
    assert links(as_manager.get("/propays/"), CREATE) == {CREATE}


def test_the_job_is_chosen_with_all_that_is_known_of_it(as_manager, job):
    form = as_manager.get(f"{CREATE}?job={job.pk}").context["form"]
    assert f'value="{job.pk}" selected' in str(form["job"])
    assert (form["title"].value(), form["start_date"].value()) == ("Roof", date(2026, 9, 1))


def test_the_job_survives_an_error(as_manager, job):
    address = f"{CREATE}?job={job.pk}"
    response = as_manager.post(address, {"job": job.pk, "title": "Roof", "start_date": "x", "budget_type": "HOURS"})
    assert response.status_code == 200
    assert f'value="{job.pk}" selected' in str(response.context["form"]["job"])
    assert not ProPay.objects.exists()


def test_a_job_of_another_company_is_not_found(as_stranger, job):
    assert as_stranger.get(f"{CREATE}?job={job.pk}").status_code == 404
    assert as_stranger.get(f"{CREATE}?job=x").status_code == 200


def test_an_inactive_job_is_refused_with_a_reason(as_manager, company):
    gone = factories.make_job(company, "Old barn", is_active=False)
    assert links(as_manager.get(reverse("job_detail", args=[gone.pk])), CREATE) == {CREATE}
    assert links(as_manager.get("/jobs/?show=inactive"), CREATE) == {CREATE}
    response = as_manager.get(f"{CREATE}?job={gone.pk}")
    assert "“Old barn” is inactive, so it can't get a new ProPay." in unescape(text_of(response))
    assert response.context["job"] is None


def test_a_plan_s_page_leads_to_a_propay_with_its_numbers(as_admin, plan, job):
    page = as_admin.get(reverse("plan_detail", args=[plan.pk]))
    assert links(page, CREATE) == {f"{CREATE}?plan={plan.pk}"}
    form = as_admin.get(f"{CREATE}?plan={plan.pk}&job={job.pk}").context["form"]
    assert f'value="{plan.versions.get().pk}" selected' in str(form["plan_version"])
    assert form["split_percent"].value() == "65.00"
    assert f'value="{job.pk}" selected' in str(form["job"])


@pytest.mark.parametrize(
    ("starts", "is_active", "why"),
    [
        (date(2126, 1, 1), True, "“Standard” starts on Jan 1, 2126, after the start date."),
        (date(2026, 8, 1), False, "“Standard” is archived."),
    ],
)
def test_a_plan_that_does_not_fit_stays_chosen_and_says_why(as_admin, plan, starts, is_active, why):
    PlanVersion.objects.update(start_date=starts)
    BonusPlan.objects.update(is_active=is_active)
    response = as_admin.get(f"{CREATE}?plan={plan.pk}")
    assert f'value="{plan.versions.get().pk}" selected' in response.text
    assert why in unescape(text_of(response))
    assert "can't be chosen yet" not in response.text


def test_a_plan_of_another_company_or_without_rules_is_ignored(as_admin, as_stranger, plan):
    assert as_stranger.get(f"{CREATE}?plan={plan.pk}").status_code == 404
    PlanVersion.objects.all().delete()
    assert as_admin.get(f"{CREATE}?plan={plan.pk}").context["form"]["plan_version"].value() is None


def test_an_adjustment_starts_with_the_pay_period_of_the_list(as_admin, company):
    statement = make_open(factories.make_worker(company, "Ben Cole"))
    start = f"{statement.start_date}"
    address = f"/bonuses/statements/?period={statement.start_date}_{statement.end_date}"
    (link,) = links(as_admin.get(address), reverse("adjustment_create"))
    assert link.endswith(f"?start={start}")
    assert f'value="{start}" selected' in str(as_admin.get(link).context["form"]["start_date"])


def test_set_wages_keeps_the_search_of_the_team(as_admin, company, job):
    factories.make_worker(company, "Ben Cole")
    (link,) = links(as_admin.get("/team/?q=ben&page=1"), "/team/wages/?q")
    assert link == "/team/wages/?q=ben"
    assert [worker.name for worker in as_admin.get(link).context["page_obj"]] == ["Ben Cole"]
