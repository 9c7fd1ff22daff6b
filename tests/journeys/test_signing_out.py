"""Signing out on a shared computer: the Back button brings no page back."""

import pytest
from django.urls import reverse

from tests.conftest import PASSWORD
from tests.make import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser_type, browser_type_launch_args):
    """A page of a browser that keeps whole pages for the Back button; Playwright turns that off by default."""
    launch = {**browser_type_launch_args, "ignore_default_args": ["--disable-back-forward-cache"]}
    browser = browser_type.launch(**launch)
    yield browser.new_page()
    browser.close()


def test_back_shows_no_page_after_signing_out(page, live_server, complaints, admin, company):
    worker = factories.make_worker(company, "Ana Ruiz")
    page.goto(live_server.url + "/login/")
    page.get_by_label("Email").fill(admin.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(live_server.url + "/")
    page.goto(live_server.url + reverse("worker_detail", args=[worker.pk]))
    page.get_by_role("heading", name="Ana Ruiz").wait_for()
    page.evaluate("localStorage.setItem('kept', 'a page with pay')")

    page.get_by_text(admin.email).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login/")
    assert page.evaluate("localStorage.getItem('kept')") is None

    for _ in range(3):
        page.go_back()
        page.get_by_label("Password").wait_for()
        assert "Ana Ruiz" not in page.content()
    page.get_by_label("Email").fill(admin.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Team", exact=True).wait_for()
    assert complaints == []
