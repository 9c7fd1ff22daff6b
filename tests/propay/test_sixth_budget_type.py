"""What it takes to add a type of budget: a class. Everything else asks it.

The constraint of the table names the types, so a real one needs a migration; here it is lifted.
"""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from propay import services
from propay.cases import solving
from propay.frozen.terms import thaw
from propay.models import ProPay, Snapshot
from propay.queries.propays import with_terms
from propay.rules.budgets import DEFINITIONS, BudgetColumn, BudgetDefinition, hours_line
from propay.what_if.real import real_case
from protiv.kit.money import exact
from protiv.timekeeping.models import TimeEntry
from tests.make import factories
from tests.make.filled import CREATE, errors, filled, sent_by
from tests.make.propays import NOW, checked

pytestmark = pytest.mark.django_db
STATIC = Path(__file__).resolve().parents[2] / "static"


class UnitHoursBudget(BudgetDefinition):
    type = "UNIT_HOURS"
    label = "Hours per unit"
    rule = "Hours per unit × quantity × the crew's average cost of an hour."
    columns = (
        BudgetColumn(name="rate", column="rate_amount", missing="Enter the hours of a unit."),
        BudgetColumn(name="quantity", column="quantity", missing="Enter how many units the job has."),
    )

    def lines(self, budget):
        return [hours_line(exact(budget.rate) * exact(budget.quantity))]


@pytest.fixture(autouse=True)
def _sixth_type(monkeypatch, db):
    monkeypatch.setitem(DEFINITIONS, UnitHoursBudget.type, UnitHoursBudget())
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute("ALTER TABLE propay_propay DROP CONSTRAINT propay_budget_fits_type")
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.fixture
def job(company, ana):
    """Ana works 50 hours on it, for 1,000.00."""
    job = factories.make_job(company, "Kitchen")
    factories.make_entry(ana, job, minutes=3000, work_date=NOW.date())
    return job


@pytest.fixture
def propay(as_manager, job):
    """Made by the form: half an hour for each of 160 units, which are 80 hours or 1,600.00."""
    as_manager.post(CREATE, filled(job, budget_type="UNIT_HOURS", budget_hours="", rate_amount="0.5", quantity="160"))
    return ProPay.objects.get()


def test_it_is_calculated(propay):
    assert (propay.budget_type, propay.budget_amount, propay.pool_amount) == (
        "UNIT_HOURS",
        Decimal("1600.00"),
        Decimal("300.00"),
    )


def test_the_form_asks_for_what_it_needs(as_manager, job):
    data = filled(job, budget_type="UNIT_HOURS", budget_hours="80", rate_amount="", quantity="160")
    assert errors(as_manager.post(CREATE, data)) == {"rate_amount": ["Enter the hours of a unit."]}


def test_the_form_marks_the_fields_that_it_shows(as_manager, job):
    page = as_manager.get(CREATE).content.decode()
    marks = [mark.split() for mark in re.findall(r'data-shown-with="([^"]*)"', page)]
    assert [mark for mark in marks if "UNIT_HOURS" in mark] == [["budget_type", "RATE", "UNIT_HOURS"]] * 2


def test_no_stylesheet_or_script_names_a_type():
    files = [path for pattern in ("*.css", "*.js") for path in STATIC.glob(pattern)]
    named = {(path.name, one) for path in files for one in DEFINITIONS if f'"{one}"' in path.read_text()}
    assert (len(files) > 6, named) == (True, set())


def test_the_form_edits_it_and_forgets_the_numbers_of_other_types(as_manager, propay):
    address = reverse("propay_edit", args=[propay.pk])
    page = as_manager.get(address)
    assert "Hours per unit" in page.content.decode()
    sent = sent_by(page.context["form"]) | {"quantity": "200", "fixed_amount": "5000"}
    assert as_manager.post(address, sent).status_code == 302
    propay.refresh_from_db()
    assert (propay.quantity, propay.fixed_amount, propay.budget_amount) == (200, None, Decimal("2000.00"))


def test_its_page_explains_it(as_manager, propay):
    page = as_manager.get(reverse("propay_detail", args=[propay.pk])).content.decode()
    assert "Hours per unit × quantity" in page


def test_it_is_written_as_a_case_with_the_same_result(propay):
    case = real_case(with_terms(ProPay.objects.select_related("company")).get()).as_json()
    assert case["budget"] == {"type": "UNIT_HOURS", "rate": "0.5", "quantity": "160"}
    assert solving.run(case)["pool"] == "300.00"


def test_the_what_if_page_takes_it(as_manager, propay):
    person = {"name": "Zoe", "hours": "50", "wage": "20"}
    crew = {f"crew_{part}": [person.get(part, "")] for part in ("key", "name", "hours", "wage", "bonus", "share")}
    terms = filled(propay.job, budget_type="UNIT_HOURS", rate_amount="0.5", quantity="200", week_hours="40")
    answer = as_manager.post(f"{reverse('what_if')}?propay={propay.pk}", terms | crew, headers={"HX-Request": "true"})
    assert "$2,000.00" in answer.content.decode()


def test_an_approval_freezes_it_and_drift_is_calculated_under_it(company, admin, propay):
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], answers=checked(propay), now=NOW)
    assert thaw(Snapshot.objects.get().terms).budget.type == "UNIT_HOURS"
    TimeEntry.objects.update(minutes=2400)
    services.refresh(company=company, now=NOW)
    propay.refresh_from_db()
    # 80 hours are 1,600.00 as before, and 40 hours cost 800.00.
    assert propay.drift_amount == Decimal("100.00")
