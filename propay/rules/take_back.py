"""Whether money that a worker already earned can be taken from a bonus (bonus.md 11.2). Pure.

A minus is negative drift, another ProPay's loss, or a deduction. Where it can't be taken back, it lowers nothing: it is
written down as not collected and counts against later corrections of the same ProPay (bonus.md 10.5).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class TakeBack(StrEnum):
    """Whether what is taken back lowers the bonus column or is written down as not collected."""

    NEVER = "NEVER"
    WITH_CONSENT = "WITH_CONSENT"
    YES = "YES"


class DeductionCategory(StrEnum):
    """What a deduction is for; nothing can be deducted for damage, tools, or a cash shortage."""

    ADVANCE = "ADVANCE"
    OVERPAYMENT = "OVERPAYMENT"
    OTHER = "OTHER"


class NotCollected(StrEnum):
    """Why a minus isn't collected."""

    LEFT = "LEFT"
    NEVER = "NEVER"
    NO_CONSENT = "NO_CONSENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackRules:
    """A company's setting by the date from which it holds, earliest first; who consented; and who left."""

    settings: tuple[tuple[date, TakeBack], ...]
    consents: Collection[int] = frozenset()
    left: Collection[int] = frozenset()

    def on(self, day: date) -> TakeBack:
        """The setting on that day."""
        return next(setting for first, setting in reversed(self.settings) if first <= day)

    def why_not(self, worker_id: int, day: date) -> NotCollected | None:
        """Why nothing can be taken back on a statement of this worker that ends on that day; None if it can."""
        setting = self.on(day)
        if worker_id in self.left:
            return NotCollected.LEFT
        if setting == TakeBack.NEVER:
            return NotCollected.NEVER
        if setting == TakeBack.WITH_CONSENT and worker_id not in self.consents:
            return NotCollected.NO_CONSENT
        return None
