"""What of a statement isn't collected, and what later corrections use up of it (bonus.md 10.5 and 11.1). Pure.

What is *written off* has a sign: above zero it isn't collected, below zero it is set against what wasn't. So an amount
plus what is written off of it is what is paid, and the sum over all statements is what is left to set against.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from protiv.kit.money import ZERO, allot

# The bonus column alone, or federal and state overtime premium.
Columns = tuple[Decimal, ...]


def set_against_bonuses(amounts: Iterable[Columns], left: Columns) -> Iterator[Columns]:
    """Yield what is written off of each open statement's bonus from one ProPay for one person, in order.

    `left` is what locked and paid statements wrote off and no correction used up. Below zero, a correction used more
    than is written off now, because a statement was unlocked: then as much of its minus isn't collected again.
    """
    (rest,) = left
    for (amount,) in amounts:
        used = min(rest, max(amount, ZERO)) if rest > 0 else max(rest, min(amount, ZERO))
        rest -= used
        yield (-used,)


def set_against_overtime(amounts: Iterable[Columns], left: Columns) -> Iterator[Columns]:
    """Yield what is written off of each open statement's true-up of one ProPay for one person, in order.

    Both columns together are never below zero; each pays what it still owes by itself, as far as that goes.
    """
    for federal, extra in amounts:
        due = (federal - left[0], extra - left[1])
        total = max(sum(due, ZERO), ZERO)
        paid_federal = min(max(due[0], ZERO), total)
        written_off = (paid_federal - federal, total - paid_federal - extra)
        left = (left[0] + written_off[0], left[1] + written_off[1])
        yield written_off


def not_collected(lines: Sequence[tuple[int | None, Decimal]]) -> list[Decimal]:
    """What is written off of each line of a bonus column below zero that isn't carried over, by largest remainder.

    `lines` are (ProPay id, amount). A ProPay's pluses reduce its own minuses first; an adjustment stands by itself.
    """
    shortfall = -sum((amount for _propay, amount in lines), ZERO)
    negative = [max(-amount, ZERO) for _propay, amount in lines]
    positions: defaultdict[object, list[int]] = defaultdict(list)
    for position, (propay_id, _amount) in enumerate(lines):
        positions[("line", position) if propay_id is None else propay_id].append(position)
    groups = list(positions.values())
    weights = [max(-sum((lines[one][1] for one in group), ZERO), ZERO) for group in groups]
    written_off = [ZERO] * len(lines)
    for group, amount in zip(groups, allot(shortfall, weights), strict=True):
        for position, part in zip(group, spread(amount, [negative[one] for one in group]), strict=True):
            written_off[position] = part
    return written_off


def spread(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Cut a signed amount by these weights; without any weight, all of it goes to the first."""
    if not amount:
        return [ZERO] * len(weights)
    parts = allot(abs(amount), weights if any(weights) else [1, *[0] * (len(weights) - 1)])
    return [part.copy_sign(amount) if part else ZERO for part in parts]
