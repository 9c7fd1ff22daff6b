"""Saved hours: by job and month, and as bars."""

from datetime import date
from decimal import Decimal

import pytest

from propay import charts
from propay.models import ProPay
from propay.rules.states import ProPayStatus
from protiv.accounts.models import Company
from tests.make import factories
from tests.make.propays import make_propay
from tests.make.report_rows import worked
from tests.propay.reports.reading import file, page

pytestmark = pytest.mark.django_db


def test_saved_hours_add_up_by_job_and_month(as_manager, company, crew, deck, kitchen):
    ProPay.objects.filter(pk=deck.pk).update(status=ProPayStatus.COMPLETE)
    figures = {"budget_amount": Decimal("711.00"), "actual_minutes": 600, "actual_amount": Decimal("355.50")}
    make_propay(deck.job, start_date=date(2026, 11, 4), status=ProPayStatus.PAID, **figures)

    rows = [list(row.values()) for row in file(as_manager, "saved-hours")]

    assert rows == [
        ["Deck", "2026-11", "1", "20.00", "10.00", "10.00", "50.0"],
        ["Deck", "2026-10", "1", "80.00", "50.00", "30.00", "37.5"],
        ["17 · Kitchen", "2026-10", "1", "30.00", "10.00", "20.00", "66.7"],
    ]
    text = page(as_manager, "saved-hours")
    assert "Total 3 130:00 70:00 60:00 46.2%" in text
    assert "Nov 2026" in text
    assert "at the crew's average hourly cost" in text


def test_saved_hours_exclude_propays_in_progress_and_unknown_hours(as_manager, company, deck, ana):
    worked(company, factories.make_job(company, "Idle"), [ana])

    assert file(as_manager, "saved-hours") == []
    assert [row["Job"] for row in file(as_manager, "saved-hours", status="OPEN")] == ["Deck"]
    assert "Excluded: 1 without hours" in page(as_manager, "saved-hours", status="OPEN")


def test_saved_hours_are_shown_as_the_company_writes_hours(as_manager, company, kitchen):
    Company.objects.filter(pk=company.pk).update(hours_format="DECIMAL")

    assert "30.00 10.00 20.00 66.7%" in page(as_manager, "saved-hours")


def test_the_chart_draws_both_bars_of_each_month_to_scale():
    months = [(date(2026, 12, 1), 80 * 60, 50 * 60), (date(2027, 1, 1), 20 * 60, 40 * 60)]

    chart = charts.by_month(months)

    assert [str(level) for level in chart.levels] == ["80", "60", "40", "20", "0"]
    assert [(pair.label, pair.budget_height, pair.actual_height, pair.is_over) for pair in chart.pairs] == [
        ("Dec 2026", 400, 250, False),
        ("Jan 2027", 100, 200, True),
    ]
    assert all(pair.budget_x + chart.bar_width <= pair.actual_x for pair in chart.pairs)
    assert charts.by_month([]) is None
