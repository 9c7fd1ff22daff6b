"""Who gets an unused part of the pool (bonus.md 4 and 5). Pure.

The calculation, the steps and the pages all split the pool with this module, so that a page never shows a percentage
next to an amount from a different one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from propay.rules.terms import PoolPercents


@dataclass(frozen=True, slots=True)
class Move:
    """An unused part, its percentage, and the part that gets it."""

    part: str
    to: str
    percent: Fraction


def moves_of(
    pool: PoolPercents, *, has_lead: bool, has_manager: bool, nobody_eligible: bool = False
) -> tuple[Move, ...]:
    """The parts that move: a missing lead's to the crew, a missing manager's and an empty crew's to the company.

    The last moves in dollars, after the parts are allotted; the others in percent, before that.
    """
    percents = pool.as_dict()
    gone = [("lead", "crew", has_lead), ("manager", "company", has_manager)]
    moves = [Move(part, to, percents[part]) for part, to, is_there in gone if not is_there and percents[part]]
    crew = percents_after(pool, moves)["crew"]
    if nobody_eligible and crew:
        moves.append(Move("crew", "company", crew))
    return tuple(moves)


def percents_after(pool: PoolPercents, moves: Iterable[Move]) -> dict[str, Fraction]:
    """The pool's percentages after these have moved."""
    percents = pool.as_dict()
    for move in moves:
        percents[move.part] -= move.percent
        percents[move.to] += move.percent
    return percents
