"""Which time counts, what it cost, and the budget it is held against (bonus.md 1 to 3)."""

from decimal import Decimal
from fractions import Fraction

import pytest

from propay.rules.budget_figures import is_fixed, minutes_in
from propay.rules.budgets import Budget, BudgetType, TaskLine
from propay.rules.calculations import calculate, counted_kinds
from propay.rules.terms import Adjustment, Terms, TimeSlice
from tests.make.cases import adjust, amounts, fixed, in_hours, parts, piece

# 1. Which time counts


def test_travel_counts_only_if_enabled_and_breaks_never() -> None:
    assert counted_kinds(include_travel=False) == {"work", "auto_lunch"}
    assert counted_kinds(include_travel=True) == {"work", "auto_lunch", "travel"}


# 2. Actual cost


def test_actual_cost_uses_the_wage_of_each_entry() -> None:
    result = calculate(fixed("1000"), [piece("a", 8, "20.00"), piece("a", 8, "22.50")])
    assert str(result.actual_amount) == "340.00"
    assert str(result.workers[0].cost_amount) == "340.00"


def test_actual_cost_is_rounded_once_over_all_entries() -> None:
    cents = [piece(worker, Decimal(1) / 60, "0.20") for worker in ("a", "b", "c")]
    assert str(calculate(fixed("1"), cents).actual_amount) == "0.01"


def test_overtime_cost_adds_half_and_whole_of_the_wage() -> None:
    time = [piece("a", 12, "20.00", ot1_minutes=120, ot2_minutes=60)]
    assert str(calculate(fixed("1000"), time).actual_amount) == "240.00"
    assert str(calculate(fixed("1000", include_overtime_cost=True), time).actual_amount) == "280.00"


def test_burden_raises_cost_after_overtime() -> None:
    terms = fixed("1000", include_overtime_cost=True, burden_percent=Decimal("12.5"))
    assert str(calculate(terms, [piece("a", 10, "20.00", ot1_minutes=60)]).actual_amount) == "236.25"


def test_missing_wage_names_the_workers_and_gives_no_figure() -> None:
    result = calculate(fixed("1000"), [piece("b", 8, None), piece("a", 8), piece("b", 8)], names={"b": "Bo Berg"})
    assert result.missing_wages == ("b",)
    assert (result.actual_amount, result.saving, str(result.pool), result.shares) == (None, None, "0.00", ())
    assert result.actual_minutes == 24 * 60
    assert "Bo Berg" in result.warnings[0]


def test_lunches_alone_have_a_negative_cost_and_earn_no_one_anything() -> None:
    result = calculate(fixed("100"), [piece("a", "-0.5", "20.00")])
    assert (str(result.actual_amount), str(result.saving)) == ("-10.00", "110.00")
    assert amounts(result) == {}
    assert parts(result) == {"company": "110.00"}


# 3. Budget


def test_an_hours_budget_uses_the_unrounded_average_cost() -> None:
    result = calculate(in_hours("10"), [piece("a", 1, "10.00"), piece("b", 2, "11.00")])
    assert str(result.budget_amount) == "106.67"


def test_hours_budget_may_be_given_in_minutes() -> None:
    budget = Budget(type=BudgetType.HOURS, hours=Fraction(20, 60))
    result = calculate(Terms(budget=budget), [piece("a", 1, "30.00")])
    assert (result.budget_minutes, str(result.budget_amount)) == (20, "10.00")


@pytest.mark.parametrize("time", [[], [piece("a", "-0.5")], [piece("a", 1), piece("b", -1)]])
def test_hours_budget_without_counted_hours_has_no_figure_yet(time: list[TimeSlice]) -> None:
    result = calculate(in_hours("10"), time)
    assert (result.budget_minutes, result.budget_amount, result.saving, result.shares) == (600, None, None, ())
    assert str(result.pool) == "0.00"
    assert "no time is counted yet" in result.warnings[0]


def test_amount_budget_without_time_goes_to_the_company_part() -> None:
    result = calculate(fixed("100"), [])
    assert (str(result.actual_amount), parts(result)) == ("0.00", {"company": "100.00"})


def test_tasks_net_out_over_all_lines_and_unlisted_codes_only_cost() -> None:
    lines = (
        TaskLine(cost_code="drywall", hours=Decimal(8), label="Drywall"),
        TaskLine(cost_code="paint", amount=Decimal("900.00")),
    )
    time = [piece("a", 10, cost_code="drywall"), piece("b", 20, "30.00", cost_code="paint"), piece("a", 2)]
    result = calculate(Terms(budget=Budget(type=BudgetType.TASKS, tasks=lines)), time)
    # The crew's hour costs 840 / 32 = 26.25.
    assert (result.budget_minutes, str(result.budget_amount), str(result.actual_amount)) == (480, "1110.00", "840.00")
    drywall, paint = result.tasks
    assert (drywall.budget_minutes, str(drywall.budget_amount), drywall.actual_minutes) == (480, "210.00", 600)
    assert (paint.budget_minutes, str(paint.budget_amount), str(paint.actual_amount)) == (None, "900.00", "600.00")


def test_tasks_in_dollars_only_have_a_figure_without_hours() -> None:
    budget = Budget(type=BudgetType.TASKS, tasks=(TaskLine(cost_code="x", amount=Decimal(50)),))
    assert str(calculate(Terms(budget=budget), []).budget_amount) == "50.00"


@pytest.mark.parametrize(
    ("adjustment", "minutes", "amount"),
    [
        (adjust("PERCENT", "15"), 92 * 60, "1840.00"),
        (adjust("PERCENT", "-10"), 72 * 60, "1440.00"),
        (adjust("MULTIPLY", "1.5"), 120 * 60, "2400.00"),
        (adjust("HOURS", "10.25"), 615, "205.00"),
        (adjust("AMOUNT", "1234.50"), None, "1234.50"),
    ],
)
def test_adjustment_of_an_hours_budget(adjustment: Adjustment, minutes: int | None, amount: str) -> None:
    result = calculate(in_hours("80", adjustment=adjustment), [piece("a", 10)])
    assert (result.budget_minutes, str(result.budget_amount)) == (minutes, amount)


@pytest.mark.parametrize(
    ("adjustment", "minutes", "amount"),
    [
        (adjust("PERCENT", "15"), None, "1150.00"),
        (adjust("MULTIPLY", "0"), None, "0.00"),
        (adjust("HOURS", "10"), 600, "200.00"),
        (adjust("AMOUNT", "1234.50"), None, "1234.50"),
    ],
)
def test_adjustment_of_an_amount_budget(adjustment: Adjustment, minutes: int | None, amount: str) -> None:
    result = calculate(fixed("1000", adjustment=adjustment), [piece("a", 10)])
    assert (result.budget_minutes, str(result.budget_amount)) == (minutes, amount)


def test_adjustment_scales_every_task_line() -> None:
    lines = (TaskLine(cost_code="x", hours=Decimal(10)), TaskLine(cost_code="y", amount=Decimal(100)))
    terms = Terms(budget=Budget(type=BudgetType.TASKS, tasks=lines), adjustment=adjust("PERCENT", "10"))
    result = calculate(terms, [piece("a", 1)])
    assert [line.budget_minutes for line in result.tasks] == [660, None]
    assert str(result.budget_amount) == "330.00"


def test_completion_takes_a_percentage_of_the_rounded_budget() -> None:
    result = calculate(fixed("100.01", completion_percent=Decimal(50)), [piece("a", 1)])
    assert (str(result.earned_amount), str(result.saving)) == ("50.01", "30.01")


MIXED = Budget(
    type=BudgetType.TASKS, tasks=(TaskLine(cost_code="x", hours=2), TaskLine(cost_code="y", amount=Decimal(50)))
)


@pytest.mark.parametrize(
    ("budget", "adjustment", "minutes"),
    [
        (Budget(type=BudgetType.HOURS, hours=10), None, 600),
        (Budget(type=BudgetType.HOURS, hours=10), adjust("MULTIPLY", "1.5"), 900),
        (Budget(type=BudgetType.HOURS, hours=10), adjust("AMOUNT", "100"), None),
        (Budget(type=BudgetType.AMOUNT, amount=100), adjust("HOURS", "2"), 120),
        (MIXED, None, None),
    ],
)
def test_a_budget_is_in_minutes_where_none_of_it_is_in_dollars(
    budget: Budget, adjustment: Adjustment | None, minutes: int | None
) -> None:
    assert minutes_in(budget, adjustment) == minutes


@pytest.mark.parametrize(
    ("terms", "fixed_too"),
    [(fixed("100"), True), (fixed("100", adjustment=adjust("HOURS", "2")), False), (Terms(budget=MIXED), False)],
)
def test_a_budget_is_fixed_where_all_of_it_is_in_dollars(terms: Terms, fixed_too: bool) -> None:
    assert is_fixed(terms) == fixed_too


def test_one_minute_is_enough_to_know_what_an_hour_costs() -> None:
    result = calculate(in_hours("1"), [TimeSlice(worker_id="a", minutes=1, wage=Decimal("60.00"))])
    assert str(result.budget_amount) == "60.00"


@pytest.mark.parametrize(
    ("terms", "time", "step"),
    [
        (in_hours("10"), [], ("10 h × ?", "—")),
        (in_hours("10"), [piece("a", 1)], ("10 h × 20.00", "200.00")),
        (Terms(budget=MIXED), [piece("a", 1)], ("x 2 h × 20.00 + y 50.00", "90.00")),
        (fixed("100", adjustment=adjust("PERCENT", "10")), [], ("100.00 × 1.1", "110.00")),
    ],
)
def test_the_budget_is_explained(terms: Terms, time: list[TimeSlice], step: tuple[str, str]) -> None:
    (found,) = [one for one in calculate(terms, time).trace if one.key == "budget"]
    assert (found.formula, found.result) == step


def test_negative_amounts_cannot_be_netted() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        fixed("100", netted_amount=Decimal("-0.01"))
