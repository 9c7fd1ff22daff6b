"""The overtime that a ProPay's bonus makes due, and what looks like a pseudo bonus, on the ProPay's own page."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from propay import services
from propay.models import ProPay
from propay.pages.overtime import overtime_of
from propay.queries.propays import with_terms
from tests.make import factories
from tests.make.propays import NOW, START, make_propay
from tests.reading import text_of

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)


def work(worker, job, monday: date, *hours: int) -> None:
    for day, one in enumerate(hours):
        factories.make_entry(worker, job, minutes=one * 60, work_date=monday + timedelta(day))


def make(company, job, **fields) -> ProPay:
    propay = make_propay(job, **fields)
    services.refresh(company=company, now=NOW)
    return ProPay.objects.get(pk=propay.pk)


def address(propay: ProPay) -> str:
    return reverse("propay_overtime", args=[propay.pk])


def test_a_week_with_overtime_shows_its_true_up_and_calculation(as_manager, company, ana):
    """Rule A13: 50 hours at 20.00 and a bonus of 200.00 make a true-up of 20.00."""
    job = factories.make_job(company)
    work(ana, job, MONDAY, 10, 10, 10, 10, 10)
    propay = make(company, job, fixed_amount=Decimal("1400.00"))
    assert propay.pool_amount == Decimal("200.00")

    response = as_manager.get(address(propay))

    text = text_of(response)
    assert "$20.00 will be added when the ProPay is approved" in text
    assert "Ana Ruiz Oct 5 – Oct 11, 2026 Calculation" in text
    assert "0.5 × 200.00 / 50 h × 10 h = 20" in text
    assert "$200.00 50:00 10:00 $20.00" in text
    assert "This isn't legal advice." in text
    assert f"worker={ana.pk}&amp;from=2026-10-05&amp;to=2026-10-11" in response.content.decode()


def test_hours_on_other_jobs_make_overtime_too(as_manager, company, ana):
    job = factories.make_job(company)
    work(ana, job, MONDAY, 8, 8)
    work(ana, factories.make_job(company), MONDAY + timedelta(2), 8, 8, 18)
    propay = make(company, job, fixed_amount=Decimal("720.00"))

    assert "$200.00 50:00 10:00 $20.00" in text_of(as_manager.get(address(propay)))


def test_the_state_overtime_premium_has_its_own_column(as_manager, company, ana):
    factories.set_policy(company, state="CA")
    job = factories.make_job(company)
    work(ana, job, MONDAY, 12, 8)
    propay = make(company, job, fixed_amount=Decimal("560.00"))

    text = text_of(as_manager.get(address(propay)))

    assert "State overtime premium" in text
    assert "$80.00 20:00 4:00 $0.00 $30.00" in text


@pytest.mark.parametrize(("home", "job_state", "said"), [("OR", "", True), ("CA", "Oregon", True), ("", "OR", False)])
def test_a_state_that_is_not_covered_is_named(company, ana, home, job_state, said):
    factories.set_policy(company, state=home)
    job = factories.make_job(company, state=job_state)
    factories.make_entry(ana, job, minutes=480, work_date=START)
    propay = make_propay(job)
    services.refresh(company=company, now=NOW)

    found = overtime_of(with_terms(ProPay.objects.select_related("company")).get(pk=propay.pk))

    assert any("Oregon isn't covered yet" in text for text in found.warnings) is said


def test_without_overtime_it_says_so(as_manager, company, ana):
    job = factories.make_job(company)
    work(ana, job, MONDAY, 8)
    propay = make(company, job)

    assert (
        "No one with a share worked overtime in this ProPay's workweeks, so the bonus adds no overtime."
    ) in text_of(as_manager.get(address(propay)))


def test_a_likely_pseudo_bonus_is_a_warning(as_manager, company, ana):
    """All of a fixed budget's saving to the crew, who work on nothing else for three weeks."""
    job = factories.make_job(company)
    for week in range(3):
        work(ana, job, MONDAY + timedelta(weeks=week), 8, 8 - week)
    propay = make(company, job, split_percent=Decimal(100))

    text = text_of(as_manager.get(address(propay)))

    assert "Ana Ruiz spent at least 90% of the hours on fixed-budget ProPays" in text
    assert "29 CFR 778.502" in text


@pytest.mark.parametrize(
    "fields",
    [
        {"budget_type": "HOURS"},
        {"distribution": "FIXED_PERCENT"},
        {"fixed_amount": Decimal("1.00")},
    ],
)
def test_without_a_bonus_there_is_nothing_due(as_manager, company, ana, fields):
    job = factories.make_job(company)
    work(ana, job, MONDAY, 12, 12, 12, 12)
    propay = make(company, job, **fields)

    assert (
        "No one with a share worked overtime in this ProPay's workweeks, so the bonus adds no overtime."
    ) in text_of(as_manager.get(address(propay)))
    detail = as_manager.get(reverse("propay_detail", args=[propay.pk])).content.decode()
    assert address(propay) not in detail


def test_the_page_loads_the_overtime_if_there_is_a_bonus(as_manager, company, ana):
    job = factories.make_job(company)
    work(ana, job, MONDAY, 8)
    propay = make(company, job)

    assert f'hx-get="{address(propay)}"' in as_manager.get(reverse("propay_detail", args=[propay.pk])).content.decode()


def test_once_approved_the_overtime_is_of_the_frozen_figures(as_manager, company, admin, ana):
    job = factories.make_job(company)
    work(ana, job, MONDAY, 10, 10, 10, 10, 10)
    propay = make(company, job, fixed_amount=Decimal("1400.00"))
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)

    text = text_of(as_manager.get(address(propay)))

    assert "$20.00 , based on today's hours. Amounts owed and paid are on the statements." in text


def test_only_allowed_roles_see_it(as_admin, as_worker, as_stranger, anonymous, company):
    where = address(make(company, factories.make_job(company), start_date=START))

    assert as_admin.get(where).status_code == 200
    assert as_admin.post(where).status_code == 405
    assert as_worker.get(where).status_code == 403
    assert as_stranger.get(where).status_code == 404
    assert anonymous.get(where).status_code == 302


@pytest.mark.parametrize("is_approved", [False, True])
def test_the_overtime_takes_few_queries_however_many_people_and_weeks(
    company, admin, is_approved, django_assert_max_num_queries
):
    job = factories.make_job(company)
    for _ in range(5):
        worker = factories.make_worker(company)
        factories.make_wage(worker, "20.00")
        for week in range(3):
            work(worker, job, MONDAY + timedelta(weeks=week), 10, 10, 10, 10, 10)
    propay = make(company, job, fixed_amount=Decimal(20_000))
    if is_approved:
        services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    loaded = with_terms(ProPay.objects.select_related("company")).get(pk=propay.pk)

    with django_assert_max_num_queries(11):
        found = overtime_of(loaded)

    assert len(found.rows) == 15
