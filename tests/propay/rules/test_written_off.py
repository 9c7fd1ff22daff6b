"""What isn't collected, and what uses it up: signs, order, and cents (bonus.md 10.5 and 11.1)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from propay.rules.written_off import not_collected, set_against_bonuses, set_against_overtime

amounts = st.integers(-10_000, 10_000).map(lambda cents: Decimal(cents).scaleb(-2))


def D(*values: str) -> tuple[Decimal, ...]:  # noqa: N802
    return tuple(map(Decimal, values))


@pytest.mark.parametrize(
    ("left", "expected"),
    [("0", ("0", "0", "0")), ("50", ("-20", "0", "-30")), ("-3", ("0", "3", "0"))],
)
def test_bonuses_use_up_what_is_left_in_order(left: str, expected: tuple[str, ...]) -> None:
    found = set_against_bonuses([D("20"), D("-5"), D("40")], D(left))

    assert [one for (one,) in found] == list(D(*expected))


@pytest.mark.parametrize(
    ("columns", "left", "expected"),
    [
        ([("-5", "0")], ("0", "0"), [("5", "0")]),
        ([("-5", "0"), ("20", "0")], ("0", "0"), [("5", "0"), ("-5", "0")]),
        ([("-5", "3")], ("0", "0"), [("5", "-3")]),
        ([("-5", "8")], ("0", "0"), [("5", "-5")]),
        ([("0", "8")], ("5", "0"), [("0", "-5")]),
        ([("-5", "0")], ("-5", "0"), [("5", "0")]),
    ],
)
def test_both_columns_of_a_true_up_are_set_against_each_other(columns, left, expected) -> None:
    found = set_against_overtime([D(*one) for one in columns], D(*left))

    assert list(found) == [D(*one) for one in expected]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([(1, "-40")], ("40",)),
        ([(1, "-40"), (2, "-20"), (3, "30")], ("20", "10", "0")),
        ([(1, "-40"), (1, "40"), (2, "-30")], ("0", "0", "30")),
        ([(None, "-230"), (1, "200")], ("30", "0")),
        ([(1, "-0.01"), (2, "-0.01"), (3, "-0.01"), (4, "0.01")], ("0.01", "0.01", "0", "0")),
    ],
)
def test_what_is_not_collected_goes_line_by_line(lines, expected) -> None:
    assert not_collected([(propay, Decimal(amount)) for propay, amount in lines]) == list(D(*expected))


@given(st.lists(st.tuples(st.sampled_from([None, 1, 2]), amounts), min_size=1, max_size=6))
def test_no_line_is_written_off_beyond_its_amount(lines) -> None:
    total = sum(amount for _propay, amount in lines)
    if total >= 0:
        return
    parts = not_collected(lines)

    assert sum(parts) == -total
    assert all(0 <= part <= max(-amount, 0) for part, (_propay, amount) in zip(parts, lines, strict=True))


@given(st.lists(st.tuples(amounts, amounts), max_size=5))
def test_overtime_pays_what_is_due_in_all_and_no_column_below_zero(columns) -> None:
    paid = [
        [one + off for one, off in zip(pair, offs, strict=True)]
        for pair, offs in zip(columns, set_against_overtime(columns, D("0", "0")), strict=True)
    ]

    assert all(one >= 0 for pair in paid for one in pair)
    due = highest = Decimal(0)
    for pair, both in zip(columns, paid, strict=True):
        due += sum(pair)
        assert sum(both) == max(due - highest, 0)
        highest = max(highest, due)
