"""A view that narrows between a run's lists and its windows: the lists are read again before anything is voided."""

from datetime import date, timedelta

import pytest

from integrations import runner, services
from integrations.models import RunState, SyncRun, Trigger
from integrations.providers.base import SourceUnavailable
from integrations.sync.source import source_of
from protiv.timekeeping import holds, ingest
from protiv.timekeeping.models import HeldEntry, HoldReason, TimeEntry, TimeEntryVersion
from tests.make.records import cost_code_record, job_record, worker_record
from tests.make.runs import live, on, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit")]
MONDAY = date(2026, 11, 2)


class Killed(BaseException):
    """The worker's process is gone: nothing of it runs any further."""


@pytest.fixture
def synced(connection, provider, clock):
    """Two people, two jobs, and two cost codes; less than what looks like lost access by its number."""
    provider.codes = [cost_code_record("c-1"), cost_code_record("c-2")]
    for offset in range(3):
        day = MONDAY + timedelta(days=offset)
        provider.add(
            on(day, f"mine-{offset}"),
            on(day, f"theirs-{offset}", worker_external_id="p-2"),
            on(day, f"far-{offset}", job_external_id="l-2"),
            on(day, f"coded-{offset}", cost_code_external_id="c-2"),
        )
    assert work(clock).state == RunState.SUCCEEDED
    connection.refresh_from_db()
    return connection


@pytest.fixture
def listed(provider, monkeypatch):
    """How often the lists were read."""
    calls = []
    workers = provider.workers

    def counted():
        calls.append(None)
        return workers()

    monkeypatch.setattr(provider, "workers", counted)
    return calls


def ask(connection, clock, **options):
    clock.advance(hours=2)
    services.request_sync(connection=connection, trigger=Trigger.MANUAL, now=clock(), **options)


def sync(connection, clock, **options):
    ask(connection, clock, **options)
    return work(clock)


def remove(provider, *prefixes):
    provider.time = {pk: one for pk, one in provider.time.items() if not pk.startswith(prefixes)}


def hide(provider, what):
    if what == "theirs":
        provider.people = [worker_record("p-1")]
    elif what == "far":
        provider.sites = [job_record("l-1")]
    else:
        provider.codes = [cost_code_record("c-1")]


def hide_before_windows(provider, monkeypatch, what):
    """Narrow the view when the lists of the next run are read and its first window is not."""
    periods = provider.pay_periods

    def narrow():
        read = periods()
        hide(provider, what)
        remove(provider, what)
        return read

    monkeypatch.setattr(provider, "pay_periods", narrow)


@pytest.mark.parametrize(("what", "reason"), [("theirs", "WORKER"), ("far", "JOB"), ("coded", "COST_CODE")])
def test_what_is_not_listed_by_the_second_listing_is_held(synced, provider, clock, monkeypatch, listed, what, reason):
    hide_before_windows(provider, monkeypatch, what)
    run = sync(synced, clock)
    assert (run.state, run.held_count, run.voided_count) == (RunState.PARTIAL, 3, 0)
    assert {one.reason for one in holds.held_of(source_of(synced))} == {reason}
    assert len(live()) == 12
    assert not TimeEntryVersion.objects.exists()
    assert len(listed) == 2


def test_what_was_deleted_in_the_same_window_is_still_voided(synced, provider, clock, monkeypatch):
    hide_before_windows(provider, monkeypatch, "theirs")
    remove(provider, "mine-1")
    run = sync(synced, clock)
    assert (run.held_count, run.voided_count) == (3, 1)
    assert set(TimeEntry.objects.exclude(voided_at=None).values_list("external_id", flat=True)) == {"mine-1"}


def test_many_entries_of_one_person_are_a_question_about_that_person(synced, provider, clock, monkeypatch):
    provider.add(*(on(MONDAY, f"theirs-too-{number}", worker_external_id="p-2") for number in range(40)))
    sync(synced, clock)
    hide_before_windows(provider, monkeypatch, "theirs")
    assert sync(synced, clock).held_count == 43
    assert set(HeldEntry.objects.values_list("reason", flat=True)) == {HoldReason.WORKER}


def test_days_that_the_run_read_before_are_read_again(synced, provider, clock, settings):
    """The view narrows after the first of three windows, in which everything was seen."""
    settings.SYNC_WINDOW_RECORDS = 8
    SyncRun.objects.update(days_per_window=1)
    provider.windows.clear()

    def narrow():
        if len(provider.windows) == 2:
            hide(provider, "theirs")
            remove(provider, "theirs")

    provider.on_window = narrow
    run = sync(synced, clock, since=MONDAY)
    assert (run.held_count, run.voided_count, len(live())) == (3, 0, 12)


def test_lists_are_read_once_where_nothing_is_gone(synced, provider, clock, listed):
    provider.add(on(MONDAY, "mine-0", minutes=30), on(MONDAY, "new"))
    run = sync(synced, clock)
    assert (run.added_count, run.changed_count, len(listed)) == (1, 1, 1)


def test_lists_are_read_once_where_all_that_is_missing_is_held_already(synced, provider, clock, listed):
    hide(provider, "theirs")
    remove(provider, "theirs")
    sync(synced, clock)
    listed.clear()
    assert sync(synced, clock).held_count == 3
    assert len(listed) == 1


@pytest.mark.parametrize("killed_at", ["workers", "jobs", "pay_periods"])
def test_a_worker_killed_before_the_second_listing_has_voided_nothing(
    synced, provider, clock, monkeypatch, killed_at, settings
):
    hide_before_windows(provider, monkeypatch, "theirs")
    remove(provider, "mine-1")
    read = getattr(provider, killed_at)

    def kill():
        if provider.windows:
            raise Killed
        return read()

    with monkeypatch.context() as patch:
        patch.setattr(provider, killed_at, kill)
        provider.windows.clear()
        ask(synced, clock)
        with pytest.raises(Killed):
            work(clock)
    assert len(live()) == 12
    clock.advance(seconds=settings.SYNC_LEASE_SECONDS + 1)
    run = work(clock)
    assert (run.state, run.held_count, run.voided_count) == (RunState.PARTIAL, 3, 1)


def test_a_worker_killed_after_the_second_listing_has_voided_nothing(synced, provider, clock, monkeypatch, settings):
    hide_before_windows(provider, monkeypatch, "theirs")
    remove(provider, "mine-1")
    store = ingest.store_window

    def killed(*args, lists_are_newer, **options):
        if lists_are_newer:
            raise Killed
        return store(*args, lists_are_newer=lists_are_newer, **options)

    ask(synced, clock)
    with monkeypatch.context() as patch:
        patch.setattr(ingest, "store_window", killed)
        with pytest.raises(Killed):
            work(clock)
    assert len(live()) == 12
    clock.advance(seconds=settings.SYNC_LEASE_SECONDS + 1)
    run = work(clock)
    assert (run.state, run.held_count, run.voided_count) == (RunState.PARTIAL, 3, 1)


def test_a_second_listing_that_fails_voids_nothing(synced, provider, clock, monkeypatch):
    remove(provider, "mine-1")
    workers = provider.workers

    def fail():
        if provider.windows:
            raise SourceUnavailable("Down.")
        return workers()

    monkeypatch.setattr(provider, "workers", fail)
    provider.windows.clear()
    run = sync(synced, clock)
    assert (run.state, run.voided_count, len(live())) == (RunState.FAILED, 0, 12)


def test_a_worker_that_lost_its_lease_at_the_second_listing_commits_nothing(synced, provider, clock, monkeypatch):
    remove(provider, "mine-1")
    workers = provider.workers

    def lose():
        if provider.windows:
            SyncRun.objects.filter(state=RunState.RUNNING).update(lease_token=99)
        return workers()

    monkeypatch.setattr(provider, "workers", lose)
    provider.windows.clear()
    ask(synced, clock)
    run = SyncRun.objects.latest("pk")
    runner.run_sync(run.pk, clock=clock)
    run.refresh_from_db()
    assert (run.state, run.voided_count, len(live())) == (RunState.RUNNING, 0, 12)
