"""The types of budget: what each needs, and what its columns come to."""

import ast
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from propay.rules.budgets import (
    DEFINITIONS,
    Budget,
    BudgetType,
    TaskLine,
    all_columns,
    definition_of,
    filled_by_jobs,
    no_budget_notes,
    types_by_lines,
    types_maybe_in_hours,
    types_with,
)

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


def test_an_unknown_type_is_refused():
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


@pytest.mark.parametrize(
    ("budget_type", "column", "most", "limits"),
    [
        ("HOURS", "budget_minutes", "10000000", None),
        ("AMOUNT", "fixed_amount", "9999999999.99", ("0.01", "9999999999.99")),
        ("PERCENT_OF_CONTRACT", "contract_amount", "9999999999.99", ("0.01", "9999999999.99")),
        ("PERCENT_OF_CONTRACT", "labor_percent", "100", ("0.01", "100")),
        ("RATE", "rate_amount", "9999999999.99", ("0.0001", "9999999")),
        ("RATE", "quantity", "9999999999.99", ("0.001", "99999999")),
    ],
)
def test_what_a_column_may_hold(budget_type, column, most, limits):
    (found,) = [one for one in definition_of(budget_type).columns if one.column == column]
    assert str(found.most) == most
    assert (found.limits and tuple(map(str, found.limits))) == limits


def test_hours_and_lines_may_be_in_hours_and_only_hours_are_shown_in_hours():
    assert types_maybe_in_hours() == ["HOURS", "TASKS"]
    assert [one.type for one in DEFINITIONS.values() if one.is_in_hours] == ["HOURS"]
    assert types_by_lines() == ["TASKS"]


def test_the_job_fills_hours_and_the_contract_price():
    assert [(one.type, one.job_column.column) for one in filled_by_jobs()] == [
        ("HOURS", "budget_minutes"),
        ("PERCENT_OF_CONTRACT", "contract_amount"),
    ]


def test_each_column_is_named_once():
    columns = [column.column for column in all_columns()]
    assert columns == [
        "budget_minutes",
        "fixed_amount",
        "contract_amount",
        "labor_percent",
        "rate_amount",
        "quantity",
    ]
    assert [one in no_budget_notes() for one in ("", definition_of("TASKS").no_budget)] == [False, True]


@pytest.mark.parametrize(
    ("numbers", "hours"),
    [
        ({"type": "HOURS", "hours": 0}, True),
        ({"type": "AMOUNT", "amount": 0}, False),
        ({"type": "PERCENT_OF_CONTRACT", "contract_amount": 0, "percent": 30}, False),
        ({"type": "PERCENT_OF_CONTRACT", "contract_amount": 100, "percent": 0}, False),
        ({"type": "RATE", "rate": 0, "quantity": 3}, False),
        ({"type": "RATE", "rate": 3, "quantity": 0}, False),
        ({"type": "TASKS", "tasks": (TaskLine(cost_code="a", amount=0),)}, False),
        ({"type": "TASKS", "tasks": (TaskLine(cost_code="a", hours=0),)}, True),
    ],
)
def test_an_empty_budget_is_zero(numbers, hours):
    budget = Budget(**numbers)
    (line,) = definition_of(budget.type).lines(budget)
    assert (line.hours, line.amount) == ((0, None) if hours else (None, 0))


@pytest.mark.parametrize("numbers", [{}, {"hours": 1, "amount": 1}])
def test_a_line_has_hours_or_dollars_and_not_both(numbers):
    with pytest.raises(ValueError, match="hours or an amount, and not both"):
        TaskLine(cost_code="a", **numbers)


def test_the_trace_calls_a_line_by_its_label_or_by_its_code():
    lines = (TaskLine(cost_code="a", hours=1, label="Framing"), TaskLine(cost_code="b", hours=1))
    formulas = [line.formula for line in definition_of("TASKS").lines(Budget(type="TASKS", tasks=lines))]
    assert formulas == ["Framing 1 h", "b 1 h"]


def test_only_one_file_distinguishes_types_of_budget():
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
