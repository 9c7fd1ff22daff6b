"""What a what-if case adds by hand, and what each person is paid (bonus.md 10.4 and 11.1). Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from propay.rules.overtime import TrueUp
from propay.rules.take_back import DeductionCategory, TakeBack
from propay.rules.terms import WorkerId
from protiv.kit.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedBonus:
    """A bonus entered by hand: promised, with the work dates over which it was earned, or discretionary (None)."""

    worker_id: WorkerId
    amount: Decimal
    earned: tuple[date, date] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """A deduction entered by hand, in dollars above 0."""

    worker_id: WorkerId
    amount: Decimal
    category: DeductionCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """What a case adds to the ProPay by hand."""

    bonuses: tuple[TypedBonus, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    take_back: TakeBack = TakeBack.YES
    consents: frozenset[WorkerId] = frozenset()

    def may_deduct(self, worker_id: WorkerId) -> bool:
        """Whether deductions of a worker lower the bonus."""
        consents = self.take_back == TakeBack.WITH_CONSENT and worker_id in self.consents
        return consents or self.take_back == TakeBack.YES


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidStatement:
    """What one person is paid, column by column: a deduction lowers only the bonus column."""

    worker_id: WorkerId
    bonus: Decimal
    federal: Decimal
    state_extra: Decimal
    deducted: Decimal
    not_collected: Decimal

    @property
    def paid(self) -> Decimal:
        return self.bonus - self.deducted + self.federal + self.state_extra


def paid_statements(
    shares: Mapping[WorkerId, Decimal], by_hand: ByHand, true_ups: Iterable[TrueUp]
) -> list[PaidStatement]:
    """A statement of each worker with an amount, by worker id; none where a case has no deductions.

    Bonuses and deductions are on the statement of their own id, true-ups on that of the person's primary id.
    """
    if not by_hand.deductions:
        return []
    bonuses: defaultdict[WorkerId, Decimal] = defaultdict(lambda: ZERO, shares)
    federal: defaultdict[WorkerId, Decimal] = defaultdict(lambda: ZERO)
    extra: defaultdict[WorkerId, Decimal] = defaultdict(lambda: ZERO)
    wanted: defaultdict[WorkerId, Decimal] = defaultdict(lambda: ZERO)
    for typed in by_hand.bonuses:
        bonuses[typed.worker_id] += typed.amount
    for one in true_ups:
        federal[one.worker_id] += one.federal
        extra[one.worker_id] += one.state_extra
    for deduction in by_hand.deductions:
        wanted[deduction.worker_id] += deduction.amount
    statements = []
    for worker_id in sorted({*bonuses, *federal, *wanted}, key=str):
        deducted = min(wanted[worker_id], bonuses[worker_id]) if by_hand.may_deduct(worker_id) else ZERO
        statements.append(
            PaidStatement(
                worker_id=worker_id,
                bonus=bonuses[worker_id],
                federal=federal[worker_id],
                state_extra=extra[worker_id],
                deducted=deducted,
                not_collected=wanted[worker_id] - deducted,
            )
        )
    return statements
