"""A kitchen, its crew and its ProPay."""

from datetime import timedelta
from decimal import Decimal

import pytest

from propay import services
from tests.make import factories
from tests.make.propays import NOW, make_propay
from tests.propay.pages.what_if.scenario import MONDAY


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen", number="17")


@pytest.fixture
def crew(company):
    people = [factories.make_worker(company, name) for name in ("Ana Ruiz", "Ben Ode")]
    for worker, wage in zip(people, ("20.00", "30.00"), strict=True):
        factories.make_wage(worker, wage)
    return people


@pytest.fixture
def propay(company, job, crew):
    """Ana 50 h and Ben 20 h: 1,600.00 of 2,600.00 are used, half of the saving is 500.00: 357.14 + 142.86."""
    for day in range(5):
        factories.make_entry(crew[0], job, minutes=600, work_date=MONDAY + timedelta(day))
    for day in range(2):
        factories.make_entry(crew[1], job, minutes=600, work_date=MONDAY + timedelta(day))
    propay = make_propay(job, title="Kitchen remodel", fixed_amount=Decimal("2600.00"))
    services.refresh(company=company, now=NOW)
    propay.refresh_from_db()
    return propay
