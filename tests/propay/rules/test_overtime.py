"""The overtime true-up (bonus.md 6). Days are written as hours from Monday, 2 November 2026, on."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from propay.rules.days import DayMinutes
from propay.rules.overtime import OvertimeResult, true_ups
from propay.rules.policies import OvertimePolicy, Policies, StateMethod
from propay.rules.true_up_trace import NO_HOURS
from propay.rules.worker_status import ALWAYS_EXEMPT, Statuses

MONDAY = date(2026, 11, 2)
FEDERAL = Policies()
FLAT_SUM = Policies((OvertimePolicy(state="CA"),))
PRODUCTION = Policies((OvertimePolicy(state="CA", method=StateMethod.PRODUCTION),))

Hours = Sequence[int | str]


def days(hours: Hours) -> dict[date, int]:
    return {MONDAY + timedelta(days=place): int(Decimal(value) * 60) for place, value in enumerate(hours)}


def time_of(worker_id: int, hours: Hours) -> list[DayMinutes]:
    return [DayMinutes(worker_id=worker_id, work_date=day, minutes=minutes) for day, minutes in days(hours).items()]


def one_worker(policies: Policies, bonus: str, worked: Hours, counted: Hours | None = None) -> OvertimeResult:
    own = time_of(1, worked if counted is None else counted)
    return true_ups(policies, {1: Decimal(bonus)}, counted=own, worked=time_of(1, worked))


def of_minutes(policies: Policies, bonus: str, minutes: Sequence[int]) -> OvertimeResult:
    """Worker 1 on the days from Monday on, to the minute; one hour of it is on the ProPay."""
    worked = [
        DayMinutes(worker_id=1, work_date=MONDAY + timedelta(days=place), minutes=value)
        for place, value in enumerate(minutes)
    ]
    return true_ups(policies, {1: Decimal(bonus)}, counted=time_of(1, [1]), worked=worked)


def figures(result: OvertimeResult) -> list[tuple[str, str]]:
    return [(str(week.federal), str(week.state_extra)) for week in result.true_ups]


# Workweeks


def test_weeks_are_never_averaged() -> None:
    result = one_worker(FEDERAL, "100.00", [10] * 5 + [0, 0] + [6] * 5)
    assert figures(result) == [("6.25", "0.00"), ("0.00", "0.00")]
    assert [str(week.bonus) for week in result.true_ups] == ["62.50", "37.50"]


def test_the_first_weekday_decides_which_hours_meet() -> None:
    worked = [0, 0, 0, 0, 0, 10, 10, 10, 10]
    from_saturday = Policies((OvertimePolicy(first_weekday=5),))
    assert [week.worked_minutes for week in one_worker(FEDERAL, "1.00", worked).true_ups] == [1200, 1200]
    assert [week.worked_minutes for week in one_worker(from_saturday, "1.00", worked).true_ups] == [2400]


# Spreading the bonus


def test_lead_without_time_on_the_propay_is_owed_for_overtime_elsewhere() -> None:
    bonuses = {2: Decimal("90.00")}
    result = true_ups(FEDERAL, bonuses, counted=time_of(1, [8]), worked=time_of(2, [9] * 5))
    assert figures(result) == [("5.00", "0.00")]


def test_bonus_with_no_week_at_all_is_not_trued_up_and_says_so() -> None:
    result = true_ups(FEDERAL, {1: Decimal("90.00"), 2: Decimal("0.00")}, counted=[], worked=[], names={1: "Ann"})
    assert result.true_ups == ()
    assert result.warnings == ("Ann has no workweek on this ProPay, so no overtime true-up is calculated.",)


def test_who_worked_in_none_of_its_weeks_earned_it_in_the_last_week_before() -> None:
    before = [DayMinutes(worker_id=2, work_date=MONDAY - timedelta(days=offset), minutes=600) for offset in range(3, 8)]
    result = true_ups(FEDERAL, {2: Decimal("100.00")}, counted=time_of(1, [8]), worked=before, names={2: "Ann"})
    assert [(str(week.week_start), str(week.federal)) for week in result.true_ups] == [("2026-10-26", "10.00")]
    assert "Ann worked in none of this ProPay's workweeks" in result.warnings[0]


def test_who_worked_in_none_of_its_weeks_or_before_has_no_true_up_and_it_says_so() -> None:
    after = [DayMinutes(worker_id=2, work_date=MONDAY + timedelta(days=7), minutes=3000)]
    result = true_ups(FEDERAL, {2: Decimal("90.00")}, counted=time_of(1, [8]), worked=after)
    assert (figures(result), len(result.warnings)) == ([], 1)


# Federal


def test_all_hours_count_and_never_only_those_of_the_job() -> None:
    assert figures(one_worker(FEDERAL, "60.00", [10] * 5, counted=[4])) == [("6.00", "0.00")]


def test_lunches_on_any_entry_lower_the_hours() -> None:
    worked = [*time_of(1, [9] * 5), *time_of(1, ["-0.5"] * 5)]
    result = true_ups(FEDERAL, {1: Decimal("85.00")}, counted=time_of(1, [1]), worked=worked)
    assert (result.true_ups[0].worked_minutes, result.true_ups[0].overtime_minutes) == (2550, 150)
    assert figures(result) == [("2.50", "0.00")]


def test_week_without_overtime_adds_nothing() -> None:
    assert figures(one_worker(FEDERAL, "500.00", [8] * 5)) == [("0.00", "0.00")]


@pytest.mark.parametrize("worked", [[], [0], ["-0.5"]])
@pytest.mark.parametrize("policies", [FEDERAL, FLAT_SUM, PRODUCTION])
def test_week_without_hours_adds_nothing(policies: Policies, worked: Hours) -> None:
    result = one_worker(policies, "50.00", worked, counted=[8])
    assert figures(result) == [("0.00", "0.00")]
    assert "total hours for the week of Nov 2, 2026 are lower" in result.warnings[0]


def test_exempt_worker_has_the_week_but_no_true_up() -> None:
    worked = time_of(1, [12] * 7)
    for policies in (FEDERAL, FLAT_SUM):
        result = true_ups(
            policies, {1: Decimal("50.00")}, counted=worked, worked=worked, statuses=Statuses({1: ALWAYS_EXEMPT})
        )
        assert (figures(result), str(result.true_ups[0].bonus)) == ([("0.00", "0.00")], "50.00")


def test_workers_come_by_id_then_week() -> None:
    bonuses = {10: Decimal(1), 9: Decimal(1)}
    counted = [*time_of(10, [1, 0, 0, 0, 0, 0, 0, 1]), *time_of(9, [1])]
    result = true_ups(FEDERAL, bonuses, counted=counted, worked=counted)
    assert [(week.worker_id, week.week_start.day) for week in result.true_ups] == [(9, 2), (10, 2), (10, 9)]


# California


def test_seven_days_are_those_of_the_workweek() -> None:
    worked = [0, 0, 1, 1, 1, 1, 1, 1, 1]
    assert one_worker(FLAT_SUM, "1.00", worked).true_ups[0].overtime_minutes == 0
    from_wednesday = Policies((OvertimePolicy(state="CA", first_weekday=2),))
    seventh = [week.overtime_minutes for week in one_worker(from_wednesday, "1.00", worked).true_ups]
    assert seventh == [60]


def test_flat_sum_weighs_double_time_by_two_and_divides_by_straight_time() -> None:
    result = one_worker(FLAT_SUM, "80.00", [14])
    # 80 / 8 × (1.5 × 4 + 2 × 2)
    assert figures(result) == [("0.00", "100.00")]
    assert result.true_ups[0].overtime_minutes == 6 * 60


def test_production_bonus_owes_the_premium_only_and_divides_by_all_hours() -> None:
    result = one_worker(PRODUCTION, "84.00", [14])
    # 84 / 14 × (0.5 × 4 + 1 × 2)
    assert figures(result) == [("0.00", "24.00")]


def test_flat_sum_without_straight_time_divides_by_all_hours() -> None:
    result = one_worker(FLAT_SUM, "20.00", [-8, 18], counted=[1])
    # Straight -8 + 8, overtime 4, double time 6 of 10 hours: 20 / 10 × (1.5 × 4 + 2 × 6)
    assert figures(result) == [("0.00", "36.00")]


@pytest.mark.parametrize(
    ("policies", "minutes", "state_extra"),
    [
        # A lunch of ten hours takes all that was worked away, but for overtime.
        (FLAT_SUM, [-600, 600], "0.00"),
        (PRODUCTION, [-600, 600], "0.00"),
        # One minute is left: 1 / 1 × 0.5 × 121.
        (PRODUCTION, [-600, 601], "60.50"),
        # One minute of it is straight time: 1 / 1 × 1.5 × 120.
        (FLAT_SUM, [-479, 600], "180.00"),
    ],
)
def test_california_divides_by_the_remaining_hours(
    policies: Policies, minutes: Sequence[int], state_extra: str
) -> None:
    assert figures(of_minutes(policies, "1.00", minutes)) == [("0.00", state_extra)]


def test_state_overtime_premium_is_what_the_state_adds_to_the_federal_figure() -> None:
    assert figures(one_worker(FLAT_SUM, "40.00", [10] * 5)) == [("4.00", "11.00")]
    assert figures(one_worker(PRODUCTION, "40.00", [10] * 5)) == [("4.00", "0.00")]


# The trace


def steps_of(result: OvertimeResult) -> dict[str, tuple[str, str]]:
    return {step.key.rpartition(".")[2]: (step.formula, step.result) for step in result.trace}


def test_trace_keeps_the_unrounded_figure() -> None:
    result = one_worker(FEDERAL, "50.00", ["8.6"] * 5)
    assert result.true_ups[0].exact_total == Fraction(75, 43)
    assert steps_of(result)["federal"] == ("0.5 × 50.00 / 43 h × 3 h", "1.744186…, rounded 1.74")


def test_trace_names_the_hours_of_each_day_and_what_the_bonus_adds_to_the_rate() -> None:
    steps = steps_of(one_worker(FEDERAL, "22.00", [10, 10, 10, 10, "8.5", "1.5"]))
    assert steps["hours"] == ("Mon 10 h + Tue 10 h + Wed 10 h + Thu 10 h + Fri 8:30 h + Sat 1:30 h", "50 h")
    assert steps["raised"] == ("22.00 / 50 h", "0.44, rounded 0.44 an hour")


@pytest.mark.parametrize("policies", [FEDERAL, FLAT_SUM])
@pytest.mark.parametrize(("minutes", "says_so"), [(-1, True), (0, True), (1, False)])
def test_trace_says_where_no_hours_were_worked(policies: Policies, minutes: int, says_so: bool) -> None:
    formulas = {step.formula for step in of_minutes(policies, "50.00", [minutes]).trace}
    assert formulas == {NO_HOURS} if says_so else NO_HOURS not in formulas


def test_steps_of_a_week_are_those_of_that_week() -> None:
    result = one_worker(FLAT_SUM, "50.00", [8] * 9)
    keys = [step.key for step in result.steps_of(1, MONDAY)]
    assert keys == [f"true_up.1.2026-11-02.{name}" for name in ("hours", "raised", "federal", "total")]


def test_trace_shows_the_states_total_beside_the_federal_figure_with_their_sources() -> None:
    result = one_worker(FLAT_SUM, "64.00", ["9.5"] * 4)
    steps = steps_of(result)
    assert steps["federal"][0] == "0.5 × 64.00 / 38 h × 0 h"
    assert steps["total"][0] == "64.00 / 32 h × (1.5 × 6 h + 2 × 0 h)"
    labels = " ".join(step.label for step in result.trace)
    assert "29 CFR 778.208" in labels
    assert "California true-up (includes federal; Labor Code 510" in labels
