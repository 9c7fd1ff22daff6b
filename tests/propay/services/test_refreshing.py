"""Refreshing: the figures of the rules, for the ProPays touched and no others, in a constant number of queries."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from propay import services
from propay.figures import NO_TIME
from propay.models import ProPay, Share
from propay.rules.budgets import BudgetType
from propay.rules.states import ProPayStatus
from protiv.timekeeping.models import TimeEntry, Wage
from protiv.timekeeping.records import EntryKind
from tests.make import factories
from tests.make.propays import NOW, make_propay

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def company():
    return factories.make_company()


@pytest.fixture
def crew(company):
    """Three people at 20, 25 and 30 dollars."""
    people = [factories.make_worker(company, name) for name in ("Ana Ruiz", "Ben Ode", "Cy Poe")]
    for person, wage in zip(people, ("20.00", "25.00", "30.00"), strict=True):
        factories.make_wage(person, wage)
    return people


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen", synced_budget_minutes=80 * 60, synced_contract_amount="10000.00")


def dump(*propays: ProPay) -> list[object]:
    """Every column of these ProPays and shares, on PostgreSQL also which transaction wrote the row."""
    xmin = ", xmin" if connection.vendor == "postgresql" else ""
    ids = ", ".join(str(propay.pk) for propay in propays)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT *{xmin} FROM propay_propay WHERE id IN ({ids}) ORDER BY id")
        rows = cursor.fetchall()
        cursor.execute(f"SELECT *{xmin} FROM propay_share WHERE propay_id IN ({ids}) ORDER BY id")
        return rows + cursor.fetchall()


def figures(propay: ProPay) -> tuple[object, ...]:
    propay.refresh_from_db()
    return (
        propay.status,
        propay.budget_amount,
        propay.actual_minutes,
        propay.actual_amount,
        propay.saving_amount,
        propay.pool_amount,
        propay.company_amount,
        propay.figure_note,
    )


def shares(propay: ProPay) -> list[tuple[object, ...]]:
    return list(
        Share.objects.filter(propay=propay)
        .order_by("worker_id")
        .values_list("worker__first_name", "minutes", "cost_amount", "amount")
    )


def refresh(company, **touched) -> list[int]:
    return services.refresh(company=company, now=NOW, **touched)


# The three budgets, as the help pages work them out (bonus.md 8)


def test_refresh_calculates_an_hours_budget_from_the_jobs_hours(company, job):
    propay = make_propay(job, budget_type=BudgetType.HOURS)
    for name in ("Ana", "Ben"):
        worker = factories.make_worker(company, f"{name} Doe")
        factories.make_wage(worker, "25.00")
        factories.make_entry(worker, job, minutes=30 * 60)

    assert refresh(company, job_ids={job.pk}) == [propay.pk]

    assert figures(propay) == (
        "STARTED",
        Decimal("2000.00"),
        3600,
        Decimal("1500.00"),
        Decimal("500.00"),
        Decimal("250.00"),
        Decimal("0.00"),
        "",
    )
    assert shares(propay) == [
        ("Ana", 1800, Decimal("750.00"), Decimal("125.00")),
        ("Ben", 1800, Decimal("750.00"), Decimal("125.00")),
    ]
    assert propay.refreshed_at == NOW


def test_refresh_calculates_a_percentage_of_the_contract_price_with_a_company_part(company, job):
    propay = make_propay(
        job,
        budget_type=BudgetType.PERCENT_OF_CONTRACT,
        labor_percent=Decimal(30),
        crew_percent=Decimal(90),
        company_percent=Decimal(10),
    )
    for number in range(3):
        worker = factories.make_worker(company, f"W{number} Doe")
        factories.make_wage(worker, "20.00")
        factories.make_entry(worker, job, minutes=40 * 60)

    refresh(company, job_ids=[job.pk])

    assert figures(propay)[1:] == (
        Decimal("3000.00"),
        7200,
        Decimal("2400.00"),
        Decimal("600.00"),
        Decimal("300.00"),
        Decimal("30.00"),
        "",
    )
    assert [row[3] for row in shares(propay)] == [Decimal("90.00")] * 3


def test_refresh_prefers_entered_values_over_synced_ones(company, crew, job):
    propay = make_propay(job, budget_type=BudgetType.HOURS, budget_minutes=100 * 60)
    other_job = factories.make_job(company, synced_budget_minutes=80 * 60, typed_budget_minutes=90 * 60)
    other = make_propay(other_job, budget_type=BudgetType.HOURS)
    for one in (job, other_job):
        factories.make_entry(crew[0], one, minutes=60)

    refresh(company)

    assert figures(propay)[1] == Decimal("2000.00")
    assert figures(other)[1] == Decimal("1800.00")


def test_refresh_costs_each_entry_at_the_wage_of_its_day_and_rounds_once(company, job):
    worker = factories.make_worker(company)
    factories.make_wage(worker, "20.01", date(2026, 1, 1))
    factories.make_wage(worker, "23.33", date(2026, 11, 4))
    propay = make_propay(job)
    for day, minutes in ((3, 7), (4, 7), (5, 13)):
        factories.make_entry(worker, job, minutes=minutes, work_date=date(2026, 11, day))

    refresh(company, job_ids=[job.pk])

    assert figures(propay)[3] == Decimal("10.11")  # 7/60 × 20.01 + 20/60 × 23.33 = 10.1111…


def test_refresh_gives_no_bonus_over_budget(company, crew, job):
    propay = make_propay(job, fixed_amount=Decimal("100.00"))
    factories.make_entry(crew[0], job, minutes=600)

    refresh(company, job_ids=[job.pk])

    assert figures(propay)[4:6] == (Decimal("-100.00"), Decimal("0.00"))
    assert shares(propay) == [("Ana", 600, Decimal("200.00"), Decimal("0.00"))]


# Reasons for no figure


def test_refresh_says_that_there_is_no_time(company, job):
    propay = make_propay(job)

    assert refresh(company) == [propay.pk]

    assert figures(propay) == ("PENDING", Decimal("5000.00"), 0, Decimal("0.00"), None, None, None, NO_TIME)
    assert propay.refreshed_at == NOW


def test_refresh_names_whose_wage_is_missing_and_from_when(company, crew, job):
    propay = make_propay(job)
    dee = factories.make_worker(company, "Dee Lo")
    factories.make_entry(crew[0], job)
    factories.make_entry(dee, job, work_date=date(2026, 11, 5))
    factories.make_entry(dee, job, work_date=date(2026, 11, 2))

    refresh(company, job_ids=[job.pk])

    assert figures(propay) == (
        "STARTED",
        Decimal("5000.00"),
        1440,
        None,
        None,
        None,
        None,
        "Missing wages: Dee Lo from Nov 2, 2026.",
    )
    assert shares(propay) == [("Ana", 480, Decimal("160.00"), None), ("Dee", 960, None, None)]


def test_refresh_needs_no_wage_for_an_entry_of_zero_minutes(company, crew, job):
    factories.make_entry(crew[0], job, minutes=60)
    factories.make_entry(factories.make_worker(company, "Cy Vance"), job, minutes=0)
    propay = make_propay(job)

    services.refresh(company=company, now=NOW)

    propay.refresh_from_db()
    assert (propay.figure_note, propay.actual_minutes) == ("", 60)
    assert propay.shares.get().worker == crew[0]


def test_refresh_names_a_worker_whose_first_days_have_no_wage(company, job):
    propay = make_propay(job)
    dee = factories.make_worker(company, "Dee Lo")
    factories.make_wage(dee, "20.00", date(2026, 11, 4))
    for day in (3, 4):
        factories.make_entry(dee, job, work_date=date(2026, 11, day))

    refresh(company, job_ids=[job.pk])

    assert "Dee Lo from Nov 3, 2026" in figures(propay)[7]


def test_refresh_keeps_a_long_list_of_missing_wages_within_its_column(company, job):
    propay = make_propay(job)
    for number in range(60):
        factories.make_entry(factories.make_worker(company, f"Somebody Witharatherlongname{number}"), job)

    refresh(company, job_ids=[job.pk])

    note = figures(propay)[7]
    assert len(note) <= 500
    assert note.endswith(" more.")


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"budget_type": BudgetType.HOURS}, "no budget hours"),
        ({"budget_type": BudgetType.PERCENT_OF_CONTRACT, "labor_percent": 30}, "no contract price"),
    ],
)
def test_refresh_says_which_budget_is_missing_and_still_shows_the_cost(company, crew, fields, missing):
    job = factories.make_job(company)
    propay = make_propay(job, **fields)
    factories.make_entry(crew[0], job, minutes=60)

    refresh(company, job_ids=[job.pk])

    assert figures(propay)[:7] == ("STARTED", None, 60, Decimal("20.00"), None, None, None)
    assert missing in figures(propay)[7]
    assert shares(propay) == [("Ana", 60, Decimal("20.00"), None)]


def test_refresh_survives_a_mistyped_wage_that_no_column_holds(company, job):
    worker = factories.make_worker(company)
    factories.make_wage(worker, "9999999999.99")
    propay = make_propay(job)
    factories.make_entry(worker, job)

    refresh(company, job_ids=[job.pk])

    assert figures(propay)[3:7] == (None, None, None, None)
    assert "The figures are unrealistically large." in figures(propay)[7]


# What is touched


def test_refresh_leaves_what_did_not_change_unwritten(company, crew, job):
    propay = make_propay(job)
    for person in crew:
        factories.make_entry(person, job)
    refresh(company)
    before = dump(propay)

    with transaction.atomic():
        assert services.refresh(company=company, now=LATER) == []

    assert dump(propay) == before


def test_refresh_changes_only_the_named_jobs(company, crew):
    jobs = [factories.make_job(company) for _ in range(3)]
    touched, untouched, unnamed = [make_propay(job) for job in jobs]
    refresh(company)
    before = dump(untouched, unnamed)
    factories.make_entry(crew[0], jobs[0])
    factories.make_entry(crew[0], jobs[2])

    assert services.refresh(company=company, job_ids=[jobs[0].pk, jobs[1].pk], now=LATER) == [touched.pk]

    assert dump(untouched, unnamed) == before
    touched.refresh_from_db()
    assert touched.refreshed_at == LATER


def test_refresh_of_a_worker_reaches_every_propay_with_their_time_and_no_others(company, crew):
    jobs = [factories.make_job(company) for _ in range(3)]
    mine, also_mine, others = [make_propay(job) for job in jobs]
    for job in jobs[:2]:
        factories.make_entry(crew[0], job, minutes=60)
    factories.make_entry(crew[1], jobs[2], minutes=60)
    refresh(company)
    before = dump(others)
    Wage.objects.filter(worker__in=crew).update(hourly_amount="50.00")

    assert services.refresh(company=company, worker_ids=[crew[0].pk], now=LATER) == [mine.pk, also_mine.pk]

    assert figures(mine)[3] == Decimal("50.00")
    assert dump(others) == before


def test_refresh_of_a_worker_reaches_a_propay_whose_share_is_left_over(company, crew, job):
    propay = make_propay(job)
    entry = factories.make_entry(crew[0], job)
    refresh(company)
    TimeEntry.objects.filter(pk=entry.pk).update(job=factories.make_job(company))

    assert refresh(company, worker_ids=[crew[0].pk]) == [propay.pk]

    assert shares(propay) == []
    assert figures(propay)[0] == "PENDING"


def test_refresh_without_jobs_and_workers_changes_nothing(company, job):
    make_propay(job)

    assert refresh(company, job_ids=[], worker_ids=[]) == []
    assert refresh(company, job_ids=set()) == []


def test_refresh_never_touches_another_companys_propays(company, job):
    stranger = make_propay(factories.make_job(factories.make_company()))
    before = dump(stranger)

    assert refresh(company, job_ids=[stranger.job_id]) == []
    refresh(company)

    assert dump(stranger) == before


@pytest.mark.parametrize("status", [ProPayStatus.APPROVED, ProPayStatus.PAID, ProPayStatus.CANCELED])
def test_refresh_never_changes_what_is_approved_paid_or_canceled(company, crew, job, status):
    propay = make_propay(job, status=status)
    factories.make_entry(crew[0], job)
    before = dump(propay)

    assert refresh(company) == []
    assert refresh(company, job_ids=[job.pk], worker_ids=[crew[0].pk]) == []

    assert dump(propay) == before


def test_refresh_follows_the_minutes_from_pending_to_started_and_back(company, crew, job):
    propay = make_propay(job)
    entry = factories.make_entry(crew[0], job)
    refresh(company)
    assert figures(propay)[0] == "STARTED"

    TimeEntry.objects.filter(pk=entry.pk).update(voided_at=NOW, voided_run_id=2)
    refresh(company)

    assert figures(propay)[0] == "PENDING"
    assert shares(propay) == []


def test_refresh_leaves_a_complete_propay_complete(company, crew, job):
    propay = make_propay(job, status=ProPayStatus.COMPLETE)
    factories.make_entry(crew[0], job)

    refresh(company)

    assert figures(propay)[0] == "COMPLETE"
    assert figures(propay)[5] is not None


def test_refresh_inserts_updates_and_deletes_only_the_shares_that_differ(company, crew, job):
    propay = make_propay(job)
    entries = [factories.make_entry(person, job, minutes=60) for person in crew[:2]]
    refresh(company)
    ids = dict(Share.objects.values_list("worker_id", "pk"))
    TimeEntry.objects.filter(pk=entries[1].pk).update(voided_at=NOW, voided_run_id=2)
    TimeEntry.objects.filter(pk=entries[0].pk).update(minutes=120)
    factories.make_entry(crew[2], job, minutes=30)

    refresh(company)

    after = dict(Share.objects.values_list("worker_id", "pk"))
    assert set(after) == {crew[0].pk, crew[2].pk}
    assert after[crew[0].pk] == ids[crew[0].pk]
    assert [row[1] for row in shares(propay)] == [120, 30]


def test_refresh_shows_a_worker_whose_minutes_come_to_nothing_without_a_bonus(company, crew, job):
    propay = make_propay(job)
    factories.make_entry(crew[0], job, minutes=60)
    factories.make_entry(crew[1], job, minutes=-30, kind=EntryKind.AUTO_LUNCH)

    refresh(company)

    assert shares(propay)[1] == ("Ben", -30, Decimal("-12.50"), Decimal("0.00"))


def test_shares_add_up_to_the_pool_to_the_cent(company, crew, job):
    propay = make_propay(job, fixed_amount=Decimal("1000.01"), split_percent=Decimal("33.33"))
    for person, minutes in zip(crew, (61, 67, 71), strict=True):
        factories.make_entry(person, job, minutes=minutes)

    refresh(company)

    propay.refresh_from_db()
    assert sum(row[3] for row in shares(propay)) + propay.company_amount == propay.pool_amount


# Cost


def _count(django_assert_max_num_queries, company, limit: int) -> int:
    with django_assert_max_num_queries(limit) as counted:
        services.refresh(company=company, now=NOW)
    return len(counted)


def test_refresh_takes_as_many_queries_for_thirty_propays_as_for_one(company, crew, django_assert_max_num_queries):
    def add(count: int) -> None:
        for _ in range(count):
            job = factories.make_job(company)
            make_propay(job)
            for person in crew:
                factories.make_entry(person, job)

    add(1)
    one = _count(django_assert_max_num_queries, company, 16)
    TimeEntry.objects.update(minutes=30)
    add(30)

    assert _count(django_assert_max_num_queries, company, 16) == one


def test_refresh_runs_inside_the_callers_transaction(company, crew, job):
    propay = make_propay(job)
    factories.make_entry(crew[0], job)

    with transaction.atomic():
        refresh(company, job_ids=[job.pk])
        assert figures(propay)[0] == "STARTED"
        transaction.set_rollback(True)

    assert figures(propay)[0] == "PENDING"
    assert shares(propay) == []
