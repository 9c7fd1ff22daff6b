"""The form of a ProPay in a real browser, wide and on a small phone: fields come and go, lines too, a plan fills in."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from propay import services
from propay.models import BonusPlan, PlanVersion, ProPay
from propay.rules.budgets import DEFINITIONS, BudgetColumn, BudgetDefinition
from protiv.timekeeping.models import Worker
from tests.journeys.browser import WIDTHS, faults_of, sign_in
from tests.journeys.steps import picture
from tests.make import factories
from tests.make.propays import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def crew(company):
    people = [factories.make_worker(company, name) for name in ("Ana Ames", "Ben Berg", "Cy Cole")]
    for worker, wage in zip(people, ("22.00", "26.50", "31.00"), strict=True):
        factories.make_wage(worker, wage)
    return people


@pytest.fixture
def job(company, crew):
    """Three people worked three days on drywall and paint."""
    job = factories.make_job(company, "Kitchen", number="17", synced_budget_minutes=6000)
    codes = [
        factories.make_cost_code(company, name, number=number) for number, name in (("09", "Drywall"), ("10", "Paint"))
    ]
    for day in (2, 3, 4):
        for number, worker in enumerate(crew):
            factories.make_entry(worker, job, work_date=date(2026, 11, day), cost_code=codes[number % 2])
    return job


@pytest.mark.parametrize("width", WIDTHS)
def test_a_budget_by_cost_code_with_an_adjustment_and_a_distribution(
    page, live_server, complaints, admin, company, crew, job, width
):
    plan = BonusPlan.objects.create(company=company, name="Crews of three")
    PlanVersion.objects.create(
        company=company,
        plan=plan,
        start_date=date(2026, 1, 1),
        split_percent=Decimal(60),
        crew_percent=Decimal(70),
        lead_percent=Decimal(20),
        company_percent=Decimal(10),
        distribution="LEAD_WEIGHTED",
    )
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server, admin.email)
    page.goto(live_server.url + reverse("propay_create"))
    page.get_by_label("Job", exact=True).select_option(label="17 · Kitchen")
    expect(page.get_by_label("Title")).to_have_value("Kitchen")
    with page.expect_response("**/plan-choices/**"):
        page.get_by_label("Start date").fill("2026-11-01")
        page.keyboard.press("Tab")

    page.get_by_label("Bonus plan").select_option(label="Crews of three (effective Jan 1, 2026)")
    expect(page.get_by_text("Filled in from “Crews of three”.")).to_be_visible()
    expect(page.get_by_label("Share of savings that goes to the bonus pool (%)")).to_have_value("60.00")
    expect(page.get_by_label("How the crew's part is divided")).to_have_value("LEAD_WEIGHTED")
    expect(page.get_by_label("Lead's weight")).to_be_visible()
    expect(page.get_by_text("Total 100%.")).to_be_visible()
    expect(page.get_by_text("No crew lead: the lead's 20% goes to the crew.")).to_be_visible()

    expect(page.get_by_label("Budget hours", exact=True)).to_be_visible()
    page.get_by_label("By cost code").check()
    expect(page.get_by_label("Budget hours", exact=True)).to_be_hidden()
    lines = page.locator("[data-line]")
    expect(lines).to_have_count(3)
    page.get_by_role("button", name="Add a line").click()
    expect(lines).to_have_count(4)
    for _ in range(2):
        page.get_by_role("button", name="Remove this line").last.click()
    expect(lines).to_have_count(2)
    lines.nth(0).get_by_label("Cost code").select_option(label="09 · Drywall")
    lines.nth(0).get_by_label("Hours").fill("64:30")
    lines.nth(1).get_by_label("Cost code").select_option(label="10 · Paint")
    lines.nth(1).get_by_label("or dollars").fill("$900")

    page.get_by_text("Budget adjustment and percent complete").click()
    expect(page.get_by_label("Adjustment value")).to_be_hidden()
    page.get_by_label("Budget adjustment").select_option(label="By a percentage")
    page.get_by_label("Adjustment value").fill("10")
    page.get_by_label("Company", exact=True).fill("20")
    expect(page.get_by_text("Total 110%. It must be 100%.")).to_be_visible()
    page.get_by_text("Crew lead, manager, and others").click()
    page.get_by_label("Crew lead").select_option(label="Ben Berg")
    expect(page.get_by_text("No crew lead:")).to_be_hidden()
    assert faults_of(page, width) == []
    picture(page, f"propay-form-{width}")

    page.get_by_role("button", name="Create ProPay").click()
    expect(page.get_by_text("The five parts total 110%. They must total 100%.")).to_be_visible()
    assert faults_of(page, width) == []
    page.get_by_label("Company", exact=True).fill("10")
    page.get_by_role("button", name="Create ProPay").click()
    expect(page.get_by_text("Created the ProPay “Kitchen”.")).to_be_visible()

    propay = ProPay.objects.get()
    assert [(task.minutes, task.amount) for task in propay.tasks.order_by("pk")] == [(3870, None), (None, Decimal(900))]
    assert (propay.lead, propay.plan_version.plan, propay.split_percent) == (crew[1], plan, Decimal(60))
    assert faults_of(page, width) == []
    picture(page, f"propay-detail-{width}")
    page.locator(".figure-pool .figure-link").click()
    expect(page.locator("#step-split")).to_be_in_viewport()
    picture(page, f"propay-steps-{width}")
    assert complaints == []


NUMBERS = ("budget_hours", "fixed_amount", "contract_amount", "labor_percent", "rate_amount", "quantity", "tasks_code")
SHOWN = {
    "Hours": ["budget_hours"],
    "Dollar amount": ["fixed_amount"],
    "Percentage of contract price": ["contract_amount", "labor_percent"],
    "Rate per unit": ["rate_amount", "quantity"],
    "By cost code": ["tasks_code"],
    "Hours per unit": ["quantity"],
}


class UnitsBudget(BudgetDefinition):
    """A sixth type, which nothing but its class knows."""

    type = "UNITS"
    label = "Hours per unit"
    rule = "Quantity."
    columns = (BudgetColumn(name="quantity", column="quantity"),)


def numbers_in_sight(page):
    return [name for name in NUMBERS if page.locator(f'[name="{name}"]').first.is_visible()]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("address", ["propay_create", "what_if"])
def test_each_budget_type_shows_its_numbers_alone(
    page, live_server, complaints, admin, job, monkeypatch, address, width
):
    monkeypatch.setitem(DEFINITIONS, UnitsBudget.type, UnitsBudget())
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server, admin.email)
    page.goto(live_server.url + reverse(address))
    for label, numbers in SHOWN.items():
        page.get_by_role("radio", name=label, exact=True).check()
        assert (label, numbers_in_sight(page)) == (label, numbers)
    assert faults_of(page, width) == []
    page.get_by_role("radio", name="Rate per unit").check()
    page.goto(live_server.url + reverse("propay_list"))
    page.go_back()
    page.wait_for_load_state()
    assert (
        numbers_in_sight(page) == SHOWN[page.locator("[name=budget_type]:checked").locator("..").inner_text().strip()]
    )
    assert complaints == []


def test_without_javascript_every_number_can_be_typed(new_context, live_server, admin, job):
    page = new_context(java_script_enabled=False, viewport={"width": 320, "height": 900}).new_page()
    sign_in(page, live_server, admin.email)
    page.goto(live_server.url + reverse("propay_create"))
    assert numbers_in_sight(page) == list(NUMBERS)
    page.get_by_label("Job", exact=True).select_option(label="17 · Kitchen")
    page.get_by_role("radio", name="Rate per unit").check()
    page.get_by_label("Dollars per unit").fill("2.50")
    page.get_by_label("Quantity").fill("1200")
    page.get_by_label("Start date").fill("2026-11-01")
    page.get_by_role("button", name="Create ProPay").click()
    expect(page.get_by_text("Created the ProPay “Kitchen”.")).to_be_visible()
    assert ProPay.objects.get().budget_amount == Decimal(3000)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_crew_page_adds_up_while_typing(page, live_server, complaints, admin, company, crew, job, width):
    propay = services.create_propay(
        company=company,
        actor=admin,
        now=NOW,
        job=job,
        title="Kitchen",
        budget_type="AMOUNT",
        fixed_amount=Decimal(5000),
        distribution="FIXED_PERCENT",
        start_date=date(2026, 11, 1),
    )
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server, admin.email)
    page.goto(live_server.url + reverse("propay_crew", args=[propay.pk]))
    for worker, percent in zip(crew, ("50", "30", "30"), strict=True):
        page.get_by_label(f"Percentage for {worker.name}").fill(percent)
    expect(page.locator("#crew-sum")).to_have_text("110.00")
    page.get_by_label("No bonus for Cy Cole").check()
    expect(page.locator("#crew-sum")).to_have_text("80.00")
    page.get_by_label("Percentage for Ana Ames").fill("70")
    expect(page.locator("#crew-sum")).to_have_text("100.00")
    assert faults_of(page, width) == []
    picture(page, f"propay-crew-{width}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved and recalculated.")).to_be_visible()
    assert complaints == []


def test_the_pages_of_a_propay_are_readable_for_all(page, live_server, complaints, admin, company, job):
    propay = services.create_propay(
        company=company,
        actor=admin,
        now=NOW,
        job=job,
        title="Kitchen",
        budget_type="HOURS",
        company_percent=Decimal(20),
        start_date=date(2026, 11, 1),
    )
    sign_in(page, live_server, admin.email)
    faults = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for name in ("propay_detail", "propay_edit", "propay_crew"):
            page.goto(live_server.url + reverse(name, args=[propay.pk]))
            if name == "propay_detail":
                page.get_by_role("heading", name="Overtime on the bonus").wait_for()
            if found := faults_of(page, width):
                faults[name, width] = found
        page.goto(live_server.url + reverse("propay_detail", args=[propay.pk]))
        page.get_by_role("button", name="More").click()
        expect(page.get_by_role("link", name="Duplicate")).to_be_visible()
        expect(page.get_by_role("button", name="Cancel ProPay")).to_be_visible()
        picture(page, f"propay-more-{width}")
        page.goto(live_server.url + reverse("propay_list"))
        picture(page, f"propay-list-{width}")
    assert faults == {}
    assert complaints == []


def test_a_worker_reads_their_share_on_a_phone(page, live_server, complaints, admin, worker_user, company, crew, job):
    Worker.objects.filter(pk=crew[0].pk).update(membership=worker_user.memberships.get())
    propay = services.create_propay(
        company=company,
        actor=admin,
        now=NOW,
        job=job,
        title="Kitchen",
        budget_type="HOURS",
        start_date=date(2026, 11, 1),
    )
    page.set_viewport_size({"width": 320, "height": 900})
    sign_in(page, live_server, worker_user.email)
    page.goto(live_server.url + reverse("propay_detail", args=[propay.pk]))
    expect(page.get_by_role("heading", name="How this was calculated")).to_be_visible()
    assert faults_of(page, 320) == []
    picture(page, "own-propay-320")
    assert complaints == []
