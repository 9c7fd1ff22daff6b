"""Offsets losses of some ProPays against savings of others, if the company turned that on (bonus.md 7). Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from propay.rules.labor import sort_key
from protiv.kit.money import ZERO, allot

ProPayId = TypeVar("ProPayId", int, str)


def net_losses(savings: Mapping[ProPayId, Decimal]) -> dict[ProPayId, Decimal]:
    """What each ProPay's saving contributes to the losses (savings below 0) of others, in dollars; 0.00 for a loss.

    In proportion to the savings by largest remainder, ties to the lower id, and never more than the saving.
    """
    netted = dict.fromkeys(savings, ZERO)
    gains = {propay_id: savings[propay_id] for propay_id in sorted(savings, key=sort_key) if savings[propay_id] > 0}
    lost = -sum((saving for saving in savings.values() if saving < 0), ZERO)
    if gains and lost:
        amount = min(lost, sum(gains.values(), ZERO))
        netted.update(zip(gains, allot(amount, list(gains.values())), strict=True))
    return netted
