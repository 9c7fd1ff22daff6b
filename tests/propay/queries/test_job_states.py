"""Hours under the law of the state of their job (bonus.md 11.11): AK, CO, and NV beside the company's own."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from propay.queries.job_states import state_law
from propay.queries.overtime import Earned, overtime_due, policies_of
from propay.queries.workdays import counted_days
from propay.rules.people import PersonLinks
from protiv.accounts.models import AuditEvent
from protiv.timekeeping.models import Job
from tests.make import factories
from tests.make.propays import make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)


def work(ana, job, *offsets, minutes=600):
    for offset in offsets:
        factories.make_entry(ana, job, minutes, MONDAY + timedelta(offset))


def due(company, ana, propay, amount):
    """The true-up of a bonus for the hours on a ProPay: federal and state together, and the state's premium."""
    policies = policies_of(company)
    counted = counted_days([propay.pk], policies.workdays(None, company.zone))[propay.pk]
    earned = {propay.pk: Earned(bonuses={ana.pk: Decimal(amount)}, counted=counted)}
    result = overtime_due(company=company, policies=policies, people=PersonLinks(), earned=earned).results[propay.pk]
    return str(result.amount), str(sum(one.state_extra for one in result.true_ups))


def test_each_day_follows_the_law_of_its_jobs_state(company, ana):
    factories.set_policy(company, state="CA", divisor="WEEK")
    job, alaskan = factories.make_job(company), factories.make_job(company, state="Alaska")
    work(ana, job, 0, 1)
    work(ana, alaskan, 2, 3)

    # 4 h × 1.5 × 80/32 + 4 h × 0.5 × 80/40
    assert due(company, ana, make_propay(job), "80.00") == ("19.00", "19.00")


def test_the_federal_rule_alone_ignores_the_states_of_jobs(company, ana, django_assert_num_queries):
    job = factories.make_job(company, state="CA")
    work(ana, job, 0, 1)

    assert due(company, ana, make_propay(job), "80.00") == ("0.00", "0.00")
    policies = policies_of(company)
    with django_assert_num_queries(0):
        assert not state_law(company, policies).by_job


def test_a_typed_state_wins_over_the_address(company, ana):
    factories.set_policy(company, state="TX")
    job = factories.make_job(company, state="Texas", typed_state="AK")
    work(ana, job, 0, 1)

    assert due(company, ana, make_propay(job), "40.00") == ("4.00", "4.00")
    assert job.state_code == "AK"


@pytest.mark.parametrize("text", ["Oregon", "Ontario", ""])
def test_a_state_without_known_law_is_federal_or_the_companys(company, ana, text):
    factories.set_policy(company, state="TX")
    job = factories.make_job(company, state=text)
    work(ana, job, 0, 1)

    assert due(company, ana, make_propay(job), "40.00") == ("0.00", "0.00")


@pytest.mark.parametrize(("wage", "amount"), [("17.99", "4.00"), ("18.00", "0.00")])
def test_nevada_asks_for_the_wage(company, ana, wage, amount):
    factories.set_policy(company, state="NV")
    ana.wages.all().delete()
    factories.make_wage(ana, wage)
    job = factories.make_job(company)
    work(ana, job, 0, 1)

    assert due(company, ana, make_propay(job), "40.00")[0] == amount


def test_colorado_counts_consecutive_hours_over_midnight(company, ana):
    factories.set_policy(company, state="CO")
    job = factories.make_job(company)
    clock = {"start_date": MONDAY, "start_time": time(16), "stop_date": MONDAY + timedelta(1), "stop_time": time(6)}
    factories.make_entry(ana, job, 840, MONDAY, **clock)

    # 14 consecutive hours, 8 and 6 of them on each day: 2 × 0.5 × 70/14
    assert due(company, ana, make_propay(job), "70.00") == ("5.00", "5.00")


def test_an_admin_sets_the_state_of_a_job(as_admin, as_manager, as_worker, as_stranger, company, admin):
    job = factories.make_job(company, state="Texas")
    path = reverse("job_state", args=[job.pk])
    assert as_manager.post(path, {"state": "CA"}).status_code == 403
    assert as_worker.post(path, {"state": "CA"}).status_code == 403
    assert as_stranger.post(path, {"state": "CA"}).status_code == 404
    as_admin.post(path, {"state": "XX"})
    assert Job.objects.get().typed_state == ""

    as_admin.post(path, {"state": "CA"})

    assert Job.objects.get().typed_state == "CA"
    event = AuditEvent.objects.get()
    assert (event.actor, event.action) == (admin, "job.state_set")
    assert event.summary.endswith(": California.")
    assert 'value="CA" selected' in as_admin.get(reverse("job_detail", args=[job.pk])).text
    assert "State for overtime" in as_manager.get(reverse("job_detail", args=[job.pk])).text
