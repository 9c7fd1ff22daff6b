"""What of a statement isn't collected, and what later corrections use up of it (bonus.md 10.5 and 11.1). Pure.

What is *written off* has a sign: above zero it isn't collected, below zero it is set against what wasn't. So an amount
plus what is written off of it is what is paid, and the sum over all statements is what is left to set against.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from protiv.kit.money import ZERO, allot

# The bonus column alone, or federal and state overtime premium.
Columns = tuple[Decimal, ...]
# (what earned the bonus, worker id of the person), and such a true-up's workweek.
Payee = tuple[int, int]
Week = tuple[int, int, date]


def set_against_bonuses(amounts: Sequence[Columns], left: Columns) -> Iterator[Columns]:
    """Yield what is written off of each open statement's bonus from one ProPay for one person, in order.

    Minuses, and what is left, lower the pluses, the earliest first; so the sum is right whichever is paid first. `left`
    is what locked and paid statements wrote off and no correction used up. Below zero, a correction used more than is
    written off now, because a statement was unlocked: then as much of its minus isn't collected again.
    """
    (rest,) = left
    pluses = [max(amount, ZERO) for (amount,) in amounts]
    minuses = [max(-amount, ZERO) for (amount,) in amounts]
    used = max(min(sum(minuses, rest), sum(pluses, ZERO)), ZERO)
    absorbed = max(min(sum(minuses, ZERO), used - rest), ZERO)
    owed, kept = _lowered(pluses, by=used), _lowered(minuses, by=absorbed)
    for (amount,), plus, minus in zip(amounts, owed, kept, strict=True):
        yield (plus - minus - amount,)


def not_taken_back(amount: Decimal, written_off: Decimal) -> Decimal:
    """What is written off of an amount of which nothing can be taken back: all of a minus (bonus.md 11.2)."""
    return max(written_off, -amount)


def set_against_overtime(amounts: Sequence[Columns], left: Columns) -> Iterator[Columns]:
    """Yield what is written off of each open statement's true-up of one ProPay for one person, in order.

    All of them together pay what is due and not paid yet, never below zero, and each column pays what it still owes by
    itself, as far as that goes. The earliest pluses are lowered first. What a paid correction was set against and is
    due again, because a minus is gone, goes to the first statement.
    """
    federal, extra = (sum(column, -off) for column, off in zip(_columns(amounts), left, strict=True))
    total = max(federal + extra, ZERO)
    paid_federal = min(max(federal, ZERO), total)
    paid = []
    for column, due in zip(_columns(amounts), (paid_federal, total - paid_federal), strict=True):
        pluses = [max(amount, ZERO) for amount in column]
        paid.append(_lowered(pluses, by=sum(pluses, -due)))
    for (own_federal, own_extra), pays_federal, pays_extra in zip(amounts, *paid, strict=True):
        yield (pays_federal - own_federal, pays_extra - own_extra)


def _columns(amounts: Sequence[Columns]) -> tuple[list[Decimal], list[Decimal]]:
    return [federal for federal, _extra in amounts], [extra for _federal, extra in amounts]


def _lowered(amounts: Iterable[Decimal], *, by: Decimal) -> list[Decimal]:
    """Take `by` off these amounts, the first ones first, none below zero; below zero, it raises the first one."""
    lowered = []
    for amount in amounts:
        part = min(by, amount)
        by -= part
        lowered.append(amount - part)
    return lowered


def due_again(written_off: Mapping[Payee, Decimal], owed: Collection[Week], settled: Collection[Week]) -> set[Week]:
    """The first settled workweek of each who was paid less for a minus that is gone, and has nothing else open.

    Such a week gets a line of 0.00 on the next statement, which pays the rest.
    """
    open_ones = {week[:2] for week in owed}
    found: dict[Payee, Week] = {}
    for week in sorted(settled):
        if week[:2] not in open_ones and written_off.get(week[:2], ZERO) < 0:
            found.setdefault(week[:2], week)
    return set(found.values())


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
