"""Cents: rounding and allotment."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protiv.kit.money import allot, exact, from_cents, normal_wage, round_cents, round_half_up


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.004999", "0.00"),
        ("0.005", "0.01"),
        ("2.675", "2.68"),
        ("-0.004", "0.00"),
        ("-0.005", "-0.01"),
        ("1000000000000000000000000000000000.005", "1000000000000000000000000000000000.01"),
    ],
)
def test_round_cents_rounds_half_up_at_any_size(value: str, expected: str) -> None:
    assert str(round_cents(Decimal(value))) == expected


def test_round_cents_of_a_third_is_thirty_three_cents() -> None:
    assert str(round_cents(Fraction(1, 3))) == "0.33"


@pytest.mark.parametrize(
    ("value", "expected"), [(Fraction(5, 2), 3), (Fraction(-5, 2), -3), (Fraction(-1, 2), -1), (Fraction(7, 3), 2)]
)
def test_round_half_up_goes_away_from_zero_at_a_half(value: Fraction, expected: int) -> None:
    assert round_half_up(value) == expected


def test_exact_refuses_a_float() -> None:
    with pytest.raises(TypeError, match="never floats"):
        exact(0.1)  # type: ignore[arg-type]


@pytest.mark.parametrize(("cents", "expected"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-12345, "-123.45")])
def test_from_cents_always_has_two_decimals(cents: int, expected: str) -> None:
    assert str(from_cents(cents)) == expected


def test_allot_gives_left_over_cents_to_the_largest_remainders() -> None:
    assert allot(Decimal("300.00"), [Decimal("1.5"), 1, 1]) == [Decimal("128.57"), Decimal("85.72"), Decimal("85.71")]


def test_allot_breaks_ties_by_place_in_the_list() -> None:
    assert allot(Decimal("0.02"), [1, 1, 1]) == [Decimal("0.01"), Decimal("0.01"), Decimal("0.00")]


def test_allot_takes_weights_that_add_up_to_less_than_one() -> None:
    assert allot(Decimal("0.03"), [Fraction(1, 4), Fraction(1, 8)]) == [Decimal("0.02"), Decimal("0.01")]


def test_allot_of_nothing_gives_everyone_nothing() -> None:
    assert allot(Decimal("0.00"), [1, 2]) == [Decimal("0.00"), Decimal("0.00")]


@pytest.mark.parametrize(
    ("amount", "weights"),
    [("-0.01", [1]), ("0.001", [1]), ("1.00", [0, 0]), ("1.00", [2, -1])],
)
def test_allot_refuses_what_cannot_be_cut(amount: str, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="allot"):
        allot(Decimal(amount), weights)


@given(
    st.integers(min_value=0, max_value=10**9),
    st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=30).filter(any),
)
def test_allot_adds_up_and_stays_within_a_cent(cents: int, weights: list[int]) -> None:
    parts = allot(from_cents(cents), weights)
    assert sum(parts) == from_cents(cents)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Fraction(part) * 100 - Fraction(cents * weight, sum(weights))) < 1


@pytest.mark.parametrize(
    ("wage", "text"),
    [
        ("25", "25.00"),
        ("25.0000", "25.00"),
        ("25.1", "25.10"),
        ("25.1250", "25.125"),
        ("25.1275", "25.1275"),
        ("0.0001", "0.0001"),
        ("1000", "1000.00"),
        ("25.1275000000001", "25.1275"),
    ],
)
def test_the_same_wage_is_always_the_same_text(wage: str, text: str) -> None:
    assert str(normal_wage(Decimal(wage))) == text
