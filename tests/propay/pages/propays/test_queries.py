"""The pages take as many queries for many rows as for few."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from propay import services
from propay.pages import propays as pages
from protiv.accounts.models import Membership
from protiv.timekeeping.models import TimeEntry
from tests.make import factories
from tests.make.propays import NOW, make_propay
from tests.propay.pages.propays.addresses import addresses

pytestmark = pytest.mark.django_db


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_pages_take_as_many_queries_for_many_rows_as_for_few(as_manager, as_worker, company, crew, propay):
    factories.make_cost_code(company)
    office = ["/", "/propays/", "/propays/create/", "/bonuses/", *list(addresses(propay).values())[:2]]
    own = ["/", "/bonuses/", addresses(propay)["propay_detail"]]
    few = [queries(as_manager, one) for one in office] + [queries(as_worker, one) for one in own]

    member = Membership.objects.filter(company=company, role="MANAGER").get()
    more = [factories.make_worker(company) for _ in range(6)]
    for worker in more:
        factories.make_wage(worker)
    for number in range(12):
        job = factories.make_job(company)
        code = factories.make_cost_code(company)
        make_propay(job, manager=member, cost_codes=[code])
        for worker in (*crew, *more):
            factories.make_entry(worker, job, 240, cost_code=code, work_date=date(2026, 11, 1) + timedelta(number))
            factories.make_entry(worker, propay.job, 240, work_date=date(2026, 11, 1) + timedelta(number))
    propay.cost_codes.set([])
    services.refresh(company=company, now=NOW)
    many = [queries(as_manager, one) for one in office] + [queries(as_worker, one) for one in own]

    assert many == few
    assert max(many) <= 24


def test_explaining_a_propay_takes_five_queries(company, propay, django_assert_num_queries):
    loaded = pages.company_propays(company).get(pk=propay.pk)

    with django_assert_num_queries(5):
        pages.explained(loaded)
    assert TimeEntry.objects.count() == 5
