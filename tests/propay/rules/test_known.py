"""Which days of a workweek aren't known, and what is asked for them (bonus.md 10.3)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from propay.rules.known import IncompleteWeek, KnownDates, TypedHours, incomplete_weeks, spans
from propay.rules.overtime import TrueUp
from propay.rules.policies import Policies

MONDAY = date(2026, 9, 28)
WEEK = [MONDAY + timedelta(day) for day in range(7)]


@pytest.mark.parametrize(
    ("start", "end", "unknown"),
    [
        (MONDAY, None, []),
        (MONDAY - timedelta(30), None, []),
        (WEEK[3], None, WEEK[:3]),
        (WEEK[6], None, WEEK[:6]),
        (MONDAY, MONDAY + timedelta(7), []),
        (MONDAY, WEEK[5], WEEK[5:]),
        (WEEK[2], WEEK[5], [*WEEK[:2], *WEEK[5:]]),
        # Of a week without any known day nothing is paid by these hours.
        (MONDAY + timedelta(7), None, []),
        (MONDAY - timedelta(30), MONDAY, []),
    ],
)
def test_unknown_days_are_those_outside_of_what_is_imported(start, end, unknown):
    assert list(KnownDates(start=start, end=end).unknown_days(MONDAY)) == unknown


@pytest.mark.parametrize(
    ("start", "end", "cuts"),
    [(MONDAY, None, False), (WEEK[1], None, True), (MONDAY, MONDAY + timedelta(14), False), (MONDAY, WEEK[6], True)],
)
def test_a_week_is_cut_where_the_imported_time_begins_or_ends_within_it(start, end, cuts):
    assert KnownDates(start=start, end=end).cuts_weeks(Policies()) is cuts


def test_one_number_is_asked_for_each_run_of_days_or_for_each_day():
    days = [*WEEK[:2], *WEEK[5:]]
    assert spans(days, by_day=False) == [(WEEK[0], WEEK[1]), (WEEK[5], WEEK[6])]
    assert spans(days, by_day=True) == [(day, day) for day in days]


def test_a_week_is_answered_once_each_of_its_days_has_a_number():
    typed = (
        TypedHours(worker_id=1, first_date=WEEK[0], last_date=WEEK[1], minutes=600),
        TypedHours(worker_id=1, first_date=WEEK[2], last_date=WEEK[2], minutes=0),
    )
    week = IncompleteWeek(worker_id=1, week_start=MONDAY, days=tuple(WEEK[:3]), typed=typed)
    assert (week.is_answered, week.typed_minutes) == (True, 600)
    assert not IncompleteWeek(worker_id=1, week_start=MONDAY, days=tuple(WEEK[:3]), typed=typed[:1]).is_answered


def test_what_was_entered_counts_only_while_none_of_its_days_is_imported():
    typed = TypedHours(worker_id=1, first_date=WEEK[0], last_date=WEEK[2], minutes=600)
    assert typed.is_outside(KnownDates(start=WEEK[3]))
    assert not typed.is_outside(KnownDates(start=WEEK[2]))


def true_up(worker_id: int, bonus: int) -> TrueUp:
    zero = Decimal("0.00")
    return TrueUp(
        worker_id=worker_id,
        week_start=MONDAY,
        exact_bonus=Fraction(bonus),
        bonus=Decimal(bonus),
        worked_minutes=960,
        overtime_minutes=0,
        exact_total=Fraction(0),
        federal=zero,
        state_extra=zero,
    )


def test_weeks_without_a_bonus_and_people_of_whom_nothing_is_known_are_not_marked():
    known = {1: KnownDates(start=WEEK[3]), 2: KnownDates(start=WEEK[3])}
    found = incomplete_weeks([true_up(1, 80), true_up(2, 0), true_up(3, 80)], known, [])
    assert [(week.worker_id, len(week.days), week.last_day) for week in found] == [(1, 3, WEEK[6])]
