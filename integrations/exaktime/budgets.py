"""The two labor budgets in a Location's custom fields, read strictly (exaktime.md 4.4). Pure.

A misread budget leads to wrong bonuses, so anything but one plain positive number is refused with a reason.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_NUMBER = r"(?P<number>(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?)"
_HOURS = re.compile(rf"{_NUMBER} ?[hH]?")
_DOLLARS = re.compile(rf"\$? ?{_NUMBER}")
# The limits of the columns: whole minutes in 31 bits, twelve digits with two decimals.
_MOST_HOURS = Decimal(1_000_000)
_MOST_DOLLARS = Decimal(10) ** 10


@dataclass(frozen=True, slots=True)
class BudgetFields:
    """Names of a Location's custom fields with the two budgets; "" if none is read."""

    budget_hours: str
    contract_price: str


class BudgetUnreadable(ValueError):
    """The field isn't empty but isn't a budget either. The text is for people."""


def parse_budget_minutes(value: Any) -> int | None:
    """`"320"`, `"1,200.5 h"` → whole minutes, half up; None if the field is empty."""
    hours = _positive_number(value, _HOURS, "a number of hours, such as 320 or 1,200.5")
    if hours is None:
        return None
    minutes = int((hours * 60).quantize(Decimal(1), ROUND_HALF_UP)) if hours < _MOST_HOURS else 0
    if minutes == 0:
        raise BudgetUnreadable("The budget hours are too low or too high for a budget.")
    return minutes


def parse_contract_amount(value: Any) -> Decimal | None:
    """`"$48,500.00"` → dollars with two decimals; None if the field is empty."""
    amount = _positive_number(value, _DOLLARS, "an amount of dollars, such as 48,500.00")
    if amount is None:
        return None
    if amount >= _MOST_DOLLARS:
        raise BudgetUnreadable("The contract price is too large.")
    if amount != (cents := amount.quantize(Decimal("0.01"))):
        raise BudgetUnreadable("The contract price has fractions of a cent.")
    return cents


def _positive_number(value: Any, pattern: re.Pattern[str], wanted: str) -> Decimal | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    match = pattern.fullmatch(_text(value).strip())
    number = Decimal(match["number"].replace(",", "")) if match and len(match["number"]) <= 32 else Decimal(0)
    if number <= 0:
        raise BudgetUnreadable(f"The field must contain only {wanted}.")
    return number


def _text(value: Any) -> str:
    """Custom fields are text (A); a plain JSON number is unambiguous, so it is accepted too."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
