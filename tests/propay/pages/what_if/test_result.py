"""The what-if page: the current figures, a scenario, the difference, and errors."""

from datetime import timedelta
from decimal import Decimal

import pytest

from propay.models import AppliedCondition, Condition, ConditionKind
from propay.rules.budgets import BudgetType
from protiv.timekeeping.records import EntryKind
from tests.make import factories
from tests.make.propays import make_propay
from tests.propay.pages.what_if.scenario import MONDAY, address, filled, tried
from tests.reading import text_of

pytestmark = pytest.mark.django_db


# Current figures


def test_page_starts_with_the_propay_as_it_is(as_manager, propay):
    text = text_of(as_manager.get(address(propay)))
    assert "This is “Kitchen remodel” as it is now" in text
    assert "Bonus pool $500.00 no change" in text
    assert "Savings 2,600.00 - 1,600.00 $1,000.00 $1,000.00 no change" in text
    assert "Ana Ruiz 500.00 × 3000 / 4200 $357.14 true-up $35.71 $357.14 true-up $35.71 no change no change" in text
    assert "Share of Ben Ode (by minutes) 500.00 × 1200 / 4200 = 142.86" in text


def test_an_unchanged_form_changes_nothing(as_manager, propay):
    text = tried(as_manager, address(propay))
    assert "Bonus pool $500.00 no change" in text
    assert "+$" not in text
    assert "−$" not in text


def test_page_of_a_propay_without_a_budget_asks_for_one(as_manager, job, crew):
    factories.make_entry(crew[0], job)
    propay = make_propay(job, budget_type=BudgetType.HOURS)
    assert "No budget yet." in text_of(as_manager.get(address(propay)))
    text = tried(as_manager, address(propay), budget_hours="10")
    assert "Savings 200.00 - 160.00 $40.00" in text
    assert "As it is" not in text


# Scenarios


def test_another_budget_shows_the_result_and_the_difference(as_manager, propay):
    text = tried(as_manager, address(propay), fixed_amount="3,000.00")
    assert "Bonus pool $700.00 +$200.00" in text
    assert "Budget 3,000.00 $2,600.00 $3,000.00 +$400.00" in text
    assert "Ana Ruiz 700.00 × 3000 / 4200 $357.14 true-up $35.71 $500.00 true-up $50.00 +$142.86 +$14.29" in text


@pytest.mark.parametrize(
    ("changes", "pool"),
    [
        ({"budget_type": "HOURS", "budget_hours": "80"}, "$114.29 −$385.71"),
        ({"budget_type": "PERCENT_OF_CONTRACT", "contract_amount": "10000", "labor_percent": "30"}, "$700.00 +$200.00"),
        ({"budget_type": "RATE", "rate_amount": "2", "quantity": "1000"}, "$200.00 −$300.00"),
        ({"adjustment_type": "PERCENT", "adjustment_value": "10"}, "$630.00 +$130.00"),
        ({"completion_percent": "50"}, "$0.00 −$500.00"),
        ({"split_percent": "80"}, "$800.00 +$300.00"),
        ({"burden_percent": "10"}, "$420.00 −$80.00"),
    ],
)
def test_every_term_moves_the_pool(as_manager, propay, changes, pool):
    assert f"Bonus pool {pool}" in tried(as_manager, address(propay), **changes)


def test_budget_by_cost_code_is_tried(as_manager, company, propay):
    code = factories.make_cost_code(company, "Framing")
    changes = {"budget_type": "TASKS", "tasks_code": [code.pk], "tasks_hours": [""], "tasks_amount": ["3000"]}
    text = tried(as_manager, address(propay), **changes)
    assert "Bonus pool $700.00 +$200.00" in text
    assert "Budget Framing 3,000.00" in text


def test_parts_and_distribution_and_people_are_tried(as_manager, company, crew, propay):
    manager = factories.make_worker(company, "Mia Boss")
    changes = {
        "crew_percent": "70",
        "lead_percent": "20",
        "manager_percent": "10",
        "lead": str(crew[1].pk),
        "paid_manager": str(manager.pk),
        "distribution": "EQUAL",
    }
    text = tried(as_manager, address(propay), **changes)
    assert "Ana Ruiz 350.00 × 1 / 1 $357.14 true-up $35.71 $350.00 true-up $35.00 −$7.14 −$0.71" in text
    assert "Ben Ode 100.00 / 1 $142.86 $100.00 −$42.86" in text
    assert "Mia Boss 50.00 / 1 $0.00 $50.00 +$50.00" in text


def test_new_payee_is_owed_overtime_on_hours_of_other_jobs(as_manager, company, propay):
    manager = factories.make_worker(company, "Mia Boss")
    other = factories.make_job(company)
    for day in range(5):
        factories.make_entry(manager, other, minutes=600, work_date=MONDAY + timedelta(day))
    changes = {"crew_percent": "90", "manager_percent": "10", "paid_manager": str(manager.pk)}
    text = tried(as_manager, address(propay), **changes)
    assert "Mia Boss 50.00 / 1 $0.00 true-up $0.00 $50.00 true-up $5.00 +$50.00 +$5.00" in text


def test_drive_time_is_tried(as_manager, crew, job, propay):
    factories.make_entry(crew[0], job, minutes=60, work_date=MONDAY, kind=EntryKind.TRAVEL)
    assert "Bonus pool $490.00 −$10.00" in tried(as_manager, address(propay), include_travel="yes")


def test_penalties_stay_on_what_is_tried(as_manager, company, propay):
    penalty = Condition.objects.create(company=company, name="Callback", kind=ConditionKind.PENALTY)
    AppliedCondition.objects.create(company=company, propay=propay, condition=penalty, amount=Decimal("100.00"))
    assert "Bonus pool $600.00 +$200.00" in tried(as_manager, address(propay), fixed_amount="3000")


# Wrong inputs


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"fixed_amount": ""}, "Enter the budget in dollars"),
        ({"fixed_amount": "many"}, "isn't an amount"),
        ({"split_percent": "101"}, "at most 100"),
        ({"split_percent": ""}, "required"),
        ({"crew_percent": "90"}, "total 90%"),
        ({"company_percent": "120"}, "at most 100"),
        ({"other_percent": "10"}, "Choose who gets the “Others” part, or set it to 0."),
        ({"adjustment_type": "PERCENT", "adjustment_value": "-500"}, "Enter a number from -100 to 1,000."),
        ({"crew_hours": ["x", "20:00"]}, "Ana Ruiz: “x” isn't a number of hours"),
        ({"crew_wage": ["", "30.00"]}, "Ana Ruiz: enter the wage"),
        ({"crew_wage": ["0", "30.00"]}, "A wage must be more than 0"),
        ({"crew_key": ["99", ""]}, "is no longer on this crew"),
        ({"crew_share": ["x", ""]}, "Ana Ruiz: Enter a number"),
        ({"week_hours": "200"}, "Enter a number from 1 to 120"),
        ({"lead": "999999"}, "Select a valid choice"),
        ({"distribution": "FAIR"}, "Select a valid choice"),
        ({"budget_type": "TASKS"}, "Enter at least one line"),
    ],
)
def test_wrong_input_is_told_instead_of_a_result(as_manager, propay, changes, message):
    text = tried(as_manager, address(propay), **changes)
    assert message in text
    assert "Bonus by worker" not in text


def test_a_cost_code_in_two_lines_is_refused(as_manager, company, propay):
    code = str(factories.make_cost_code(company).pk)
    lines = {"tasks_code": [code, code], "tasks_hours": ["10", "20"], "tasks_amount": ["", ""]}
    text = tried(as_manager, address(propay), budget_type="TASKS", **lines)
    assert "Each cost code can" in text
    assert "Bonus by worker" not in text


def test_a_person_listed_twice_is_refused(as_manager, propay):
    key = filled(as_manager.get(address(propay)))["crew_key"][0]
    assert "listed twice" in tried(as_manager, address(propay), crew_key=[key, key])
