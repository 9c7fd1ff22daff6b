"""Cents: rounding half up, and cutting an amount into parts that add up to it. And wages, the one finer amount. Pure.

Internally, money is exact (`Decimal` or `Fraction`), never a float; it is rounded to cents only where bonus.md has a ¢.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

Number = int | Decimal | Fraction

ZERO = Decimal("0.00")
CENTS_PER_DOLLAR = 100
CENT = Decimal("0.01")
WAGE_PLACES = 4


def exact(value: Number) -> Fraction:
    """The value as a fraction, which loses nothing. A float is refused: it has already lost something."""
    if isinstance(value, float):
        raise TypeError(f"Money and time are never floats: {value!r}")
    return value if isinstance(value, Fraction) else Fraction(value)


def round_half_up(value: Number) -> int:
    """To a whole number, half up. A negative half rounds away from zero, as in bookkeeping."""
    return _half_up(*exact(value).as_integer_ratio())


def to_cents(value: Number) -> int:
    """Dollars to whole cents, half up."""
    numerator, denominator = exact(value).as_integer_ratio()
    return _half_up(numerator * CENTS_PER_DOLLAR, denominator)


def _half_up(numerator: int, denominator: int) -> int:
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -whole if numerator < 0 else whole


def from_cents(cents: int) -> Decimal:
    """Whole cents to dollars with exactly two decimals, whatever the size."""
    sign = "-" if cents < 0 else ""
    dollars, rest = divmod(abs(cents), CENTS_PER_DOLLAR)
    return Decimal(f"{sign}{dollars}.{rest:02d}")


def round_cents(value: Number) -> Decimal:
    """Dollars rounded half up to cents: the ¢ of bonus.md."""
    return from_cents(to_cents(value))


def normal_wage(wage: Decimal) -> Decimal:
    """Dollars per hour with at least two and at most four decimals, so that equal wages are equal as text, too.

    25, 25.0000, and what SQLite's floats make of it are all 25.00; 25.1250 is 25.125 (bonus.md 10.6).
    """
    exactly = wage.quantize(Decimal(1).scaleb(-WAGE_PLACES))
    cents = exactly.quantize(CENT)
    return cents if cents == exactly else exactly.normalize()


def round_up_cents(value: Number) -> Decimal:
    """The next whole cent at or above the value."""
    numerator, denominator = (exact(value) * CENTS_PER_DOLLAR).as_integer_ratio()
    return from_cents(-(-numerator // denominator))


def allot(amount: Decimal, weights: Sequence[Number]) -> list[Decimal]:
    """Cut `amount` (whole cents, not negative) in proportion to `weights`, so that the parts add up to it.

    Largest remainder: every part is floored to cents, then the left-over cents go to the largest remainders. For equal
    remainders, the one that comes first in the list wins: the caller puts the list in the order its rule names.
    """
    cents = to_cents(amount)
    exact_weights = [exact(weight) for weight in weights]
    total = sum(exact_weights, Fraction(0))
    if cents < 0 or exact(amount) * CENTS_PER_DOLLAR != cents:
        raise ValueError(f"Only whole cents from 0 up can be allotted, not {amount}.")
    if total <= 0 or min(exact_weights) < 0:
        raise ValueError("The weights of an allotment must be at least 0, and one of them above it.")
    wanted = [cents * weight / total for weight in exact_weights]
    parts = [int(share) for share in wanted]
    by_remainder = sorted(range(len(parts)), key=lambda position: parts[position] - wanted[position])
    for position in by_remainder[: cents - sum(parts)]:
        parts[position] += 1
    return [from_cents(part) for part in parts]
