"""Policies over time, and the workweeks that they make (bonus.md 10.1, 11.4)."""

from datetime import date, datetime, time, timedelta

import pytest

from propay.rules.days import DayMinutes
from propay.rules.policies import Calendar, OvertimePolicy, Policies, Week, next_first_day, week_start_of
from protiv.timekeeping.workdays import Workdays

MONDAY, THURSDAY = date(2026, 11, 2), date(2026, 11, 5)
FROM_THURSDAY = Policies((OvertimePolicy(), OvertimePolicy(from_date=THURSDAY, first_weekday=3)))
FROM_NOON = Policies((OvertimePolicy(), OvertimePolicy(from_date=MONDAY, workday_start=time(12))))


def part(day, begins=None):
    return DayMinutes(worker_id=1, work_date=day, minutes=60, begins=begins)


def week_of(calendar: Calendar, day, begins=None):
    return calendar.week_and_day(part(day, begins))[0]


@pytest.mark.parametrize(
    ("day", "first_weekday", "start"),
    [
        (date(2026, 11, 2), 0, date(2026, 11, 2)),
        (date(2026, 11, 8), 0, date(2026, 11, 2)),
        (date(2026, 11, 8), 6, date(2026, 11, 8)),
        (date(2026, 11, 7), 6, date(2026, 11, 1)),
        (date(2027, 1, 1), 2, date(2026, 12, 30)),
    ],
)
def test_week_starts_where_the_company_says(day, first_weekday, start):
    assert week_start_of(day, first_weekday) == start


@pytest.mark.parametrize(("day", "found"), [(2, 5), (5, 5), (6, 12)])
def test_the_next_possible_first_day_is_named(day, found):
    assert next_first_day(date(2026, 11, day), 3) == date(2026, 11, found)


def test_a_policy_begins_on_the_first_day_of_its_own_workweek():
    with pytest.raises(ValueError, match="starts on 2026-11-05"):
        Policies((OvertimePolicy(), OvertimePolicy(from_date=MONDAY, first_weekday=3)))


def test_a_policy_waits_until_the_old_week_of_the_one_before_is_over():
    two_days_later = OvertimePolicy(from_date=date(2026, 11, 7), first_weekday=5)
    with pytest.raises(ValueError, match="middle of a workweek"):
        Policies((*FROM_THURSDAY.rows, two_days_later))


@pytest.mark.parametrize("rows", [(), (OvertimePolicy(from_date=MONDAY),), (OvertimePolicy(), OvertimePolicy())])
def test_only_the_first_policy_applies_from_the_beginning(rows):
    with pytest.raises(ValueError, match="policy"):
        Policies(rows)


def test_whole_weeks_reach_from_the_first_to_the_last():
    wednesday, sunday, tuesday = date(2026, 11, 4), date(2026, 11, 8), date(2026, 11, 17)
    assert Policies().whole_weeks([tuesday, wednesday]) == (MONDAY, date(2026, 11, 22))
    assert Policies().whole_weeks([sunday]) == (MONDAY, sunday)


def test_whole_weeks_include_both_weeks_of_a_change():
    assert FROM_THURSDAY.whole_weeks([MONDAY]) == (MONDAY, date(2026, 11, 11))
    assert FROM_THURSDAY.whole_weeks([date(2026, 11, 10)]) == (MONDAY, date(2026, 11, 11))


def ways(policies, *days):
    """The calendars that are tried, the first of which has the hours in the old week."""
    tried = []
    policies.greatest(days, lambda calendar: tried.append(calendar) or len(tried), lambda _way: 0)
    return tried


def test_the_overlap_of_two_weeks_is_all_in_the_old_or_all_in_the_new_one():
    old_first, new_first = ways(FROM_THURSDAY, part(THURSDAY))
    days = [MONDAY + timedelta(days=offset) for offset in range(10)]

    assert [week_of(old_first, day).policy for day in days] == [0] * 7 + [1] * 3
    assert [week_of(new_first, day).policy for day in days] == [0] * 3 + [1] * 7
    assert {week_of(new_first, day).start for day in days} == {MONDAY, THURSDAY}
    assert old_first.days_of(Week(THURSDAY, 1)) == days[7:]
    assert new_first.days_of(Week(MONDAY, 0)) == days[:3]


def test_the_way_that_is_worth_more_is_taken_and_the_old_week_if_they_are_equal():
    def take(worth):
        found = FROM_THURSDAY.greatest([part(THURSDAY)], lambda calendar: calendar, worth)
        return week_of(found, THURSDAY).policy

    assert take(lambda calendar: week_of(calendar, THURSDAY).policy) == 1
    assert take(lambda calendar: -week_of(calendar, THURSDAY).policy) == 0
    assert take(lambda _calendar: 1) == 0


def test_far_from_the_change_there_is_one_way():
    assert len(ways(FROM_THURSDAY, part(date(2026, 10, 28)), part(date(2026, 11, 13)))) == 1


def test_a_policy_that_begins_with_a_week_of_the_old_one_divides_nothing():
    policies = Policies((OvertimePolicy(), OvertimePolicy(from_date=MONDAY, state="CA")))
    (calendar,) = ways(policies, part(MONDAY))
    assert week_of(calendar, MONDAY) == Week(MONDAY, 1)
    assert week_of(calendar, date(2026, 11, 1)) == Week(date(2026, 10, 26), 0)


def test_a_new_hour_moves_the_hours_before_it_to_the_day_before():
    old_first, new_first = ways(FROM_NOON, part(MONDAY, time(12)))
    next_morning = part(date(2026, 11, 9), time(0))

    assert new_first.week_and_day(next_morning) == (Week(MONDAY, 1), date(2026, 11, 8))
    assert old_first.week_and_day(next_morning) == (Week(MONDAY, 1), date(2026, 11, 8))
    assert week_of(new_first, MONDAY, time(0)) == Week(MONDAY, 0)
    assert week_of(new_first, MONDAY, time(12)) == Week(MONDAY, 1)
    assert week_of(old_first, MONDAY, time(12)) == Week(MONDAY, 0)


def test_workdays_have_both_hours_only_where_the_hour_changes():
    midnight, noon = time(0), time(12)
    before, after = date(2026, 10, 1), date(2026, 12, 1)

    assert FROM_NOON.workdays((before, before), None) == Workdays(starts=(midnight,))
    assert FROM_NOON.workdays((after, after), None) == Workdays(starts=(noon,))
    assert (
        FROM_NOON.workdays((before, after), None) == FROM_NOON.workdays(None, None) == Workdays(starts=(midnight, noon))
    )


def test_every_week_between_two_is_listed():
    calendar = FROM_THURSDAY.calendar()
    weeks = calendar.weeks(Week(MONDAY, 0), Week(date(2026, 11, 19), 1))
    assert [str(week.start) for week in weeks] == ["2026-11-02", "2026-11-05", "2026-11-12", "2026-11-19"]


def test_days_of_a_moment_are_those_of_the_clock():
    workdays = Workdays(starts=(time(0), time(12)))
    stretch = (datetime.fromisoformat("2026-11-02T20:00"), datetime.fromisoformat("2026-11-03T14:00"))
    parts = list(workdays.divide(1080, work_date=MONDAY, stretch=stretch))
    tuesday = date(2026, 11, 3)
    assert parts == [(MONDAY, time(12), 240), (tuesday, time(0), 720), (tuesday, time(12), 120)]
