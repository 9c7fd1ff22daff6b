"""The what-if in a real browser: a number changes, the result and the difference follow, and it becomes a ProPay."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from propay import services
from propay.models import BonusPlan, PlanVersion, ProPay
from tests.journeys.browser import WIDTHS, faults_of, sign_in
from tests.make import factories
from tests.make.propays import NOW, make_propay

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MONDAY = date(2026, 11, 2)


@pytest.fixture
def job(company):
    """Ana works 50 hours at 20.00, Ben 20 hours at 30.00."""
    job = factories.make_job(company, "Kitchen")
    for name, wage, days in (("Ana Ruiz", "20.00", 5), ("Ben Ode", "30.00", 2)):
        worker = factories.make_worker(company, name)
        factories.make_wage(worker, wage)
        for day in range(days):
            factories.make_entry(worker, job, minutes=600, work_date=MONDAY + timedelta(day))
    return job


@pytest.fixture
def plan(company):
    return PlanVersion.objects.create(
        company=company,
        plan=BonusPlan.objects.create(company=company, name="Crew plan"),
        start_date=MONDAY,
        split_percent=80,
        crew_percent=90,
        company_percent=10,
    )


def test_a_change_shows_the_difference_and_is_saved(page, live_server, complaints, admin, company, job, plan):
    propay = make_propay(job, title="Kitchen remodel", fixed_amount=Decimal("2600.00"))
    services.refresh(company=company, now=NOW)
    sign_in(page, live_server, admin.email)
    page.goto(f"{live_server.url}/propays/{propay.pk}/")
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="What-if").click()
    page.wait_for_url("**/what-if/?propay=*")
    page.evaluate("window.sameDocument = true")
    sums = page.locator("#what-if-sum")
    expect(sums).to_contain_text("$500.00 no change")

    page.get_by_label("Budget in dollars").fill("3,000")
    expect(sums).to_contain_text("$700.00 +$200.00")
    expect(page.get_by_role("row", name="Budget")).to_contain_text("+$400.00")

    page.get_by_label("Bonus plan").select_option(label="Crew plan (effective Nov 2, 2026)")
    expect(sums).to_contain_text("$1,120.00 +$620.00")
    expect(page.get_by_role("row", name="Company part")).to_contain_text("$112.00")

    page.get_by_role("button", name="Remove Ben Ode").click()
    expect(page.get_by_role("row", name=re.compile("^Ben Ode"))).to_contain_text("−$142.86")
    page.get_by_role("button", name="Add a person").click()
    added = page.locator(".crew-line").last
    added.get_by_label("Name").fill("Zoe")
    added.get_by_label("Hours").fill("10")
    added.get_by_label("Wage").fill("10")
    expect(page.get_by_role("row", name=re.compile("^Zoe"))).to_contain_text("+$")
    assert page.evaluate("window.sameDocument")

    page.get_by_role("button", name="Save to this ProPay").click()
    page.get_by_text("Saved as ProPay “Kitchen remodel”").wait_for()
    propay.refresh_from_db()
    assert (propay.fixed_amount, propay.pool_amount, propay.plan_version) == (
        Decimal("3000.00"),
        Decimal("1120.00"),
        plan,
    )
    assert propay.actual_minutes == 70 * 60
    assert complaints == []


def test_a_job_without_a_propay_becomes_one(page, live_server, complaints, admin, job):
    sign_in(page, live_server, admin.email)
    page.goto(f"{live_server.url}/propays/what-if/")
    page.get_by_label("Start from a job").select_option(label="Kitchen")
    page.get_by_role("button", name="Load this job").click()
    page.get_by_label("Budget in dollars").fill("2600")
    sums = page.locator("#what-if-sum")
    expect(sums).to_contain_text("$500.00")
    page.get_by_role("button", name="Keep for comparison").click()
    expect(sums).to_contain_text("$500.00 no change")
    page.get_by_label("Share of savings that goes to the bonus pool (%)").fill("80")
    expect(sums).to_contain_text("$800.00 +$300.00")
    page.get_by_text("Save as ProPay").first.click()
    page.get_by_role("button", name="Save as ProPay").click()
    page.get_by_text("Saved as ProPay “Kitchen”").wait_for()
    assert ProPay.objects.get().pool_amount == Decimal("800.00")
    assert complaints == []


def test_what_if_and_dry_run_are_readable_on_desktops_and_phones(
    page,
    live_server,
    complaints,
    admin,
    company,
    job,
    plan,
):
    propay = make_propay(job, fixed_amount=Decimal("2600.00"))
    services.refresh(company=company, now=NOW)
    sign_in(page, live_server, admin.email)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{live_server.url}/propays/what-if/?propay={propay.pk}")
        for folded in page.locator("details:not(.side-menu) > summary").all():
            folded.click()
        assert faults_of(page, width) == []
        page.goto(f"{live_server.url}/propays/dry-run/?version={plan.pk}&start=2026-11-01&end=2026-11-30")
        page.get_by_text("By worker").first.wait_for()
        assert faults_of(page, width) == []
    assert complaints == []
