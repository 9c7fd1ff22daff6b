"""Cents as whole numbers, and everything between them as exact fractions."""

from collections.abc import Callable, Sequence
from fractions import Fraction


def cents(amount: str | Fraction) -> int:
    """Round an amount in dollars to cents, half up."""
    hundredfold = Fraction(amount) * 100
    doubled = 2 * abs(hundredfold)
    whole = (doubled.numerator + doubled.denominator) // (2 * doubled.denominator)
    return -whole if hundredfold < 0 else whole


def text(amount: int) -> str:
    """Write cents as dollars, or hundredths of an hour as hours."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02}"


def hours(minutes: int) -> str:
    return text(cents(Fraction(minutes, 60)))


def allot(total: int, weights: dict[str, Fraction], rank: Callable[[str], object] | None = None) -> dict[str, int]:
    """Divide cents by largest remainder (bonus.md 5.3); `rank` orders what has the same remainder."""
    everything = sum(weights.values())
    if not everything:
        return dict.fromkeys(weights, 0)
    exact = {name: total * Fraction(weight) / everything for name, weight in weights.items()}
    floors = {name: value.numerator // value.denominator for name, value in exact.items()}
    names: Sequence[str] = sorted(weights, key=rank) if rank else list(weights)
    by_remainder = sorted(names, key=lambda name: floors[name] - exact[name])
    for name in by_remainder[: total - sum(floors.values())]:
        floors[name] += 1
    return floors
