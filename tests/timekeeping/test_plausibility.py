"""Time that is probably a mistake (bonus.md 10.8)."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protiv.timekeeping.plausibility import CheckedEntry, FindingKind, implausible
from protiv.timekeeping.workdays import Workdays

MONDAY = date(2026, 11, 2)
TODAY = date(2026, 11, 30)
MIDNIGHT = time(0)


def entry(entry_id, day=0, minutes=480, clock="", worker_id=1):
    """An entry `day` days after Monday, maybe with a clock: `7:00-15:30`."""
    work_date = MONDAY + timedelta(days=day)
    start, stop = (
        datetime.combine(work_date, time(*map(int, one.split(":")))) if one else None
        for one in (clock.split("-") if clock else ("", ""))
    )
    if start and stop and stop < start:
        stop += timedelta(days=1)
    return CheckedEntry(entry_id, worker_id, work_date, minutes, start, stop)


def findings_in(entries, *, today=TODAY, starts=MIDNIGHT):
    workdays = Workdays(starts=(starts,))
    return implausible(entries, today=today, week_start=lambda day: day - timedelta(day.weekday()), workdays=workdays)


def found(*entries, today=TODAY):
    return [(one.kind, one.entry_ids) for one in findings_in(entries, today=today)]


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([entry(1, minutes=960)], id="16 hours in one entry"),
        pytest.param([entry(1, minutes=720), entry(2, minutes=720)], id="24 hours on one day"),
        pytest.param([entry(1, minutes=960), entry(2, minutes=510), entry(3, minutes=-30)], id="24 hours less lunch"),
        pytest.param([entry(day, day, 857) for day in range(7)], id="just below 100 hours a week"),
        pytest.param([entry(day, day, 900) for day in (-3, -2, -1, 0, 1, 2, 3)], id="100 hours over two workweeks"),
        pytest.param([entry(1, clock="7:00-12:00"), entry(2, clock="12:00-15:00")], id="touching edges"),
        pytest.param([entry(1, clock="7:00-15:00"), entry(2, clock="9:00-9:00")], id="a punch of zero length"),
        pytest.param(
            [entry(1, clock="9:00-9:00", minutes=0), entry(2, clock="9:00-9:00", minutes=0)], id="two of them"
        ),
        pytest.param([entry(1, clock="7:00-15:00"), entry(2, clock="11:00-11:30", minutes=-30)], id="automatic lunch"),
        pytest.param([entry(1, clock="7:00-15:00"), entry(2, clock="7:00-15:00", worker_id=2)], id="two people"),
        pytest.param([entry(1, clock="22:00-6:00"), entry(2, 1, clock="6:00-10:00")], id="after a night shift"),
        pytest.param([entry(1), entry(2)], id="blocks of hours without a clock"),
    ],
)
def test_plausible_time_is_not_pointed_out(entries):
    assert found(*entries) == []


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param([entry(1, minutes=961)], [("LONG_ENTRY", (1,))], id="more than 16 hours in one entry"),
        pytest.param(
            [entry(1, minutes=900), entry(2, minutes=541)], [("LONG_DAY", (1, 2))], id="more than 24 hours on one day"
        ),
        pytest.param(
            [entry(day, day, 858) for day in range(7)],
            [("LONG_WEEK", tuple(range(7)))],
            id="more than 100 hours a week",
        ),
        pytest.param(
            [entry(1, clock="7:00-12:00"), entry(2, clock="11:59-15:00")], [("OVERLAP", (1, 2))], id="a minute over"
        ),
        pytest.param(
            [entry(1, clock="22:00-6:00"), entry(2, 1, clock="5:00-9:00")], [("OVERLAP", (1, 2))], id="past midnight"
        ),
        pytest.param(
            [entry(1, clock="6:00-16:00"), entry(2, clock="7:00-8:00"), entry(3, clock="9:00-10:00")],
            [("OVERLAP", (1, 2)), ("OVERLAP", (1, 3))],
            id="one around two",
        ),
        pytest.param(
            [entry(1, clock="7:00-12:00"), entry(2, clock="7:00-12:00"), entry(3, clock="7:00-12:00")],
            [("TWICE", (1, 2, 3))],
            id="the same three times",
        ),
        pytest.param([entry(1, 29)], [("FUTURE", (1,))], id="tomorrow"),
    ],
)
def test_implausible_time_is_pointed_out_with_its_entries(entries, expected):
    today = TODAY if expected[0][0] != "FUTURE" else MONDAY + timedelta(days=28)
    assert found(*entries, today=today) == expected


stretches = st.lists(
    st.tuples(st.integers(1, 2), st.integers(0, 300), st.integers(0, 120)).map(
        lambda one: (one[0], datetime.combine(MONDAY, time()) + timedelta(minutes=one[1]), one[2])
    ),
    max_size=12,
)


@given(stretches)
def test_the_entries_that_overlap_any_other_are_exactly_those_pointed_out(given_stretches):
    entries = [
        CheckedEntry(number, worker_id, MONDAY, length, start, start + timedelta(minutes=length))
        for number, (worker_id, start, length) in enumerate(given_stretches)
    ]
    expected = {
        one.entry_id
        for one in entries
        for other in entries
        if one is not other
        and one.worker_id == other.worker_id
        and one.minutes
        and other.minutes
        and one.start < other.stop
        and other.start < one.stop
    }

    findings = findings_in(entries)

    pointed_out = [one for one in findings if one.kind in (FindingKind.OVERLAP, FindingKind.TWICE)]
    assert {entry_id for one in pointed_out for entry_id in one.entry_ids} == expected
    assert len(pointed_out) <= len(entries)


@pytest.mark.parametrize(
    ("starts", "expected"),
    [pytest.param(MIDNIGHT, [], id="from midnight"), pytest.param(time(6), [MONDAY], id="from 6:00")],
)
def test_the_week_of_100_hours_begins_at_the_hour_of_the_workweek(starts, expected):
    """Seven shifts from 15:34 to 6:00: the last hours of the seventh are on Monday, but before 6:00."""
    shifts = [entry(day, day, 866, "15:34-6:00") for day in range(7)]

    findings = findings_in(shifts, starts=starts)

    weeks = [one for one in findings if one.kind == FindingKind.LONG_WEEK]
    assert [(one.week_start, one.minutes) for one in weeks] == [(start, 7 * 866) for start in expected]
