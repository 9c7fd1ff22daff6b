"""Frozen terms come back as what they were, in names of their own."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from propay.frozen.terms import counts_overtime, freeze, thaw
from propay.rules.budgets import Budget, BudgetType, TaskLine
from propay.rules.terms import (
    Adjustment,
    AdjustmentType,
    CrewMember,
    Distribution,
    PoolPercents,
    Terms,
)

LINES = (
    TaskLine(cost_code=3, hours=Fraction(161, 2), label="Framing"),
    TaskLine(cost_code=4, amount=Decimal("3000.00")),
)
BUDGETS = [
    Budget(type=BudgetType.HOURS, hours=Fraction(161, 2)),
    Budget(type=BudgetType.AMOUNT, amount=Decimal("5000.00")),
    Budget(type=BudgetType.PERCENT_OF_CONTRACT, contract_amount=Decimal(30000), percent=Decimal("20.00")),
    Budget(type=BudgetType.RATE, rate=Decimal("2.5000"), quantity=Decimal("2000.000")),
    Budget(type=BudgetType.TASKS, tasks=LINES),
]
FULL = Terms(
    budget=BUDGETS[0],
    adjustment=Adjustment(type=AdjustmentType.MULTIPLY, value=Decimal("1.1000")),
    completion_percent=Decimal("80.00"),
    split_percent=Decimal("33.33"),
    pool=PoolPercents(crew=Decimal(60), lead=Decimal(10), manager=Decimal(10), company=Decimal(10), other=Decimal(10)),
    distribution=Distribution.MANUAL,
    lead_weight=Decimal("2.00"),
    lead_also_shares=True,
    pool_includes_overtime=True,
    include_overtime_cost=True,
    burden_percent=Decimal("12.50"),
    netted_amount=Decimal("100.00"),
    penalties=(Decimal("50.00"), Decimal("75.50")),
    disqualified=True,
    lead=1,
    manager=2,
    others=(3, 4),
    crew=(CrewMember(worker_id=5, no_bonus=True), CrewMember(worker_id=6, fixed_percent=50, manual_amount=Decimal(1))),
)


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda budget: budget.type)
def test_a_budget_of_each_type_round_trips(budget):
    assert thaw(freeze(Terms(budget=budget))) == Terms(budget=budget)


def test_all_other_terms_round_trip():
    assert thaw(freeze(FULL)) == FULL
    assert counts_overtime(freeze(FULL))


def test_terms_of_version_2_keep_the_overtime_out_of_the_pool():
    stored = {**freeze(FULL), "version": 2}
    del stored["pool_includes_overtime"]
    assert thaw(stored) == replace(FULL, pool_includes_overtime=False)


def test_frozen_data_names_no_python_class():
    text = repr(freeze(FULL))
    assert not [name for name in ("Plan", "Decimal", "Fraction", "CrewMember", "'fields'") if name in text]
