"""The values of a pay policy are those of the rules, which `accounts` may not import (bonus.md 11.2 to 11.5)."""

import pytest

from propay.rules.policies import Divisor, StateMethod
from propay.rules.state_overtime import COVERED_STATES
from propay.rules.take_back import TakeBack
from protiv.accounts.models import PayPolicy


@pytest.mark.parametrize(("column", "rule"), [("method", StateMethod), ("divisor", Divisor), ("take_back", TakeBack)])
def test_the_choices_of_a_column_are_the_values_of_the_rule(column, rule):
    assert {value for value, _label in PayPolicy._meta.get_field(column).flatchoices} == {*rule}


def test_every_state_with_a_rule_can_be_chosen():
    assert {*COVERED_STATES} <= {value for value, _label in PayPolicy._meta.get_field("state").flatchoices}
