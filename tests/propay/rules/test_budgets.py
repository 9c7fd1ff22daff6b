"""The types of budget: what each needs, and what its columns come to."""

import ast
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from propay.rules.budgets import DEFINITIONS, Budget, BudgetType, TaskLine, definition_of, types_with

PRODUCT = Path(__file__).parents[3]
LINE = TaskLine(cost_code="a", hours=8)
STORED = {
    "HOURS": {"budget_minutes": 4830},
    "AMOUNT": {"fixed_amount": Decimal("5000.00")},
    "PERCENT_OF_CONTRACT": {"contract_amount": Decimal(30000), "labor_percent": Decimal(20)},
    "RATE": {"rate_amount": Decimal("2.50"), "quantity": Decimal(1200)},
    "TASKS": {},
}


def test_every_type_has_one_object():
    assert list(DEFINITIONS) == list(BudgetType)


def test_a_type_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="no budget of the type 'GUESS'"):
        definition_of("GUESS")


@pytest.mark.parametrize("budget_type", STORED)
def test_the_columns_of_a_propay_make_a_budget_and_its_lines(budget_type):
    budget = definition_of(budget_type).budget(STORED[budget_type], [LINE])
    lines = definition_of(budget_type).lines(budget)
    expected = {
        "HOURS": (Fraction(161, 2), None),
        "AMOUNT": (None, 5000),
        "PERCENT_OF_CONTRACT": (None, 6000),
        "RATE": (None, 3000),
        "TASKS": (8, None),
    }
    assert [(line.hours, line.amount) for line in lines] == [expected[budget_type]]


@pytest.mark.parametrize(
    ("budget_type", "column"), [(one.type, column.column) for one in DEFINITIONS.values() for column in one.columns]
)
def test_a_missing_number_makes_no_budget(budget_type, column):
    assert definition_of(budget_type).budget({**STORED[budget_type], column: None}) is None


def test_lines_that_are_missing_make_no_budget():
    assert definition_of("TASKS").budget({}) is None
    with pytest.raises(ValueError, match="A TASKS budget needs tasks"):
        Budget(type="TASKS")


def test_a_budget_refuses_to_be_without_its_numbers():
    with pytest.raises(ValueError, match="A RATE budget needs rate and quantity"):
        Budget(type="RATE")


def test_only_the_percentage_of_a_price_belongs_to_a_plan():
    assert types_with("labor_percent") == ["PERCENT_OF_CONTRACT"]


def test_types_of_budget_are_told_apart_in_one_file_only():
    """Everything else asks the object of the type."""
    comparing = []
    for path in (PRODUCT / "propay").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            operands = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
            if any("BudgetType." in ast.unparse(one) for one in operands):
                comparing.append(f"{path.relative_to(PRODUCT)}:{node.lineno}")
    for path in (PRODUCT / "templates").rglob("*.html"):
        if "budget_type ==" in path.read_text():
            comparing.append(str(path.relative_to(PRODUCT)))
    assert comparing == []
