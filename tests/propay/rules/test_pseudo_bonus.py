"""Bonuses that may be wages under another name (bonus.md 6; 29 CFR 778.502-.503)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from propay.cases import solving
from propay.rules.budgets import Budget, BudgetType, TaskLine
from propay.rules.days import DayMinutes
from propay.rules.overtime import true_ups
from propay.rules.policies import Policies
from propay.rules.pseudo_bonus import (
    PseudoBonusCode,
    PseudoBonusWarning,
    WorkerWeek,
    pseudo_bonus_warnings,
    signs_of,
    weeks_with_bonus,
)
from propay.rules.terms import Terms
from tests.make.cases import adjust, case, entry, fixed, in_hours, percents

MONDAY = date(2026, 11, 2)


def week(place: int, hours: int, wages: str | None, bonus: str, **more: Any) -> WorkerWeek:
    """The workweek at `place`; half of its hours on ProPays, of which the crew doesn't get everything."""
    terms: dict[str, Any] = {
        "worker_id": "a",
        "week_start": MONDAY + timedelta(weeks=place),
        "worked_minutes": hours * 60,
        "propay_minutes": hours * 30,
        "wages_amount": None if wages is None else Decimal(wages),
        "bonus_amount": Decimal(bonus),
        "overtime_minutes": max(hours - 40, 0) * 60,
        "fixed_budget": False,
        "overtime_cost": False,
    }
    return WorkerWeek(**(terms | more))


def found(rows: Sequence[WorkerWeek]) -> list[tuple[str, str, list[int], str]]:
    """Code, worker, places of the weeks, amount."""
    return [
        (
            warning.code.value,
            str(warning.worker_id),
            [(start - MONDAY).days // 7 for start in warning.weeks],
            str(warning.amount),
        )
        for warning in pseudo_bonus_warnings(rows)
    ]


# The same total every week

# The regulation's own illustration: $300 a week, called $4.80 an hour, $7.20 over 40 hours, and a bonus.
ILLUSTRATION = [week(0, 40, "192.00", "108.00"), week(1, 45, "228.00", "72.00"), week(2, 50, "264.00", "36.00")]


def test_illustration_of_the_regulation_is_a_pseudo_bonus() -> None:
    assert found(ILLUSTRATION) == [("SAME_WEEKLY_TOTAL", "a", [0, 1, 2], "300.00")]


def test_a_week_without_a_bonus_belongs_to_the_run() -> None:
    rows = [*ILLUSTRATION, week(3, 55, "300.00", "0.00")]
    assert found(rows) == [("SAME_WEEKLY_TOTAL", "a", [0, 1, 2, 3], "300.00")]


@pytest.mark.parametrize(
    ("rows", "total"),
    [
        # Two of the three weeks have the same hours.
        ([week(0, 40, "192.00", "108.00"), week(1, 40, "192.00", "108.00"), ILLUSTRATION[2]], "300.00"),
        # Under a dollar of bonus in all.
        ([week(0, 40, "299.70", "0.30"), week(1, 41, "299.80", "0.20"), week(2, 42, "299.90", "0.10")], "300.00"),
        # Lunches alone, which the bonus makes up for.
        ([week(place, 1 + place, f"-{1 + place}.00", f"{1 + place}.00") for place in range(3)], "0.00"),
    ],
    ids=["two with the same hours", "cents of bonus", "a total of nothing"],
)
def test_smallest_pseudo_bonuses_are_found_too(rows: Sequence[WorkerWeek], total: str) -> None:
    assert found(rows) == [("SAME_WEEKLY_TOTAL", "a", [0, 1, 2], total)]


def test_two_weeks_are_not_enough() -> None:
    assert found(ILLUSTRATION[:2]) == []


def test_order_of_the_rows_changes_nothing() -> None:
    assert found(ILLUSTRATION[::-1]) == found(ILLUSTRATION)


@pytest.mark.parametrize(
    "other",
    [
        week(1, 45, "228.00", "75.01"),
        week(1, 45, None, "72.00"),
        week(3, 45, "228.00", "72.00"),
        week(1, 45, "228.00", "72.00", worker_id="b"),
    ],
    ids=["a cent above 1 %", "wage unknown", "a week between", "somebody else"],
)
def test_run_is_broken(other: WorkerWeek) -> None:
    first, _, third = ILLUSTRATION
    assert found([first, other, third]) == []


def test_same_hours_for_the_same_pay_are_not_a_pseudo_bonus() -> None:
    assert found([week(place, 40, "800.00", "50.00") for place in range(5)]) == []


def test_same_wages_without_a_bonus_are_not_a_pseudo_bonus() -> None:
    assert found([week(place, 40 + place, "800.00", "0.00") for place in range(5)]) == []


def test_totals_are_compared_in_cents() -> None:
    parts = [Fraction(108), Fraction(72) + Fraction(1, 300), Fraction(36) - Fraction(1, 300)]
    rows = [replace(row, bonus_amount=part) for row, part in zip(ILLUSTRATION, parts, strict=True)]
    assert found(rows) == [("SAME_WEEKLY_TOTAL", "a", [0, 1, 2], "300.00")]


def test_each_run_is_a_warning_by_worker_id() -> None:
    later = [replace(row, week_start=row.week_start + timedelta(weeks=4)) for row in ILLUSTRATION]
    others = [replace(row, worker_id=number) for number in (10, 9) for row in ILLUSTRATION]
    assert [(who, weeks) for _, who, weeks, _ in found([*later, *ILLUSTRATION])] == [("a", [0, 1, 2]), ("a", [4, 5, 6])]
    assert [who for _, who, _, _ in found(others)] == ["9", "10"]


@pytest.mark.parametrize(("bonus", "is_one"), [("110.00", True), ("110.01", False)])
def test_totals_that_differ_by_1_percent_are_the_same(bonus: str, is_one: bool) -> None:
    rows = [week(0, 40, "900.00", "100.00"), week(1, 45, "900.00", "105.00"), week(2, 50, "900.00", bonus)]
    assert bool(found(rows)) is is_one


def test_of_totals_that_drift_away_the_earlier_run_is_one_warning() -> None:
    rows = [week(place, 40 + place, "900.00", str(100 + 4 * place)) for place in range(6)]
    assert [weeks for _, _, weeks, _ in found(rows)] == [[0, 1, 2], [3, 4, 5]]


def test_a_run_may_begin_within_the_weeks_of_a_shorter_one() -> None:
    rows = [week(place, 40 + place, "900.00", bonus) for place, bonus in enumerate(("100", "108", "112", "116"))]
    assert [weeks for _, _, weeks, _ in found(rows)] == [[1, 2, 3]]


# Overtime as a cost


@pytest.mark.parametrize(
    ("changes", "is_one"),
    [({}, True), ({"overtime_cost": False}, False), ({"overtime_minutes": 0}, False), ({"bonus_amount": 0}, False)],
)
def test_a_week_of_overtime_that_the_crew_pays_is_pointed_out(changes: dict[str, Any], is_one: bool) -> None:
    rows = [replace(week(0, 45, "900.00", "50.00", overtime_cost=True), **changes)]
    assert found(rows) == ([("OVERTIME_AS_COST", "a", [0], "50.00")] if is_one else [])


# Nearly all of the saving of fixed budgets


def for_the_budget(place: int, bonus: str, **more: Any) -> WorkerWeek:
    hours = 40 + place
    return week(place, hours, None, bonus, **({"propay_minutes": hours * 60, "fixed_budget": True} | more))


def test_all_of_fixed_budgets_and_nothing_else_for_three_weeks_is_pointed_out() -> None:
    rows = [for_the_budget(place, "33.333") for place in range(3)]
    assert found(rows) == [("ALL_OF_FIXED_BUDGET", "a", [0, 1, 2], "100.00")]
    assert found(rows[:2]) == []


@pytest.mark.parametrize(
    "changes",
    [{"propay_minutes": 2213}, {"fixed_budget": False}, {"worked_minutes": 0, "propay_minutes": 0}],
    ids=["under 90 % of 41 hours", "too small a part", "no work"],
)
def test_week_of_another_kind_ends_the_run_for_the_budget(changes: dict[str, Any]) -> None:
    assert found([for_the_budget(0, "10"), for_the_budget(1, "10", **changes), for_the_budget(2, "10")]) == []


def test_no_bonus_for_the_budget_is_not_a_pseudo_bonus() -> None:
    assert found([for_the_budget(place, "0.00") for place in range(3)]) == []


def test_both_signs_are_two_warnings() -> None:
    rows = [replace(row, fixed_budget=True, propay_minutes=row.worked_minutes) for row in ILLUSTRATION]
    assert [code for code, *_ in found(rows)] == ["SAME_WEEKLY_TOTAL", "ALL_OF_FIXED_BUDGET"]


def tasks(*lines: TaskLine, **more: Any) -> Terms:
    return Terms(budget=Budget(type=BudgetType.TASKS, tasks=lines), split_percent=Decimal(100), **more)


IN_DOLLARS, IN_HOURS = TaskLine(cost_code="x", amount=Decimal(9)), TaskLine(cost_code="y", hours=Decimal(9))


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (fixed("100"), True),
        (fixed("100", split_percent=Decimal("90")), True),
        (fixed("100", split_percent=Decimal("89.99")), False),
        # 95 % of the saving, and of that all but 5 % or 6 %.
        (fixed("100", split_percent=Decimal("95"), pool=percents(crew="95", company="5")), True),
        (fixed("100", split_percent=Decimal("95"), pool=percents(crew="94", company="6")), False),
        (fixed("100", pool=percents(crew="80", lead="10", other="10"), lead="a", others=("b",)), True),
        (fixed("100", pool=percents(crew="90", manager="10"), manager="m"), True),
        # Without a manager the company gets that part.
        (fixed("100", pool=percents(crew="89", manager="11")), False),
        (fixed("100", adjustment=adjust("PERCENT", "10")), True),
        (fixed("100", adjustment=adjust("HOURS", "10")), False),
        (in_hours("80", split_percent=Decimal(100)), False),
        (in_hours("80", split_percent=Decimal(100), adjustment=adjust("AMOUNT", "900")), True),
        (tasks(IN_DOLLARS), True),
        (tasks(IN_DOLLARS, IN_HOURS), False),
    ],
)
def test_terms_that_give_nearly_all_of_a_fixed_budget_to_workers(terms: Terms, expected: bool) -> None:
    assert signs_of(terms).fixed_budget is expected


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (fixed("100", include_overtime_cost=True, split_percent=Decimal("90")), True),
        (fixed("100", include_overtime_cost=True, split_percent=Decimal("89.99")), False),
        (in_hours("80", include_overtime_cost=True, split_percent=Decimal("100")), True),
        (fixed("100", split_percent=Decimal("100")), False),
    ],
)
def test_terms_under_which_workers_pay_their_own_overtime(terms: Terms, expected: bool) -> None:
    assert signs_of(terms).overtime_cost is expected


@pytest.mark.parametrize(
    "budget",
    [
        Budget(type=BudgetType.PERCENT_OF_CONTRACT, contract_amount=Decimal(9000), percent=Decimal(30)),
        Budget(type=BudgetType.RATE, rate=Decimal("2.50"), quantity=Decimal(400)),
    ],
)
def test_price_and_rate_are_fixed_budgets(budget: Budget) -> None:
    assert signs_of(Terms(budget=budget, split_percent=Decimal(100))).fixed_budget


# In words


@pytest.mark.parametrize("code", PseudoBonusCode)
def test_message_says_who_when_how_much_and_what_to_do(code: PseudoBonusCode) -> None:
    weeks = tuple(MONDAY + timedelta(weeks=place) for place in range(4))
    amount = Decimal("1300.00")
    warning = PseudoBonusWarning(code=code, worker_id=7, weeks=weeks, amount=amount, highest_amount=amount)
    message = warning.message("Ann Archer")
    for part in ("Ann Archer", "4 workweeks from Nov 2, 2026 to Nov 23, 2026", "1,300.00", "778.502", "adviser"):
        assert part in message
    assert ("even though the hours differ" in message) == (code == PseudoBonusCode.SAME_WEEKLY_TOTAL)
    assert ("Lower the share of savings" in message) == (code == PseudoBonusCode.ALL_OF_FIXED_BUDGET)
    assert ("pays nearly all of its own overtime" in message) == (code == PseudoBonusCode.OVERTIME_AS_COST)


def test_message_about_totals_that_nearly_agree_names_both_ends() -> None:
    rows = [week(0, 40, "900.00", "100.00"), week(1, 45, "910.00", "99.00"), week(2, 50, "950.00", "60.00")]
    (warning,) = pseudo_bonus_warnings(rows)
    assert "plus bonus total 1,000.00 to 1,010.00 in each of" in warning.message("Ann Archer")


# In the what-if


def three_weeks(job: Sequence[int], everything: Sequence[int], bonus: str, **more: Any) -> dict[str, object]:
    """One worker at $20 with these hours on the ProPay and in all, a week each, who gets half of the saving."""
    days = [str(MONDAY + timedelta(weeks=place)) for place in range(len(job))]
    time = [entry("a", hours, date=day) for hours, day in zip(job, days, strict=True)]
    all_time = [entry("a", hours, date=day) for hours, day in zip(everything, days, strict=True)]
    budget = {"type": "AMOUNT", "amount": str(sum(job) * 20 + 2 * Decimal(bonus))}
    return case(budget, time, **({"overtime": {"all_time": all_time}} | more))


def warnings(given: dict[str, object]) -> list[str]:
    result: Any = solving.run(given)
    return list(result["warnings"])


# Of $600 the weeks earn 100, 200, 300: with $20 an hour, 800 each.
SAME_TOTAL: tuple[Sequence[int], Sequence[int], str] = ([5, 10, 15], [35, 30, 25], "600")


def test_what_if_points_out_the_same_weekly_total() -> None:
    (message,) = warnings(three_weeks(*SAME_TOTAL))
    assert "a's wages plus bonus total 800.00 in each of the 3 workweeks from Nov 2, 2026 to Nov 16, 2026" in message


def test_what_if_counts_overtime_pay_as_wages() -> None:
    # 40, 44 and 48 hours pay 800, 920 and 1,040; the bonus of 480 fills that up to 1,080.
    (message,) = warnings(three_weeks([35, 20, 5], [40, 44, 48], "480"))
    assert "plus bonus total 1,080.00 in each" in message


def test_what_if_counts_double_time_as_wages() -> None:
    # A day of 8, 10 and 14 hours pays 160, 220 and 360; the bonus of 400 fills that up to 380.
    days = [str(MONDAY + timedelta(weeks=place)) for place in range(3)]
    time = [entry("a", 0, date=day, minutes=minutes) for day, minutes in zip(days, (440, 320, 40), strict=True)]
    all_time = [entry("a", hours, date=day) for day, hours in zip(days, (8, 10, 14), strict=True)]
    budget = {"type": "AMOUNT", "amount": "1066.67"}
    (message,) = warnings(case(budget, time, overtime={"rule": "CALIFORNIA", "all_time": all_time}))
    assert "plus bonus total 380.00 in each" in message


def test_what_if_takes_the_wage_of_the_day_from_the_time_on_the_job() -> None:
    given: Any = three_weeks(*SAME_TOTAL)
    for item in given["overtime"]["all_time"]:
        del item["wage"]
    assert len(warnings(given)) == 1


def test_what_if_ignores_totals_if_a_wage_is_unknown() -> None:
    given: Any = three_weeks(*SAME_TOTAL)
    elsewhere = given["overtime"]["all_time"][1]
    given["overtime"]["all_time"].append(elsewhere | {"date": "2026-11-10", "minutes": 60, "wage": None})
    elsewhere["minutes"] -= 60
    assert warnings(given) == []


def test_what_if_points_out_that_the_crew_gets_all_of_a_fixed_budget() -> None:
    hours = [40, 38, 36]
    all_of_it = three_weeks(hours, hours, "50", split_percent="100")
    (message,) = warnings(all_of_it)
    assert message.startswith(
        "In the 3 workweeks from Nov 2, 2026 to Nov 16, 2026, a spent at least 90% of the hours on fixed-budget ProPays"
    )
    assert "100.00 of bonus" in message
    assert warnings(three_weeks(hours, hours, "50")) == []
    assert warnings(three_weeks(hours, [40, 38, 41], "50", split_percent="100")) == []


def test_what_if_has_no_warning_for_the_exempt_or_without_overtime() -> None:
    exempt = {"workers": [{"id": "a", "exempt": True}]}
    assert warnings(three_weeks(*SAME_TOTAL, **exempt)) == []
    assert warnings(three_weeks(*SAME_TOTAL, overtime=None)) == []


def test_a_minute_on_nothing_but_the_budget_is_enough() -> None:
    rows = [for_the_budget(place, "5.00", worked_minutes=1, propay_minutes=1) for place in range(3)]
    assert found(rows) == [("ALL_OF_FIXED_BUDGET", "a", [0, 1, 2], "15.00")]


def test_a_lead_without_time_on_the_propay_has_no_minutes_on_it() -> None:
    time = [DayMinutes(worker_id="a", work_date=MONDAY, minutes=60)]
    worked = [DayMinutes(worker_id="lead", work_date=MONDAY, minutes=90, wage=Decimal("20.00"))]
    policies = Policies()
    owed = true_ups(policies, {"lead": Decimal("10.00")}, counted=time, worked=worked)
    (row,) = weeks_with_bonus(
        owed.true_ups,
        policies=policies,
        counted=time,
        worked=worked,
        terms=fixed("100"),
    )
    assert (row.worked_minutes, row.propay_minutes, row.wages_amount) == (90, 0, 30)
