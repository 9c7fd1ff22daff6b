"""A ProPay of Ana's and Ben's time."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from propay import services
from propay.models import ProPay
from propay.rules.budgets import BudgetType
from protiv.accounts.models import Membership
from tests.make import factories
from tests.make.propays import NOW, make_propay


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen", number="17", synced_budget_minutes=80 * 60)


@pytest.fixture
def crew(company, worker_user):
    """Ana, who signs in as the worker, and Ben."""
    ana = factories.make_worker(company, "Ana Ruiz", membership=Membership.objects.get(user=worker_user))
    ben = factories.make_worker(company, "Ben Odermatt")
    factories.make_wage(ana, "20.00")
    factories.make_wage(ben, "35.55")
    return [ana, ben]


@pytest.fixture
def propay(company, job, crew):
    """80 budget hours, of which 30 + 20 are used: costs 1,311.00, saves 786.60, pool 393.30."""
    propay = make_propay(job, title="Kitchen remodel", budget_type=BudgetType.HOURS)
    for worker, days in zip(crew, (3, 2), strict=True):
        for day in range(days):
            factories.make_entry(worker, job, minutes=600, work_date=date(2026, 11, 2) + timedelta(day))
    services.refresh(company=company, now=NOW)
    propay.refresh_from_db()
    return propay


@pytest.fixture
def make(company, crew):
    """A ProPay of 1,000.00 on which each of the crew has 10 hours; who the crew are, a file may say otherwise."""

    def make(**fields) -> ProPay:
        job = factories.make_job(company, "Kitchen")
        propay = make_propay(job, fixed_amount=Decimal("1000.00"), **fields)
        for worker in crew:
            factories.make_entry(worker, job, minutes=600, work_date=date(2026, 11, 2))
        services.refresh(company=company, now=NOW)
        return ProPay.objects.get(pk=propay.pk)

    return make
