"""The budget that a job has in its custom fields."""

from decimal import Decimal

import pytest

from integrations.exaktime.budgets import BudgetFields
from integrations.exaktime.parsing import (
    parse_jobs,
)
from protiv.timekeeping.records import SetAside
from tests.integrations.exaktime.parsing.reading import one, parse_locations, refused
from tests.integrations.exaktime.samples import (
    LOCATION,
    changed,
)


def budgets_of(custom):
    read = parse_locations([changed(LOCATION, customFields=custom)])
    (job,) = read.records
    return job.budget_minutes, job.contract_amount, read.set_aside


@pytest.mark.parametrize("custom", [None, {}, {"Budget Hours": None, "Contract Price": ""}, {"budget hours": "5"}])
def test_no_budget(custom):
    assert budgets_of(custom) == (None, None, [])


def test_unreadable_budget_keeps_the_job_and_the_other_budget():
    minutes, amount, set_aside = budgets_of({"Budget Hours": "about 300", "Contract Price": "$1,000"})
    assert (minutes, amount) == (None, Decimal("1000.00"))
    (issue,) = set_aside
    assert (issue.object_type, issue.external_id) == ("budget", "l-7")
    assert issue.reason.startswith("Budget Hours: The field must contain only a number of hours")


def test_two_unreadable_budgets_are_one_issue():
    _minutes, _amount, (issue,) = budgets_of({"Budget Hours": "x", "Contract Price": "y"})
    assert "Budget Hours: " in issue.reason
    assert "Contract Price: " in issue.reason


@pytest.mark.parametrize("custom", [{"": "5", "Budget Hours": "about 300"}, ["x"]])
def test_without_names_no_budget_is_read(custom):
    read = parse_jobs([changed(LOCATION, customFields=custom)], BudgetFields("", ""))
    assert [(job.budget_minutes, job.contract_amount) for job in read.records] == [(None, None)]
    assert read.set_aside == []


def test_custom_fields_of_the_wrong_type():
    assert budgets_of(["x"]) == (
        None,
        None,
        [
            SetAside(
                "budget", "l-7", "The job's custom fields aren't in a format we can read, so no budget was imported."
            )
        ],
    )


def test_budget_fields_are_configurable():
    location = changed(LOCATION, customFields={"Labor": "10", "Price": "5"})
    job = one(parse_jobs([location], BudgetFields("Labor", "Price")))
    assert (job.budget_minutes, job.contract_amount) == (600, Decimal("5.00"))


def test_budget_of_a_refused_job_is_not_reported():
    location = changed(LOCATION, isActive=None, customFields={"Budget Hours": "x"})
    assert refused(parse_locations([location])).object_type == "job"
