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

from propay import charts, services
from propay.figures import NO_BUDGET
from propay.models import (
    AdjustmentCategory,
    BudgetType,
    LineKind,
    ProPay,
    ProPayStatus,
    Share,
    Statement,
    StatementLine,
    StatementStatus,
)
from propay.reports import REPORTS
from propay.services import booking
from propay.views import reports as views
from protiv.accounts.models import Company
from protiv.timekeeping.models import Job
from tests import factories
from tests.propay.rows import NOW, make_approved, make_propay, put, unguarded

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
    """An approved ProPay of 600.00 that took 10 hours for 200.00 and pays Ana 120.50 and Ben 79.50 of its pool."""
    figures = {"budget": "600.00", "earned": "600.00", "actual": "200.00", "saving": "400.00", "pool": "200.00"}
    parts = {"crew": "200.00", "lead": "0.00", "manager": "0.00", "company": "0.00", "other": "0.00"}
    propay = make_propay(
        factories.make_job(company, "Kitchen", number="17"),
        title="Kitchen remodel",
        fixed_amount=Decimal("600.00"),
        actual_minutes=600,
        **{f"{name}_amount": Decimal(amount) for name, amount in (figures | parts).items()},
    )
    snapshot = make_approved(propay, {ana: "120.50", ben: "79.50"})
    shares = {(ana.pk, "CREW"): Decimal("120.50"), (ben.pk, "CREW"): Decimal("79.50")}
    period = booking.current_period(company=company, day=company.local_date(NOW))
    booking.book_shares(company=company, snapshot=snapshot, shares=shares, period=period, actor=None, now=NOW)
    return propay


def statement(worker, start=PERIOD[0], *, rolled_from=None, **amounts) -> Statement:
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
        if kind == "rollover":
            fields["rolled_from"] = rolled_from
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
    before = statement(ana, date(2024, 1, 1), adjustment="-1.75")
    bonuses = {"share": "100.00", "drift": "-8.25", "adjustment": "20.00", "rollover": "-1.75"}
    one = statement(ana, rolled_from=before, **bonuses, true_up=("12.34", "5.66"))
    pay(one, date(2026, 11, 20))

    (row,) = file(as_manager, "payroll-bonus")

    assert list(row.values()) == [
        *("Ana Ruiz", "2026-11-02", "2026-11-15", "100.00", "-8.25", "20.00", "-1.75"),
        *("12.34", "5.66", "128.00", "128.00", "Paid", "2026-11-20"),
    ]
    text = page(as_manager, "payroll-bonus")
    assert "$100.00 −$8.25 $20.00 −$1.75 $12.34 $5.66 $128.00 $128.00 Paid Nov 20, 2026" in text
    assert "Ana Ruiz Nov 2 to Nov 15, 2026" in text


def test_payroll_bonus_adds_up_to_the_statements(as_manager, ana, ben, kitchen):
    pay(statement(ana, date(2026, 10, 19), share="50.00", true_up=("1.11", "0.22")), date(2026, 11, 6))
    before = statement(ben, date(2026, 10, 5), adjustment="-0.07")
    pay(before, date(2026, 10, 23))
    statement(ben, date(2026, 10, 19), rolled_from=before, adjustment="-30.10", rollover="-0.07")

    rows = file(as_manager, "payroll-bonus")

    def total(*names):
        return sum(Decimal(row[name]) for row in rows for name in names)

    statements = Statement.objects.all()
    assert len(rows) == 5
    assert total("Shares", "Corrections", "Adjustments", "Carried over") == sum(one.bonus_amount for one in statements)
    assert total("Federal true-up") == sum(one.federal_amount for one in statements)
    assert total("State extra") == sum(one.state_extra_amount for one in statements)
    assert total("Total") == sum(one.total_amount for one in statements) == Decimal("221.09")
    text = page(as_manager, "payroll-bonus")
    assert "Total $250.00 $0.00 −$30.17 −$0.07 $1.11 $0.22 $221.09 $51.33" in text
    assert "carried over stands on both statements" in text
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


def test_payroll_bonus_leads_to_each_statement(as_manager, ana):
    one = statement(ana, adjustment="5.00")

    answer = as_manager.get(reverse("report", args=["payroll-bonus"])).content.decode()

    assert f'<a href="{reverse("statement_detail", args=[one.pk])}">Ana Ruiz</a>' in answer


def test_payroll_bonus_of_one_worker(as_manager, ana, ben, kitchen):
    assert [row["Worker"] for row in file(as_manager, "payroll-bonus", worker=ben.pk)] == ["Ben Odermatt"]
    assert "Worker: Ben Odermatt" in page(as_manager, "payroll-bonus", worker=ben.pk)


def test_payroll_bonus_leaves_out_a_statement_with_nothing_on_it(as_manager, ana):
    statement(ana)

    assert file(as_manager, "payroll-bonus") == []


# ProPays: efficiency and status


@pytest.fixture
def crew(ana, ben):
    factories.make_wage(ana, "20.00")
    factories.make_wage(ben, "35.55")
    return ana, ben


def worked(company, job, crew, *days, **fields):
    """A ProPay with so many days of ten hours by each of the crew, worked out."""
    propay = make_propay(job, **fields)
    for worker, count in zip(crew, days, strict=False):
        for day in range(count):
            factories.make_entry(worker, job, minutes=600, work_date=date(2026, 11, 2) + timedelta(day))
    services.refresh(company=company, job_ids=[job.pk], now=NOW)
    propay.refresh_from_db()
    return propay


@pytest.fixture
def deck(company, crew, manager):
    """80 budget hours, 50 used: costs 1,311.00, saves 786.60, pool 393.30, 20 % of it the company's."""
    return worked(
        company,
        factories.make_job(company, "Deck", synced_budget_minutes=80 * 60),
        crew,
        *(3, 2),
        budget_type=BudgetType.HOURS,
        crew_percent=80,
        company_percent=20,
        manager=manager.memberships.get(),
    )


def cells_of(rows, title) -> list[str]:
    return next(list(row.values()) for row in rows if row["ProPay"] == title)


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
    assert "Total 110:00 60:00 $2,697.60 $1,511.00 $1,186.60 44.0 % $593.30 $8.58" in text


@pytest.mark.parametrize("slug", ["propay-efficiency", "propay-status", "worker-history"])
def test_rows_lead_to_their_propay(as_manager, kitchen, slug):
    answer = as_manager.get(reverse("report", args=[slug])).content.decode()

    assert f'<a href="{reverse("propay_detail", args=[kitchen.pk])}">Kitchen remodel</a>' in answer


def test_efficiency_keeps_what_was_approved_whatever_becomes_of_the_job(as_manager, deck):
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


def test_efficiency_leaves_what_has_no_figures_out_of_the_dollars_and_says_so(as_manager, company, ana, kitchen):
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


def test_propays_are_found_by_job_and_manager(as_manager, deck, kitchen, manager, admin):
    def found(**query):
        return [row["ProPay"] for row in file(as_manager, "propay-status", **query)]

    assert found(job=kitchen.job_id) == ["Kitchen remodel"]
    assert found(manager=manager.memberships.get().pk) == ["Deck"]
    assert found(manager=admin.memberships.get().pk) == []


def test_status_says_where_each_stands_and_what_needs_doing(as_manager, company, crew, deck, kitchen):
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
        "No budget": ("Budget", NO_BUDGET[BudgetType.HOURS]),
        "No wage": ("Wage", "Wages are missing: Cleo Daw from Nov 2, 2026 on."),
        "Over": ("", "It is over budget: look at its hours."),
        "Ended": ("", "Its last day has passed: mark it complete or approve it."),
        "Finished": ("", "Approve it."),
        "Nearly": ("", "Set its completion to 100 %: only then can it be approved."),
        "Kitchen remodel": ("", "Its hours changed after approval: adjust or dismiss the drift."),
    }
    assert cells_of(rows, "Deck")[4:9] == ["2026-10-01", "39", "50.00", "80.00", "62.5"]
    assert cells_of(rows, "No wage")[6:9] == ["10.00", "20.00", "50.0"]
    assert cells_of(rows, "Kitchen remodel")[10] == "-12.50"
    assert "Pending 1 Started 5 Complete 2 Approved 1 To do 7" in page(as_manager, "propay-status")


def test_status_of_what_is_paid_or_canceled_asks_for_nothing(as_manager, company, kitchen):
    assert "Pay the statements that its shares stand on." in page(as_manager, "propay-status")
    put(kitchen, "PAID")
    put(make_propay(factories.make_job(company)), "CANCELED")
    for status in ("PAID", "CANCELED"):
        (row,) = file(as_manager, "propay-status", status=status)
        assert (row["Age in days"], row["What needs doing"]) == ("", "")


def test_status_shows_open_propays_of_any_age(as_manager, company):
    make_propay(factories.make_job(company, "Old"), start_date=date(2024, 3, 1))

    assert [row["ProPay"] for row in file(as_manager, "propay-status")] == ["Old"]


# Saved hours


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
    assert "Total 3 130:00 70:00 60:00 46.2 %" in text
    assert "Nov 2026" in text
    assert "at the crew's average cost of an hour" in text.replace("&#x27;", "'")


def test_saved_hours_leave_out_what_is_in_progress_unless_asked_and_what_cant_be_told(as_manager, company, deck, ana):
    worked(company, factories.make_job(company, "Idle"), [ana])

    assert file(as_manager, "saved-hours") == []
    assert [row["Job"] for row in file(as_manager, "saved-hours", status="OPEN")] == ["Deck"]
    assert "Left out: 1 without hours" in page(as_manager, "saved-hours", status="OPEN")


def test_saved_hours_are_shown_as_the_company_writes_hours(as_manager, company, kitchen):
    Company.objects.filter(pk=company.pk).update(hours_format="DECIMAL")

    assert "30.00 10.00 20.00 66.7 %" in page(as_manager, "saved-hours")


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


# Worker history


def history(client, **query) -> list[list[str]]:
    return [list(row.values()) for row in file(client, "worker-history", **query)]


def test_history_of_an_open_propay_shows_the_shares_so_far(as_manager, company, crew, ana, ben):
    job = factories.make_job(company, "Deck")
    worked(company, job, crew, 3, 2, fixed_amount=Decimal("2311.00"), crew_percent=80, lead_percent=20, lead=ben)

    assert [" ".join(row) for row in history(as_manager)] == [
        # Of the pool of 500.00, 100.00 are the lead's, who draws no crew share.
        "Ben Odermatt Deck 2026-10-01 20.00 100.00 5.00 14.1 0.00 Not approved  0.00 100.00 0.00 0.00",
        "Ana Ruiz Deck 2026-10-01 30.00 400.00 13.33 66.7 0.00 Not approved  400.00 0.00 0.00 0.00",
    ]
    assert "Total 50:00 $500.00 $10.00 38.1 % $0.00 $400.00 $100.00 $0.00 $0.00" in page(as_manager, "worker-history")


def test_history_has_no_bonus_where_there_is_no_figure_yet(as_manager, company, ana):
    worked(company, factories.make_job(company, "Unpaid"), [ana], 1)

    (row,) = history(as_manager)

    assert row[3:] == ["10.00", "", "", "", "0.00", "Not approved", "", "", "0.00", "0.00", "0.00"]
    assert "Total 10:00 $0.00 $0.00 $0.00 $0.00 $0.00 $0.00 Wage uplift:" in page(as_manager, "worker-history")


def test_history_of_an_approved_propay_is_what_stands_on_statements(as_manager, ana, ben, kitchen):
    with unguarded():
        Share.objects.filter(propay=kitchen, worker=ana).update(minutes=300, cost_amount=Decimal("100.00"))
    first = Statement.objects.get(worker=ana)
    snapshot = kitchen.snapshots.get()
    later = statement(ana, PERIOD[0] + timedelta(14))
    common = {"company": ana.company, "worker": ana, "propay": kitchen, "created_at": NOW}
    true_up = {
        "kind": LineKind.TRUE_UP,
        "week_start": PERIOD[0],
        "federal_amount": "3.00",
        "state_extra_amount": "1.50",
    }
    drift = {"kind": LineKind.DRIFT, "snapshot": snapshot, "role": "CREW", "amount": "-20.50"}
    StatementLine.objects.create(statement=first, **common, **true_up)
    pay(first, date(2026, 11, 20))
    StatementLine.objects.create(statement=later, **common, **drift)

    rows = history(as_manager)

    assert rows[0][3:] == ["0.00", "79.50", "", "", "0.00", "Open", "", "79.50", "0.00", "0.00", "0.00"]
    assert rows[1][3:10] == ["5.00", "100.00", "20.00", "100.0", "4.50", "Partly paid", ""]
    assert rows[1][10:] == ["100.00", "0.00", "0.00", "0.00"]
    pay(later, date(2026, 12, 4))
    assert history(as_manager)[1][8:10] == ["Paid", "2026-12-04"]
    assert "Total 5:00 $179.50 $35.90 179.5 % $4.50 $179.50 $0.00 $0.00 $0.00" in page(as_manager, "worker-history")


def test_reports_follow_a_propay_from_approval_over_a_late_edit_to_pay_day(as_manager, company, admin, ana, ben, crew):
    """10 hours each at 20.00 and 35.55 cost 555.50 of 1,000.00; half of the saving of 444.50 is the crew's."""
    deck = worked(company, factories.make_job(company, "Deck"), crew, *(1, 1), fixed_amount=Decimal("1000.00"))
    services.approve_propays(company=company, actor=admin, propay_ids=[deck.pk], now=NOW)
    approved = cells_of(file(as_manager, "propay-efficiency"), "Deck")
    assert [row[4] for row in history(as_manager)] == ["111.12", "111.13"]

    factories.make_entry(ana, deck.job, minutes=600, work_date=date(2026, 11, 5))
    services.refresh(company=company, job_ids=[deck.job_id], now=NOW)
    drift = services.drift_of(company=company, propay_id=deck.pk)
    assert cells_of(file(as_manager, "propay-status"), "Deck")[10] == str(drift.amount)
    services.resolve_drift_by_adjusting(
        company=company, propay_id=deck.pk, actor=admin, note="", seen=drift.worked.digest, now=NOW
    )
    ids = list(Statement.objects.values_list("pk", flat=True))
    services.pay_statements(company=company, actor=admin, statement_ids=ids, pay_date=date(2026, 11, 20), now=NOW)

    # 20 hours of Ana's and 10 of Ben's cost 755.50: of the pool of 122.25 two thirds are Ana's.
    assert [(row[4], row[8]) for row in history(as_manager)] == [("40.75", "Paid"), ("81.50", "Paid")]
    bonus = file(as_manager, "payroll-bonus")
    assert sum(Decimal(row["Shares"]) + Decimal(row["Corrections"]) for row in bonus) == Decimal("122.25")
    assert sum(Decimal(row["Paid"]) for row in bonus) == Decimal("122.25")
    after = cells_of(file(as_manager, "propay-efficiency"), "Deck")
    assert after == [*approved[:3], "Paid", *approved[4:]]


def test_history_names_whom_only_a_correction_paid(as_manager, company, kitchen):
    late = factories.make_worker(company, "Zoe Zander")
    snapshot = kitchen.snapshots.get()
    booking.book_drift(
        company=company,
        snapshot=snapshot,
        differences={(late.pk, "CREW"): Decimal("5.00")},
        period=booking.current_period(company=company, day=date(2026, 11, 9)),
        actor=None,
        now=NOW,
    )

    assert history(as_manager)[-1] == [
        *("Zoe Zander", "Kitchen remodel", "2026-10-01", "0.00", "5.00", "", "", "0.00", "Open", ""),
        *("5.00", "0.00", "0.00", "0.00"),
    ]


def test_history_says_where_nothing_was_due(as_manager, ana, kitchen):
    StatementLine.objects.filter(worker=ana).delete()

    assert [row[8] for row in history(as_manager)] == ["Open", "Nothing due"]


def test_history_of_one_worker_adds_up_to_that_workers_lines(as_manager, ana, ben, kitchen):
    assert [row[0] for row in history(as_manager, worker=ana.pk)] == ["Ana Ruiz"]
    assert "Total 0:00 $120.50 $0.00 $120.50 $0.00 $0.00 $0.00" in page(as_manager, "worker-history", worker=ana.pk)


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
