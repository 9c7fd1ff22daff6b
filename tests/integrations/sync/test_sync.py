"""A run from the request to its end."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from integrations import credentials, runner, services
from integrations.models import ConnectionState, Horizon, RunState, SyncRun, Trigger
from integrations.providers.base import Capabilities, SourceUnavailable
from integrations.worker import schedule
from protiv.kit.refused import Refused
from protiv.timekeeping.models import Job, TimeEntry, Worker
from tests.integrations.conftest import start
from tests.make.records import job_record, pay_period_record
from tests.make.runs import ask, live, on, work
from tests.make.systems import CREDENTIALS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit")]


def test_first_sync_imports_all_time_from_the_start_date_to_the_horizon(connection, provider, clock, tasks):
    provider.add(*(on(date(2026, 9, 20) + timedelta(days=offset)) for offset in range(60)))
    run = work(clock)
    assert (run.state, run.trigger, run.days_done) == (RunState.SUCCEEDED, Trigger.INITIAL, run.days_total)
    days = set(TimeEntry.objects.values_list("work_date", flat=True))
    assert (min(days), max(days), len(days)) == (date(2026, 10, 1), date(2026, 11, 8), 39)
    assert run.seen_count == run.added_count == 39
    connection.refresh_from_db()
    assert connection.state == ConnectionState.ACTIVE
    assert connection.next_sync_at == clock() + timedelta(hours=2)
    assert tasks == [run.pk]


@pytest.mark.parametrize(
    ("horizon", "last"),
    [
        (Horizon.ALL, date(2026, 11, 11)),
        (Horizon.LEAVE_OUT_CURRENT_WEEK, date(2026, 11, 8)),
        (Horizon.FINAL_ONLY, date(2026, 11, 1)),
    ],
)
def test_horizon_limits_what_is_imported(tested, provider, clock, tasks, horizon, last):
    provider.periods = [
        pay_period_record("1", date(2026, 10, 19), date(2026, 11, 1), is_closed=True),
        pay_period_record("2", date(2026, 11, 2), date(2026, 11, 15)),
    ]
    for offset in range(40):
        day = date(2026, 10, 19) + timedelta(days=offset)
        provider.add(on(day, is_final=provider.is_final("p-1", day)))
    if horizon == Horizon.FINAL_ONLY and not tested.can.finality:
        with pytest.raises(Refused, match="which time is final"):
            start(tested, clock, horizon=horizon)
        return
    start(tested, clock, sync_start_date=date(2026, 10, 19), horizon=horizon)
    assert work(clock).state == RunState.SUCCEEDED
    assert max(TimeEntry.objects.values_list("work_date", flat=True)) == last


def test_start_date_in_the_excluded_week_imports_nothing(tested, provider, clock, tasks):
    start(tested, clock, sync_start_date=date(2026, 11, 10))
    assert work(clock).state == RunState.SUCCEEDED
    tested.refresh_from_db()
    assert tested.state == ConnectionState.ACTIVE


def test_second_sync_with_nothing_changed_writes_no_entry(synced, clock):
    before = list(TimeEntry.objects.values())
    clock.advance(hours=2)
    ask(synced, clock)
    run = work(clock)
    assert (run.added_count, run.changed_count, run.voided_count) == (0, 0, 0)
    assert list(TimeEntry.objects.values()) == before


def test_edits_deletions_and_late_entries_are_imported(synced, provider, clock):
    provider.time.pop("t-2026-11-05")
    provider.add(on(date(2026, 11, 4)), on(date(2026, 11, 6)))
    ask(synced, clock)
    run = work(clock)
    assert (run.added_count, run.voided_count) == (2, 1)
    assert live() == {"t-2026-10-01", "t-2026-11-04", "t-2026-11-06"}


def test_request_sync_joins_the_open_run(synced, clock, tasks):
    first, second = ask(synced, clock), ask(synced, clock)
    assert (first.joined, second.joined) == (False, True)
    assert first.run == second.run
    assert tasks.count(first.run.pk) == 1


def test_joined_request_adds_the_days_since(synced, provider, clock):
    request = ask(synced, clock)
    provider.on_window = lambda: ask(synced, clock, since=date(2026, 10, 1))
    run = work(clock)
    assert run == request.run
    assert run.state == RunState.SUCCEEDED
    covered = {start + timedelta(days=n) for start, end in provider.windows for n in range((end - start).days)}
    assert {date(2026, 10, 1) + timedelta(days=n) for n in range(39)} <= covered


def test_a_task_out_of_time_requeues_the_run_and_the_next_continues(connection, provider, clock, tasks):
    provider.add(*(on(date(2026, 10, 1) + timedelta(days=offset)) for offset in range(39)))
    provider.on_window = lambda: clock.advance(seconds=300)
    runner.run_sync(tasks[0], clock=clock)
    run = SyncRun.objects.get()
    assert (run.state, run.days_done, run.starts_without_end) == (RunState.QUEUED, 7, 0)
    assert tasks == [run.pk, run.pk]
    assert work(clock).state == RunState.SUCCEEDED
    assert len(live()) == 39
    starts = [window[0] for window in provider.windows]
    assert starts == sorted(set(starts))


def test_failed_first_sync_continues_where_it_stopped(connection, provider, clock):
    provider.add(*(on(date(2026, 10, 1) + timedelta(days=offset)) for offset in range(39)))
    provider.error, provider.error_after_windows = SourceUnavailable("ExakTime can't be reached."), 2
    assert work(clock).state == RunState.FAILED
    connection.refresh_from_db()
    reached = provider.windows[-1][1]
    assert connection.first_sync_cursor_date == reached
    assert connection.next_sync_at < clock() + timedelta(minutes=10)
    provider.error = None
    clock.advance(minutes=10)
    schedule.tick(now=clock())
    run = work(clock)
    assert (run.state, run.trigger) == (RunState.SUCCEEDED, Trigger.INITIAL)
    assert provider.windows[2][0] == reached
    assert len(live()) == 39


# The schedule


def test_connection_is_due_two_hours_after_its_last_run_began(synced, clock, tasks):
    del tasks[:]
    clock.advance(minutes=119)
    schedule.tick(now=clock())
    assert tasks == []
    clock.advance(minutes=1)
    schedule.tick(now=clock())
    schedule.tick(now=clock())
    assert len(tasks) == 1
    assert SyncRun.objects.latest("pk").trigger == Trigger.SCHEDULED


def test_tick_writes_the_heartbeat(db, clock):
    assert not schedule.is_alive(clock())
    schedule.tick(now=clock())
    assert schedule.is_alive(clock())
    clock.advance(minutes=4)
    assert not schedule.is_alive(clock())


# What people do to a connection


def test_pause_cancels_the_open_run_and_resume_continues(connection, provider, clock):
    provider.add(on(date(2026, 10, 1)))
    services.pause(connection=connection, actor=None, now=clock())
    assert SyncRun.objects.get().state == RunState.CANCELED
    runner.run_sync(SyncRun.objects.get().pk, clock=clock)
    assert live() == set()
    services.resume(connection=connection, actor=None, now=clock())
    assert work(clock).state == RunState.SUCCEEDED
    assert live() == {"t-2026-10-01"}


def test_pausing_during_a_run_is_kept(connection, provider, clock):
    provider.add(on(date(2026, 10, 1)))
    provider.on_window = lambda: services.pause(connection=connection, actor=None, now=clock())
    runner.run_sync(SyncRun.objects.get().pk, clock=clock)
    connection.refresh_from_db()
    assert connection.state == ConnectionState.PAUSED
    assert SyncRun.objects.get().state == RunState.CANCELED
    assert live() == set()


def test_disconnect_wipes_the_credentials_and_keeps_the_hours(synced, clock):
    services.disconnect(connection=synced, actor=None, now=clock())
    synced.refresh_from_db()
    assert synced.credentials_encrypted == ""
    assert synced.state == ConnectionState.DISCONNECTED
    assert len(live()) == 2


def test_reconnecting_continues_with_the_same_row(synced, provider, clock):
    services.disconnect(connection=synced, actor=None, now=clock())
    again = services.connect(
        company=synced.company,
        provider=synced.provider,
        credentials=CREDENTIALS[synced.provider],
        actor=None,
        now=clock(),
    )
    assert (again.pk, again.state) == (synced.pk, ConnectionState.ACTIVE)
    assert work(clock).state == RunState.SUCCEEDED
    assert TimeEntry.objects.count() == 2


def test_connecting_another_provider_company_is_refused_once_hours_are_in(synced, clock):
    with pytest.raises(Refused, match="acme"):
        services.connect(
            company=synced.company,
            provider=synced.provider,
            credentials=replace(CREDENTIALS[synced.provider], account_identifier="other"),
            actor=None,
            now=clock(),
        )
    synced.refresh_from_db()
    assert synced.account_identifier == "acme"


def test_earlier_start_date_imports_the_older_time(synced, provider, clock):
    provider.add(on(date(2026, 9, 1)))
    services.change_settings(
        connection=synced,
        sync_start_date=date(2026, 9, 1),
        horizon=synced.horizon,
        provider_settings=synced.provider_settings,
        actor=None,
        now=clock(),
    )
    assert work(clock).state == RunState.SUCCEEDED
    assert "t-2026-09-01" in live()


def test_lists_are_brought_up_to_date(synced, provider, clock):
    provider.sites = [job_record("l-1", name="Renamed", budget_minutes=600)]
    ask(synced, clock)
    work(clock)
    job = Job.objects.get(external_id="l-1")
    assert (job.name, job.synced_budget_minutes) == ("Renamed", 600 if synced.can.budgets else None)
    assert Job.objects.get(external_id="l-2").is_active is False
    assert Worker.objects.count() == 2


# What the sign-in finds


def test_a_run_records_the_accounts_current_capabilities(synced, provider, clock):
    provider.capabilities = Capabilities(wages=True, change_feed=True)
    ask(synced, clock)
    work(clock)
    synced.refresh_from_db()
    assert synced.capabilities == ["wages", "change_feed"]


def test_credentials_that_change_during_a_run_are_kept(synced, provider, clock):
    changed = replace(CREDENTIALS[synced.provider], secrets=dict.fromkeys(CREDENTIALS[synced.provider].secrets, "new"))
    provider.changes = [changed]
    ask(synced, clock)
    assert work(clock).state == RunState.SUCCEEDED
    synced.refresh_from_db()
    assert credentials.load(synced) == changed


def test_credentials_that_were_wiped_in_the_meantime_stay_wiped(synced, provider, clock):
    services.open_connector(synced)
    services.disconnect(connection=synced, actor=None, now=clock())
    provider.on_credentials_changed(CREDENTIALS[synced.provider])
    synced.refresh_from_db()
    assert synced.credentials_encrypted == ""
