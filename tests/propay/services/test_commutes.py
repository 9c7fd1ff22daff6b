"""Commutes count nowhere: by cost code, or trip by trip (29 CFR 785.35; bonus.md 11.9)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.models import Statement
from propay.queries.workdays import hours_worked
from propay.rules.policies import Policies
from propay.services.refreshing import refresh
from protiv.accounts.models import AuditEvent
from protiv.timekeeping.ingest.versions import copy_to_versions
from protiv.timekeeping.models import TimeEntry
from protiv.timekeeping.records import EntryKind
from protiv.timekeeping.selectors import time_totals
from tests.make import factories
from tests.make.propays import NOW, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen")


@pytest.fixture
def code(company):
    return factories.make_cost_code(company, "Home to site")


@pytest.fixture
def trips(ana, job, code):
    """An hour to the site on the code, half an hour between sites without one, and work on both."""
    factories.make_entry(ana, job, 480, MONDAY)
    factories.make_entry(ana, job, 45, MONDAY, cost_code=code)
    return [
        factories.make_entry(ana, job, 60, MONDAY, EntryKind.TRAVEL, cost_code=code),
        factories.make_entry(ana, job, 30, MONDAY, EntryKind.TRAVEL),
    ]


def minutes_worked(company, ana) -> int:
    workdays = Policies().workdays(None, company.zone)
    return sum(day.minutes for day in hours_worked(company, [ana.pk], (MONDAY, MONDAY + timedelta(6)), workdays))


def test_drive_time_counts_unless_its_cost_code_is_a_commute(company, admin, ana, code, trips):
    assert minutes_worked(company, ana) == 615
    services.set_commute_code(company=company, actor=admin, cost_code_id=code.pk, is_commute=True, now=NOW)
    assert minutes_worked(company, ana) == 555, "work on the code, and trips without one, still count"
    assert time_totals(TimeEntry.objects.filter(company=company)).worked_minutes == 555
    services.set_commute_code(company=company, actor=admin, cost_code_id=code.pk, is_commute=False, now=NOW)
    assert minutes_worked(company, ana) == 615
    assert AuditEvent.objects.filter(action="commute.code_set").count() == 2


def test_a_commute_is_no_cost_of_a_propay_that_counts_drive_time(company, admin, job, code, trips):
    propay = make_propay(job, include_travel=True)
    refresh(company=company, now=NOW)
    services.set_commute_code(company=company, actor=admin, cost_code_id=code.pk, is_commute=True, now=NOW)
    propay.refresh_from_db()
    assert propay.actual_minutes == 555


def test_one_trip_can_be_a_commute(company, admin, ana, job, trips):
    propay = make_propay(job, include_travel=True)
    refresh(company=company, now=NOW)
    by_trip = {"company": company, "actor": admin, "entry_id": trips[1].pk, "now": NOW}
    services.set_commute_entry(is_commute=True, **by_trip)
    propay.refresh_from_db()
    assert (minutes_worked(company, ana), propay.actual_minutes) == (585, 585)
    services.set_commute_entry(is_commute=False, **by_trip)
    assert minutes_worked(company, ana) == 615
    assert AuditEvent.objects.filter(action="commute.entry_set").count() == 2


def test_only_drive_time_can_be_a_commute(company, admin, ana, job):
    work = factories.make_entry(ana, job, 480, MONDAY)
    with pytest.raises(ValidationError, match="Only drive time"):
        services.set_commute_entry(company=company, actor=admin, entry_id=work.pk, is_commute=True, now=NOW)


def test_a_commute_that_becomes_work_in_the_time_tracking_makes_overtime_due_again(company, admin, ana, job):
    for offset in range(5):
        factories.make_entry(ana, job, 480, MONDAY + timedelta(offset))
    trip = factories.make_entry(ana, None, 60, MONDAY, EntryKind.TRAVEL)
    propay = make_propay(job, fixed_amount=Decimal("2000.00"))
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    assert Statement.objects.get().federal_amount > 0
    services.set_commute_entry(company=company, actor=admin, entry_id=trip.pk, is_commute=True, now=NOW)
    assert Statement.objects.get().federal_amount == 0
    copy_to_versions(TimeEntry.objects.filter(pk=trip.pk), 7, NOW)
    TimeEntry.objects.filter(pk=trip.pk).update(kind=EntryKind.WORK, excluded_at=None, changed_run_id=7)
    dates = (MONDAY, MONDAY + timedelta(1))
    services.follow_hours_of_run(company=company, run_id=7, dates=dates, now=NOW)
    assert Statement.objects.get().federal_amount > 0
