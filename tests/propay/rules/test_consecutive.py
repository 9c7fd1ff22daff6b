"""Minutes beyond so many consecutive hours (bonus.md 11.11; COMPS Order rule 4.1.1)."""

from datetime import date, datetime, timedelta

import pytest

from propay.rules.consecutive import beyond_consecutive
from propay.rules.days import DayMinutes

SIX = datetime.fromisoformat("2026-11-02T18:00")
MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


def clocked(start, hours, *days):
    parts = [DayMinutes(worker_id=1, work_date=day, minutes=minutes) for day, minutes in days]
    return (start, start + timedelta(hours=hours), parts)


def beyond(*entries):
    return [(day.work_date.day, day.beyond_consecutive) for day in beyond_consecutive(entries, 720)]


def test_hours_after_the_twelfth_are_on_the_day_on_which_they_fall():
    assert beyond(clocked(SIX, 16, (MONDAY, 360), (TUESDAY, 600))) == [(2, 0), (3, 240)]


@pytest.mark.parametrize(("gap", "found"), [(60, 60), (61, 0)])
def test_a_meal_interrupts_no_run_and_counts_nothing(gap, found):
    first = clocked(SIX, 6, (MONDAY, 360))
    second = clocked(first[1] + timedelta(minutes=gap), 7, (TUESDAY, 420))
    assert beyond(second, first)[1] == (3, found)


def test_only_the_minutes_that_an_entry_says_count():
    assert beyond(clocked(SIX, 16, (MONDAY, 360), (TUESDAY, 370))) == [(2, 0), (3, 10)]
