"""Every figure of a ProPay leads to its step, and every step says its rule, its rounding and where it came from."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from propay import services
from propay.models import ProPay
from propay.pages import propays as pages
from propay.pages.steps import anchor_of, steps_of
from tests.make import factories
from tests.make.propays import NOW, START, make_propay
from tests.reading import text_of

pytestmark = pytest.mark.django_db
LINK = re.compile(r'href="#(step-[^"]+)"')


@pytest.fixture
def crew(company):
    people = [factories.make_worker(company, name) for name in ("Ana Ames", "Ben Berg", "Cy Cole")]
    for worker, wage in zip(people, ("20.00", "35.55", "25.00"), strict=True):
        factories.make_wage(worker, wage)
    return people


@pytest.fixture
def codes(company):
    return [factories.make_cost_code(company, name) for name in ("Drywall", "Paint")]


@pytest.fixture
def make(company, crew, codes):
    """Ana and Ben have 10 hours each on drywall, and Ana 2 on paint."""

    def make(**fields) -> ProPay:
        job = factories.make_job(company, "Kitchen", synced_budget_minutes=6000)
        propay = make_propay(job, end_date=date(2026, 12, 31), **fields)
        for worker in crew[:2]:
            factories.make_entry(worker, job, minutes=600, work_date=date(2026, 11, 2), cost_code=codes[0])
        factories.make_entry(crew[0], job, minutes=120, work_date=date(2026, 11, 3), cost_code=codes[1])
        return propay

    return make


def worked(propay: ProPay) -> pages.Explained:
    services.refresh(company=propay.company, now=NOW)
    return pages.explained(pages.company_propays(propay.company).get(pk=propay.pk))


def shown(page: pages.Explained) -> dict:
    return {step.anchor: step for group in page.steps.groups for step in group.steps}


def address(propay: ProPay) -> str:
    return reverse("propay_detail", args=[propay.pk])


def test_every_figure_on_the_page_is_a_link_to_a_step_that_is_there(as_manager, make, crew):
    propay = make(
        crew_percent=50,
        lead_percent=20,
        manager_percent=10,
        company_percent=10,
        other_percent=10,
        lead=crew[0],
        paid_manager=crew[2],
        completion_percent=80,
    )
    propay.others.set(crew[1:])
    page = worked(propay)

    html = as_manager.get(address(propay)).content.decode()

    links = set(LINK.findall(html))
    assert links <= set(re.findall(r' id="(step-[^"]+)"', html))
    figures = ["budget", "earned", "actual", "saving", "split", "time", "part.company", f"share.LEAD.{crew[0].pk}"]
    figures += [f"part.{name}" for name in ("crew", "lead", "manager", "other")]
    figures += [f"share.MANAGER.{crew[2].pk}", f"share.OTHER.{crew[1].pk}", f"share.CREW.{crew[1].pk}"]
    assert {anchor_of(key) for key in figures} <= links
    assert set(shown(page)) == set(page.steps.anchors.values())


def test_each_step_names_its_rule_its_rounding_and_the_steps_it_starts_from(make):
    steps = shown(worked(make(completion_percent=80)))

    saving = steps["step-saving"]
    assert [source.label for source in saving.sources] == ["Actual labor cost", "Earned to date"]
    assert "minus the actual cost" in saving.rule
    assert "half up" in steps["step-actual"].rounding
    assert [source.label for source in steps["step-split"].sources] == ["Savings"]
    assert all(step.rule and step.rounding for step in steps.values())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"budget_type": "HOURS"}, "Budget hours × the crew's average cost of an hour."),
        ({"fixed_amount": Decimal(5000)}, "The dollar amount entered."),
        ({"budget_type": "RATE", "rate_amount": Decimal(2), "quantity": Decimal(900)}, "Dollars per unit × quantity."),
        (
            {"adjustment_type": "PERCENT", "adjustment_value": Decimal(15)},
            "The dollar amount entered. The adjustment comes first.",
        ),
    ],
)
def test_the_budget_says_the_rule_of_its_type(make, fields, words):
    assert shown(worked(make(**fields)))["step-budget"].rule == words


def test_time_leads_to_the_entries_of_the_job_the_worker_and_the_dates(as_manager, make, crew):
    propay = make()
    steps = shown(worked(propay))
    query = f"job={propay.job_id}&from=2026-10-01&to=2026-12-31"
    own = f"job={propay.job_id}&worker={crew[0].pk}&from=2026-10-01&to=2026-12-31"

    assert steps["step-time"].entries_url == f"{reverse('time_list')}?{query}"
    assert steps[f"step-cost-{crew[0].pk}"].entries_url == f"{reverse('time_list')}?{own}"
    assert steps[f"step-share-CREW-{crew[0].pk}"].entries_url == f"{reverse('time_list')}?{own}"
    assert steps["step-split"].entries_url == ""
    entries = as_manager.get(steps[f"step-cost-{crew[0].pk}"].entries_url).context["page_obj"]
    assert sum(entry.minutes for entry in entries) == 720


def test_an_adjusted_budget_shows_the_original_beside_it(as_manager, make):
    propay = make(adjustment_type="MULTIPLY", adjustment_value=Decimal("1.2"))
    worked(propay)

    text = text_of(as_manager.get(address(propay)))

    assert "Budget $6,000.00 Dollar amount, adjusted; originally $5,000.00" in text
    assert "Adjustment × 1.2" in text


def test_an_adjusted_hours_budget_shows_the_original_in_dollars_too(as_manager, make):
    propay = make(budget_type="HOURS", adjustment_type="PERCENT", adjustment_value=Decimal(-50))
    page = worked(propay)

    assert (page.original_amount, page.worked_out.budget_amount) == (
        page.worked_out.budget_amount * 2,
        Decimal("1353.41"),
    )


def test_an_adjusted_hours_budget_is_drawn_against_what_it_is_now(as_manager, make):
    """22 of 100 hours cost 595.50; of half the budget, 1,353.41, that is 44 percent."""
    propay = make(budget_type="HOURS", adjustment_type="PERCENT", adjustment_value=Decimal(-50))
    page = worked(propay)

    assert not page.chart.in_hours
    assert "$595.50 of $1,353.41 44%" in text_of(as_manager.get(address(propay)))
    assert "$595.50 of $1,353.41 44%" in text_of(as_manager.get(reverse("propay_list")))


def make_lines(propay, codes):
    propay.tasks.create(company=propay.company, cost_code=codes[0], minutes=1500)
    propay.tasks.create(company=propay.company, cost_code=codes[1], amount=Decimal("30.00"))


def test_each_line_of_a_budget_by_cost_code_has_its_own_budget_and_actual(as_manager, make, codes):
    propay = make(budget_type="TASKS")
    make_lines(propay, codes)
    page = worked(propay)

    text = text_of(as_manager.get(address(propay)))

    assert "Drywall 25:00 hours 25:00 hours $676.70 20:00 hours $555.50 $121.20" in text
    assert "Paint $30.00 $30.00 2:00 hours $40.00 −$10.00" in text
    assert page.worked_out.budget_amount == Decimal("706.70")
    assert page.other_tasks_minutes == 0


def test_time_on_a_cost_code_without_a_line_is_shown(as_manager, make, codes):
    propay = make(budget_type="TASKS")
    propay.tasks.create(company=propay.company, cost_code=codes[0], minutes=1500)
    worked(propay)

    assert "Other cost codes — 2:00 hours" in text_of(as_manager.get(address(propay)))


def test_lines_that_an_adjustment_replaced_say_so(as_manager, make, codes):
    propay = make(budget_type="TASKS", adjustment_type="AMOUNT", adjustment_value=Decimal(900))
    make_lines(propay, codes)
    worked(propay)

    text = text_of(as_manager.get(address(propay)))

    assert "Drywall 25:00 hours Replaced by the budget adjustment" in text
    assert "adjusted; originally $706.70" in text


def test_the_pool_links_to_penalties_and_disqualifiers(as_manager, make):
    page = worked(make())
    netted = replace(
        page.worked_out,
        trace=(
            *page.worked_out.trace,
            replace(page.worked_out.trace[0], key="penalties", label="Pool after penalties"),
        ),
    )

    steps = steps_of(netted, page.propay)

    assert steps.anchor("penalties") == "step-penalties"
    assert [source.label for source in steps.groups[-1].steps[-1].sources] == ["Pool"]


def test_warnings_of_the_calculation_are_on_the_page(as_manager, make, crew):
    propay = make()
    for worker in crew[:2]:
        propay.crew_terms.create(company=propay.company, worker=worker, no_bonus=True)
    worked(propay)

    assert "No one is eligible for the crew part, so it goes to the company part." in text_of(
        as_manager.get(address(propay))
    )


def test_an_approved_propay_shows_frozen_figures_not_later_changes(as_manager, company, admin, make, crew):
    propay = make()
    before = worked(propay)
    done = services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    assert done.approved == (propay.pk,)
    factories.make_entry(crew[0], propay.job, minutes=6000, work_date=date(2026, 11, 5))
    services.refresh(company=company, now=NOW)

    page = pages.explained(pages.company_propays(company).get(pk=propay.pk))

    assert page.worked_out == before.worked_out
    assert (page.days[-1].total_minutes, page.days[-1].total_amount) == (1320, before.worked_out.actual_amount)
    assert "Nov 5, 2026" not in text_of(as_manager.get(address(propay)))


def test_both_the_entered_and_the_synced_budget_are_shown(as_manager, make):
    propay = make(budget_type="HOURS", budget_minutes=3000)
    worked(propay)

    text = text_of(as_manager.get(address(propay)))

    assert "Your time-tracking system has 100:00 hours; this ProPay uses the 50:00 hours entered here." in text


def test_a_propay_without_end_leads_to_entries_without_an_end(make):
    propay = make()
    propay.end_date = None

    assert pages.entries_url(propay) == f"{reverse('time_list')}?job={propay.job_id}&from={START}"
