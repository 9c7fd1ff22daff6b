"""How a page shows the parts of the pool: each effective percentage, and where an unused part went."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from propay.figures import percents_of
from propay.models import ProPay
from propay.rules.figures import Figures
from propay.rules.parts import Move, moves_of, percents_after
from propay.rules.terms import PART_NAMES
from propay.rules.trace import number

NOBODY = {"lead": "No crew lead", "manager": "No manager", "crew": "No one is eligible"}


@dataclass(frozen=True, slots=True)
class Part:
    """A part that someone gets. `percent` is text: `12.5`."""

    name: str
    percent: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class PoolParts:
    """The parts, and a sentence for each part that moved to another."""

    parts: list[Part]
    notes: list[str]


def pool_parts(propay: ProPay, figures: Figures) -> PoolParts:
    """The parts of a ProPay's pool, from these figures."""
    pool = percents_of(propay)
    moves = moves_of(
        pool,
        has_lead=propay.lead_id is not None,
        has_manager=propay.paid_manager_id is not None,
        nobody_eligible=any(step.key == "part.nobody" for step in figures.trace),
    )
    percents = percents_after(pool, moves)
    amounts = {name: getattr(propay, f"{name}_amount") for name in PART_NAMES}
    parts = [
        Part(name, number(percents[name]), amounts[name]) for name in PART_NAMES if percents[name] or amounts[name]
    ]
    return PoolParts(parts=parts, notes=list(_notes(moves)))


def _notes(moves: Iterable[Move]) -> Iterable[str]:
    for move in moves:
        yield f"{NOBODY[move.part]}: the {move.part}'s {number(move.percent)}% goes to the {move.to}."
