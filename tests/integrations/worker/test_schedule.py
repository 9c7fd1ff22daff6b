"""The tick under load, after losses, and when the clock jumps."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django_q.models import OrmQ, Schedule

from integrations import runner, services
from integrations.models import Heartbeat, RunState, SyncRun, Trigger
from integrations.providers.base import SourceUnavailable
from integrations.sync import lease
from integrations.worker import schedule
from propay.models import PayRun, PayRunState
from propay.services import pay_runs
from tests.make.connections import make_connection, make_run
from tests.make.factories import make_company
from tests.make.runs import work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit")]


@pytest.fixture
def many(clock, tasks):
    """Five companies whose syncs are due, each a minute longer than the one before."""
    return [
        make_connection(make_company(f"Company {number}"), next_sync_at=clock() - timedelta(minutes=number))
        for number in range(5)
    ]


def test_a_tick_takes_the_longest_overdue_runs_first(many, clock, tasks, monkeypatch):
    monkeypatch.setattr(schedule, "MOST_PER_TICK", 2)
    schedule.tick(now=clock())
    assert set(SyncRun.objects.values_list("connection", flat=True)) == {many[4].pk, many[3].pk}
    schedule.tick(now=clock())
    schedule.tick(now=clock())
    assert len(tasks) == len(set(tasks)) == 5


def test_runs_that_wait_in_a_long_queue_get_no_second_task(many, clock, tasks):
    schedule.tick(now=clock())
    OrmQ.objects.bulk_create(OrmQ(key="protiv", payload="x", lock=clock()) for _ in tasks)
    clock.advance(minutes=30)
    schedule.tick(now=clock())
    assert len(tasks) == 5


@pytest.mark.parametrize("left", [0, 3])
def test_runs_whose_tasks_are_gone_get_new_ones_when_what_is_older_is_done(many, clock, tasks, left):
    schedule.tick(now=clock())
    OrmQ.objects.bulk_create(OrmQ(key="protiv", payload="x", lock=clock()) for _ in range(left))
    del tasks[:]
    clock.advance(minutes=11)
    schedule.tick(now=clock())
    assert len(tasks) == (0 if left else 5)
    OrmQ.objects.all().delete()
    schedule.tick(now=clock())
    assert len(tasks) == len(set(tasks)) == 5


def test_a_lost_run_is_found_even_if_the_queue_is_never_empty(clock, tasks):
    lost = make_run(make_connection(make_company("Lost")), RunState.QUEUED, queued_at=clock())
    for _ in range(12):
        clock.advance(minutes=1)
        OrmQ.objects.all().delete()
        OrmQ.objects.bulk_create(OrmQ(key="protiv", payload="x", lock=clock()) for _ in range(50))
        schedule.tick(now=clock())
    assert tasks == [lost.pk]


def test_a_run_is_found_after_a_day_though_an_older_task_is_never_taken(clock, tasks):
    OrmQ.objects.create(key="protiv", payload="x", lock=clock() - timedelta(hours=1))
    lost = make_run(make_connection(make_company("Lost")), RunState.QUEUED, queued_at=clock())
    clock.advance(hours=23)
    schedule.tick(now=clock())
    assert tasks == []
    clock.advance(hours=2)
    schedule.tick(now=clock())
    assert tasks == [lost.pk]


def test_a_connection_paused_while_the_tick_reads_does_not_stop_the_others(many, clock, tasks, monkeypatch):
    read = schedule.due_connections(clock())
    services.pause(connection=read[0], actor=None, now=clock())
    monkeypatch.setattr(schedule, "due_connections", lambda _now: read)
    schedule.tick(now=clock())
    assert len(tasks) == 4


def test_tasks_that_a_dead_cluster_had_taken_count_as_gone(many, clock, tasks):
    schedule.tick(now=clock())
    locked = clock() + timedelta(minutes=25)
    OrmQ.objects.bulk_create(OrmQ(key="protiv", payload="x", lock=locked) for _ in range(5))
    del tasks[:]
    clock.advance(minutes=11)
    schedule.tick(now=clock())
    assert len(tasks) == 5


# A clock that jumps


def test_a_jump_ahead_starts_each_connection_once(many, clock, tasks):
    clock.advance(days=1)
    schedule.tick(now=clock())
    schedule.tick(now=clock())
    assert len(tasks) == len(set(tasks)) == 5


def test_a_jump_ahead_and_back_leaves_nothing_waiting_for_the_future(connection, provider, clock, tasks):
    clock.advance(days=3)
    assert work(clock).state == RunState.SUCCEEDED
    clock.advance(days=-3)
    del tasks[:]
    schedule.tick(now=clock())
    assert len(tasks) == 1


def test_a_jump_back_frees_the_lease_of_a_dead_worker(connection, provider, clock, tasks):
    clock.advance(days=3)
    run = lease.claim(tasks[0], now=clock())
    assert run
    clock.advance(days=-3)
    schedule.tick(now=clock())
    assert work(clock).state == RunState.SUCCEEDED
    with pytest.raises(lease.LeaseLost):
        lease.renew(run, now=clock())


def test_a_jump_back_finds_a_run_whose_task_was_lost(connection, clock, tasks):
    run = make_run(make_connection(make_company("Other")), RunState.QUEUED, queued_at=clock() + timedelta(days=3))
    schedule.tick(now=clock())
    assert run.pk in tasks


def test_a_jump_back_does_not_delay_the_tick(clock):
    call_command("setup_schedules")
    Schedule.objects.update(next_run=clock() + timedelta(days=3))
    schedule.wake_tick(now=clock())
    assert Schedule.objects.get().next_run == clock()


def test_a_tick_that_is_due_soon_is_left_alone(clock):
    call_command("setup_schedules")
    soon = clock() + timedelta(minutes=1)
    Schedule.objects.update(next_run=soon)
    schedule.wake_tick(now=clock())
    assert Schedule.objects.get().next_run == soon


def test_an_interval_of_days_is_not_a_clock_jump(clock, tasks, settings):
    settings.SYNC_INTERVAL_SECONDS = 3 * 24 * 60 * 60
    make_connection(make_company("Seldom"), next_sync_at=clock() + timedelta(days=3))
    schedule.tick(now=clock())
    assert tasks == []


def test_a_heartbeat_from_the_future_does_not_count(db, clock):
    Heartbeat.objects.create(name="tick", beat_at=clock() + timedelta(days=3))
    assert not schedule.is_alive(clock())


def test_a_provider_that_asks_for_a_week_is_retried_after_twelve_hours(connection, provider, clock, tasks):
    provider.error = SourceUnavailable("Busy.", retry_after_seconds=7 * 24 * 3600)
    work(clock)
    connection.refresh_from_db()
    assert timedelta(hours=12) <= connection.next_sync_at - clock() < timedelta(hours=14)


def test_two_simultaneous_ticks_start_nothing_twice(many, clock, tasks):
    """The second tick works on what it read before the first one had begun."""
    due = schedule.due_connections(clock())
    schedule.tick(now=clock())
    for connection in due:
        services.request_sync(connection=connection, trigger=Trigger.SCHEDULED, now=clock())
    assert len(tasks) == len(set(tasks)) == 5


def test_a_run_with_two_tasks_is_worked_on_once(connection, provider, clock, tasks):
    runner.run_sync(tasks[0], clock=clock)
    windows = list(provider.windows)
    runner.run_sync(tasks[0], clock=clock)
    assert provider.windows == windows


def test_a_pay_run_whose_worker_died_continues(clock, monkeypatch):
    handed = []
    monkeypatch.setattr(pay_runs, "async_task", lambda path, run_id: handed.append((path, run_id)))
    company = make_company("Paying")
    day = clock().date()
    run = PayRun.objects.create(
        company=company,
        start_date=day - timedelta(days=7),
        end_date=day - timedelta(days=1),
        pay_date=day,
        state=PayRunState.RUNNING,
        attempt_count=1,
        worked_at=clock(),
        created_at=clock(),
    )
    schedule.tick(now=clock())
    assert handed == []
    clock.advance(minutes=5)
    schedule.tick(now=clock())
    assert handed == [(pay_runs.PAY_RUN_TASK, run.pk)]
