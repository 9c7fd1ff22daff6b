"""The dry run: past hours under another plan, before and after, with nothing written."""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from propay import services
from propay.frozen.terms import freeze
from propay.models import BonusPlan, PlanVersion, Snapshot
from propay.pages import dry_run as pages
from propay.rules.budgets import Budget, BudgetType
from propay.rules.states import ProPayStatus
from propay.rules.terms import Terms
from protiv.timekeeping.records import EntryKind
from tests.make import factories
from tests.make.propays import NOW, make_approved, make_propay, unguarded

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen")


@pytest.fixture
def crew(company):
    people = [factories.make_worker(company, name) for name in ("Ana Ruiz", "Ben Ode")]
    for worker, wage in zip(people, ("20.00", "30.00"), strict=True):
        factories.make_wage(worker, wage)
    return people


@pytest.fixture
def propay(company, job, crew):
    """Ana 10 h and Ben 20 h: 800.00 of 1,800.00 are used, half of the saving is 500.00, by hours 166.67 + 333.33."""
    for worker, minutes in zip(crew, (600, 1200), strict=True):
        factories.make_entry(worker, job, minutes=minutes, work_date=date(2026, 8, 3))
    propay = make_propay(job, title="Kitchen remodel", fixed_amount=Decimal("1800.00"), start_date=date(2026, 8, 1))
    services.refresh(company=company, now=NOW)
    propay.refresh_from_db()
    return propay


def make_version(company, name="Equal", **terms):
    plan = BonusPlan.objects.create(company=company, name=name)
    return PlanVersion.objects.create(
        **{"company": company, "plan": plan, "start_date": date(2026, 1, 1), "distribution": "EQUAL", **terms}
    )


def replay(version, start=date(2026, 7, 1), end=date(2026, 9, 30)):
    return pages.replay(company=version.company, version=version, start=start, end=end)


def amounts(change):
    return change.before, change.after, change.difference


# The figures


def test_replay_shows_each_propay_and_each_worker_before_and_after(company, propay):
    version = make_version(company, split_percent=Decimal(80), crew_percent=Decimal(90), company_percent=Decimal(10))
    found = replay(version)
    (row,) = found.propays
    assert amounts(row.pool) == (Decimal("500.00"), Decimal("800.00"), Decimal("300.00"))
    assert amounts(row.paid) == (Decimal("500.00"), Decimal("720.00"), Decimal("220.00"))
    assert (found.pool, found.paid, found.is_cut) == (row.pool, row.paid, False)
    assert [(one.worker.name, *amounts(one.paid)) for one in found.workers] == [
        ("Ben Ode", Decimal("333.33"), Decimal("360.00"), Decimal("26.67")),
        ("Ana Ruiz", Decimal("166.67"), Decimal("360.00"), Decimal("193.33")),
    ]


def test_replay_under_its_own_terms_changes_nothing(company, propay):
    version = make_version(company, distribution="PER_HOUR")
    assert replay(version).paid.difference == 0


def test_replay_lets_drive_time_count_as_the_plan_says(company, crew, job, propay):
    factories.make_entry(crew[0], job, minutes=60, work_date=date(2026, 8, 4), kind=EntryKind.TRAVEL)
    version = make_version(company, include_travel=True)
    assert amounts(replay(version).pool) == (Decimal("500.00"), Decimal("490.00"), Decimal("-10.00"))


def test_replay_takes_the_plans_labor_percentage_of_a_price_and_no_other_budget(company, crew, propay):
    priced = factories.make_job(company)
    factories.make_entry(crew[0], priced, minutes=600, work_date=date(2026, 8, 3))
    make_propay(
        priced,
        budget_type=BudgetType.PERCENT_OF_CONTRACT,
        contract_amount=Decimal("10000.00"),
        labor_percent=Decimal(30),
        start_date=date(2026, 8, 2),
    )
    version = make_version(company, labor_percent=Decimal(20), budget_type=BudgetType.PERCENT_OF_CONTRACT)
    pools = [amounts(row.pool)[:2] for row in replay(version).propays]
    assert pools == [(Decimal("1400.00"), Decimal("900.00")), (Decimal("500.00"), Decimal("500.00"))]


def test_replay_of_an_approved_propay_starts_from_what_the_approval_froze(company, crew, job, propay):
    make_approved(propay, {})
    frozen = Terms(budget=Budget(type=BudgetType.AMOUNT, amount=Decimal("1000.00")), split_percent=Decimal(100))
    with unguarded():
        Snapshot.objects.filter(propay=propay).update(terms=freeze(frozen))
    version = make_version(company)
    assert amounts(replay(version).pool)[:2] == (Decimal("200.00"), Decimal("100.00"))


def test_replay_excludes_propays_without_people_for_the_others_part(company, propay):
    version = make_version(company, crew_percent=Decimal(90), other_percent=Decimal(10))
    found = replay(version)
    assert found.propays[0].note == pages.NOBODY_NAMED
    assert (found.propays[0].pool.after, found.paid.before, found.workers) == (None, 0, [])


def test_replay_says_whose_wage_is_missing(company, job, propay):
    factories.make_entry(factories.make_worker(company, "Cy Poe"), job, minutes=60, work_date=date(2026, 8, 3))
    found = replay(make_version(company))
    assert "Cy Poe" in found.propays[0].note
    assert found.paid.after == 0


def test_replay_says_that_fixed_amounts_do_not_add_up(company, propay):
    assert (
        "entered for the eligible workers total" in replay(make_version(company, distribution="MANUAL")).propays[0].note
    )


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2026, 8, 3), date(2026, 8, 3), 1),
        (date(2026, 8, 4), date(2026, 9, 30), 0),
        (date(2026, 7, 1), date(2026, 8, 2), 0),
    ],
)
def test_replay_finds_propays_with_time_in_the_range(company, propay, start, end, count):
    assert len(replay(make_version(company), start, end).propays) == count


def test_replay_leaves_canceled_propays_and_those_of_others_out(company, propay, stranger):
    other = stranger.memberships.get().company
    assert replay(make_version(other)).propays == []
    type(propay).objects.update(status=ProPayStatus.CANCELED)
    assert replay(make_version(company)).propays == []


def test_replay_shows_the_latest_and_says_that_there_are_more(company, crew, propay, monkeypatch):
    later = factories.make_job(company)
    factories.make_entry(crew[0], later, work_date=date(2026, 9, 3))
    make_propay(later, start_date=date(2026, 9, 1))
    monkeypatch.setattr(pages, "REPLAYED_AT_MOST", 1)
    found = replay(make_version(company))
    assert [row.propay.job for row in found.propays] == [later]
    assert found.is_cut


@pytest.mark.parametrize(
    ("today", "quarter"),
    [
        (date(2026, 1, 1), (date(2025, 10, 1), date(2025, 12, 31))),
        (date(2026, 6, 30), (date(2026, 1, 1), date(2026, 3, 31))),
        (date(2026, 12, 1), (date(2026, 7, 1), date(2026, 9, 30))),
    ],
)
def test_last_quarter_is_a_calendar_quarter(today, quarter):
    assert pages.last_quarter(today) == quarter


# Nothing is written, and many cost no more queries than few


def make_many(company, crew, count):
    for number in range(count):
        job = factories.make_job(company)
        factories.make_entry(crew[number % 2], job, work_date=date(2026, 8, 3) + timedelta(number % 20))
        make_propay(job, start_date=date(2026, 8, 1))


def test_dry_run_reads_and_never_writes(as_admin, company, propay):
    version = make_version(company)
    as_admin.get(reverse("dry_run"))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        page = as_admin.get(reverse("dry_run"), {"version": version.pk, "start": "2026-07-01", "end": "2026-09-30"})
    assert "Kitchen remodel" in page.content.decode()
    statements = [query["sql"].lstrip() for query in captured.captured_queries]
    assert statements
    # On PostgreSQL a list of choices is read by a cursor, which is declared for its SELECT.
    assert [sql for sql in statements if not re.match(r'(DECLARE "\w+" NO SCROLL CURSOR FOR )?SELECT', sql)] == []


def test_replay_of_five_hundred_takes_as_many_queries_as_of_one(company, crew, propay, django_assert_max_num_queries):
    version = make_version(company)
    make_many(company, crew, 500)
    with django_assert_max_num_queries(14):
        assert len(replay(version).propays) == 501


# The page


def test_page_starts_with_the_last_quarter_and_replays_nothing_yet(as_manager, company):
    make_version(company)
    with time_machine.travel("2026-11-09T15:00:00Z", tick=False):
        page = as_manager.get(reverse("dry_run")).content.decode()
    assert 'value="2026-07-01"' in page
    assert 'value="2026-09-30"' in page
    assert "Equal (effective Jan 1, 2026)" in page
    assert "By ProPay" not in page


@time_machine.travel("2026-11-09T15:00:00Z", tick=False)
def test_page_shows_before_after_and_difference(as_manager, company, propay):
    version = make_version(company, split_percent=Decimal(80))
    page = as_manager.get(reverse("dry_run"), {"version": version.pk}).content.decode()
    for text in ("Kitchen remodel", "$500.00", "$800.00", "+$300.00", "Ana Ruiz"):
        assert text in page


def test_page_without_a_plan_says_who_can_create_one(as_manager):
    assert "No bonus plans yet" in as_manager.get(reverse("dry_run")).content.decode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"start": "2026-13-01"}, "Enter a date"),
        ({"start": "2026-09-01", "end": "2026-08-01"}, "before the start date"),
        ({"start": ""}, "required"),
        ({"end": "1899-01-01"}, "too far in the past or future"),
        ({"version": ""}, "Choose a plan to test"),
        ({"version": "x"}, "Choose one of the plans"),
    ],
)
def test_invalid_input_is_shown_at_its_field_and_replays_nothing(as_manager, company, propay, data, message):
    version = make_version(company)
    asked = {"version": version.pk, "start": "2026-07-01", "end": "2026-09-30"} | data
    page = as_manager.get(reverse("dry_run"), asked).content.decode()
    assert message in page
    assert "By ProPay" not in page
    assert as_manager.get(reverse("dry_run_file"), asked).status_code == 400


def test_file_has_the_propays_the_workers_and_the_sums_without_formulas(as_manager, company, job, propay):
    type(propay).objects.update(title="=1+1")
    version = make_version(company, split_percent=Decimal(80))
    response = as_manager.get(
        reverse("dry_run_file"), {"version": version.pk, "start": "2026-07-01", "end": "2026-09-30"}
    )
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert response["Content-Type"].startswith("text/csv")
    assert rows[0] == list(pages.CSV_HEADER)
    assert rows[1] == ["ProPay", "'=1+1", "Kitchen", "30:00", "500.00", "800.00", "500.00", "800.00", "300.00", ""]
    assert [row[:2] for row in rows[2:4]] == [["Worker", "Ben Ode"], ["Worker", "Ana Ruiz"]]
    assert rows[4] == ["Total", "", "", "", "500.00", "800.00", "500.00", "800.00", "300.00", ""]


def test_file_without_a_plan_is_refused(as_manager):
    assert as_manager.get(reverse("dry_run_file")).status_code == 400


@pytest.mark.parametrize("name", ["dry_run", "dry_run_file"])
def test_only_allowed_roles_can_dry_run(name, anonymous, as_worker, as_manager, as_admin, as_stranger, company):
    address = reverse(name) + f"?version={make_version(company).pk}"
    assert anonymous.get(address).status_code == 302
    assert as_worker.get(address).status_code == 403
    assert as_stranger.get(address).status_code == 404
    assert as_manager.get(address).status_code == as_admin.get(address).status_code == 200
    assert as_admin.post(address).status_code == 405


@time_machine.travel("2026-11-09T15:00:00Z", tick=False)
def test_page_starts_with_all_time_where_the_last_quarter_has_none(as_manager, company):
    make_version(company)
    worker, job = factories.make_worker(company), factories.make_job(company)
    for day in (date(2026, 10, 6), date(2026, 11, 3)):
        factories.make_entry(worker, job, work_date=day)

    form = as_manager.get(reverse("dry_run")).context["form"]

    assert (form.initial["start"], form.initial["end"]) == ("2026-10-06", "2026-11-03")


@time_machine.travel("2026-11-09T15:00:00Z", tick=False)
def test_days_without_time_lead_to_those_with_it(as_manager, company, propay):
    version = make_version(company)
    asked = {"version": version.pk, "start": "2025-01-01", "end": "2025-02-01"}

    page = as_manager.get(reverse("dry_run"), asked).content.decode()

    assert "Nothing to test" in page
    assert "Test the whole range" in page
