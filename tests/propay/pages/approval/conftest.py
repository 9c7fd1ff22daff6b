"""A ProPay of two people's time: open, approved and drifted."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
import time_machine

from propay import services
from protiv.timekeeping.models import TimeEntry
from tests.make import factories
from tests.make.propays import NOW, make_propay
from tests.propay.pages.approval.reading import MONDAY


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def crew(company):
    people = [factories.make_worker(company, name) for name in ("Ana Ruiz", "Bob Stone")]
    for worker in people:
        factories.make_wage(worker, "20.00")
    return people


@pytest.fixture
def make(company, crew):
    """20 hours cost 400.00 of 1,400.00: Ana and Bob get 250.00 each. Each ProPay has its own day, from Monday on."""
    days = (MONDAY + timedelta(days=number) for number in count())

    def make(title="Kitchen", budget="1400.00", **fields):
        job, day = factories.make_job(company, title), fields.pop("day", None) or next(days)
        for worker in crew:
            factories.make_entry(worker, job, minutes=600, work_date=day)
        propay = make_propay(job, **{"fixed_amount": Decimal(budget), **fields})
        services.refresh(company=company, now=NOW)
        propay.refresh_from_db()
        return propay

    return make


@pytest.fixture
def propay(make):
    return make()


@pytest.fixture
def approved(company, admin, propay):
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    propay.refresh_from_db()
    return propay


@pytest.fixture
def drifted(company, approved):
    TimeEntry.objects.filter(pk=TimeEntry.objects.order_by("pk").first().pk).update(minutes=300)
    services.refresh(company=company, job_ids=[approved.job_id], now=NOW)
    approved.refresh_from_db()
    return approved
