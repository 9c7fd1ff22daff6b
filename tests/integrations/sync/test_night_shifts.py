"""The whole way of a night shift: synced with its clock, on the page, on the statement, and edited later."""

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from integrations.models import RunState, Trigger
from integrations.services import request_sync
from propay import services
from propay.models import LineKind, StatementLine
from protiv.timekeeping.history import history
from protiv.timekeeping.models import Job, TimeEntry, TimeEntryVersion, Worker
from tests.make.factories import make_member, make_wage, policy_values
from tests.make.propays import make_propay
from tests.make.runs import on, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit")]
MONDAY = date(2026, 10, 19)
SUNDAY, NEXT_MONDAY = MONDAY + timedelta(6), MONDAY + timedelta(7)
NIGHT = on(
    SUNDAY, "night", minutes=480, start_time=time(21), stop_date=NEXT_MONDAY, stop_time=time(5), regular_minutes=480
)
DAYS = [on(MONDAY + timedelta(day), minutes=480) for day in range(4)]
NEXT_DAYS = [on(MONDAY + timedelta(day), minutes=570) for day in range(8, 12)]


@pytest.fixture
def admin(connection):
    return make_member(connection.company, "ADMIN").user


@pytest.fixture
def sync(connection, provider, clock, tasks):
    def sync(*records) -> None:
        provider.add(*records)
        clock.advance(hours=3)
        connection.refresh_from_db()
        if connection.last_success_at:
            request_sync(connection=connection, trigger=Trigger.MANUAL, now=clock(), since=MONDAY)
        assert work(clock).state == RunState.SUCCEEDED

    return sync


@pytest.fixture
def approved(connection, sync, admin, clock):
    """A bonus of 390.00 for 78 hours (case N1 of the rule book), on an open statement."""
    sync(*DAYS, NIGHT, *NEXT_DAYS)
    make_wage(Worker.objects.get(external_id="p-1"), "20.00")
    propay = make_propay(Job.objects.get(external_id="l-1"), start_date=MONDAY, fixed_amount=Decimal("2340.00"))
    services.approve_propays(company=connection.company, actor=admin, propay_ids=[propay.pk], now=clock())
    return propay


def true_ups() -> dict[date, str]:
    lines = StatementLine.objects.filter(kind=LineKind.TRUE_UP)
    return {line.week_start: str(line.federal_amount) for line in lines}


def test_each_week_has_the_hours_that_were_worked_in_it(approved, admin, client):
    assert true_ups() == {NEXT_MONDAY: "7.50"}
    client.force_login(admin)
    page = client.get(reverse("propay_overtime", args=[approved.pk])).content.decode()
    assert "7.50" in page
    assert "43:00" in page


def test_another_hour_of_the_workday_recalculates_what_is_not_paid(approved, connection, admin, clock):
    rules = {"company": connection.company, "from_date": None, "now": clock(), **policy_values(workday_start=time(6))}
    seen = services.preview_pay_policy(**rules).seen
    services.save_pay_policy(actor=admin, reason="Our nights begin at six.", seen=seen, **rules)
    assert true_ups() == {}


def test_a_stop_that_moves_over_midnight_changes_the_overtime(approved, sync):
    """Eight hours on the same work date, all of them on Sunday: weeks of 40 and 38 hours."""
    sync(replace(NIGHT, start_time=time(16), stop_date=SUNDAY, stop_time=time(23, 59)))
    assert true_ups() == {}


def test_reading_again_brings_the_dates_of_entries_from_before(approved, sync):
    """Until 0.1 only times were stored, and overtime went by work dates: what is unpaid is recalculated."""
    stale = TimeEntry.objects.get(external_id="night")
    TimeEntry.objects.filter(pk=stale.pk).update(start_date=None, stop_date=None, fingerprint=1)
    StatementLine.objects.filter(kind=LineKind.TRUE_UP).delete()
    sync()
    stale.refresh_from_db()
    assert (stale.start_date, stale.stop_date) == (SUNDAY, NEXT_MONDAY)
    assert true_ups() == {NEXT_MONDAY: "7.50"}
    # For people nothing changed.
    assert TimeEntryVersion.objects.filter(entry=stale).count() == 1
    assert [change.fields for change in history(stale)] == [[]]
