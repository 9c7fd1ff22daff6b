"""What the counted time cost, and how that is explained (bonus.md 2)."""

from collections.abc import Sequence
from typing import Any

import pytest

from propay.rules.calculations import calculate
from propay.rules.labor import sort_key
from propay.rules.terms import Distribution, TimeSlice
from tests.make.cases import amounts, fixed, piece


def formulas(time: Sequence[TimeSlice], **terms: Any) -> dict[str, str]:
    return {step.key: step.formula for step in calculate(fixed("500", **terms), time).trace}


def test_numbers_come_before_strings() -> None:
    assert sorted(["b", 10, "a", 9], key=sort_key) == [9, 10, "a", "b"]


def test_a_wage_of_zero_costs_nothing_and_has_no_weight() -> None:
    time = [piece("a", 8, "0.00"), piece("b", 8, "20.00")]
    result = calculate(fixed("500", distribution=Distribution.HOURS_TIMES_WAGE), time)
    assert (str(result.actual_amount), amounts(result)) == ("160.00", {"a": "0.00", "b": "340.00"})
    assert formulas(time)["actual"] == "0.00 + 160.00"


def test_time_at_a_wage_of_zero_does_not_reduce_the_weight() -> None:
    time = [piece("a", 1, "0.00"), piece("a", 1, "20.00"), piece("b", 1, "20.00")]
    assert amounts(calculate(fixed("140", distribution=Distribution.HOURS_TIMES_WAGE), time)) == {
        "a": "50.00",
        "b": "50.00",
    }


def test_the_cost_without_workers_is_shown_as_zero() -> None:
    assert formulas([])["actual"] == "0.00"


def test_time_without_a_wage_is_explained_before_time_with_one() -> None:
    time = [piece("a", 1, "0.00"), piece("a", 2, None)]
    assert formulas(time)["cost.a"] == formulas(time[::-1])["cost.a"] == "2 h × ? + 1 h × 0.00"


def test_a_wage_is_one_term_whatever_the_cost_code() -> None:
    time = [piece("a", 1, cost_code="frame"), piece("a", 2, cost_code="roof"), piece("a", 3, "21.00", cost_code="roof")]
    assert formulas(time)["cost.a"] == "3 h × 20.00 + 3 h × 21.00"


@pytest.mark.parametrize(
    ("includes", "minutes", "formula"),
    [
        (True, {"ot1_minutes": 60, "ot2_minutes": 120}, "10 h × 20.00 + 0.5 × 1 h × 20.00 + 1 × 2 h × 20.00"),
        (True, {}, "10 h × 20.00"),
        (False, {"ot1_minutes": 60, "ot2_minutes": 120}, "10 h × 20.00"),
    ],
)
def test_overtime_is_explained_where_it_is_part_of_the_cost(
    includes: bool, minutes: dict[str, int], formula: str
) -> None:
    assert formulas([piece("a", 10, **minutes)], include_overtime_cost=includes)["cost.a"] == formula
