from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.exaktime.budgets import BudgetUnreadable, parse_budget_minutes, parse_contract_amount


@pytest.mark.parametrize(
    ("value", "minutes"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        ("320", 19200),
        (" 320 ", 19200),
        ("320h", 19200),
        ("320 H", 19200),
        ("1,200.5", 72030),
        ("1,200.5 h", 72030),
        ("0.0084", 1),
        ("7.525", 452),
        ("7.52499", 451),
        ("0.175", 11),
        (320, 19200),
        (320.5, 19230),
        ("999,999.99", 59999999),
    ],
)
def test_budget_minutes(value, minutes):
    assert parse_budget_minutes(value) == minutes


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (None, None),
        ("", None),
        ("48,500.00", Decimal("48500.00")),
        ("$48,500.00", Decimal("48500.00")),
        ("$ 48500", Decimal("48500.00")),
        ("48500.5", Decimal("48500.50")),
        ("48500.500", Decimal("48500.50")),
        (48500, Decimal("48500.00")),
        (48500.25, Decimal("48500.25")),
        ("9,999,999,999.99", Decimal("9999999999.99")),
    ],
)
def test_contract_amount(value, amount):
    parsed = parse_contract_amount(value)
    assert parsed == amount
    assert parsed is None or parsed.as_tuple().exponent == -2


NO_NUMBERS = [
    "0",
    "0.00",
    "-5",
    "+5",
    "1,2",
    "12,34",
    "1,2345",
    ",500",
    "1.200,50",
    "1 200",
    "1.2.3",
    ".5",
    "5.",
    "1e5",
    "1_000",
    "٣٢٠",
    "３２０",
    "320\n\n1",
    "320 hours",
    "320hh",
    "about 320",
    "320-340",
    "NaN",
    "Infinity",
    "$",
    "h",
    "€320",
    "9" * 33,
    True,
    False,
    0,
    -5,
    float("1e22"),
    [320],
    {"value": 320},
]


@pytest.mark.parametrize("value", NO_NUMBERS)
@pytest.mark.parametrize("parse", [parse_budget_minutes, parse_contract_amount])
def test_anything_but_one_plain_positive_number_is_refused(parse, value):
    with pytest.raises(BudgetUnreadable):
        parse(value)


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        (parse_budget_minutes, "$320"),
        (parse_budget_minutes, "1,000,000"),
        (parse_budget_minutes, "0.0083"),
        (parse_contract_amount, "48,500h"),
        (parse_contract_amount, "48,500.005"),
        (parse_contract_amount, "10,000,000,000"),
    ],
)
def test_wrong_unit_or_out_of_range_is_refused(parse, value):
    with pytest.raises(BudgetUnreadable):
        parse(value)


@given(st.integers(1, 999_999_999_999))
def test_every_amount_of_cents_survives(cents):
    amount = Decimal(cents) / 100
    assert parse_contract_amount(f"${amount:,.2f}") == amount


@given(st.text())
def test_any_text_is_a_positive_number_or_refused(value):
    for parse in (parse_budget_minutes, parse_contract_amount):
        try:
            parsed = parse(value)
        except BudgetUnreadable:
            continue
        assert parsed is None or parsed > 0
