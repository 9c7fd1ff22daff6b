"""A true-up in fractions, calculated independently, straight from bonus.md 6."""

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction


def half_up(value: Fraction) -> Decimal:
    cents = abs(value) * 100
    whole = (2 * cents.numerator + cents.denominator) // (2 * cents.denominator)
    return Decimal(-whole if value < 0 else whole).scaleb(-2)


def true_up(bonus: Fraction, days: Counter[date], rules: tuple[str, str, int]) -> tuple[Decimal, Decimal]:
    total = sum(days.values())
    if total <= 0:
        return Decimal(0), Decimal(0)
    federal = half_up(Fraction(1, 2) * bonus / total * max(0, total - 2400))
    if rules[0] == "FEDERAL":
        return federal, Decimal(0)
    straight = over = double = 0
    all_seven = sum(length > 0 for length in days.values()) == 7
    for day, length in days.items():
        if all_seven and day == max(days):
            over += min(length, 480)
            double += max(length - 480, 0)
        else:
            straight += min(length, 480)
            over += min(max(length - 480, 0), 240)
            double += max(length - 720, 0)
    over += max(straight - 2400, 0)
    straight = min(straight, 2400)
    if rules[1] == "FLAT_SUM":
        rate = bonus / (straight if straight > 0 else total)
        state = rate * (Fraction(3, 2) * over + 2 * double)
    else:
        state = bonus / total * (Fraction(1, 2) * over + double)
    return federal, max(half_up(state) - federal, Decimal(0))
