"""The types of labor budget: everything the product knows about each (bonus.md 3). Pure.

One object per type. Its columns name the numbers that it needs, in a calculation, in a case as JSON, and in a ProPay;
its `lines` are the calculation. Its texts are in English, and pages may translate them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, ClassVar

from propay.rules.trace import exact_dollars, number
from protiv.kit.money import Number, exact

MINUTES_PER_HOUR = 60
CostCodeId = int | str

# The largest number in a case; a ProPay's columns have the same limit in dollars.
LARGEST_AMOUNT = Decimal("9999999999.99")
LARGEST_HOURS = Decimal(10_000_000)
HUNDRED = Decimal(100)
SMALLEST = Decimal("0.01")


class BudgetType(StrEnum):
    """The name of a type of budget in the database and in JSON."""

    HOURS = "HOURS"
    AMOUNT = "AMOUNT"
    PERCENT_OF_CONTRACT = "PERCENT_OF_CONTRACT"
    RATE = "RATE"
    TASKS = "TASKS"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """The budget of one cost code: either hours or dollars. `label` is its name in the trace."""

    cost_code: CostCodeId
    hours: Number | None = None
    amount: Number | None = None
    label: str = ""

    def __post_init__(self) -> None:
        if (self.hours is None) == (self.amount is None):
            raise ValueError(f"The task {self.cost_code!r} needs hours or an amount, and not both.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The labor budget as entered or synced, before any adjustment. `hours` may be Fraction(minutes, 60)."""

    type: str
    hours: Number | None = None
    amount: Number | None = None
    contract_amount: Number | None = None
    percent: Number | None = None
    rate: Number | None = None
    quantity: Number | None = None
    tasks: tuple[TaskLine, ...] = ()

    def __post_init__(self) -> None:
        definition = definition_of(self.type)
        missing = [column.name for column in definition.columns if getattr(self, column.name) is None]
        if missing or (definition.has_lines and not self.tasks):
            raise ValueError(f"A {self.type} budget needs {' and '.join(missing) or 'tasks'}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLine:
    """Either hours or dollars; with a cost code if the budget is by tasks."""

    formula: str
    hours: Fraction | None = None
    amount: Fraction | None = None
    cost_code: CostCodeId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetColumn:
    """A number that a budget needs: its `name` in a calculation and in JSON, and its `column` of a ProPay.

    In JSON it runs from 0 to `most`; what people enter, from `limits[0]` to `limits[1]`. Hours are whole minutes in the
    database. A blank one may come `from_job`; otherwise `missing` asks for it.
    """

    name: str
    column: str
    most: Decimal = LARGEST_AMOUNT
    limits: tuple[Decimal, Decimal] | None = None
    is_hours: bool = False
    from_job: bool = False
    missing: str = ""

    def read(self, stored: Any) -> Number | None:
        """Return the calculation's number from a ProPay's column."""
        return Fraction(stored, MINUTES_PER_HOUR) if self.is_hours and stored is not None else stored


class BudgetDefinition:
    """A type of budget. A new one is a subclass, a line of `DEFINITIONS`, and whatever columns it adds.

    `rule` says how the budget is calculated, `missing_lines` asks for lines (empty: it has none), `no_budget` says why
    there is no figure yet if it has to come from the job, and `job_words` what the job lacks.
    """

    type: ClassVar[str]
    label: ClassVar[str]
    rule: ClassVar[str]
    columns: ClassVar[tuple[BudgetColumn, ...]] = ()
    missing_lines: ClassVar[str] = ""
    no_budget: ClassVar[str] = ""
    job_words: ClassVar[str] = ""
    may_be_in_hours: ClassVar[bool] = False

    @property
    def has_lines(self) -> bool:
        return bool(self.missing_lines)

    @property
    def is_in_hours(self) -> bool:
        """Whether the whole budget is the hours in a ProPay's own column, so that pages show it in hours."""
        return any(column.is_hours for column in self.columns)

    @property
    def job_column(self) -> BudgetColumn | None:
        """The number that may come from the job."""
        return next((column for column in self.columns if column.from_job), None)

    def budget(self, stored: Mapping[str, Any], tasks: Sequence[TaskLine] = ()) -> Budget | None:
        """Return the budget from a ProPay's columns; None while a number or every line is missing."""
        numbers = {column.name: column.read(stored[column.column]) for column in self.columns}
        if None in numbers.values() or (self.has_lines and not tasks):
            return None
        return Budget(type=self.type, **numbers, tasks=tuple(tasks) if self.has_lines else ())

    def lines(self, budget: Budget) -> list[BudgetLine]:
        """Return the budget in lines of hours or dollars, before any adjustment."""
        raise NotImplementedError


class HoursBudget(BudgetDefinition):
    type = BudgetType.HOURS
    label = "Hours"
    rule = "Budget hours × the crew's average cost of an hour."
    columns = (BudgetColumn(name="hours", column="budget_minutes", most=LARGEST_HOURS, is_hours=True, from_job=True),)
    no_budget = "The budget is missing: the job has no budget hours. Enter them here or on the job."
    job_words = "Budget hours of the job"
    may_be_in_hours = True

    def lines(self, budget: Budget) -> list[BudgetLine]:
        return [hours_line(budget.hours or 0)]


class AmountBudget(BudgetDefinition):
    type = BudgetType.AMOUNT
    label = "Dollar amount"
    rule = "The dollar amount entered."
    columns = (
        BudgetColumn(
            name="amount",
            column="fixed_amount",
            limits=(SMALLEST, LARGEST_AMOUNT),
            missing="Enter the budget in dollars, like 5,000.00.",
        ),
    )

    def lines(self, budget: Budget) -> list[BudgetLine]:
        return [amount_line(budget.amount or 0)]


class ContractBudget(BudgetDefinition):
    type = BudgetType.PERCENT_OF_CONTRACT
    label = "Percentage of contract price"
    rule = "Contract price × labor percentage."
    columns = (
        BudgetColumn(
            name="contract_amount", column="contract_amount", limits=(SMALLEST, LARGEST_AMOUNT), from_job=True
        ),
        BudgetColumn(
            name="percent",
            column="labor_percent",
            most=HUNDRED,
            limits=(SMALLEST, HUNDRED),
            missing="Enter the labor percentage of the contract price, like 30.",
        ),
    )
    no_budget = "The budget is missing: the job has no contract price. Enter it here or on the job."
    job_words = "Contract price of the job"

    def lines(self, budget: Budget) -> list[BudgetLine]:
        contract, percent = exact(budget.contract_amount or 0), exact(budget.percent or 0)
        return [BudgetLine(amount=contract * percent / 100, formula=f"{exact_dollars(contract)} × {number(percent)}%")]


class RateBudget(BudgetDefinition):
    type = BudgetType.RATE
    label = "Rate per unit"
    rule = "Dollars per unit × quantity."
    columns = (
        BudgetColumn(
            name="rate",
            column="rate_amount",
            limits=(Decimal("0.0001"), Decimal(9_999_999)),
            missing="Enter the labor rate per unit, like 2.50.",
        ),
        BudgetColumn(
            name="quantity",
            column="quantity",
            limits=(Decimal("0.001"), Decimal(99_999_999)),
            missing="Enter how many units the job has, like 1,200.",
        ),
    )

    def lines(self, budget: Budget) -> list[BudgetLine]:
        rate, quantity = exact(budget.rate or 0), exact(budget.quantity or 0)
        return [BudgetLine(amount=rate * quantity, formula=f"{exact_dollars(rate)} × {number(quantity)}")]


class TasksBudget(BudgetDefinition):
    type = BudgetType.TASKS
    label = "By cost code"
    rule = "Total of all lines: hours × the crew's average cost of an hour, and dollars as entered."
    missing_lines = "Enter at least one line: a cost code with its hours or its dollars."
    no_budget = "The budget is missing: it has no lines yet."
    may_be_in_hours = True

    def lines(self, budget: Budget) -> list[BudgetLine]:
        return [_task_line(task) for task in budget.tasks]


DEFINITIONS: dict[str, BudgetDefinition] = {
    one.type: one for one in (HoursBudget(), AmountBudget(), ContractBudget(), RateBudget(), TasksBudget())
}


def definition_of(budget_type: str) -> BudgetDefinition:
    """Return the object of a type. Raises ValueError if there is no such type."""
    if budget_type not in DEFINITIONS:
        raise ValueError(f"There is no budget of the type {budget_type!r}.")
    return DEFINITIONS[budget_type]


def all_columns() -> list[BudgetColumn]:
    """Return the columns of all types, each once."""
    found = {column.column: column for one in DEFINITIONS.values() for column in one.columns}
    return list(found.values())


def types_with(column: str) -> list[str]:
    """Return the types that need this column of a ProPay."""
    return [str(one.type) for one in DEFINITIONS.values() if column in [own.column for own in one.columns]]


def types_by_lines() -> list[str]:
    """Return the types that have a line for each cost code."""
    return [str(one.type) for one in DEFINITIONS.values() if one.has_lines]


def types_maybe_in_hours() -> list[str]:
    """Return the types that can be entirely in hours."""
    return [str(one.type) for one in DEFINITIONS.values() if one.may_be_in_hours]


def filled_by_jobs() -> list[BudgetDefinition]:
    """Return the types whose number may come from the job, the usual one first."""
    return [one for one in DEFINITIONS.values() if one.job_column]


def no_budget_notes() -> list[str]:
    """Return all texts that say that the budget is missing."""
    return [one.no_budget for one in DEFINITIONS.values() if one.no_budget]


def hours_line(value: Number) -> BudgetLine:
    """Return a line of this many hours."""
    return BudgetLine(hours=exact(value), formula=f"{number(value)} h")


def amount_line(value: Number) -> BudgetLine:
    """Return a line of this many dollars."""
    return BudgetLine(amount=exact(value), formula=exact_dollars(value))


def _task_line(task: TaskLine) -> BudgetLine:
    line = amount_line(task.amount or 0) if task.hours is None else hours_line(task.hours)
    return replace(line, cost_code=task.cost_code, formula=f"{task.label or task.cost_code} {line.formula}")
