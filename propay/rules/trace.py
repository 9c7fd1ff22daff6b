"""How a figure was calculated, step by step, and how its numbers are written. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from protiv.kit.money import Number, exact

# Enough to check a cent by hand; a longer unrounded figure is cut here and marked with an ellipsis.
SHOWN_DECIMALS = 6
SHOWN_SCALE: int = 10**SHOWN_DECIMALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: `key` is stable for tests and links, `formula` has the actual numbers, `result` is the outcome."""

    key: str
    label: str
    formula: str
    result: str


class Trace:
    """The steps of one calculation, in order, and the workers' names.

    Writing them takes longer than calculating: if no one reads them (`is_read` False), a caller can skip them.
    """

    def __init__(self, names: Mapping[int | str, str] | None = None, *, is_read: bool = True) -> None:
        self._names = names or {}
        self.is_read = is_read
        self.steps: list[Step] = []

    def add(self, key: str, label: str, formula: str, result: str) -> None:
        self.steps.append(Step(key=key, label=label, formula=formula, result=result))

    def name(self, worker_id: int | str) -> str:
        return self._names.get(worker_id, str(worker_id))


def number(value: Number) -> str:
    """The exact value as text: `22.5`, or `21.333333…` if it is longer."""
    numerator, denominator = exact(value).as_integer_ratio()
    shown, rest = divmod(abs(numerator) * SHOWN_SCALE, denominator)
    whole, decimals = divmod(shown, SHOWN_SCALE)
    text = f"{'-' if numerator < 0 else ''}{whole}.{decimals:0{SHOWN_DECIMALS}d}"
    return f"{text}…" if rest else text.rstrip("0").rstrip(".")


def exact_dollars(value: Number) -> str:
    """Dollars before rounding as text: `4,393.60`, or `6,108.170833…` if they are longer."""
    whole, _, decimals = number(value).partition(".")
    return f"{'-' if value < 0 else ''}{abs(int(whole)):,}.{decimals:0<2}"


def dollars(value: Decimal | None) -> str:
    """An amount in cents as text, or a dash if there is none."""
    return "—" if value is None else f"{value:,.2f}"


def hours(minutes: Number) -> str:
    """Minutes as hours: `30 h`, `7:30 h`, and `7.333333… h` only for a fraction of a minute."""
    whole, part = divmod(abs(exact(minutes)), 60)
    if part and part == int(part):
        return f"{'-' if minutes < 0 else ''}{whole}:{int(part):02d} h"
    return f"{number(exact(minutes) / 60)} h"


def as_text(steps: Iterable[Step]) -> str:
    """The trace for a terminal: one line per step."""
    return "\n".join(f"{step.label}: {step.formula} = {step.result}" for step in steps)


def day(value: date) -> str:
    """Write a date for people: `Nov 2, 2026`."""
    return f"{value:%b} {value.day}, {value.year}"
