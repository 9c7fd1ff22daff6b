"""Nothing that the product answers is stored, and signing out clears the browser."""

import re
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from protiv.accounts.models import User
from tests.make import factories
from tests.routes import routes


def addresses():
    """One address for every route, with 1 for each number and name in it."""
    for route, _pattern in routes():
        # The admin's catch-all is a regular expression.
        yield "/admin/nowhere" if "$" in route else "/" + re.sub(r"<[^>]+>", "1", route)


@pytest.fixture
def as_support(admin, sign_in):
    """A company's admin who is a superuser as well: every page opens."""
    User.objects.filter(pk=admin.pk).update(is_staff=True, is_superuser=True)
    return sign_in(admin)


def test_it_stores_no_page_of_a_signed_in_user(as_support, company):
    as_support.raise_request_exception = False
    factories.make_job(company, pk=1)
    found = list(addresses())
    assert {"/admin/accounts/user/1/change/", "/time/", "/healthz", "/admin/nowhere"} <= set(found)
    stored = {path for path in found if "no-store" not in as_support.get(path).headers.get("Cache-Control", "")}
    assert stored == set()


def test_it_stores_no_error_no_redirect_and_no_fragment(as_worker, as_admin, monkeypatch):
    monkeypatch.setattr("protiv.accounts.views.PEOPLE_ON_A_PAGE", "broken")
    as_admin.raise_request_exception = False
    answers = {
        HTTPStatus.NOT_FOUND: as_admin.get("/nowhere/"),
        HTTPStatus.FORBIDDEN: as_worker.get("/settings/people/"),
        HTTPStatus.METHOD_NOT_ALLOWED: as_admin.get("/company/switch/"),
        HTTPStatus.MOVED_PERMANENTLY: as_admin.get("/settings"),
        HTTPStatus.INTERNAL_SERVER_ERROR: as_admin.get("/settings/people/"),
        HTTPStatus.OK: as_admin.get("/time/", headers={"HX-Request": "true"}),
    }
    for status, answer in answers.items():
        assert (answer.status_code, answer["Cache-Control"]) == (status, "private, no-store")


def test_it_stores_no_answer_to_an_expired_form(admin):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/settings/", {})
    assert (answer.status_code, answer["Cache-Control"]) == (403, "private, no-store")


def test_it_lets_browsers_keep_static_files(as_admin, settings):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    answer = as_admin.get("/static/base.css")
    assert answer.status_code == 200
    assert "no-store" not in answer["Cache-Control"]


@pytest.mark.parametrize("name", ["logout", "admin:logout"])
def test_it_clears_the_browser_on_signing_out(as_support, name):
    assert as_support.post(reverse(name))["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in as_support.get("/login/")
