"""A sync with new jobs creates their ProPays if the company wants that; it succeeds even if that fails."""

from datetime import date

import pytest

from integrations import runner
from integrations.models import RunState
from propay import services as propay_services
from propay.models import AutomationMoment, ProPay
from tests.make.factories import make_user
from tests.make.records import job_record
from tests.make.runs import on, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit")]
GO_LIVE = date(2026, 10, 1)


@pytest.fixture
def automatic(connection):
    """From the first time on a job, by a plan that holds since the sync start date."""
    company, admin = connection.company, make_user()
    plan = propay_services.create_plan(company=company, actor=admin, name="Standard", start_date=GO_LIVE)
    return propay_services.save_automation_rule(
        company=company,
        actor=admin,
        is_on=True,
        plan=plan,
        moment=AutomationMoment.FIRST_TIME,
        go_live_date=GO_LIVE,
    )


def test_a_sync_creates_the_propay_of_a_job_that_now_has_time(automatic, provider, clock):
    provider.sites = [job_record("l-1", budget_minutes=6000), job_record("l-2", name="Cedar Creek")]
    provider.add(on(date(2026, 10, 5)))
    assert work(clock).state == RunState.SUCCEEDED
    propay = ProPay.objects.get()
    assert (propay.job.external_id, propay.is_automatic, propay.actual_minutes > 0) == ("l-1", True, True)


def test_without_a_rule_a_sync_creates_no_propay(connection, provider, clock):
    provider.add(on(date(2026, 10, 5)))
    assert work(clock).state == RunState.SUCCEEDED
    assert not ProPay.objects.exists()


def test_a_sync_stays_a_success_when_its_automation_fails(connection, provider, clock, monkeypatch):
    def fail(**_arguments):
        raise RuntimeError("out of paper")

    monkeypatch.setattr(runner.propay_services, "automate", fail)
    provider.add(on(date(2026, 10, 5)))
    assert work(clock).state == RunState.SUCCEEDED
    connection.refresh_from_db()
    assert connection.failures_in_a_row == 0
