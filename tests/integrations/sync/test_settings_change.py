"""What a changed start date, horizon, workweek or time zone does to imported hours."""

from datetime import UTC, date, datetime

import pytest

from integrations import services
from integrations.models import Horizon, RunState, SyncRun
from protiv.kit.refused import Refused
from protiv.timekeeping.models import TimeEntryVersion
from tests.integrations.conftest import START, who_can
from tests.make.factories import set_policy
from tests.make.records import pay_period_record
from tests.make.runs import live, on, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit")]


def change(connection, clock, **changes):
    connection.refresh_from_db()
    request = services.change_settings(
        **{
            "connection": connection,
            "sync_start_date": connection.sync_start_date,
            "horizon": connection.horizon,
            "provider_settings": connection.provider_settings,
            "actor": None,
            "now": clock(),
            "confirmed_entries": 1000,
            **changes,
        }
    )
    run = work(clock)
    assert run.state == RunState.SUCCEEDED
    return request, run


@pytest.fixture
def synced(connection, provider, clock):
    days = [date(2026, 9, 15), date(2026, 10, 1), date(2026, 10, 15), date(2026, 11, 5), date(2026, 11, 10)]
    provider.add(*(on(day, f"t-{day:%m-%d}") for day in days))
    assert work(clock).state == RunState.SUCCEEDED
    assert live() == {"t-10-01", "t-10-15", "t-11-05"}
    return connection


def test_a_later_start_date_voids_and_an_earlier_one_restores(synced, clock):
    _, run = change(synced, clock, sync_start_date=date(2026, 10, 10))
    assert live() == {"t-10-15", "t-11-05"}
    assert run.voided_count == 1
    assert TimeEntryVersion.objects.get().replaced_run_id == run.pk
    change(synced, clock, sync_start_date=date(2026, 9, 1))
    assert live() == {"t-09-15", "t-10-01", "t-10-15", "t-11-05"}


def test_excluding_the_current_week_voids_and_restores_it(synced, clock):
    change(synced, clock, horizon=Horizon.ALL)
    assert "t-11-10" in live()
    change(synced, clock, horizon=Horizon.LEAVE_OUT_CURRENT_WEEK)
    assert "t-11-10" not in live()


@who_can("finality")
def test_only_final_time_voids_all_time_that_is_not_final(synced, provider, clock):
    provider.periods = [
        pay_period_record("1", date(2026, 9, 28), date(2026, 10, 11), is_closed=True),
        pay_period_record("2", date(2026, 10, 12), date(2026, 11, 22)),
    ]
    provider.add(on(date(2026, 10, 1), "t-10-01", is_final=True))
    change(synced, clock, horizon=Horizon.FINAL_ONLY)
    assert live() == {"t-10-01"}
    change(synced, clock, horizon=Horizon.ALL)
    assert live() == {"t-10-01", "t-10-15", "t-11-05", "t-11-10"}


def test_a_change_during_the_first_sync_restarts_it(connection, provider, clock):
    provider.add(on(date(2026, 9, 15)), on(date(2026, 10, 1)))
    first = SyncRun.objects.get()
    request, run = change(connection, clock, sync_start_date=date(2026, 9, 1))
    first.refresh_from_db()
    assert first.state == RunState.CANCELED
    assert request.run == run != first
    assert live() == {"t-2026-09-15", "t-2026-10-01"}


def test_renaming_fields_alone_reads_and_voids_nothing(synced, clock):
    change(synced, clock, provider_settings={"budget_hours_field": "Other"}, confirmed_entries=0)
    assert live() == {"t-10-01", "t-10-15", "t-11-05"}


@pytest.mark.parametrize("horizon", [Horizon.LEAVE_OUT_CURRENT_WEEK, Horizon.FINAL_ONLY])
def test_an_unconfirmed_voiding_is_refused_and_changes_nothing(synced, clock, horizon):
    change(synced, clock, horizon=Horizon.ALL)
    before, runs = live(), SyncRun.objects.count()
    if horizon == Horizon.FINAL_ONLY and not synced.can.finality:
        with pytest.raises(Refused, match="which time is final"):
            change(synced, clock, horizon=horizon)
        return
    with pytest.raises(services.NeedsConfirmation) as needed:
        change(synced, clock, horizon=horizon, confirmed_entries=0)
    assert needed.value.effects.entries == {"LEAVE_OUT_CURRENT_WEEK": 1, "FINAL_ONLY": 4}[horizon]
    synced.refresh_from_db()
    assert (live(), SyncRun.objects.count(), synced.horizon) == (before, runs, Horizon.ALL)


def test_the_workweek_start_moves_the_horizon_with_the_next_sync(synced, provider, clock):
    set_policy(synced.company, workweek_start="THURSDAY")
    # It is Wednesday, November 11: the workweek that began on Thursday, November 5 is the current one now.
    change(synced, clock)
    assert live() == {"t-10-01", "t-10-15"}


@pytest.mark.parametrize(
    ("zone", "at", "last"),
    [
        # Monday 03:30 in New York is still Sunday in Denver (month end: November 30 is a Monday).
        ("America/New_York", datetime(2026, 11, 30, 5, 30, tzinfo=UTC), date(2026, 11, 29)),
        ("America/Denver", datetime(2026, 11, 30, 5, 30, tzinfo=UTC), date(2026, 11, 22)),
        # The clocks go back on Sunday, November 1, 2026: midnight in New York moves from 04:00 to 05:00 UTC.
        ("America/New_York", datetime(2026, 11, 2, 4, 30, tzinfo=UTC), date(2026, 10, 25)),
        ("America/New_York", datetime(2026, 11, 2, 5, 30, tzinfo=UTC), date(2026, 11, 1)),
        # They go forward on Sunday, March 14, 2027: midnight moves from 05:00 to 04:00 UTC.
        ("America/New_York", datetime(2027, 3, 15, 3, 30, tzinfo=UTC), date(2027, 3, 7)),
        ("America/New_York", datetime(2027, 3, 15, 4, 30, tzinfo=UTC), date(2027, 3, 14)),
    ],
)
def test_the_current_week_begins_at_local_midnight(connection, provider, clock, zone, at, last):
    company = connection.company
    company.time_zone = zone
    company.save()
    days = [date.fromordinal(START.toordinal() + offset) for offset in range(180)]
    provider.add(*(on(day) for day in days))
    clock.at = at
    assert work(clock).state == RunState.SUCCEEDED
    assert max(live()) == f"t-{last}"
