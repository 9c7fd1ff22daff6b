"""A plan, the rule that uses it, and jobs that were worked on."""

from decimal import Decimal

import pytest

from propay import services
from propay.models import AutomationMoment, AutomationRule
from tests.make import factories
from tests.make.propays import NOW
from tests.propay.services.automation.dates import GO_LIVE


@pytest.fixture
def worker(company):
    worker = factories.make_worker(company)
    factories.make_wage(worker, "25.00")
    return worker


@pytest.fixture
def plan(company, admin):
    return services.create_plan(
        company=company, actor=admin, name="Standard", start_date=GO_LIVE, split_percent=Decimal(60)
    )


@pytest.fixture
def switch_on(company, admin, plan):
    def switch_on(**values) -> AutomationRule:
        return services.save_automation_rule(
            company=company,
            actor=admin,
            **{
                "is_on": True,
                "plan": plan,
                "moment": AutomationMoment.FIRST_TIME,
                "go_live_date": GO_LIVE,
                **values,
            },
        )

    return switch_on


@pytest.fixture
def automate(company):
    return lambda now=NOW: services.automate(company=company, now=now)


@pytest.fixture
def exclude(company, admin):
    def exclude(kind, **what):
        return services.add_exclusion(company=company, actor=admin, kind=kind, **what)

    return exclude


@pytest.fixture
def worked(company, worker):
    """A job with 80 budget hours and a day of work."""

    def worked(name="Kitchen", work_date=factories.WORK_DATE, **fields):
        entry = {key: fields.pop(key) for key in ("cost_code", "kind", "minutes") if key in fields}
        job = factories.make_job(company, name, **{"synced_budget_minutes": 4800, **fields})
        factories.make_entry(worker, job, work_date=work_date, **entry)
        return job

    return worked
