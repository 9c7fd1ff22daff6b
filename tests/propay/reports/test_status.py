"""ProPay status: each one's status and the next step."""

from datetime import date
from decimal import Decimal

import pytest

from propay.models import ProPay
from propay.rules.budgets import BudgetType, definition_of
from propay.rules.states import ProPayStatus
from tests.make import factories
from tests.make.propays import NOW, make_propay, put
from tests.make.report_rows import worked
from tests.propay.reports.reading import cells_of, file, page

pytestmark = pytest.mark.django_db


def test_propays_are_found_by_job_and_manager(as_manager, deck, kitchen, manager, admin):
    def found(**query):
        return [row["ProPay"] for row in file(as_manager, "propay-status", **query)]

    assert found(job=kitchen.job_id) == ["Kitchen remodel"]
    assert found(manager=manager.memberships.get().pk) == ["Deck"]
    assert found(manager=admin.memberships.get().pk) == []


def test_status_shows_each_state_and_the_next_step(as_manager, company, crew, deck, kitchen):
    without_wage = [factories.make_worker(company, "Cleo Daw")]
    hours = {"budget_type": BudgetType.HOURS}
    worked(company, factories.make_job(company, "No budget"), crew, 1, **hours)
    worked(company, factories.make_job(company, "No wage"), without_wage, 1, **hours, budget_minutes=1200)
    worked(company, factories.make_job(company, "Over"), crew, 1, fixed_amount=Decimal("50.00"))
    worked(company, factories.make_job(company, "Ended"), crew, 1, end_date=date(2026, 11, 8))
    worked(company, factories.make_job(company, "Idle"), crew)
    for title, percent in (("Finished", 100), ("Nearly", 90)):
        done = worked(company, factories.make_job(company, title), crew, 1, completion_percent=percent)
        ProPay.objects.filter(pk=done.pk).update(status=ProPayStatus.COMPLETE)
    ProPay.objects.filter(pk=kitchen.pk).update(drifted_at=NOW, drift_amount=Decimal("-12.50"))

    rows = file(as_manager, "propay-status")

    assert [row["Status"] for row in rows] == ["Pending"] + ["Started"] * 5 + ["Complete"] * 2 + ["Approved"]
    said = {row["ProPay"]: (row["Missing"], row["What needs doing"]) for row in rows}
    assert said == {
        "Idle": ("", ""),
        "Deck": ("", ""),
        "No budget": ("Budget", definition_of(BudgetType.HOURS).no_budget),
        "No wage": ("Wage", "Missing wages: Cleo Daw from Nov 2, 2026."),
        "Over": ("", "It's over budget. Check its hours."),
        "Ended": ("", "Its end date has passed. Mark it complete or approve it."),
        "Finished": ("", "Approve it."),
        "Nearly": ("", "Set percent complete to 100. You can approve it only then."),
        "Kitchen remodel": ("", "Time or a wage changed after approval. Adjust or dismiss the change."),
    }
    assert cells_of(rows, "Deck")[4:9] == ["2026-10-01", "39", "50.00", "80.00", "62.5"]
    assert cells_of(rows, "No wage")[6:9] == ["10.00", "20.00", "50.0"]
    assert cells_of(rows, "Kitchen remodel")[10] == "-12.50"
    assert "Pending 1 Started 5 Complete 2 Approved 1 To do 7" in page(as_manager, "propay-status")


def test_paid_and_canceled_propays_need_no_next_step(as_manager, company, kitchen):
    assert "Mark the statements with its shares as paid." in page(as_manager, "propay-status")
    put(kitchen, "PAID")
    put(make_propay(factories.make_job(company)), "CANCELED")
    for status in ("PAID", "CANCELED"):
        (row,) = file(as_manager, "propay-status", status=status)
        assert (row["Age in days"], row["What needs doing"]) == ("", "")


def test_an_approved_propay_that_owes_nothing_needs_no_payment(as_manager, company):
    nothing = dict.fromkeys(("pool_amount", "crew_amount", "company_amount"), Decimal("0.00"))
    put(make_propay(factories.make_job(company), **nothing), "APPROVED")
    (row,) = file(as_manager, "propay-status", status="APPROVED")
    assert row["What needs doing"] == ""


def test_status_shows_open_propays_of_any_age(as_manager, company):
    make_propay(factories.make_job(company, "Old"), start_date=date(2024, 3, 1))

    assert [row["ProPay"] for row in file(as_manager, "propay-status")] == ["Old"]
