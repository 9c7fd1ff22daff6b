"""An approved ProPay, one at work and its crew, on the day of the tests."""

from decimal import Decimal

import pytest
import time_machine

from propay.rules.budgets import BudgetType
from propay.services import booking
from tests.make import factories
from tests.make.propays import NOW, make_approved, make_propay
from tests.make.report_rows import worked


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ana(company):
    return factories.make_worker(company, "Ana Ruiz")


@pytest.fixture
def ben(company):
    return factories.make_worker(company, "Ben Odermatt")


@pytest.fixture
def kitchen(company, ana, ben):
    """An approved ProPay of 600.00 that took 10 hours for 200.00 and pays Ana 120.50 and Ben 79.50 of its pool."""
    figures = {"budget": "600.00", "earned": "600.00", "actual": "200.00", "saving": "400.00", "pool": "200.00"}
    parts = {"crew": "200.00", "lead": "0.00", "manager": "0.00", "company": "0.00", "other": "0.00"}
    propay = make_propay(
        factories.make_job(company, "Kitchen", number="17"),
        title="Kitchen remodel",
        fixed_amount=Decimal("600.00"),
        actual_minutes=600,
        **{f"{name}_amount": Decimal(amount) for name, amount in (figures | parts).items()},
    )
    snapshot = make_approved(propay, {ana: "120.50", ben: "79.50"})
    shares = {(ana.pk, "CREW"): Decimal("120.50"), (ben.pk, "CREW"): Decimal("79.50")}
    period = booking.current_period(company=company, day=company.local_date(NOW))
    booking.book_shares(company=company, snapshot=snapshot, shares=shares, period=period, actor=None, now=NOW)
    return propay


@pytest.fixture
def crew(ana, ben):
    factories.make_wage(ana, "20.00")
    factories.make_wage(ben, "35.55")
    return ana, ben


@pytest.fixture
def deck(company, crew, manager):
    """80 budget hours, 50 used: costs 1,311.00, saves 786.60, pool 393.30, 20% of it the company's."""
    return worked(
        company,
        factories.make_job(company, "Deck", synced_budget_minutes=80 * 60),
        crew,
        *(3, 2),
        budget_type=BudgetType.HOURS,
        crew_percent=80,
        company_percent=20,
        manager=manager.memberships.get(),
    )
