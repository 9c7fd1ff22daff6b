"""The bonus from end to end: the worked cases of bonus.md 8; saving, pool and parts (bonus.md 4); the trace."""

import json
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from propay.cases import solving
from propay.rules.budgets import Budget, BudgetType, TaskLine
from propay.rules.calculations import calculate
from propay.rules.terms import ShareRole
from propay.rules.trace import hours
from tests.make.cases import amounts, fixed, in_hours, parts, percents, piece

RULES = (Path(__file__).parents[3] / "docs" / "rules" / "bonus.md").read_text()
BLOCK = re.compile(r"^\*\*([A-Z]\d+)\*\*\n\n```json\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| ([A-Z]\d+) \|(?!.*by services).*\| ([^|]+) \|$", re.MULTILINE)
BY_SERVICES = re.compile(r"^\| ([A-Z]\d+) \|.*by services", re.MULTILINE)
TESTS = Path(__file__).parents[2]
# The number of a case, with what is given and what must come out.
WORKED_CASES = [(number, json.loads(text)) for number, text in BLOCK.findall(RULES)]
TABLE = dict(ROW.findall(RULES))


def test_every_row_of_the_rule_book_has_its_case():
    assert list(dict.fromkeys(number for number, _ in WORKED_CASES)) == list(TABLE)
    assert {"A1", "C2", "N9"} <= TABLE.keys()


@pytest.mark.parametrize("number", BY_SERVICES.findall(RULES))
def test_every_row_that_services_show_has_its_test(number):
    name = f"def test_case_{number.lower()}_"
    assert any(name in path.read_text() for path in TESTS.rglob("test_*.py"))


@pytest.mark.parametrize(("number", "row"), TABLE.items())
def test_the_table_of_the_rule_book_says_what_its_cases_expect(number: str, row: str) -> None:
    amounts = re.findall(r"\d+\.\d\d", re.sub(r"\(.*?\)", "", row).replace(",", ""))
    expected = " ".join(json.dumps(block["expected"]) for of, block in WORKED_CASES if of == number)
    assert amounts
    assert [amount for amount in amounts if f'"{amount}"' not in expected] == []


@pytest.mark.parametrize("block", [block for _, block in WORKED_CASES], ids=[number for number, _ in WORKED_CASES])
def test_a_worked_case_gives_its_documented_result(block: dict[str, Any]) -> None:
    result: Any = solving.run(block["case"])
    found = result | {
        "shares": {share["worker"]: share["amount"] for share in result["shares"]},
        "federal": [week["federal"] for week in result["overtime_true_up"]],
        "state_extra": [week["state_extra"] for week in result["overtime_true_up"]],
    }
    assert {key: found[key] for key in block["expected"]} == block["expected"]
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
    terms = fixed("120", pool=percents(crew="60", lead="20", manager="20"), **people)
    assert parts(calculate(terms, [piece("a", 1)])) == expected


def test_parts_of_an_odd_pool_tie_in_the_order_of_the_rule() -> None:
    pool = percents(crew="25", lead="25", manager="25", company="25")
    result = calculate(fixed("20.02", pool=pool, lead="l", manager="m"), [piece("a", 1)])
    assert parts(result) == {"crew": "0.01", "lead": "0.01"}


def test_other_part_is_split_equally_and_the_odd_cent_goes_to_more_minutes() -> None:
    terms = fixed("20.02", pool=percents(other="100"), others=("x", "y", "z"))
    result = calculate(terms, [piece("y", "0.5"), piece("a", "0.4")])
    assert amounts(result, ShareRole.OTHER) == {"x": "0.67", "y": "0.68", "z": "0.67"}


def test_other_part_without_people_is_refused() -> None:
    with pytest.raises(ValueError, match="named people"):
        fixed("1", pool=percents(crew="90", other="10"))


@pytest.mark.parametrize("pool", [{"crew": "90"}, {"crew": "110", "lead": "-10"}, {"crew": "100.5", "lead": "-0.5"}])
def test_pool_that_does_not_add_up_is_refused(pool: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="total 100"):
        percents(**pool)


def test_budget_without_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="contract_amount and percent"):
        Budget(type=BudgetType.PERCENT_OF_CONTRACT)
    with pytest.raises(ValueError, match="not both"):
        TaskLine(cost_code="x")


# The trace


def test_trace_shows_every_step_with_its_numbers() -> None:
    terms = in_hours("80", pool=percents(crew="90", manager="10"), burden_percent=Decimal(10))
    result = calculate(terms, [piece(7, 30, "25.00"), piece(8, 30, "25.00")], names={7: "Ann Archer"})
    steps = {step.key: (step.label, step.formula, step.result) for step in result.trace}
    assert steps["time"] == ("Counted time", "Ann Archer 30 h + 8 30 h", "60 h")
    assert steps["cost.7"] == ("Labor cost of Ann Archer", "(30 h × 25.00) × 1.1", "825.00")
    assert steps["average"] == ("Average cost of an hour", "1,650.00 / 60 h", "27.50")
    assert steps["budget"] == ("Budget", "80 h × 27.50", "2,200.00")
    assert steps["saving"] == ("Savings", "2,200.00 - 1,650.00", "550.00")
    assert steps["split"] == ("Pool", "max(550.00, 0) × 50%", "275.00")
    assert steps["percent.company"] == ("Company percentage", "0% + 10%, because there is no manager", "10%")
    assert steps["part.crew"] == ("Crew part", "275.00 × 90%", "247.50")
    assert steps["share.CREW.7"] == ("Share of Ann Archer (by minutes)", "247.50 × 1800 / 3600", "123.75")


def test_trace_marks_a_truncated_number() -> None:
    result = calculate(in_hours("1"), [piece("a", 1, "10.00"), piece("b", 2, "11.00")])
    assert {step.key: step.result for step in result.trace}["average"] == "10.666666…"


def test_trace_keys_are_unique() -> None:
    terms = fixed("999", penalties=(Decimal(1),), disqualified=True, pool=percents(crew="50", lead="50"), lead="a")
    keys = [step.key for step in calculate(terms, [piece("a", 1), piece("b", 1)]).trace]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(1800, "30 h"), (15710, "261:50 h"), (-30, "-0:30 h"), (0, "0 h"), (Fraction(1, 3), "0.005555… h")],
)
def test_steps_write_whole_minutes_in_clock_format(minutes, text):
    assert hours(minutes) == text
