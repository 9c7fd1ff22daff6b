"""The tick under load, after losses, and when the clock jumps."""

from datetime import timedelta

import pytest
from django_q.models import OrmQ

from integrations import lease, runner, schedule, services
from integrations.base import SourceUnavailable
from integrations.models import Heartbeat, RunState, SyncRun, Trigger
from tests.factories import make_company
from tests.integrations.pages import make_connection, make_run
from tests.integrations.runs import work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit")]


@pytest.fixture
def many(clock, tasks):
    """Five companies whose syncs are due, each a minute longer than the one before."""
    return [
        make_connection(make_company(f"Company {number}"), next_sync_at=clock() - timedelta(minutes=number))
        for number in range(5)
    ]


def test_a_tick_takes_the_longest_overdue_and_leaves_the_rest_to_the_next(many, clock, tasks, monkeypatch):
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


@pytest.mark.parametrize(("left", "requeued"), [(0, 5), (3, 2), (5, 0)])
def test_runs_whose_tasks_are_gone_from_the_queue_get_new_ones(many, clock, tasks, left, requeued):
    schedule.tick(now=clock())
    OrmQ.objects.bulk_create(OrmQ(key="protiv", payload="x", lock=clock()) for _ in range(left))
    del tasks[:]
    clock.advance(minutes=11)
    schedule.tick(now=clock())
    assert len(tasks) == requeued


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


def test_a_heartbeat_from_the_future_is_no_sign_of_life(db, clock):
    Heartbeat.objects.create(name="tick", beat_at=clock() + timedelta(days=3))
    assert not schedule.is_alive(clock())


def test_a_provider_that_asks_for_a_week_is_asked_again_after_twelve_hours(connection, provider, clock, tasks):
    provider.error = SourceUnavailable("Busy.", retry_after_seconds=7 * 24 * 3600)
    work(clock)
    connection.refresh_from_db()
    assert timedelta(hours=12) <= connection.next_sync_at - clock() < timedelta(hours=14)


def test_two_ticks_at_once_start_nothing_twice(many, clock, tasks):
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
