"""Losses of some ProPays that the savings of others pay for (bonus.md 7)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from propay.rules.calculations import calculate
from propay.rules.netting import net_losses
from protiv.kit.money import from_cents
from tests.make.cases import amounts, fixed, parts, percents, piece


def net(**savings: str) -> dict[str, str]:
    found = net_losses({name: Decimal(saving) for name, saving in savings.items()})
    return {name: str(amount) for name, amount in found.items()}


# Who pays for a loss


def test_loss_is_taken_from_the_savings_in_proportion() -> None:
    assert net(a="300.00", b="-100.00", c="100.00") == {"a": "75.00", "b": "0.00", "c": "25.00"}


def test_losses_are_added_up_before_they_are_taken() -> None:
    assert net(a="300.00", b="-100.00", c="100.00", d="-60.00") == {
        "a": "120.00",
        "b": "0.00",
        "c": "40.00",
        "d": "0.00",
    }


def test_losses_above_all_savings_take_all_of_them_and_no_more() -> None:
    assert net(a="300.00", b="-1000.00", c="0.01") == {"a": "300.00", "b": "0.00", "c": "0.01"}


@pytest.mark.parametrize(
    "savings", [{}, {"a": "10.00", "b": "5.00"}, {"a": "-10.00", "b": "-5.00"}, {"a": "0.00", "b": "-5.00"}]
)
def test_without_a_loss_or_without_a_saving_nothing_is_netted(savings: dict[str, str]) -> None:
    assert net(**savings) == dict.fromkeys(savings, "0.00")


def test_left_over_cents_go_to_the_largest_remainder_then_to_the_lower_id() -> None:
    assert net(a="10.00", b="20.00", c="-0.02") == {"a": "0.01", "b": "0.01", "c": "0.00"}
    assert net_losses({10: Decimal("5.00"), 9: Decimal("5.00"), 1: Decimal("-0.01")}) == {
        10: Decimal("0.00"),
        9: Decimal("0.01"),
        1: Decimal("0.00"),
    }


@given(st.dictionaries(st.integers(), st.integers(min_value=-(10**8), max_value=10**8).map(from_cents), max_size=12))
def test_netting_takes_what_was_lost_and_never_more_than_was_saved(savings: dict[int, Decimal]) -> None:
    netted = net_losses(savings)
    saved = sum(max(saving, Decimal(0)) for saving in savings.values())
    lost = -sum(min(saving, Decimal(0)) for saving in savings.values())
    assert netted.keys() == savings.keys()
    assert sum(netted.values()) == min(saved, lost)
    for propay_id, amount in netted.items():
        assert 0 <= amount <= max(savings[propay_id], Decimal(0))
        if savings[propay_id] > 0:
            exact = Fraction(savings[propay_id]) * Fraction(min(saved, lost)) / Fraction(saved)
            assert abs(Fraction(amount) - exact) < Fraction(1, 100)


# Type to the ProPay that pays


def test_pool_starts_from_what_netting_left_of_the_saving() -> None:
    terms = {"split_percent": Decimal(50), "penalties": (Decimal("5.00"),), "pool": percents(crew="90", company="10")}
    result = calculate(fixed("320", netted_amount=Decimal("20.00"), **terms), [piece("a", 10)])
    assert (str(result.saving), str(result.pool)) == ("120.00", "45.00")
    assert (parts(result), amounts(result)) == ({"crew": "40.50", "company": "4.50"}, {"a": "40.50"})
    steps = {step.key: (step.formula, step.result) for step in result.trace}
    assert steps["saving"] == ("320.00 - 200.00", "120.00")
    assert steps["netted"] == ("max(120.00 - 20.00, 0)", "100.00")
    assert steps["split"] == ("max(100.00, 0) × 50%", "50.00")


@pytest.mark.parametrize("budget", ["320", "200", "100"])
def test_netting_more_than_was_saved_leaves_no_pool(budget: str) -> None:
    result = calculate(fixed(budget, netted_amount=Decimal("120.00")), [piece("a", 10)])
    assert (str(result.pool), amounts(result)) == ("0.00", {"a": "0.00"})
    assert result.saving == Decimal(budget) - 200


def test_without_netting_the_trace_does_not_mention_it() -> None:
    result = calculate(fixed("320"), [piece("a", 10)])
    assert "netted" not in [step.key for step in result.trace]
    assert result == calculate(fixed("320", netted_amount=Decimal("0.00")), [piece("a", 10)])


def test_netting_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="The offset for losses must be at least 0."):
        fixed("320", netted_amount=Decimal("-0.01"))
