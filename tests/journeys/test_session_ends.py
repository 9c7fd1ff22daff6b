"""A page that outlives its session, in a real browser: the input is kept, and is never sent for someone else."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from integrations.models import ConnectionState
from propay.models import ProPay
from protiv.accounts.models import Membership, Role, User
from tests.conftest import PASSWORD
from tests.journeys.browser import WIDTHS, faults_of, sign_in
from tests.journeys.steps import picture
from tests.make import factories
from tests.make.connections import make_connection, make_run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


FAILING = [{"status": 500}, {"status": 404}, {"status": 403}, {"body": "<!doctype html><p>Oops"}]


@pytest.fixture
def job(company):
    job = factories.make_job(company, "Kitchen", number="17", synced_budget_minutes=6000)
    factories.make_entry(factories.make_worker(company, "Ana Ames"), job)
    return job


@pytest.fixture
def typed(page, live_server, admin, job):
    """A ProPay that is entered and not sent yet."""
    sign_in(page, live_server, admin.email)
    page.goto(live_server.url + reverse("propay_create"))
    page.get_by_label("Job", exact=True).select_option(label="17 · Kitchen")
    expect(page.get_by_label("Title")).to_have_value("Kitchen")
    page.get_by_label("Title").fill("Kitchen, second floor")
    page.get_by_label("Budget hours", exact=True).fill("80:30")
    return page


def end_sessions():
    Session.objects.all().delete()


def notice(page):
    return page.get_by_role("alert")


def sign_in_beside(page, email):
    """Follow the notice's link to another tab, sign in there, and come back."""
    with page.context.expect_page() as opened:
        notice(page).get_by_role("link").first.click()
    tab = opened.value
    tab.get_by_label("Email").fill(email)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("heading", name="You are signed in")).to_be_visible()
    tab.close()


def still_typed(page):
    expect(page.get_by_label("Title")).to_have_value("Kitchen, second floor")
    expect(page.get_by_label("Budget hours", exact=True)).to_have_value("80:30")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_form_survives_the_end_of_its_session_and_is_saved_once(typed, admin, width):
    page = typed
    page.set_viewport_size({"width": width, "height": 900})
    end_sessions()
    page.get_by_role("button", name="Create ProPay").click()
    expect(notice(page)).to_contain_text("You are signed out")
    expect(notice(page)).to_be_focused()
    still_typed(page)
    assert faults_of(page, width) == []
    picture(page, f"signed-out-{width}")
    assert not ProPay.objects.exists()
    notice(page).get_by_role("button", name="Continue").click()
    expect(notice(page)).to_contain_text("You are signed out")

    sign_in_beside(page, admin.email)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(notice(page)).to_contain_text("You are signed in again")
    notice(page).get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Created the ProPay “Kitchen, second floor”.")).to_be_visible()
    assert ProPay.objects.get().budget_minutes == 4830


def test_a_fragment_is_never_the_sign_in_page(typed, company, admin):
    page = typed
    factories.make_job(company, "Roof", number="18")
    page.reload()
    page.get_by_label("Title").fill("Mine")
    end_sessions()
    page.get_by_label("Job", exact=True).select_option(label="18 · Roof")
    expect(notice(page)).to_contain_text("You are signed out")
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_have_count(0)
    expect(page.get_by_label("Title")).to_have_value("Mine")

    sign_in_beside(page, admin.email)
    with page.expect_response("**/job-facts/**") as answer:
        page.evaluate("window.dispatchEvent(new Event('focus'))")
    assert answer.value.status == 200
    expect(notice(page)).to_be_hidden()
    page.get_by_role("button", name="Create ProPay").click()
    expect(page.get_by_text("Created the ProPay “Mine”.")).to_be_visible()
    assert ProPay.objects.get().job.name == "Roof"


def test_nothing_is_submitted_for_another_user(typed, company, admin):
    page = typed
    other = factories.make_user("other@acme.test", password=PASSWORD)
    factories.make_member(company, Role.ADMIN, user=other)
    end_sessions()
    page.get_by_role("button", name="Create ProPay").click()
    sign_in_beside(page, other.email)
    notice(page).get_by_role("button", name="Continue").click()
    expect(notice(page)).to_contain_text("Someone else is signed in")
    expect(notice(page)).to_contain_text(admin.email)
    still_typed(page)
    assert not ProPay.objects.exists()

    with page.context.expect_page() as opened:
        notice(page).get_by_role("link", name="Open another tab").click()
    opened.value.get_by_role("button", name="Sign out").click()
    opened.value.get_by_label("Email").fill(admin.email)
    opened.value.get_by_label("Password").fill(PASSWORD)
    opened.value.get_by_role("button", name="Sign in").click()
    opened.value.wait_for_url("**/")
    notice(page).get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Created the ProPay “Kitchen, second floor”.")).to_be_visible()
    assert ProPay.objects.count() == 1


def test_nothing_is_sent_to_another_company(typed, live_server, company, admin):
    page = typed
    other = factories.make_company("Beta Builders", slug="beta")
    factories.make_member(other, Role.ADMIN, user=admin)
    tab = page.context.new_page()
    tab.goto(live_server.url)
    tab.get_by_text("Acme Roofing").first.click()
    tab.get_by_role("button", name="Beta Builders").click()
    expect(tab.get_by_text("Admin of Beta Builders")).to_have_count(1)
    page.get_by_role("button", name="Create ProPay").click()
    expect(notice(page)).to_contain_text("This page belongs to Acme Roofing")
    still_typed(page)
    notice(page).get_by_role("button", name="Go back to Acme Roofing and continue").click()
    expect(page.get_by_text("Created the ProPay “Kitchen, second floor”.")).to_be_visible()
    assert ProPay.objects.get().company == company


def test_a_page_of_another_company_still_leads_back(page, live_server, company, admin):
    factories.make_member(factories.make_company("Beta Builders", slug="beta"), Role.ADMIN, user=admin)
    sign_in(page, live_server, admin.email)
    tab = page.context.new_page()
    tab.goto(live_server.url)
    tab.get_by_text("Acme Roofing").first.click()
    tab.get_by_role("button", name="Beta Builders").click()
    expect(tab.get_by_text("Admin of Beta Builders")).to_have_count(1)
    page.get_by_text("Acme Roofing").first.click()
    page.get_by_role("button", name="Beta Builders").click()
    expect(page.get_by_text("Admin of Beta Builders")).to_have_count(1)


def test_a_removed_member_is_told(typed, company, admin):
    page = typed
    membership = Membership.objects.get(user=admin)
    Membership.objects.all().delete()
    page.get_by_role("button", name="Create ProPay").click()
    expect(notice(page)).to_contain_text("You are no longer a member of Acme Roofing")
    still_typed(page)
    membership.save(force_insert=True)
    notice(page).get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Created the ProPay “Kitchen, second floor”.")).to_be_visible()


def test_signing_in_again_in_another_tab_first_goes_unnoticed(typed, live_server, admin):
    """The token of the form is another one then: the page takes today's."""
    page = typed
    end_sessions()
    tab = page.context.new_page()
    sign_in(tab, live_server, admin.email)
    page.get_by_role("button", name="Create ProPay").click()
    expect(page.get_by_text("Created the ProPay “Kitchen, second floor”.")).to_be_visible()


def test_a_form_without_a_network_stays_and_can_be_sent_again(typed):
    page = typed
    page.context.set_offline(True)
    page.get_by_role("button", name="Create ProPay").click()
    expect(notice(page)).to_contain_text("Protiv can't be reached")
    still_typed(page)
    page.context.set_offline(False)
    notice(page).get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Created the ProPay “Kitchen, second floor”.")).to_be_visible()
    assert ProPay.objects.count() == 1


@pytest.mark.parametrize(
    "answer", [{"status": 500}, {"status": 404}, {"status": 403}, {"body": "<!doctype html><p>Oops"}, None]
)
def test_a_failing_part_of_a_page_is_reported_and_retried(typed, company, answer):
    page = typed

    def fail(route):
        if answer is None:
            route.abort()
        else:
            route.fulfill(content_type="text/html", **answer)

    page.route("**/plan-choices/**", fail)
    page.get_by_label("Start date", exact=True).fill("2026-11-01")
    page.keyboard.press("Tab")
    expect(notice(page)).to_contain_text("Protiv can't be reached" if answer is None else "That didn't work")
    still_typed(page)
    expect(page.get_by_text("Oops")).to_have_count(0)
    page.unroute("**/plan-choices/**")
    with page.expect_response("**/plan-choices/**"):
        notice(page).get_by_role("button", name="Try again").click()
    expect(notice(page)).to_be_hidden()


def test_polling_stops_and_resumes(page, live_server, company, admin):
    connection = make_connection(company, ConnectionState.INITIAL_SYNC)
    make_run(connection, "RUNNING", days_total=10, days_done=1, seen_count=5)
    sign_in(page, live_server, admin.email)
    page.goto(live_server.url + "/integrations/exaktime/")
    expect(page.locator("#sync-status")).to_contain_text("1 of 10")
    end_sessions()
    expect(notice(page)).to_contain_text("You are signed out")
    expect(page.locator("#sync-status")).to_contain_text("1 of 10")
    connection.runs.update(days_done=7)
    sign_in_beside(page, admin.email)
    notice(page).get_by_role("button", name="Continue").click()
    expect(page.locator("#sync-status")).to_contain_text("7 of 10")
    expect(notice(page)).to_be_hidden()


def test_a_confirmation_is_asked_once(page, live_server, company, admin):
    member = factories.make_member(company, Role.MANAGER, user=factories.make_user("gone@acme.test"))
    sign_in(page, live_server, admin.email)
    page.goto(live_server.url + reverse("person", args=[member.pk]))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.locator("form[action$='/remove/'] button").click()
    page.wait_for_url("**/settings/people/")
    assert len(asked) == 1
    assert not User.objects.get(email="gone@acme.test").memberships.exists()
