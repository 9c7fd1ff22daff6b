"""How many days are read at a time."""

from datetime import date, timedelta

import pytest

from integrations.models import RunState
from tests.make.runs import live, on, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit")]


def test_windows_shrink_where_a_window_holds_too_many_records(connection, provider, clock, settings):
    settings.SYNC_WINDOW_RECORDS = 10
    for day in range(14):
        provider.add(*(on(date(2026, 10, 1) + timedelta(days=day), f"t-{day}-{n}") for n in range(8)))
    assert work(clock).state == RunState.SUCCEEDED
    assert len(live()) == 14 * 8


def test_a_day_with_too_many_records_for_a_window_is_still_read(connection, provider, clock, settings):
    settings.SYNC_WINDOW_RECORDS = 10
    provider.add(*(on(date(2026, 10, 5), f"t-{n}") for n in range(25)))
    assert work(clock).state == RunState.SUCCEEDED
    assert len(live()) == 25
