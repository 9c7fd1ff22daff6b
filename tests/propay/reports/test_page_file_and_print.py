"""A report's page, file and print hold the same rows, safely, and in as many queries for many as for few."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from propay.views import reports as views
from tests.make import factories
from tests.make.report_rows import statement
from tests.propay.reports.reading import SLUGS, file, page
from tests.reading import text_of

pytestmark = pytest.mark.django_db


# Page, file and print


@pytest.mark.parametrize("slug", SLUGS)
def test_page_file_and_print_hold_the_same_rows(as_manager, kitchen, slug):
    on_page, on_paper = (table_of(as_manager.get(reverse(door, args=[slug]))) for door in ("report", "report_print"))

    assert on_page == on_paper
    assert len(file(as_manager, slug)) == len(on_page) > 0


def table_of(response) -> list[str]:
    body = re.search(r"</thead>\s*<tbody>(.*?)</tbody>", response.content.decode(), re.DOTALL)[1]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)) for row in rows]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_print_has_company_range_and_time_and_no_menu(as_manager, kitchen, slug):
    answer = as_manager.get(reverse("report_print", args=[slug]), {"from": "2026-01-01", "to": "2026-12-31"})
    text = text_of(answer)

    assert "Acme Roofing" in text
    assert "from Jan 1, 2026 to Dec 31, 2026" in text
    assert "Printed Nov 9, 2026, 8:00 AM MST by manager@acme.test" in text
    assert "side-nav" not in answer.content.decode()
    assert "data-print" in answer.content.decode()


def test_a_long_report_is_paged_cut_off_in_print_and_whole_in_the_file(as_manager, company, monkeypatch):
    for name in ("Ana A", "Ben B", "Cleo C", "Dan D", "Eve E"):
        statement(factories.make_worker(company, name), adjustment="10.00")
    monkeypatch.setattr(views, "ROWS_PER_PAGE", 2)
    monkeypatch.setattr(views, "PRINTED_AT_MOST", 3)

    second = page(as_manager, "payroll-bonus", page="2")
    paper = text_of(as_manager.get(reverse("report_print", args=["payroll-bonus"])))

    assert "Cleo C" in second
    assert "Ana A" not in second
    assert "3–4 of 5" in second
    assert "Total $0.00 $0.00 $50.00" in second
    assert "Only the first 3 of 5 rows are printed." in paper
    assert "Eve E" not in paper
    assert len(file(as_manager, "payroll-bonus")) == 5


def test_no_cell_of_a_file_is_run_by_a_spreadsheet(as_manager, company):
    statement(factories.make_worker(company, "=HYPERLINK(1) Ruiz"), adjustment="-5.00")

    (row,) = file(as_manager, "payroll-bonus")

    assert row["Worker"] == "'=HYPERLINK(1) Ruiz"
    assert row["Adjustments"] == "-5.00"  # a number stays one


@pytest.mark.parametrize("slug", ["propay-efficiency", "propay-status", "worker-history"])
def test_rows_lead_to_their_propay(as_manager, kitchen, slug):
    answer = as_manager.get(reverse("report", args=[slug])).content.decode()

    assert f'<a href="{reverse("propay_detail", args=[kitchen.pk])}">Kitchen remodel</a>' in answer


# Queries


def queries_of(client, slug) -> int:
    address = reverse("report", args=[slug])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("slug", SLUGS)
def test_many_rows_take_as_many_queries_as_few(as_manager, company, kitchen, slug):
    few = queries_of(as_manager, slug)
    for number in range(8):
        worker = factories.make_worker(company, f"Worker No{number}")
        statement(worker, share="10.00", true_up=("1.00", "0.50"))

    assert queries_of(as_manager, slug) == few


@pytest.mark.parametrize("slug", SLUGS)
def test_a_default_range_is_shown_and_can_be_removed(as_manager, kitchen, slug):
    bare = page(as_manager, slug)
    looks_back = slug != "propay-status"

    assert ("Showing dates from Dec 1, 2025. Show all dates" in bare) == looks_back
    assert "Showing dates from" not in page(as_manager, slug, **{"from": "2026-01-01"})
    assert "Showing dates from" not in page(as_manager, slug, **{"from": "", "to": ""})
