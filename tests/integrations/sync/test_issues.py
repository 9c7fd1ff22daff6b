"""Records that can't be imported."""

from datetime import date

import pytest

from integrations.models import RunState, SyncIssue
from protiv.timekeeping.records import SetAside
from tests.make.runs import ask, live, on, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit")]


def test_record_set_aside_makes_the_run_partial_and_the_next_good_read_fixes_it(synced, provider, clock):
    provider.set_aside["t-1"] = (date(2026, 11, 5), SetAside("time_record", "t-2026-11-05", "Minutes are missing."))
    ask(synced, clock)
    run = work(clock)
    assert (run.state, run.set_aside_count) == (RunState.PARTIAL, 1)
    assert SyncIssue.objects.get().reason == "Minutes are missing."
    assert "t-2026-11-05" in live()
    ask(synced, clock)
    assert work(clock).set_aside_count == 1
    assert SyncIssue.objects.count() == 1
    provider.set_aside.clear()
    ask(synced, clock)
    assert work(clock).state == RunState.SUCCEEDED
    assert SyncIssue.objects.get().mended_at == clock()


def test_time_of_an_unknown_person_waits_until_the_person_exists(synced, provider, clock):
    provider.add(on(date(2026, 11, 6), worker_external_id="p-9"))
    ask(synced, clock)
    assert work(clock).state == RunState.PARTIAL
    assert "t-2026-11-06" not in live()
    provider.people.append(provider.people[0].__class__("p-9", "", "New", "", "Hire", "", True, ""))
    ask(synced, clock)
    assert work(clock).state == RunState.SUCCEEDED
    assert "t-2026-11-06" in live()
