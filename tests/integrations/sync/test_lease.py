"""Who works on a run, and runs that no one works on anymore."""

from datetime import date, timedelta

import pytest

from integrations import runner, services
from integrations.models import ConnectionState, RunState, SyncRun
from integrations.sync import lease, outcomes
from integrations.worker import schedule
from tests.make.factories import make_member
from tests.make.runs import live, on, work
from tests.make.systems import system

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit")]


def test_two_workers_never_share_a_run(connection, clock):
    run_id = SyncRun.objects.get().pk
    assert lease.claim(run_id, now=clock()) is not None
    assert lease.claim(run_id, now=clock()) is None


def test_worker_that_lost_its_lease_commits_nothing(connection, provider, clock):
    provider.add(on(date(2026, 10, 1)))
    provider.on_window = lambda: SyncRun.objects.update(lease_token=99)
    runner.run_sync(SyncRun.objects.get().pk, clock=clock)
    run = SyncRun.objects.get()
    assert (run.state, run.days_done, run.seen_count) == (RunState.RUNNING, 0, 0)
    assert live() == set()


def test_tick_queues_the_run_of_a_dead_worker_again(connection, provider, clock, tasks):
    lease.claim(SyncRun.objects.get().pk, now=clock())
    clock.advance(minutes=1)
    schedule.tick(now=clock())
    assert len(tasks) == 1
    clock.advance(minutes=4)
    schedule.tick(now=clock())
    assert len(tasks) == 2
    assert work(clock).state == RunState.SUCCEEDED


def test_tick_queues_a_run_whose_task_was_lost(connection, clock, tasks):
    clock.advance(minutes=11)
    schedule.tick(now=clock())
    assert len(tasks) == 2


def test_three_starts_without_an_end_stop_the_connection(connection, provider, clock, tasks, mailoutbox):
    make_member(connection.company, "ADMIN")
    for _ in range(4):
        schedule.tick(now=clock())
        if SyncRun.objects.get().starts_without_end < 3:
            assert lease.claim(tasks[-1], now=clock())
        else:
            runner.run_sync(tasks[-1], clock=clock)
        clock.advance(minutes=5)
    connection.refresh_from_db()
    assert SyncRun.objects.get().state == RunState.INTERRUPTED
    assert (connection.state, "three times" in connection.pause_reason) == (ConnectionState.PAUSED, True)
    assert [mail.subject for mail in mailoutbox] == [f"Protiv: Action needed: {system().name} syncing is paused"]


def test_stopped_workers_do_not_stop_the_connection_while_windows_are_stored(
    connection, provider, clock, monkeypatch, settings
):
    """As in many deployments during a long first sync."""
    settings.SYNC_WINDOW_RECORDS = 8  # four days of one record each
    monkeypatch.setattr(outcomes, "put_back", lambda *_args, **_kwargs: None)  # each is killed before it can say so
    provider.on_window = lambda: clock.advance(minutes=4)
    provider.add(*(on(date(2026, 10, 1) + timedelta(days=offset)) for offset in range(30)))
    run = SyncRun.objects.get()
    for _ in range(15):
        runner.run_sync(run.pk, clock=clock)
        clock.advance(minutes=5)
    run.refresh_from_db()
    assert run.lease_token > services.MAX_STARTS_WITHOUT_END + 1
    assert run.state == RunState.SUCCEEDED
