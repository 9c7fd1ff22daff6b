"""Worked examples of public sources on overtime and bonuses, and what the product makes of them."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from propay.cases import solving

CASES = json.loads((Path(__file__).parents[2] / "oracle" / "pay_law_cases.json").read_text())


@pytest.mark.parametrize("example", CASES, ids=[example["id"] for example in CASES])
def test_an_example_of_a_public_source_comes_out(example):
    weeks = solving.run(example["case"])["overtime_true_up"]
    found = {column: str(sum(Decimal(week[column]) for week in weeks)) for column in example["expected"]}
    assert found == example["expected"]
