"""The bonus from end to end: the worked cases of bonus-rules.md, 8; saving, pool and parts (4); the trace."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from propay import whatif
from propay.calculations import calculate
from propay.terms import (
    Budget,
    BudgetType,
    Role,
    TaskLine,
)
from propay.trace import hours
from tests.propay.builders import amounts, case, entry, fixed, in_hours, parts, percents, piece

MONDAY = date(2026, 11, 2)


def bonus_case(bonus: str, weeks: Sequence[tuple[int, int]], wage: str = "20.00") -> dict[str, object]:
    """One worker who gets half of the saving as `bonus`; per week the hours on the ProPay and in all, on a Monday."""
    cost = sum(job for job, _ in weeks) * Decimal(wage)
    time = [entry("a", job, wage, date=str(MONDAY + timedelta(weeks=week))) for week, (job, _) in enumerate(weeks)]
    all_time = [
        entry("a", hours, wage, date=str(MONDAY + timedelta(weeks=week))) for week, (_, hours) in enumerate(weeks)
    ]
    budget = {"type": "AMOUNT", "amount": str(cost + 2 * Decimal(bonus))}
    return case(budget, time, overtime={"all_time": all_time})


def california_case(bonus: str, days: Sequence[Decimal | int], method: str) -> dict[str, object]:
    """One worker with these hours on the days from Monday on, all of them on the ProPay."""
    time = [entry("a", hours, date=str(MONDAY + timedelta(days=day))) for day, hours in enumerate(days)]
    budget = {"type": "AMOUNT", "amount": str(sum(days) * Decimal(20) + Decimal(bonus))}
    return case(budget, time, split_percent="100", overtime={"rule": "CALIFORNIA", "method": method})


ROLES = {"lead": "lead", "manager": "manager"}
NINE_AND_A_HALF = [Decimal("9.5")] * 4
TASKS_A5 = [{"cost_code": code, "hours": hours} for code, hours in (("x", "8"), ("y", "12"), ("z", "6"))]

# One case or a list of them, and what must come out of it.
WORKED_CASES: list[tuple[str, Any, Any]] = [
    (
        "A1",
        case(
            {"type": "HOURS", "hours": "80"},
            [entry("a", 30, "25.00"), entry("b", 30, "25.00")],
            pool={"crew": "70", "lead": "20", "manager": "10"},
            distribution="EQUAL",
            **ROLES,
        ),
        {
            "budget_minutes": 4800,
            "actual_minutes": 3600,
            "saving": "500.00",
            "pool": "250.00",
            "shares": {"a": "87.50", "b": "87.50", "lead": "50.00", "manager": "25.00"},
        },
    ),
    (
        "A2",
        case(
            {"type": "AMOUNT", "amount": "5000.00"},
            [entry("a", 45, "20.00"), entry("b", 45, "22.00"), entry("c", 45, "23.00"), entry("d", 45, "25.00")],
            pool={"crew": "70", "lead": "20", "manager": "10"},
            **ROLES,
        ),
        {
            "actual_amount": "4050.00",
            "saving": "950.00",
            "pool": "475.00",
            "parts": {"crew": "332.50", "lead": "95.00", "manager": "47.50", "company": "0.00", "other": "0.00"},
        },
    ),
    (
        "A3",
        case(
            {"type": "PERCENT_OF_CONTRACT", "contract_amount": "10000.00", "percent": "30"},
            [entry("a", 40), entry("b", 40), entry("c", 40)],
            pool={"crew": "60", "lead": "20", "manager": "10", "company": "10"},
            distribution="EQUAL",
            **ROLES,
        ),
        {
            "budget_amount": "3000.00",
            "saving": "600.00",
            "pool": "300.00",
            "parts": {"crew": "180.00", "lead": "60.00", "manager": "30.00", "company": "30.00", "other": "0.00"},
            "shares": {"a": "60.00", "b": "60.00", "c": "60.00", "lead": "60.00", "manager": "30.00"},
        },
    ),
    (
        "A4",
        case(
            {"type": "RATE", "rate": "2.50", "quantity": "1200"},
            [entry("a", 35, "20.00"), entry("b", 35, "25.00"), entry("c", 35, "30.00")],
            pool={"crew": "80", "lead": "10", "manager": "10"},
            **ROLES,
        ),
        {
            "saving": "375.00",
            "pool": "187.50",
            "parts": {"crew": "150.00", "lead": "18.75", "manager": "18.75", "company": "0.00", "other": "0.00"},
        },
    ),
    (
        "A5",
        case(
            {"type": "TASKS", "tasks": TASKS_A5},
            [entry("a", 6, cost_code="x"), entry("a", 14, cost_code="y"), entry("a", 5, cost_code="z")],
        ),
        {"budget_minutes": 26 * 60, "actual_minutes": 25 * 60, "saving": "20.00"},
    ),
    (
        "A8",
        case(
            {"type": "AMOUNT", "amount": "900.00"},
            [entry("a", 10), entry("b", 10), entry("c", 10)],
            split_percent="100",
            distribution="LEAD_WEIGHTED",
            lead="a",
        ),
        {"pool": "300.00", "shares": {"a": "128.57", "b": "85.72", "c": "85.71"}},
    ),
    (
        "A10",
        case(
            {"type": "AMOUNT", "amount": "2500.00"},
            [entry("a", 20), entry("b", 30), entry("c", 50)],
            split_percent="100",
        ),
        {"pool": "500.00", "shares": {"a": "100.00", "b": "150.00", "c": "250.00"}},
    ),
    ("A13", bonus_case("200", [(50, 50)]), {"federal": ["20.00"]}),
    ("F1", bonus_case("50", [(43, 43)], "10.00"), {"federal": ["1.74"]}),
    ("F2", bonus_case("100", [(45, 45)], "15.00"), {"federal": ["5.56"]}),
    ("F3", bonus_case("46", [(46, 46)], "12.00"), {"federal": ["3.00"]}),
    (
        "F4",
        bonus_case("3000", [(40, {4: 47, 8: 48}.get(week, 40)) for week in range(10)]),
        {"federal": ["0.00"] * 4 + ["22.34"] + ["0.00"] * 3 + ["25.00", "0.00"]},
    ),
    ("F5", bonus_case("300", [(20, 40), (30, 50), (10, 45)]), {"federal": ["0.00", "15.00", "2.78"]}),
    (
        "C1",
        california_case("40", [10] * 5, "FLAT_SUM"),
        {"federal": ["4.00"], "state_extra": ["11.00"]},
    ),
    (
        "C2",
        [california_case("64", NINE_AND_A_HALF, method) for method in ("FLAT_SUM", "PRODUCTION")],
        [{"federal": ["0.00"], "state_extra": ["18.00"]}, {"federal": ["0.00"], "state_extra": ["5.05"]}],
    ),
]


NUMBERS = ["A1", "A2", "A3", "A4", "A5", "A8", "A10", "A13", "F1", "F2", "F3", "F4", "F5", "C1", "C2"]


def test_the_table_of_worked_cases_is_whole():
    assert [number for number, _, _ in WORKED_CASES] == NUMBERS


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in WORKED_CASES], ids=NUMBERS)
def test_worked_case_comes_out(given: Any, expected: Any) -> None:
    one = isinstance(given, dict)
    results: Any = whatif.run([given] if one else given)
    for result, figures in zip(results, [expected] if one else expected, strict=True):
        found = result | {
            "shares": {share["worker"]: share["amount"] for share in result["shares"]},
            "federal": [week["federal"] for week in result["overtime_true_up"]],
            "state_extra": [week["state_extra"] for week in result["overtime_true_up"]],
        }
        assert {key: found[key] for key in figures} == figures
        assert result["warnings"] == []


# 4. Saving, pool, parts


def test_over_budget_leaves_a_negative_saving_and_no_pool() -> None:
    result = calculate(fixed("100"), [piece("a", 10)])
    assert (str(result.saving), str(result.pool), amounts(result)) == ("-100.00", "0.00", {"a": "0.00"})


@pytest.mark.parametrize(
    ("terms", "pool"),
    [
        ({"penalties": (Decimal("30.00"), Decimal("20.50"))}, "49.50"),
        ({"penalties": (Decimal("100.01"),)}, "0.00"),
        ({"disqualified": True}, "0.00"),
    ],
)
def test_penalties_and_disqualifiers_come_off_the_pool(terms: dict[str, Any], pool: str) -> None:
    assert str(calculate(fixed("400", split_percent=Decimal(50), **terms), [piece("a", 10)]).pool) == pool


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ({"lead": "l", "manager": "m"}, {"crew": "60.00", "lead": "20.00", "manager": "20.00"}),
        ({"manager": "m"}, {"crew": "80.00", "manager": "20.00"}),
        ({"lead": "l"}, {"crew": "60.00", "lead": "20.00", "company": "20.00"}),
        ({}, {"crew": "80.00", "company": "20.00"}),
    ],
)
def test_percentages_of_missing_people_move(people: dict[str, str], expected: dict[str, str]) -> None:
    plan = fixed("120", pool=percents(crew="60", lead="20", manager="20"), **people)
    assert parts(calculate(plan, [piece("a", 1)])) == expected


def test_parts_of_an_odd_pool_tie_in_the_order_of_the_rule() -> None:
    pool = percents(crew="25", lead="25", manager="25", company="25")
    result = calculate(fixed("20.02", pool=pool, lead="l", manager="m"), [piece("a", 1)])
    assert parts(result) == {"crew": "0.01", "lead": "0.01"}


def test_other_part_is_split_equally_and_the_odd_cent_goes_to_more_minutes() -> None:
    plan = fixed("20.02", pool=percents(other="100"), others=("x", "y", "z"))
    result = calculate(plan, [piece("y", "0.5"), piece("a", "0.4")])
    assert amounts(result, Role.OTHER) == {"x": "0.67", "y": "0.68", "z": "0.67"}


def test_other_part_without_people_is_refused() -> None:
    with pytest.raises(ValueError, match="named people"):
        fixed("1", pool=percents(crew="90", other="10"))


@pytest.mark.parametrize("pool", [{"crew": "90"}, {"crew": "110", "lead": "-10"}])
def test_pool_that_does_not_add_up_is_refused(pool: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="add up to 100"):
        percents(**pool)


def test_budget_without_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="contract_amount and percent"):
        Budget(type=BudgetType.PERCENT_OF_CONTRACT)
    with pytest.raises(ValueError, match="not both"):
        TaskLine(cost_code="x")


# The trace


def test_trace_shows_every_step_with_its_numbers() -> None:
    plan = in_hours("80", pool=percents(crew="90", manager="10"), burden_percent=Decimal(10))
    result = calculate(plan, [piece(7, 30, "25.00"), piece(8, 30, "25.00")], names={7: "Ann Archer"})
    steps = {step.key: (step.label, step.formula, step.result) for step in result.trace}
    assert steps["time"] == ("Counted time", "Ann Archer 30 h + 8 30 h", "60 h")
    assert steps["cost.7"] == ("Labor cost of Ann Archer", "(30 h × 25.00) × 1.1", "825.00")
    assert steps["average"] == ("Average cost of an hour", "1,650.00 / 60 h", "27.50")
    assert steps["budget"] == ("Budget", "80 h × 27.50", "2,200.00")
    assert steps["saving"] == ("Saving", "2,200.00 - 1,650.00", "550.00")
    assert steps["split"] == ("Pool", "max(550.00, 0) × 50 %", "275.00")
    assert steps["percent.company"] == ("Company percentage", "0 % + 10 %, there being no manager", "10 %")
    assert steps["part.crew"] == ("Crew part", "275.00 × 90 %", "247.50")
    assert steps["share.CREW.7"] == ("Share of Ann Archer (by minutes)", "247.50 × 1800 / 3600", "123.75")


def test_trace_marks_a_number_that_goes_on() -> None:
    result = calculate(in_hours("1"), [piece("a", 1, "10.00"), piece("b", 2, "11.00")])
    assert {step.key: step.result for step in result.trace}["average"] == "10.666666…"


def test_trace_keys_are_unique() -> None:
    plan = fixed("999", penalties=(Decimal(1),), disqualified=True, pool=percents(crew="50", lead="50"), lead="a")
    keys = [step.key for step in calculate(plan, [piece("a", 1), piece("b", 1)]).trace]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(1800, "30 h"), (15710, "261:50 h"), (-30, "-0:30 h"), (0, "0 h"), (Fraction(1, 3), "0.005555… h")],
)
def test_steps_write_whole_minutes_as_a_clock_does(minutes, text):
    assert hours(minutes) == text
