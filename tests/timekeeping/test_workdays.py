"""To which workday the minutes of an entry belong (bonus.md 10.1)."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protiv.timekeeping.workdays import Workdays

NEW_YORK = ZoneInfo("America/New_York")
SUNDAY, MONDAY, TUESDAY = date(2026, 11, 8), date(2026, 11, 9), date(2026, 11, 10)


def parts(minutes, start, stop, *, day=SUNDAY, workday_start=time(0), zone=None):
    stretch = (datetime.fromisoformat(start), datetime.fromisoformat(stop)) if start else None
    workdays = Workdays(starts=() if workday_start is None else (workday_start,), zone=zone)
    return [(part, own) for part, _begins, own in workdays.divide(minutes, work_date=day, stretch=stretch)]


@pytest.mark.parametrize(
    ("minutes", "start", "stop", "workday_start", "expected"),
    [
        (480, None, None, time(0), [(SUNDAY, 480)]),
        (480, "2026-11-08T21:00", "2026-11-09T05:00", None, [(SUNDAY, 480)]),
        (480, "2026-11-08T21:00", "2026-11-09T05:00", time(0), [(SUNDAY, 180), (MONDAY, 300)]),
        (480, "2026-11-08T21:00", "2026-11-09T05:00", time(6), [(SUNDAY, 480)]),
        (480, "2026-11-08T21:00", "2026-11-09T05:00", time(12), [(SUNDAY, 480)]),
        # The hours after midnight are still Sunday's where the workday begins at six.
        (120, "2026-11-09T03:00", "2026-11-09T05:00", time(6), [(SUNDAY, 120)]),
        (180, "2026-11-09T04:00", "2026-11-09T07:00", time(6), [(SUNDAY, 120), (MONDAY, 60)]),
        # On the boundary nothing is left for the day before or after.
        (180, "2026-11-08T21:00", "2026-11-09T00:00", time(0), [(SUNDAY, 180)]),
        (300, "2026-11-09T00:00", "2026-11-09T05:00", time(0), [(MONDAY, 300)]),
        # A break that the entry doesn't say where: at most its own minutes come before, the rest after.
        (450, "2026-11-08T21:00", "2026-11-09T05:00", time(0), [(SUNDAY, 180), (MONDAY, 270)]),
        (150, "2026-11-08T21:00", "2026-11-09T05:00", time(0), [(SUNDAY, 150)]),
        (600, "2026-11-08T21:00", "2026-11-09T05:00", time(0), [(SUNDAY, 180), (MONDAY, 420)]),
        # Over two boundaries.
        (1800, "2026-11-08T21:00", "2026-11-10T03:00", time(0), [(SUNDAY, 180), (MONDAY, 1440), (TUESDAY, 180)]),
        # A lunch that is taken away is divided in the same way.
        (-60, "2026-11-08T23:30", "2026-11-09T00:30", time(0), [(SUNDAY, -30), (MONDAY, -30)]),
        (0, "2026-11-08T21:00", "2026-11-09T05:00", time(0), []),
        # Seconds that don't fill a minute stay after the boundary.
        (61, "2026-11-08T23:58:30", "2026-11-09T00:59:30", time(0), [(SUNDAY, 1), (MONDAY, 60)]),
    ],
)
def test_an_entry_is_divided_where_a_workday_begins(minutes, start, stop, workday_start, expected):
    assert parts(minutes, start, stop, workday_start=workday_start) == expected


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [
        # The rule book's own example: clocks go forward at 2:00 on March 8.
        ("2026-03-07T22:00", "2026-03-08T08:00", [420, 120]),
        # Clocks go back at 2:00 on November 1.
        ("2026-10-31T22:00", "2026-11-01T08:00", [540, 120]),
    ],
)
def test_minutes_are_those_that_passed_in_the_night_when_clocks_change(start, stop, expected):
    found = parts(sum(expected), start, stop, workday_start=time(6), zone=NEW_YORK)
    assert [minutes for _day, minutes in found] == expected


@given(
    start=st.datetimes(datetime(2026, 10, 25), datetime(2026, 11, 8)).map(  # noqa: DTZ001  # local
        lambda at: at.replace(second=0, microsecond=0)
    ),
    length=st.integers(1, 2 * 24 * 60),
    hour=st.integers(0, 23),
    zone=st.sampled_from([None, NEW_YORK]),
)
def test_the_division_is_that_of_a_count_minute_by_minute(start, length, hour, zone):
    """An entry whose minutes are all that passed between its start and its stop."""
    zone_of_count = zone or UTC
    first = start.replace(tzinfo=zone_of_count).astimezone(UTC)
    counted = Counter()
    for minute in range(length):
        local = (first + timedelta(minutes=minute)).astimezone(zone_of_count)
        counted[local.date() - timedelta(days=local.hour < hour)] += 1
    stop = (first + timedelta(minutes=length)).astimezone(zone_of_count).replace(tzinfo=None)
    workdays = Workdays(starts=(time(hour),), zone=zone)
    found = workdays.divide(length, work_date=start.date(), stretch=(start, stop))
    assert {day: minutes for day, _begins, minutes in found} == counted
