"""ProPay efficiency: budget, actual, saving and bonus of each hour."""

from datetime import date

import pytest

from propay.rules.states import ProPayStatus
from protiv.timekeeping.models import Job
from tests.make import factories
from tests.make.propays import make_propay, put
from tests.make.report_rows import worked
from tests.propay.reports.reading import cells_of, file, page

pytestmark = pytest.mark.django_db


def test_efficiency_shows_budget_actual_saving_and_bonus_per_hour(as_manager, deck, kitchen):
    rows = file(as_manager, "propay-efficiency")

    assert cells_of(rows, "Deck") == [
        *("Deck", "Deck", "manager@acme.test", "Started", "2026-10-01", "80.00", "50.00"),
        *("2097.60", "1311.00", "786.60", "37.5", "393.30", "6.29"),  # 314.64 of the pool is the crew's
    ]
    assert cells_of(rows, "Kitchen remodel")[3:] == [
        *("Approved", "2026-10-01", "30.00", "10.00", "600.00", "200.00", "400.00", "66.7", "200.00", "20.00")
    ]
    text = page(as_manager, "propay-efficiency")
    assert "Total 110:00 60:00 $2,697.60 $1,511.00 $1,186.60 44.0% $593.30 $8.58" in text


def test_efficiency_keeps_approved_figures_even_if_the_job_changes(as_manager, deck):
    before = cells_of(file(as_manager, "propay-efficiency"), "Deck")
    put(deck, ProPayStatus.APPROVED)
    Job.objects.filter(pk=deck.job_id).update(synced_budget_minutes=60)

    after = cells_of(file(as_manager, "propay-efficiency"), "Deck")

    assert after == [*before[:3], "Approved", *before[4:]]


def test_efficiency_counts_what_a_propay_in_progress_has_earned(as_manager, company, crew):
    job = factories.make_job(company, "Half")
    worked(company, job, crew, 1, completion_percent=50, adjustment_type="HOURS", adjustment_value=40)

    row = cells_of(file(as_manager, "propay-efficiency"), "Half")

    assert row[5:11] == ["20.00", "10.00", "400.00", "200.00", "200.00", "50.0"]


def test_efficiency_excludes_propays_without_figures_and_says_so(as_manager, company, ana, kitchen):
    worked(company, factories.make_job(company, "Unpaid"), [ana], 1)

    row = cells_of(file(as_manager, "propay-efficiency"), "Unpaid")
    text = page(as_manager, "propay-efficiency")

    assert row[5:] == ["", "10.00", "", "", "", "", "", ""]
    assert "Total 30:00 20:00 $600.00 $200.00 $400.00" in text
    assert "1 ProPay has no figures yet" in text


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, ["Deck", "Kitchen remodel"]),
        ({"status": "DONE"}, ["Kitchen remodel"]),
        ({"status": "OPEN"}, ["Deck", "Old"]),
        ({"status": "STARTED"}, ["Deck"]),
        ({"status": "CANCELED"}, ["Gone"]),
        ({"from": "2026-10-02"}, []),
        ({"from": "2026-10-01", "to": "2026-10-01"}, ["Deck", "Kitchen remodel"]),
        ({"to": "2026-09-30"}, ["Old"]),
    ],
)
def test_propays_are_found_by_status_and_start(as_manager, company, deck, kitchen, query, titles):
    make_propay(factories.make_job(company, "Gone"), status=ProPayStatus.CANCELED)
    make_propay(factories.make_job(company, "Old"), start_date=date(2025, 3, 1))

    found = file(as_manager, "propay-efficiency", **query)

    assert sorted(row["ProPay"] for row in found) == titles
