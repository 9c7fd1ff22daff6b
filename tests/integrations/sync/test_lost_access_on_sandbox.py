"""A view set that is narrowed, and locations that are merged: from the provider over HTTP to a ProPay's figures."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from integrations import services
from integrations.exaktime.login import Login
from integrations.exaktime.sandbox.client import start_sandbox
from integrations.models import Horizon, RunState, Trigger
from propay import services as propay_services
from propay.models import ProPay
from protiv.timekeeping.models import HeldEntry, Job, TimeEntry, Worker
from tests.journeys.stack import TODAY
from tests.make.factories import make_wage
from tests.make.propays import NOW, make_propay
from tests.make.runs import work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit", "same_thread", "noon")]
START = TODAY - timedelta(days=150)
LONG_AGO = [START + timedelta(days=offset) for offset in (9, 10, 60)]
RECENT = [date(2026, 11, 3), date(2026, 11, 4), date(2026, 11, 5)]


@pytest.fixture(scope="module")
def sandbox():
    with start_sandbox(people=4, days=150, today=TODAY) as running:
        yield running


@pytest.fixture
def control(sandbox):
    sandbox.control.reset()
    return sandbox.control


@pytest.fixture
def sync(settings, sandbox, control, company, clock, monkeypatch):
    """Syncs, the first time from the start date on."""
    settings.EXAKTIME_BASE_URL = sandbox.base_url
    settings.EXAKTIME_ALLOW_INSECURE_BASE_URL = True
    monkeypatch.setattr(services, "async_task", lambda *_args: None)

    def again():
        connection = company.connections.first()
        clock.advance(hours=2)
        if connection is None:
            credentials = Login("acme", "sync@acme.test", "sandbox-password").credentials()
            connection = services.connect(
                company=company, provider="EXAKTIME", credentials=credentials, actor=None, now=clock()
            )
            services.start_sync(
                connection=connection,
                sync_start_date=START,
                horizon=Horizon.ALL,
                provider_settings={"budget_hours_field": "Budget Hours", "contract_price_field": "Contract Price"},
                actor=None,
                now=clock(),
            )
        else:
            services.request_sync(connection=connection, trigger=Trigger.COMMAND, now=clock())
        return work(clock)

    return again


def clock_in(control, location: str, days, minutes: int) -> None:
    """Everyone works so many minutes at a location on each of the days."""
    for person in control.employees():
        for day in days:
            control.add_record(
                force=True,
                PersonId=person["personId"],
                LocationId=location,
                WorkDate=day.isoformat(),
                Minutes=minutes,
                StartTime=None,
                StopTime=None,
            )


def add_location(control, name: str) -> str:
    return control.add_location(name=name)["locationId"]


def propay_on(company, location: str, clock) -> ProPay:
    """A labor budget of 2,000.00 of which the crew gets half of what is saved, at 20.00 an hour."""
    for worker in Worker.objects.filter(company=company, wages=None):
        make_wage(worker, "20.00", START)
    job = Job.objects.get(company=company, external_id=location)
    propay = make_propay(job, fixed_amount=Decimal("2000.00"), start_date=START)
    propay_services.refresh(company=company, now=clock())
    propay.refresh_from_db()
    return propay


def refusal(propay) -> str:
    preview = propay_services.preview_approval(company=propay.company, propay_ids=[propay.pk], now=NOW)
    return preview.refusals.get(propay.pk, "")


def test_a_narrowed_view_set_takes_no_hours_out_of_a_propay(control, sync, company, clock):
    """72 hours and a pool of 280.00 became 36 hours and 640.00, and could be approved."""
    site = add_location(control, "Maple Ridge")
    people = [one["personId"] for one in control.employees()]
    clock_in(control, site, RECENT, 360)
    sync()
    propay = propay_on(company, site, clock)
    assert (propay.actual_minutes, propay.pool_amount) == (72 * 60, Decimal("280.00"))
    entries = TimeEntry.objects.filter(voided_at=None).count()
    control.set_view("sync@acme.test", people=people[:2])
    run = sync()
    propay.refresh_from_db()
    assert (propay.actual_minutes, propay.pool_amount) == (72 * 60, Decimal("280.00"))
    assert (run.state, run.voided_count) == (RunState.PARTIAL, 0)
    hidden = TimeEntry.objects.filter(worker__external_id__in=people[2:])
    assert run.held_count == hidden.count() > 24, "however old their time is, one run finds all of it"
    assert TimeEntry.objects.filter(voided_at=None).count() == entries
    assert "can no longer be found in your time-tracking system" in refusal(propay)
    control.set_view("sync@acme.test")
    assert sync().state == RunState.SUCCEEDED
    assert not HeldEntry.objects.exists()
    assert refusal(propay) == ""


def test_a_location_that_the_sign_in_no_longer_sees_keeps_its_hours(control, sync, company, clock):
    site = add_location(control, "Maple Ridge")
    clock_in(control, site, [*LONG_AGO, *RECENT], 60)
    sync()
    propay = propay_on(company, site, clock)
    control.set_view(
        "sync@acme.test", locations=[one["locationId"] for one in control.locations() if one["locationId"] != site]
    )
    run = sync()
    propay.refresh_from_db()
    assert (run.state, run.voided_count, run.held_count) == (RunState.PARTIAL, 0, 24)
    assert propay.actual_minutes == 24 * 60


def test_hours_of_a_merged_location_come_to_the_winner_with_the_same_run(control, sync, company, clock):
    """Entries older than what each run reads stayed on the loser for days: 1,440 of 2,400 minutes."""
    loser, winner = add_location(control, "Loser"), add_location(control, "Winner")
    clock_in(control, winner, RECENT, 120)
    clock_in(control, loser, [LONG_AGO[0], LONG_AGO[2]], 120)
    sync()
    sync()
    propay = propay_on(company, winner, clock)
    assert propay.actual_minutes == 1440
    control.merge_locations(loser=loser, winner=winner)
    control.add_fault("server_error", endpoint="time_records", times=None)
    assert sync().state == RunState.FAILED
    propay.refresh_from_db()
    assert propay.actual_minutes == 1440
    assert "is reading its hours again" in refusal(propay), "half of the merge is known, so nobody approves it"
    control.clear_faults()
    run = sync()
    propay.refresh_from_db()
    assert (run.state, run.held_count, run.voided_count) == (RunState.SUCCEEDED, 0, 0)
    assert propay.actual_minutes == 2400
    assert refusal(propay) == ""
    assert not Job.objects.get(external_id=loser).is_reread_due
    days = run.days_total
    assert sync().days_total < days, "once is enough"
