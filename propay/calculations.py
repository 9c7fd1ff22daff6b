"""From budget and time to shares: the calculation of a bonus (bonus-rules.md, 1 to 5). Pure.

The product's services and the what-if enter by `calculate`; the terms are in `propay.terms`.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from propay.terms import Plan, Result, Share, TimeSlice, WorkerId


def counted_kinds(*, include_travel: bool) -> frozenset[str]:
    """The kinds of time entries that count on a ProPay (bonus-rules.md, 1)."""
    raise NotImplementedError


def calculate(plan: Plan, time: Iterable[TimeSlice], *, names: Mapping[WorkerId, str] | None = None) -> Result:
    """Every figure of one ProPay from its terms and its counted time. `names` are for the trace."""
    raise NotImplementedError


def bonus_per_worker(shares: Iterable[Share]) -> dict[WorkerId, Decimal]:
    """All that each person gets from the ProPay, in any role: what the true-up spreads over the weeks."""
    raise NotImplementedError
