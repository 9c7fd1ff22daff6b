"""Breaks that a person should look at before a ProPay is approved (bonus.md 11.9)."""

from datetime import date, time, timedelta

import pytest

from propay.queries.breaks import LunchDays, doubtful_breaks, lunches_without_gap
from protiv.timekeeping.records import EntryKind
from tests.make import factories
from tests.make.propays import make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen")


@pytest.fixture
def propay(job):
    return make_propay(job)


def clocked(worker, job, start: time | None, stop: time | None, *, offset: int = 0):
    return factories.make_entry(worker, job, 240, MONDAY + timedelta(offset), start_time=start, stop_time=stop)


def lunch(worker, job, *, offset: int = 0):
    return factories.make_entry(worker, job, -30, MONDAY + timedelta(offset), EntryKind.AUTO_LUNCH)


@pytest.mark.parametrize(("minutes", "listed"), [(20, False), (21, True), (29, True), (30, False)])
def test_breaks_of_21_to_29_minutes_are_pointed_out(ana, job, propay, minutes, listed):
    entry = factories.make_entry(ana, job, minutes, MONDAY, EntryKind.MEAL_BREAK)
    found = doubtful_breaks([propay.pk])
    assert [one.entry_id for one in found.get(propay.pk, [])] == ([entry.pk] if listed else [])


def test_days_whose_clock_shows_no_gap_for_the_lunch_are_listed(company, ana, job, propay):
    clocked(ana, job, time(7), time(15, 30))
    lunch(ana, job)
    # A gap of half an hour on Tuesday, on another job, too; of 29 minutes on Wednesday; no clock on Thursday.
    shop = factories.make_job(company, "Shop")
    clocked(ana, job, time(7), time(11), offset=1)
    clocked(ana, shop, time(11, 30), time(15, 30), offset=1)
    lunch(ana, job, offset=1)
    clocked(ana, job, time(7), time(11), offset=2)
    clocked(ana, job, time(11, 29), time(15, 30), offset=2)
    lunch(ana, job, offset=2)
    clocked(ana, job, None, None, offset=3)
    lunch(ana, job, offset=3)
    days = LunchDays(worker_id=ana.pk, dates=(MONDAY, MONDAY + timedelta(2)), minutes=60)
    assert lunches_without_gap(company, [propay.pk]) == {propay.pk: [days]}


def test_without_automatic_lunches_one_query_is_enough(company, ana, job, propay, django_assert_num_queries):
    clocked(ana, job, time(7), time(15, 30))
    with django_assert_num_queries(1):
        assert lunches_without_gap(company, [propay.pk]) == {}
