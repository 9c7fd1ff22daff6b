"""How the numbers of a step are written."""

from fractions import Fraction

import pytest

from propay.rules.trace import Trace, exact_dollars, hours, number


def test_a_trace_is_read_unless_someone_says_otherwise() -> None:
    assert Trace().is_read


@pytest.mark.parametrize(
    ("value", "as_number", "as_dollars"),
    [(Fraction(-1, 2), "-0.5", "-0.50"), (Fraction(-1, 3), "-0.333333…", "-0.333333…"), (-1, "-1", "-1.00")],
)
def test_numbers_just_below_zero_keep_their_sign(value: Fraction, as_number: str, as_dollars: str) -> None:
    assert (number(value), exact_dollars(value)) == (as_number, as_dollars)


def test_a_minute_below_zero_keeps_its_sign() -> None:
    assert hours(-1) == "-0:01 h"
