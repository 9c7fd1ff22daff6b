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
    [
        ("0", ("-5", "5", "0")),
        ("50", ("-20", "5", "-35")),
        ("57", ("-20", "3", "-40")),
        ("-3", ("-2", "5", "0")),
        ("-8", ("0", "5", "0")),
    ],
)
def test_bonuses_are_lowered_by_what_is_left_and_by_minuses(left: str, expected: tuple[str, ...]) -> None:
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
        ([("12", "0"), ("-5", "0")], ("0", "0"), [("-5", "0"), ("5", "0")]),
        ([("0", "8"), ("20", "0"), ("-10", "0")], ("0", "0"), [("0", "0"), ("-10", "0"), ("10", "0")]),
        ([("3", "0"), ("4", "0"), ("-9", "1")], ("0", "0"), [("-3", "0"), ("-4", "0"), ("9", "-1")]),
        ([("0", "0"), ("2", "0")], ("-5", "0"), [("5", "0"), ("0", "0")]),
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


columns = st.tuples(amounts, amounts)
# What happens to one ProPay and person: an amount on a statement, or one of the statements is locked, unlocked, paid.
events = st.one_of(
    st.tuples(st.sampled_from(range(3)), columns), st.tuples(st.sampled_from(range(3)), st.sampled_from("LUP"))
)


class Account:
    """Three statements of one person, and what each paid, by one of the two rules."""

    def __init__(self, rule) -> None:
        self.rule = rule
        self.amounts: list[list[Decimal]] = []
        self.off: dict[int, tuple[Decimal, ...]] = {}
        self.lines: dict[int, list[tuple[Decimal, ...]]] = {0: [], 1: [], 2: []}
        self.state = {0: "O", 1: "O", 2: "O"}

    def happen(self, statement: int, what) -> None:
        if isinstance(what, tuple):
            open_one = next((one for one in range(statement, 3) if self.state[one] == "O"), None)
            if open_one is not None:
                self.lines[open_one].append(what)
        elif self.state[statement] != "P" and not (what == "U" and self.state[statement] == "O"):
            self.state[statement] = {"L": "L", "U": "O", "P": "P"}[what]
        self.settle()

    def settle(self) -> None:
        left = tuple(map(sum, zip(D("0", "0"), *(self.off[one] for one in self.frozen()), strict=True)))
        opened = [one for one in self.lines if self.state[one] == "O" and self.lines[one]]
        found = self.rule([self.sums(one) for one in opened], left)
        self.off |= dict(zip(opened, found, strict=True))

    def frozen(self) -> list[int]:
        return [one for one in self.lines if self.state[one] != "O" and one in self.off]

    def sums(self, statement: int) -> tuple[Decimal, ...]:
        return tuple(map(sum, zip(*self.lines[statement], strict=True)))

    def pays(self, statements) -> Decimal:
        both = [(self.sums(one), self.off[one]) for one in statements if one in self.off]
        return sum((sum(sums) + sum(off) for sums, off in both), Decimal(0))


@given(st.lists(events, max_size=12))
def test_all_statements_together_pay_what_is_due_in_whatever_order(happens) -> None:
    account = Account(set_against_overtime)
    for statement, what in happens:
        account.happen(statement, what)

        locked_or_paid = account.pays(account.frozen())
        due = sum((sum(line) for lines in account.lines.values() for line in lines), Decimal(0))
        opened = [one for one in account.lines if account.state[one] == "O" and account.lines[one]]
        if opened:
            assert account.pays(opened) == max(due - locked_or_paid, 0)
        for one in opened:
            assert all(a + off >= 0 for a, off in zip(account.sums(one), account.off[one], strict=True))
