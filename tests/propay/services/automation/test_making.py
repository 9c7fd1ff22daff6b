"""Automatic ProPays: their terms and budget, created once, and in few queries."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.models import ProPay
from propay.rules.budgets import BudgetType
from propay.rules.states import ProPayStatus
from protiv.accounts.models import AuditEvent
from tests.make import factories
from tests.make.propays import NOW
from tests.make.threads import at_once
from tests.propay.services.automation.dates import GO_LIVE

pytestmark = pytest.mark.django_db

SYNCED_HOURS = {"synced_budget_minutes": 600}
SYNCED_PRICE = {"synced_contract_amount": 9000}


# Creating them


def test_automate_creates_a_propay_with_the_plans_terms_and_figures(company, plan, switch_on, automate, worked):
    switch_on()
    job = worked(number="17")

    automated = automate()

    propay = ProPay.objects.get()
    assert automated == services.Automated(propay_ids=(propay.pk,))
    assert (propay.company, propay.job, propay.title, propay.is_automatic) == (company, job, "Kitchen", True)
    assert (propay.plan_version, propay.split_percent) == (plan.versions.get(), 60)
    assert (propay.start_date, propay.end_date, propay.budget_type) == (GO_LIVE, None, BudgetType.HOURS)
    # 80 h × 25.00 - 8 h × 25.00 = 1,800.00, of which 60%
    assert (propay.status, propay.pool_amount) == (ProPayStatus.STARTED, Decimal("1080.00"))


def test_automate_says_who_made_it(company, admin, switch_on, automate, worked):
    switch_on()
    worked("Kitchen")
    automate()
    worked("Bath")
    services.automate(company=company, actor=admin, now=NOW)

    events = AuditEvent.objects.filter(action="propay.created").order_by("pk")
    assert [event.actor for event in events] == [None, admin]
    assert events[0].summary == "Created the ProPay “Kitchen”. Created automatically from plan “Standard”."
    assert events[0].target == f"propay:{ProPay.objects.get(title='Kitchen').pk}"


def test_automate_creates_each_propay_once(switch_on, automate, worked):
    switch_on()
    worked()

    assert len(automate().propay_ids) == 1
    assert automate() == services.Automated()
    assert ProPay.objects.count() == 1


def test_automate_creates_nothing_if_off_or_never_set_up(switch_on, automate, worked):
    worked()

    assert automate() == services.Automated()
    switch_on(is_on=False)
    assert automate() == services.Automated()


def test_automate_creates_nothing_for_another_company(stranger, switch_on, worked):
    switch_on()
    worked()

    assert services.automate(company=stranger.memberships.get().company, now=NOW) == services.Automated()
    assert not ProPay.objects.exists()


def test_automate_leaves_inactive_jobs_alone(switch_on, automate, worked):
    switch_on()
    worked(is_active=False)

    assert automate() == services.Automated()


def test_automate_never_recreates_a_canceled_propay(company, admin, switch_on, automate, worked):
    switch_on()
    worked()
    (propay_id,) = automate().propay_ids
    services.cancel_propay(company=company, propay_id=propay_id, actor=admin)

    automated = automate()

    assert automated.propay_ids == ()
    (left_out,) = automated.left_out
    assert "was canceled" in left_out.reason
    assert left_out.propay_id == propay_id


def test_automate_takes_the_version_in_effect_when_the_job_first_had_time(
    company, admin, plan, switch_on, automate, worked
):
    switch_on()
    december = services.set_plan_terms(
        company=company, plan_id=plan.pk, start_date=date(2026, 12, 1), actor=admin, split_percent=Decimal(70)
    )
    worked("Old")
    worked("New", work_date=date(2026, 12, 8))

    automate(datetime(2026, 12, 9, 15, tzinfo=UTC))

    old, new = ProPay.objects.order_by("-title")
    assert (old.split_percent, old.start_date) == (60, GO_LIVE)
    assert (new.plan_version, new.split_percent, new.start_date) == (december, 70, date(2026, 12, 1))


def test_time_that_arrives_late_counts_on_an_automatic_propay(company, worker, switch_on, automate, worked):
    switch_on()
    job = worked()
    automate()

    factories.make_entry(worker, job, minutes=60, work_date=factories.WORK_DATE - timedelta(days=1))
    services.refresh(company=company, job_ids=[job.pk], now=NOW)

    assert ProPay.objects.get().actual_minutes == 540


def test_automate_takes_few_queries_for_many_jobs(switch_on, automate, worked, django_assert_max_num_queries):
    switch_on()
    for number in range(60):
        worked(f"Job {number}")

    with django_assert_max_num_queries(32):
        assert len(automate().propay_ids) == 60
    with django_assert_max_num_queries(12):
        automate()


# Budgets


@pytest.mark.parametrize(
    ("plan_says", "job_says", "budget_type", "labor_percent", "has_budget"),
    [
        ({"budget_type": "HOURS"}, SYNCED_HOURS, "HOURS", None, True),
        ({"budget_type": "HOURS"}, SYNCED_PRICE, "HOURS", None, False),
        ({"budget_type": "PERCENT_OF_CONTRACT", "labor_percent": 30}, SYNCED_PRICE, "PERCENT_OF_CONTRACT", 30, True),
        ({"budget_type": "PERCENT_OF_CONTRACT", "labor_percent": 30}, SYNCED_HOURS, "PERCENT_OF_CONTRACT", 30, False),
        ({"labor_percent": 30}, SYNCED_HOURS | SYNCED_PRICE, "HOURS", None, True),
        ({"labor_percent": 30}, SYNCED_PRICE, "PERCENT_OF_CONTRACT", 30, True),
        ({}, SYNCED_PRICE, "HOURS", None, False),
        ({"budget_type": "AMOUNT"}, {"typed_budget_minutes": 600}, "HOURS", None, True),
        ({"labor_percent": 30}, {"typed_contract_amount": 9000}, "PERCENT_OF_CONTRACT", 30, True),
    ],
)
def test_automate_takes_the_budget_from_the_job(
    company, admin, plan, switch_on, automate, worked, plan_says, job_says, budget_type, labor_percent, has_budget
):
    services.set_plan_terms(company=company, plan_id=plan.pk, start_date=GO_LIVE, actor=admin, **plan_says)
    switch_on()
    worked(**{"synced_budget_minutes": None, **job_says})

    automated = automate()

    propay = ProPay.objects.get()
    assert (propay.budget_type, propay.labor_percent) == (budget_type, labor_percent)
    assert (propay.budget_minutes, propay.contract_amount) == (None, None)
    assert (propay.pool_amount is not None) is has_budget
    assert automated.without_budget == (() if has_budget else (propay.pk,))


def test_a_later_budget_adds_the_figures(company, switch_on, automate, worked):
    switch_on()
    job = worked(synced_budget_minutes=None)
    automate()
    assert "budget is missing" in ProPay.objects.get().figure_note

    job.synced_budget_minutes = 4800
    job.save()
    services.refresh(company=company, job_ids=[job.pk], now=NOW)

    assert ProPay.objects.get().pool_amount == Decimal("1080.00")


# Concurrency


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_simultaneous_runs_only_one_creates_each_propay(switch_on, automate, worked):
    switch_on()
    for number in range(5):
        worked(f"Job {number}")

    assert at_once(*[automate] * 3) == [None] * 3

    assert sorted(ProPay.objects.values_list("title", flat=True)) == [f"Job {number}" for number in range(5)]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_a_run_and_a_person_only_one_creates_the_propay(company, admin, switch_on, automate, worked):
    switch_on()
    for number in range(4):
        job = worked(f"Job {number}")

        def create(job=job):
            services.create_propay(
                company=company,
                actor=admin,
                now=NOW,
                job=job,
                title="By hand",
                start_date=GO_LIVE,
                budget_type=BudgetType.HOURS,
            )

        outcomes = at_once(automate, create)

        assert ProPay.objects.filter(job=job).count() == 1
        assert [type(one) for one in outcomes if one is not None] in ([], [ValidationError])
