"""The preview of a payroll file."""

import html
import re
from datetime import date

import pytest
from django.urls import reverse

from propay.models import PayRun, PayRunState
from propay.rules.pay_periods import Period
from tests.make import factories
from tests.make.paid import PAY_DATE, PERIOD, make_paid
from tests.make.payroll import NEXT_PAY_DATE, NEXT_PERIOD, save_settings
from tests.make.propays import NOW
from tests.propay.pages.payroll.asking import DATES, preview

pytestmark = pytest.mark.django_db


def test_preview_shows_rows_and_totals_of_the_amounts(company, as_admin, ana):
    make_paid(ana)
    make_paid(factories.make_worker(company, "Ben Odermatt"), "1000.00 0.50 0.00")

    page = preview(as_admin, **DATES)

    assert "Workers 2 Bonus $1,250.00 Federal true-up $20.50 State overtime premium $4.25 Total $1,274.75" in page
    assert "Ana Ruiz 101 Nov 20, 2026 $250.00 $20.00 $4.25 $0.00 $274.25" in page
    assert "Odermatt,Ben,,2026-11-02,2026-11-15,2026-11-20,1000.00,0.50,0.00,0.00,1000.50" in page


def test_preview_begins_with_the_latest_period_and_the_layout_of_the_settings(company, admin, as_admin, ana):
    make_paid(ana)
    make_paid(ana, "1.00 0.00 0.00", period=NEXT_PERIOD)
    save_settings(company, admin, layout="GUSTO")

    assert "payroll-2026-11-16-to-2026-11-29-gusto.csv" in preview(as_admin)


def test_an_old_period_can_be_linked_to(as_admin, ana):
    make_paid(ana, period=Period(date(2025, 9, 1), date(2025, 9, 14)))
    make_paid(ana, "1.00 0.00 0.00")

    page = preview(as_admin, start="2025-09-01", end="2025-09-14")

    assert "Sep 1 – Sep 14, 2025" in page
    assert "Total $274.25" in page


def test_preview_of_a_period_without_statements_says_what_to_do(as_admin, ana):
    make_paid(ana)

    assert "Nothing to pay in this file" in preview(as_admin, start="2026-01-05", end="2026-01-18")


def test_preview_before_the_first_statement_says_what_to_do(as_admin, company):
    assert "No bonus statements yet" in preview(as_admin)


@pytest.mark.parametrize(
    "query", [{"start": "x", "end": "y"}, {"start": "2026-11-15", "end": "2026-11-02"}, {"period": "9"}]
)
def test_preview_of_an_invalid_period_says_so(as_admin, ana, query):
    make_paid(ana)

    page = preview(as_admin, **query)

    assert "Choose a pay period." in page
    assert "Ana Ruiz" not in page


def test_preview_takes_as_many_queries_for_many_statements(company, as_admin, django_assert_max_num_queries):
    for number in range(60):
        make_paid(factories.make_worker(company, number=str(number)))

    with django_assert_max_num_queries(20):
        page = preview(as_admin, **DATES, page="2")
    assert "51–60 of 60" in page


def test_statements_and_pay_runs_lead_to_their_file(company, as_admin, as_manager, ana):
    run = PayRun.objects.create(
        company=company,
        start_date=PERIOD.start_date,
        end_date=PERIOD.end_date,
        pay_date=PAY_DATE,
        state=PayRunState.DONE,
        total_count=1,
        done_count=1,
        created_at=NOW,
    )
    statement = make_paid(ana, pay_run=run)
    make_paid(factories.make_worker(company, "Ben Odermatt"), pay_date=NEXT_PAY_DATE)

    for address, rows in ((reverse("statement_list"), 2), (reverse("pay_run_detail", args=[run.pk]), 1)):
        page = as_admin.get(address).content.decode()
        (link,) = re.findall(rf'href="({reverse("payroll_preview")}[^"]*)"', page)
        response = as_admin.get(html.unescape(link))
        assert len(response.context["preview"].file.rows) == rows
        assert reverse("statement_detail", args=[statement.pk]) in response.content.decode()
        assert reverse("payroll_preview") not in as_manager.get(address).content.decode()
