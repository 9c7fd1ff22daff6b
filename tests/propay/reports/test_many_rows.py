"""A report of 300 ProPays reads the 50 that a page shows, and its sums are those of all."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.models import Value
from django.db.models.functions import Concat
from django.db.models.signals import post_init
from django.urls import reverse

from propay.models import BudgetTask, ProPay
from propay.reports import REPORTS, base
from propay.reports.base import Asked
from propay.reports.writing import report_csv
from protiv.timekeeping.models import Job
from tests.make import factories
from tests.make.propays import NOW, unguarded
from tests.propay.reports.reading import page

pytestmark = pytest.mark.django_db
COUNT = 300
A_DAY = date(2026, 11, 9)
STATUSES = ("PENDING", "STARTED", "COMPLETE", "APPROVED", "PAID", "CANCELED")
# The first is in dollars; others may be in hours, for which the stored figures are not enough.
BUDGETS = (
    {"budget_type": "AMOUNT", "fixed_amount": Decimal("1000.00")},
    {"budget_type": "HOURS"},
    {"budget_type": "HOURS", "budget_minutes": 3333, "adjustment_type": "PERCENT", "adjustment_value": Decimal("7.5")},
    {"budget_type": "RATE", "rate_amount": Decimal("2.50"), "quantity": Decimal("333.333")},
    {"budget_type": "AMOUNT", "fixed_amount": 900, "adjustment_type": "HOURS", "adjustment_value": Decimal("41.25")},
    {"budget_type": "TASKS"},
    {"budget_type": "HOURS", "budget_minutes": 900, "adjustment_type": "AMOUNT", "adjustment_value": Decimal(500)},
)


def figures(number):
    """What a refresh could have stored; every ninth has none yet."""
    if number % 9 == 0:
        return {"figure_note": "No time has been counted yet." if number % 2 else "Missing wages: Bo."}
    budget, actual = Decimal(100_000 + number * 77) / 100, Decimal(90_000 + number * 113) / 100
    return {
        "budget_amount": budget,
        "earned_amount": budget,
        "actual_amount": actual,
        "saving_amount": budget - actual,
        "is_over_budget": budget < actual,
        "pool_amount": max(budget - actual, Decimal(0)) / 2,
        "company_amount": Decimal(number % 3),
    }


def make_many(company, count, budgets=BUDGETS):
    jobs = Job.objects.bulk_create(
        Job(
            company=company,
            connection_id=1,
            external_id=f"m-{number}",
            number=f"{number:03}",
            name=f"Job {number % 40}",
            synced_budget_minutes=None if number % 5 == 0 else 4000 + number,
        )
        for number in range(count)
    )
    propays = ProPay.objects.bulk_create(
        ProPay(
            company=company,
            job=job,
            title=f"ProPay {number:03}",
            status=STATUSES[number % 6],
            start_date=A_DAY - timedelta(days=number),
            end_date=A_DAY - timedelta(days=number - 20) if number % 4 == 0 else None,
            actual_minutes=(number % 7) * 481,
            completion_percent=Decimal(100) if number % 8 else Decimal("37.5"),
            **budgets[number % len(budgets)],
            **figures(number),
        )
        for number, job in enumerate(jobs)
    )
    code = factories.make_cost_code(company)
    in_tasks = [one for one in propays if one.budget_type == "TASKS"]
    with unguarded():
        BudgetTask.objects.bulk_create(
            BudgetTask(
                company=company,
                propay=one,
                cost_code=code,
                minutes=None if one.pk % 3 else 2000,
                amount=Decimal("750.00") if one.pk % 3 else None,
            )
            for one in in_tasks
        )
    drifted = [one.pk for one in propays if one.status == "APPROVED"][::5]
    ProPay.objects.filter(pk__in=drifted).update(drifted_at=NOW, drift_amount=Decimal("-3.50"))
    return propays


@pytest.fixture
def loaded():
    """The ids of the ProPays that were loaded as objects, each time."""
    ids: list[int] = []

    def note(instance, **_named):
        ids.append(instance.pk)

    post_init.connect(note, sender=ProPay)
    yield ids
    post_init.disconnect(note, sender=ProPay)


def made(company, slug, **asked):
    return REPORTS[slug].make(Asked(company=company, today=A_DAY, **asked))


def address(slug, **query):
    return reverse("report", args=[slug], query={"from": "", "status": "", **query})


@pytest.mark.parametrize("slug", ["propay-status", "propay-efficiency"])
def test_a_page_loads_what_it_shows(as_admin, company, loaded, slug):
    make_many(company, COUNT, BUDGETS[:1])
    shown = COUNT * 5 // 6  # all but canceled
    loaded.clear()
    assert as_admin.get(address(slug)).status_code == 200
    assert len(loaded) == 50
    loaded.clear()
    assert as_admin.get(address(slug, page=99)).context["page_obj"].number == 5
    assert len(loaded) == shown - 4 * 50


def test_saved_hours_loads_no_propay_whose_budget_is_in_dollars(as_admin, company, loaded):
    make_many(company, COUNT, BUDGETS[:1])
    loaded.clear()
    assert as_admin.get(address("saved-hours")).status_code == 200
    assert loaded == []


@pytest.mark.parametrize("slug", ["propay-status", "propay-efficiency", "saved-hours"])
def test_a_page_takes_as_many_queries_for_many_as_for_some(as_admin, company, slug, django_assert_max_num_queries):
    make_many(company, 60)
    with django_assert_max_num_queries(30) as few:
        as_admin.get(address(slug))
    Job.objects.update(external_id=Concat(Value("old-"), "external_id"))
    make_many(company, COUNT)
    with django_assert_max_num_queries(len(few)):
        as_admin.get(address(slug))


def test_the_sums_of_efficiency_are_those_of_its_rows(company):
    make_many(company, COUNT)
    report = made(company, "propay-efficiency")
    rows = list(report.rows)
    assert len(rows) == len(report.rows) == COUNT * 5 // 6
    for column in (5, 6, 7, 8, 9, 11):
        assert report.totals[column] == sum(row[column] or 0 for row in rows), report.columns[column].label
    assert f"{sum(row[7] is None for row in rows)} ProPays have no figures yet" in report.notes[0]


def test_saved_hours_adds_up_what_efficiency_lists(company):
    make_many(company, COUNT)
    rows = [row for row in made(company, "propay-efficiency").rows if row[5] is not None and row[6] > 0]
    report = made(company, "saved-hours")
    count, budget, actual = report.totals[2:5]
    assert (count, budget, actual) == (len(rows), sum(row[5] for row in rows), sum(row[6] for row in rows))
    for column in (2, 3, 4, 5):
        assert report.totals[column] == sum(row[column] for row in report.rows)


def test_status_counts_what_its_rows_say(as_admin, company):
    make_many(company, COUNT)
    rows = list(made(company, "propay-status").rows)
    order = [[row[1] for row in rows].index(name) for name in ("Pending", "Started", "Complete", "Approved", "Paid")]
    assert order == sorted(order)
    to_do = sum(bool(row[-1]) for row in rows)
    assert 0 < to_do < len(rows)
    assert f"To do {to_do}" in page(as_admin, "propay-status")
    assert f"Approved {sum(row[1] == 'Approved' for row in rows)}" in page(as_admin, "propay-status")


def test_filters_find_the_same_in_the_database(company, manager):
    propays = make_many(company, COUNT)
    mine = propays[7]
    ProPay.objects.filter(pk=mine.pk).update(manager=manager.memberships.get())
    for asked in ({"job": mine.job}, {"manager": manager.memberships.get()}, {"to_date": date(2026, 2, 1)}):
        report = made(company, "propay-status", **asked)
        titles = [row[0].text for row in report.rows]
        assert len(titles) == len(report.rows)
        assert ("to_date" in asked) or titles == [mine.title]
    assert len(made(company, "propay-status", status="CANCELED").rows) == COUNT // 6


@pytest.mark.parametrize("slug", ["propay-status", "propay-efficiency"])
def test_a_file_is_written_while_it_is_read(company, loaded, slug, monkeypatch):
    make_many(company, COUNT, BUDGETS[:1])
    monkeypatch.setattr(base, "BATCH", 40)
    loaded.clear()
    lines = report_csv(made(company, slug))
    next(lines), next(lines)
    assert len(loaded) == 40
    assert len(list(lines)) == COUNT * 5 // 6 - 1
    assert len(loaded) == COUNT * 5 // 6


@pytest.mark.parametrize("slug", ["propay-status", "propay-efficiency", "saved-hours"])
def test_no_one_else_sees_the_reports(as_worker, as_stranger, company, slug):
    make_many(company, 12)
    assert as_worker.get(address(slug)).status_code == 403
    assert "ProPay 0" not in as_stranger.get(address(slug)).content.decode()
