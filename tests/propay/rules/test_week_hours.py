"""Straight time, overtime, and double time of a workweek under each state's law (bonus.md 6.4, 11.10, 11.11)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from propay.rules.days import DayMinutes
from propay.rules.policies import OvertimePolicy
from propay.rules.week_hours import week_hours
from propay.rules.worker_status import WorkerStatus, WorkSchedule

MONDAY = date(2026, 11, 2)
CALIFORNIA = OvertimePolicy(state="CA")
FOUR_TENS = WorkSchedule(minutes=tuple((day, 600) for day in range(4)))


def week(hours, *, policy=CALIFORNIA, status=None, **more):
    parts = {}
    for place, value in enumerate(hours):
        day = MONDAY + timedelta(days=place)
        parts[day] = [DayMinutes(worker_id=1, work_date=day, minutes=int(Decimal(value) * 60), **more)]
    return week_hours(policy, parts, status or WorkerStatus())


def in_hours(found):
    return [str(Decimal(minutes) / 60) for minutes in (found.straight, found.overtime, found.double_time)]


def test_federal_hours_over_forty_are_overtime():
    assert in_hours(week([10] * 5, policy=OvertimePolicy())) == ["40", "10", "0"]


@pytest.mark.parametrize(
    ("worked", "expected"),
    [
        ([8] * 5, ["40", "0", "0"]),
        (["9.5"] * 4, ["32", "6", "0"]),
        ([13], ["8", "4", "1"]),
        ([8] * 6, ["40", "8", "0"]),
        ([10] * 6, ["40", "20", "0"]),
        ([8] * 7, ["40", "16", "0"]),
        ([1] * 7, ["6", "1", "0"]),
        ([5, 5, 5, 5, 5, 5, 10], ["30", "8", "2"]),
        ([8, 8, 8, 8, 8, 0, 10], ["40", "10", "0"]),
        ([8, "-0.5", 8], ["15.5", "0", "0"]),
        ([], ["0", "0", "0"]),
    ],
)
def test_california_has_overtime_by_the_day_the_seventh_day_and_the_week(worked, expected):
    assert in_hours(week(worked)) == expected


@pytest.mark.parametrize(
    ("worked", "expected"),
    [
        ([10, 10, 10, 10], ["40", "0", "0"]),
        ([10, 10, 10, 10, 9], ["40", "8", "1"]),
        ([13, 10, 10, 10], ["40", "2", "1"]),
        # A scheduled day may be short without making the others longer.
        ([5, 11], ["15", "1", "0"]),
        # Over 40, and the seventh day, as always.
        ([10, 10, 10, 10, 0, 1], ["40", "1", "0"]),
        ([1] * 7, ["4", "3", "0"]),
    ],
)
def test_a_schedule_moves_the_limit_of_its_days_and_makes_all_of_the_others_overtime(worked, expected):
    assert in_hours(week(worked, status=WorkerStatus(schedules=(FOUR_TENS,)))) == expected


def test_a_schedule_holds_from_its_first_day_until_it_ends():
    ends = WorkSchedule(from_date=MONDAY + timedelta(days=2))
    status = WorkerStatus(schedules=(FOUR_TENS, ends))
    assert in_hours(week([10, 10, 10, 10], status=status)) == ["36", "4", "0"]


def test_a_collective_agreement_leaves_the_federal_rule():
    status = WorkerStatus(schedules=(WorkSchedule(is_under_agreement=True),))
    assert in_hours(week([10] * 4, status=status)) == ["40", "0", "0"]
    assert week([10] * 4, status=status).is_federal


def test_alaska_has_overtime_by_the_day_and_no_double_time():
    assert in_hours(week([14, 10, 10, 10], policy=OvertimePolicy(state="AK"))) == ["32", "12", "0"]


@pytest.mark.parametrize(
    ("worked", "beyond", "overtime"),
    [
        # The greatest of over 12 a day, beyond 12 consecutive hours, and over 40 a week.
        ([13, 13], 0, "2"),
        ([10, 10], 60, "2"),
        ([13, 10], 90, "3"),
        ([13, 13, 13, 9], 0, "8"),
    ],
)
def test_colorado_takes_the_greatest_of_three(worked, beyond, overtime):
    assert in_hours(week(worked, policy=OvertimePolicy(state="CO"), beyond_consecutive=beyond))[1:] == [overtime, "0"]


@pytest.mark.parametrize(("wage", "overtime"), [("17.99", "8"), ("18.00", "0"), ("18.0001", "0"), (None, "8")])
def test_nevada_has_daily_overtime_below_a_wage(wage, overtime):
    found = week([10] * 4, policy=OvertimePolicy(state="NV"), wage=wage and Decimal(wage))
    assert in_hours(found)[1] == overtime


def test_a_federally_exempt_person_still_has_the_states_forty_hours():
    """Nevada above its wage, and Pennsylvania without a salary, have a week of 40 hours of their own."""
    for state in ("NV", "PA"):
        found = week([10] * 5, policy=OvertimePolicy(state=state), wage=Decimal("30.00"))
        assert (in_hours(found)[1], found.is_federal) == ("10", False)


def test_nevada_rule_begins_when_its_wage_did():
    before = date(2024, 6, 24)
    parts = {before: [DayMinutes(worker_id=1, work_date=before, minutes=600)]}
    assert week_hours(OvertimePolicy(state="NV"), parts).is_federal


def test_a_day_belongs_to_the_state_where_most_of_it_was_worked():
    def parts(texas):
        return {
            MONDAY: [
                DayMinutes(worker_id=1, work_date=MONDAY, minutes=300),
                DayMinutes(worker_id=1, work_date=MONDAY, minutes=texas, state="TX"),
            ]
        }

    assert in_hours(week_hours(CALIFORNIA, parts(240)))[1] == "1"
    assert in_hours(week_hours(CALIFORNIA, parts(301)))[1] == "0"


def test_hours_over_forty_go_to_the_latest_days():
    found = week([9, 9, 9, 9, 9])
    assert [day.overtime for day in found.days] == [60] * 5
    found = week([8] * 6, policy=OvertimePolicy())
    assert [day.overtime for day in found.days] == [0, 0, 0, 0, 0, 480]
