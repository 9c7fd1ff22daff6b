"""A page whose session ended or is someone else's: htmx gets no page to render, and no form is sent as someone else."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from protiv.accounts.models import Membership, Role
from tests.conftest import PASSWORD
from tests.make import factories

HTMX = {"HX-Request": "true"}
PARTS = ["sync_button_status", "propay_job_facts", "propay_plan_choices", "propay_plan_numbers", "bonus_periods"]
STATE = "/session/"


def page_of(user):
    return f"{user.pk}-{Membership.objects.get(user=user).company_id}"


@pytest.mark.parametrize("name", PARTS)
def test_htmx_gets_no_sign_in_page_to_render(anonymous, name):
    assert anonymous.get(reverse(name)).status_code == 302
    answer = anonymous.get(reverse(name), headers=HTMX)
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("name", PARTS)
def test_a_page_gets_no_data_of_another_user_or_company(as_admin, admin, stranger, name):
    assert as_admin.get(reverse(name), headers=HTMX | {"X-Page-Of": page_of(admin)}).status_code == 200
    assert as_admin.get(reverse(name), headers=HTMX | {"X-Page-Of": page_of(stranger)}).status_code == 401


def test_a_removed_member_is_not_told_that_the_page_is_missing(as_admin, admin):
    mine = page_of(admin)
    Membership.objects.all().delete()
    assert as_admin.get(reverse("sync_button_status"), headers=HTMX | {"X-Page-Of": mine}).status_code == 401
    assert as_admin.get(reverse("sync_button_status"), headers=HTMX).status_code == 404


def test_every_page_says_whom_it_is_for(as_admin, admin, as_worker, worker_user):
    for client, user in ((as_admin, admin), (as_worker, worker_user)):
        assert f'"X-Page-Of": "{page_of(user)}"' in client.get("/").text


def test_a_worker_reads_the_notices_in_spanish(as_worker):
    page = as_worker.get("/", headers={"Accept-Language": "es"}).text
    notices = re.findall(r'<template id="notice-[a-z-]+">(.*?)</template>', page, re.DOTALL)
    assert len(notices) == 7
    assert not [one for one in notices if "sent" in one or "typed" in one]
    beside = as_worker.get("/signed-in/", headers={"Accept-Language": "es"}).text
    assert "Ha iniciado sesión" in beside


def test_a_browser_learns_about_its_session_only_what_pages_need(as_admin, admin, anonymous):
    told = as_admin.get(STATE)
    assert told.json().keys() == {"page_of", "companies", "token"}
    assert told.json()["page_of"] == page_of(admin)
    assert told.json()["companies"] == [Membership.objects.get(user=admin).company_id]
    assert "no-store" in told["Cache-Control"]
    assert anonymous.get(STATE).json() | {"token": ""} == {"page_of": "", "companies": [], "token": ""}
    assert as_admin.post(STATE).status_code == 405


def test_a_user_without_a_company_still_has_a_session(db, sign_in):
    lost = factories.make_user("lost@example.com")
    assert sign_in(lost).get(STATE).json()["page_of"] == f"{lost.pk}-"


# The token of a form


@pytest.fixture
def strict(admin):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


def switch(client, company, token):
    return client.post(reverse("company_switch"), {"company": company.pk, "csrfmiddlewaretoken": token})


def test_a_form_of_the_previous_company_is_refused_after_a_switch(strict, admin, company):
    other = factories.make_company("Beta", slug="beta")
    factories.make_member(other, Role.ADMIN, user=admin)
    token = strict.get(STATE).json()["token"]
    assert switch(strict, other, token).status_code == 302
    invited = {"email": "new@example.com", "role": "WORKER", "csrfmiddlewaretoken": token}
    assert strict.post(reverse("people"), invited).status_code == 403
    assert not Membership.objects.filter(user__email="new@example.com").exists()

    fresh = strict.get(STATE).json()["token"]
    assert switch(strict, company, fresh).status_code == 302
    token = strict.get(STATE).json()["token"]
    assert strict.post(reverse("people"), invited | {"csrfmiddlewaretoken": token}).status_code == 302


def test_htmx_with_a_stale_token_must_check_who_is_signed_in(strict):
    assert strict.post(reverse("sync_now"), headers=HTMX).status_code == 401
    assert strict.post(reverse("sync_now")).status_code == 403


def test_a_sign_in_page_open_for_too_long_is_shown_again(admin):
    browser = Client(enforce_csrf_checks=True)
    browser.get("/login/")
    again = browser.post("/login/?next=/jobs/", {"username": admin.email, "password": PASSWORD}, follow=True)
    assert again.redirect_chain == [("/login/?next=/jobs/", 302)]
    assert "open too long" in again.text


def test_a_sign_in_in_another_tab_carries_over_to_the_old_page(strict, admin):
    answer = strict.post("/login/?next=/jobs/", {"username": admin.email, "password": PASSWORD}, follow=True)
    assert [url for url, _status in answer.redirect_chain] == ["/login/?next=/jobs/", "/jobs/"]
    assert "open too long" not in answer.text
