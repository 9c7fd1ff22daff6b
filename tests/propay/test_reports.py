"""The reports: who may open them, that page, file and print say the same, and that the sums are the statements'."""

import csv
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from propay.models import AdjustmentCategory, LineKind, Statement, StatementLine, StatementStatus
from propay.reports import REPORTS
from propay.services import booking
from propay.views import reports as views
from tests import factories
from tests.propay.rows import NOW, make_approved, make_propay

pytestmark = pytest.mark.django_db
SLUGS = sorted(REPORTS)
DOORS = ("report", "report_print", "report_file")
PERIOD = (date(2026, 11, 2), date(2026, 11, 15))


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ana(company):
    return factories.make_worker(company, "Ana Ruiz")


@pytest.fixture
def ben(company):
    return factories.make_worker(company, "Ben Odermatt")


@pytest.fixture
def kitchen(company, ana, ben):
    """An approved ProPay that pays Ana 120.50 and Ben 79.50; its statements are retotaled."""
    propay = make_propay(factories.make_job(company, "Kitchen", number="17"), title="Kitchen remodel")
    snapshot = make_approved(propay, {ana: "120.50", ben: "79.50"})
    shares = {(ana.pk, "CREW"): Decimal("120.50"), (ben.pk, "CREW"): Decimal("79.50")}
    period = booking.current_period(company=company, day=company.local_date(NOW))
    booking.book_shares(company=company, snapshot=snapshot, shares=shares, period=period, actor=None, now=NOW)
    return propay


def statement(worker, start=PERIOD[0], **amounts) -> Statement:
    """A statement of two weeks with one line per kind: `share`, `drift`, `adjustment`, `rollover`, `true_up`."""
    found, _new = Statement.objects.get_or_create(
        company=worker.company, worker=worker, start_date=start, end_date=start + timedelta(13)
    )
    propay = make_propay(factories.make_job(worker.company)) if {"share", "drift", "true_up"} & amounts.keys() else None
    snapshot = make_approved(propay, {}) if propay else None
    category, _new = AdjustmentCategory.objects.get_or_create(company=worker.company, name="Safety")
    for kind, amount in amounts.items():
        if kind == "true_up":
            federal, extra = map(Decimal, amount)
            fields = {"federal_amount": federal, "state_extra_amount": extra, "week_start": start}
        else:
            fields = {"amount": Decimal(amount)}
        if kind == "adjustment":
            fields["category"] = category
        if kind in ("share", "drift", "true_up"):
            fields |= {"propay": propay, "snapshot": snapshot, "role": "CREW"}
        StatementLine.objects.create(
            company=worker.company,
            statement=found,
            worker=worker,
            kind=LineKind[kind.upper()],
            created_at=NOW,
            **fields,
        )
    booking.retotal([found.pk])
    found.refresh_from_db()
    return found


def pay(one: Statement, day: date) -> None:
    Statement.objects.filter(pk=one.pk).update(
        status=StatementStatus.PAID, pay_date=day, paid_amount=max(one.total_amount, Decimal(0))
    )


def text_of(response) -> str:
    """What a person reads in the main part: tags, choices not taken and runs of white space gone."""
    assert response.status_code == 200
    body = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0]
    body = re.sub(r"<option.*?</option>", "", body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def lines_of(response) -> list[dict[str, str]]:
    assert response.status_code == 200
    return list(csv.DictReader(b"".join(response.streaming_content).decode().splitlines()))


def page(client, slug, **query) -> str:
    return text_of(client.get(reverse("report", args=[slug]), query))


def file(client, slug, **query) -> list[dict[str, str]]:
    return lines_of(client.get(reverse("report_file", args=[slug]), query))


# Who may


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("door", DOORS)
def test_reports_are_for_admins_and_managers(as_admin, as_manager, as_worker, anonymous, kitchen, slug, door):
    address = reverse(door, args=[slug])

    assert as_admin.get(address).status_code == 200
    assert as_manager.get(address).status_code == 200
    assert as_worker.get(address).status_code == 403
    assert anonymous.get(address)["Location"].startswith(reverse("login"))
    assert as_admin.post(address).status_code == 405


def test_the_list_leads_to_every_report_and_stands_in_the_menu(as_manager, as_worker, anonymous):
    answer = as_manager.get(reverse("report_list")).content.decode()

    assert all(reverse("report", args=[slug]) in answer for slug in SLUGS)
    assert reverse("report_list") in as_manager.get(reverse("dashboard")).content.decode()
    assert reverse("report_list") not in as_worker.get(reverse("dashboard")).content.decode()
    assert as_worker.get(reverse("report_list")).status_code == 403
    assert anonymous.get(reverse("report_list")).status_code == 302


@pytest.mark.parametrize("slug", SLUGS)
def test_a_stranger_sees_nothing_of_another_company(as_stranger, kitchen, ana, slug):
    for door in ("report", "report_print"):
        answer = as_stranger.get(reverse(door, args=[slug])).content.decode()
        assert "Kitchen" not in answer
        assert "Ana" not in answer
    assert file(as_stranger, slug) == []


@pytest.mark.parametrize("door", DOORS)
def test_a_report_that_is_not_there_is_not_found(as_manager, door):
    assert as_manager.get(reverse(door, args=["gossip"])).status_code == 404


def test_someone_of_no_company_finds_nothing(sign_in):
    assert sign_in(factories.make_user()).get(reverse("report_list")).status_code == 404


# What is asked


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"from": "2026-13-40"}, "This is not a date. Write it like 2026-11-02."),
        ({"from": "2026-11-09", "to": "2026-11-08"}, "The last day is before the first day. Swap the two."),
    ],
)
def test_wrong_dates_are_named_and_nothing_is_shown(as_manager, kitchen, slug, query, words):
    answer = page(as_manager, slug, **query)

    assert words in answer
    assert "Nothing is shown" in answer
    assert "Kitchen" not in answer
    for door in ("report_file", "report_print"):
        refused = as_manager.get(reverse(door, args=[slug]), query)
        assert refused.status_code == 400
        assert words in refused.content.decode()


@pytest.mark.parametrize("slug", SLUGS)
def test_choices_of_another_company_are_refused(as_manager, stranger, slug):
    other = stranger.memberships.get().company
    theirs = {
        "worker": factories.make_worker(other).pk,
        "job": make_propay(factories.make_job(other)).job_id,
        "manager": stranger.memberships.get().pk,
        "status": "NONSENSE",
        "dates": "NONSENSE",
    }
    for name in REPORTS[slug].filters:
        refused = as_manager.get(reverse("report_file", args=[slug]), {name: theirs[name]})
        assert refused.status_code == 400
        assert "Choose one from the list." in refused.content.decode()


@pytest.mark.parametrize("slug", SLUGS)
def test_an_empty_report_says_what_to_do(as_manager, slug):
    answer = page(as_manager, slug)

    assert "Nothing to report" in answer
    assert "Export CSV" not in answer


# Page, file and print


@pytest.mark.parametrize("slug", SLUGS)
def test_page_file_and_print_hold_the_same_rows(as_manager, kitchen, slug):
    on_page, on_paper = (table_of(as_manager.get(reverse(door, args=[slug]))) for door in ("report", "report_print"))

    assert on_page == on_paper
    assert len(file(as_manager, slug)) == len(on_page) - 1 > 0  # the last row holds the sums


def table_of(response) -> list[str]:
    rows = re.findall(r"<tr>(.*?)</tr>", response.content.decode().split("</thead>")[1], re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)) for row in rows]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_print_has_company_range_and_time_and_no_menu(as_manager, kitchen, slug):
    answer = as_manager.get(reverse("report_print", args=[slug]), {"from": "2026-01-01", "to": "2026-12-31"})
    text = text_of(answer)

    assert "Acme Roofing" in text
    assert "from Jan 1, 2026 to Dec 31, 2026" in text
    assert "Printed Nov 9, 2026, 08:00 MST by manager@acme.test" in text
    assert "side-nav" not in answer.content.decode()
    assert "data-print" in answer.content.decode()


def test_a_long_report_is_paged_printed_as_far_as_paper_goes_and_whole_in_the_file(as_manager, company, monkeypatch):
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
    assert "Only the first 3 of 5 rows are on paper." in paper
    assert "Eve E" not in paper
    assert len(file(as_manager, "payroll-bonus")) == 5


def test_no_cell_of_a_file_is_run_by_a_spreadsheet(as_manager, company):
    statement(factories.make_worker(company, "=HYPERLINK(1) Ruiz"), adjustment="-5.00")

    (row,) = file(as_manager, "payroll-bonus")

    assert row["Worker"] == "'=HYPERLINK(1) Ruiz"
    assert row["Adjustments"] == "-5.00"  # a number stays one


# Payroll bonus


def test_payroll_bonus_shows_each_kind_of_amount_in_its_column(as_manager, ana):
    one = statement(ana, share="100.00", drift="-8.25", adjustment="20.00", rollover="-1.75", true_up=("12.34", "5.66"))
    pay(one, date(2026, 11, 20))

    (row,) = file(as_manager, "payroll-bonus")

    assert list(row.values()) == [
        *("Ana Ruiz", "2026-11-02", "2026-11-15", "100.00", "-8.25", "20.00", "-1.75"),
        *("12.34", "5.66", "128.00", "128.00", "Paid", "2026-11-20"),
    ]
    text = page(as_manager, "payroll-bonus")
    assert "$100.00 −$8.25 $20.00 −$1.75 $12.34 $5.66 $128.00 $128.00 Paid Nov 20, 2026" in text


def test_payroll_bonus_adds_up_to_the_statements(as_manager, ana, ben, kitchen):
    pay(statement(ana, date(2026, 10, 19), share="50.00", true_up=("1.11", "0.22")), date(2026, 11, 6))
    statement(ben, date(2026, 10, 19), adjustment="-30.10", rollover="-0.07")

    rows = file(as_manager, "payroll-bonus")

    def total(*names):
        return sum(Decimal(row[name]) for row in rows for name in names)

    statements = Statement.objects.all()
    assert len(rows) == 4
    assert total("Shares", "Corrections", "Adjustments", "Carried over") == sum(one.bonus_amount for one in statements)
    assert total("Federal true-up") == sum(one.federal_amount for one in statements)
    assert total("State extra") == sum(one.state_extra_amount for one in statements)
    assert total("Total") == sum(one.total_amount for one in statements) == Decimal("221.16")
    text = page(as_manager, "payroll-bonus")
    assert "Total $250.00 $0.00 −$30.10 −$0.07 $1.11 $0.22 $221.16 $51.33" in text
    assert "Bonus and true-ups $221.16 Paid $51.33 Still open $169.83 Workers 2" in text


@pytest.mark.parametrize(
    ("query", "periods"),
    [
        ({}, ["2026-11-02", "2026-10-19"]),
        ({"from": "", "to": ""}, ["2026-11-02", "2026-10-19", "2025-01-06"]),
        ({"from": "2026-11-15"}, ["2026-11-02"]),
        ({"from": "2026-11-16"}, []),
        ({"to": "2026-11-01"}, ["2026-10-19", "2025-01-06"]),
        ({"to": "2026-10-31"}, ["2025-01-06"]),
        ({"dates": "PAY_DATE"}, ["2026-10-19"]),
        ({"dates": "PAY_DATE", "from": "2026-11-06", "to": "2026-11-06"}, ["2026-10-19"]),
        ({"dates": "PAY_DATE", "from": "2026-11-07"}, []),
    ],
)
def test_payroll_bonus_takes_periods_by_their_last_day_or_their_pay_date(as_manager, ana, query, periods):
    statement(ana, date(2025, 1, 6), adjustment="1.00")
    pay(statement(ana, date(2026, 10, 19), adjustment="1.00"), date(2026, 11, 6))
    statement(ana, adjustment="1.00")

    assert [row["Period from"] for row in file(as_manager, "payroll-bonus", **query)] == periods


def test_payroll_bonus_of_one_worker(as_manager, ana, ben, kitchen):
    assert [row["Worker"] for row in file(as_manager, "payroll-bonus", worker=ben.pk)] == ["Ben Odermatt"]
    assert "Worker: Ben Odermatt" in page(as_manager, "payroll-bonus", worker=ben.pk)


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
