"""Which days a run reads."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sync import planning
from tests.make.records import pay_period_record

TODAY = date(2026, 11, 11)
PERIODS = [
    pay_period_record("1", date(2026, 9, 21), date(2026, 10, 4), is_closed=True),
    pay_period_record("2", date(2026, 10, 5), date(2026, 10, 18), is_closed=True),
    pay_period_record("3", date(2026, 10, 19), date(2026, 11, 1), is_closed=True),
    pay_period_record("4", date(2026, 11, 2), date(2026, 11, 15)),
]


def test_horizon_is_tomorrow_or_the_start_of_this_workweek():
    monday = date(2026, 11, 9)
    assert planning.horizon_end(today=TODAY, workweek_start=monday, leaves_out_current_week=True) == monday
    assert planning.horizon_end(today=TODAY, workweek_start=monday, leaves_out_current_week=False) == date(2026, 11, 12)


def test_a_period_that_begins_where_the_horizon_ends_has_not_begun():
    assert planning.recent_start(PERIODS, end=date(2026, 11, 2)) == date(2026, 9, 21)


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        (PERIODS, date(2026, 10, 5)),
        ([pay_period_record("0", date(2026, 6, 1), date(2026, 6, 14)), *PERIODS], date(2026, 6, 1)),
        (PERIODS[3:], date(2026, 11, 2)),
        ([], date(2026, 10, 12)),
        ([*PERIODS, pay_period_record("5", date(2026, 11, 16), date(2026, 11, 29))], date(2026, 10, 5)),
    ],
    ids=["two periods back", "an old open period", "few periods", "no periods", "a period to come"],
)
def test_recent_start(periods, expected):
    assert planning.recent_start(periods, date(2026, 11, 9)) == expected


def test_first_sync_reads_from_where_it_stands_to_the_horizon():
    plan = planning.first_sync_plan(start=date(2026, 10, 1), end=date(2026, 11, 9))
    assert plan.ranges == [(date(2026, 10, 1), date(2026, 11, 9))]


def test_start_date_after_the_horizon_reads_nothing():
    assert planning.first_sync_plan(start=date(2026, 11, 10), end=date(2026, 11, 9)).ranges == []


def test_since_reaches_back_but_never_below_the_start_date():
    asked = {"end": date(2026, 11, 9), "periods": PERIODS, "reread_cursor": None, "since_last": timedelta(hours=2)}
    assert planning.later_plan(start=date(2026, 1, 1), since=date(2026, 3, 1), **asked).ranges[0][0] == date(2026, 3, 1)
    assert planning.later_plan(start=date(2026, 8, 1), since=date(2026, 3, 1), **asked).ranges == [
        (date(2026, 8, 1), date(2026, 11, 9))
    ]


@given(days=st.integers(1, 4000), fails=st.lists(st.booleans(), min_size=14 * 12, max_size=14 * 12))
def test_all_history_is_reread_within_fourteen_days_of_which_two_may_fail(days, fails):
    start, end = date(2026, 11, 9) - timedelta(days=days), date(2026, 11, 9)
    cursor, seen, since_last, failed = None, set(), timedelta(hours=2), 0
    for fail in fails:
        plan = planning.later_plan(
            start=start, end=end, periods=PERIODS, reread_cursor=cursor, since_last=since_last, since=None
        )
        cursor = plan.reread_cursor
        if fail and failed < 24:
            failed, since_last = failed + 1, since_last + timedelta(hours=2)
            continue
        since_last = timedelta(hours=2)
        for window in plan.ranges:
            cursor = planning.reread_cursor_after(window, cursor=cursor)
            seen |= {window[0] + timedelta(days=offset) for offset in range((window[1] - window[0]).days)}
    assert seen == {start + timedelta(days=offset) for offset in range(days)}


def test_the_reread_continues_where_a_run_stopped_in_its_slice():
    asked = {"start": date(2020, 1, 1), "end": date(2026, 11, 9), "periods": PERIODS, "since": None}
    plan = planning.later_plan(**asked, reread_cursor=date(2021, 1, 1), since_last=timedelta(hours=6))
    assert plan.ranges[1] == (date(2021, 1, 1), date(2021, 2, 22))
    cursor = planning.reread_cursor_after((date(2021, 1, 1), date(2021, 1, 8)), cursor=date(2021, 1, 1))
    again = planning.later_plan(**asked, reread_cursor=cursor, since_last=timedelta(hours=8))
    assert again.ranges[1][0] == date(2021, 1, 8)


def test_the_reread_starts_over_once_it_has_reached_the_recent_days():
    asked = {"start": date(2020, 1, 1), "end": date(2026, 11, 9), "periods": PERIODS, "since": None}
    plan = planning.later_plan(**asked, reread_cursor=date(2026, 10, 5), since_last=timedelta(hours=6))
    assert plan.ranges[0][0] == date(2026, 10, 5)
    assert plan.ranges[1][0] == date(2020, 1, 1)


def test_days_of_several_ranges_are_summed():
    march = date(2026, 3, 1)
    assert planning.days_in([(march, march + timedelta(days=3)), (march, march + timedelta(days=4))]) == 7


@given(
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=3),
    sizes=st.lists(st.integers(1, 15), min_size=200, max_size=200),
)
def test_windows_cover_every_planned_day_once(lengths, sizes):
    day = date(2026, 1, 1)
    ranges = [(day + timedelta(days=100 * i), day + timedelta(days=100 * i + n)) for i, n in enumerate(lengths)]
    done, covered = 0, []
    for size in sizes:
        window = planning.window_at(ranges, done, size)
        if window is None:
            break
        covered += [window[0] + timedelta(days=offset) for offset in range((window[1] - window[0]).days)]
        done += (window[1] - window[0]).days
    assert covered == [start + timedelta(days=offset) for start, end in ranges for offset in range((end - start).days)]


@pytest.mark.parametrize(
    ("records", "days", "expected"),
    [(0, 7, 14), (10_000, 10, 5), (50_000, 7, 1), (100, 7, 14), (0, 92, 92), (100, 92, 92)],
)
def test_fitting_days_aims_at_half_the_limit(records, days, expected):
    assert planning.fitting_days(records=records, days=days, max_records=10_000) == expected


def test_days_to_be_read_again_come_behind_what_is_planned_and_near_ones_as_one_range():
    planned = [(date(2026, 11, 2), date(2026, 11, 9))]
    days = [date(2026, 11, 3), date(2026, 10, 20), date(2026, 10, 1), date(2026, 10, 8), date(2026, 9, 1)]
    assert planning.with_days(planned, days, start=date(2026, 9, 15), end=date(2026, 11, 9)) == [
        *planned,
        (date(2026, 10, 1), date(2026, 10, 9)),
        (date(2026, 10, 20), date(2026, 10, 21)),
    ]


def test_years_of_days_are_few_ranges():
    days = [date(2016, 1, 1) + timedelta(days=9 * number) for number in range(400)]
    assert len(planning.with_days([], days, start=date.min, end=date.max)) == 400
    days = [date(2016, 1, 1) + timedelta(days=8 * number) for number in range(450)]
    assert len(planning.with_days([], days, start=date.min, end=date.max)) == 1


def test_what_is_left_of_the_ranges_begins_behind_the_checkpoint():
    ranges = [(date(2026, 11, 2), date(2026, 11, 9)), (date(2026, 10, 1), date(2026, 10, 3))]
    assert planning.ranges_left(ranges, 0) == ranges
    assert planning.ranges_left(ranges, 3) == [(date(2026, 11, 5), date(2026, 11, 9)), ranges[1]]
    assert planning.ranges_left(ranges, 8) == [(date(2026, 10, 2), date(2026, 10, 3))]
    assert planning.ranges_left(ranges, 9) == []
