"""A form's current choice stays in its list, even if archived; if it can't be used, the form says so."""

from datetime import date

import pytest
from django.urls import reverse

from propay import services
from propay.models import AutomationRule, ProPay
from protiv.accounts.models import Membership, Role
from tests.make import factories
from tests.make.filled import CREATE, errors, filled
from tests.make.propays import make_propay

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen")


def is_selected(response, key: int) -> bool:
    return f'<option value="{key}" selected>' in response.content.decode()


def is_ticked(response, name: str, key: int) -> bool:
    inputs = " ".join(response.content.decode().split()).split("<input")
    return any(all(text in one for text in (f'name="{name}"', f'value="{key}"', " checked")) for one in inputs)


def test_a_copy_keeps_cost_codes_that_are_inactive(as_manager, company, job):
    code = factories.make_cost_code(company, "Framing", is_active=False)
    original = make_propay(job, end_date=date(2026, 11, 5))
    original.cost_codes.add(code)

    response = as_manager.get(CREATE, {"copy": original.pk})

    assert is_ticked(response, "cost_codes", code.pk)
    assert "Framing (inactive)" in response.content.decode()


def test_a_cost_code_that_goes_inactive_in_the_meantime_is_taken_as_chosen(as_manager, company, job):
    code = factories.make_cost_code(company, "Framing", is_active=False)

    as_manager.post(CREATE, filled(job, cost_codes=[code.pk]))

    assert list(ProPay.objects.get().cost_codes.all()) == [code]


def test_a_job_that_goes_inactive_in_the_meantime_stays_visible_and_is_refused(as_manager, company):
    job = factories.make_job(company, "Long gone", is_active=False)

    response = as_manager.post(CREATE, filled(job))

    assert is_selected(response, job.pk)
    assert "Long gone (inactive)" in response.content.decode()
    assert "is inactive, so it can't get a new ProPay" in errors(response)["job"][0]
    assert not ProPay.objects.exists()


def test_a_propay_whose_job_went_inactive_can_be_edited(as_manager, company, job):
    propay = make_propay(job)
    type(job).objects.update(is_active=False)

    as_manager.post(reverse("propay_edit", args=[propay.pk]), filled(job, title="Another"))

    propay.refresh_from_db()
    assert propay.title == "Another"


def test_a_manager_who_lost_the_role_stays_visible_and_is_refused(as_admin, company, job):
    manager = factories.make_member(company, Role.MANAGER)
    propay = make_propay(job, manager=manager)
    Membership.objects.filter(pk=manager.pk).update(role=Role.WORKER)
    address = reverse("propay_edit", args=[propay.pk])

    page = as_admin.get(address)
    response = as_admin.post(address, filled(job, manager=manager.pk))

    assert is_selected(page, manager.pk)
    assert "(no longer a manager)" in page.content.decode()
    assert "can't manage a ProPay" in errors(response)["manager"][0]
    propay.refresh_from_db()
    assert propay.manager == manager


def test_a_line_on_a_cost_code_that_is_inactive_stays(as_manager, company, job):
    code = factories.make_cost_code(company, "Framing", is_active=False)
    line = {"tasks_code": code.pk, "tasks_hours": "x", "tasks_amount": ""}

    response = as_manager.post(CREATE, filled(job, budget_type="TASKS", **line))

    assert f'value="{code.pk}" selected' in response.content.decode()


@pytest.mark.parametrize("name", ["lead", "paid_manager"])
def test_a_worker_who_left_stays_chosen(as_manager, company, job, name):
    gone = factories.make_worker(company, "Gone Home", is_active=False)
    propay = make_propay(job, **{name: gone})

    response = as_manager.get(reverse("propay_edit", args=[propay.pk]))

    assert is_selected(response, gone.pk)
    assert "Gone Home (inactive)" in response.content.decode()


def test_the_automation_keeps_a_plan_visible_that_is_not_offered(as_admin, company, admin):
    plan = services.create_plan(company=company, actor=admin, name="Standard")
    AutomationRule.objects.create(company=company, plan=plan, go_live_date=date(2026, 11, 1))
    services.set_plan_active(company=company, plan_id=plan.pk, is_active=False, actor=admin)
    typed = {"plan": plan.pk, "moment": "FIRST_TIME", "go_live_date": "2026-11-01"}

    page = as_admin.get(reverse("automation"))
    response = as_admin.post(reverse("automation"), typed)

    assert is_selected(page, plan.pk)
    assert "Standard (archived)" in page.content.decode()
    assert "is archived" in errors(response)["plan"][0]
    assert is_selected(response, plan.pk)


def test_a_sign_in_stays_visible_when_its_role_changes(as_admin, company):
    member = factories.make_member(company, Role.WORKER)
    worker = factories.make_worker(company, "Ana Ruiz", membership=member)
    Membership.objects.filter(pk=member.pk).update(role=Role.MANAGER)
    as_admin.post(reverse("worker_link", args=[worker.pk]), {"membership": member.pk})

    assert is_selected(as_admin.get(reverse("worker_detail", args=[worker.pk])), member.pk)
    worker.refresh_from_db()
    assert worker.membership == member


@pytest.mark.parametrize("foreign", ["job", "manager", "cost_codes"])
def test_nothing_of_another_company_can_be_chosen(as_manager, job, foreign):
    other = factories.make_company()
    rows = {
        "job": factories.make_job(other, "Foreign"),
        "manager": factories.make_member(other, Role.MANAGER, email="foreign@other.test"),
        "cost_codes": factories.make_cost_code(other, "Foreign"),
    }

    response = as_manager.post(CREATE, filled(job) | {foreign: rows[foreign].pk})

    assert list(errors(response)) == [foreign]
    assert "oreign" not in response.content.decode()
