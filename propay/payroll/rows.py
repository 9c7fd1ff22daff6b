"""One worker's pay for one pay period, and the company's payroll settings. Pure.

Three earnings, never added into one: the federal overtime premium is "qualified overtime compensation" (26 U.S.C. 225)
and goes in box 12 of the W-2 under code TT from 2026 on; the bonus and the state overtime premium do not. A deduction
is an amount of its own: it comes off the pay after tax and lowers none of the earnings (bonus.md 11.15).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from protiv.kit.money import CENTS_PER_DOLLAR, ZERO, exact, from_cents, to_cents


class EarningKind(StrEnum):
    """The amounts of a statement, in file order: three earnings, and what is deducted."""

    BONUS = "BONUS"
    FEDERAL = "FEDERAL"
    STATE_EXTRA = "STATE_EXTRA"
    DEDUCTION = "DEDUCTION"


OVERTIME_KINDS = (EarningKind.FEDERAL, EarningKind.STATE_EXTRA)


EARNING_NAMES: dict[EarningKind, str] = {
    EarningKind.BONUS: "Bonus",
    EarningKind.FEDERAL: "Federal overtime true-up",
    EarningKind.STATE_EXTRA: "State overtime extra",
    EarningKind.DEDUCTION: "Deduction",
}


class WorkerIdKind(StrEnum):
    """Which of our ids the payroll software uses for a worker: the employee number, the provider's id, or none."""

    NUMBER = "NUMBER"
    EXTERNAL_ID = "EXTERNAL_ID"
    NONE = "NONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningCodes:
    """Names of the amounts in the company's payroll software: an earning code, a pay component, a pay type.

    `deduction` is a post-tax deduction there.
    """

    bonus: str = "BONUS"
    federal: str = "OTFED"
    state_extra: str = "OTSTATE"
    deduction: str = "DEDUCT"

    def of(self, kind: EarningKind) -> str:
        codes = (self.bonus, self.federal, self.state_extra, self.deduction)
        return dict(zip(EarningKind, codes, strict=True))[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayrollOptions:
    """The company's one-time settings for its payroll software."""

    codes: EarningCodes = field(default_factory=EarningCodes)
    company_code: str = ""
    batch_id: str = ""
    worker_id_kind: WorkerIdKind = WorkerIdKind.NUMBER


@dataclass(frozen=True, slots=True)
class Earning:
    """One of the amounts, nonzero; a deduction is above zero."""

    kind: EarningKind
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PayrollRow:
    """One worker, one pay period: whole cents; a `pay_date` once it is paid.

    `bonus_amount` is what the bonus comes to before the deduction. `overtime_weeks` are the first day of the first
    workweek with a true-up and the last day of the last one.
    """

    external_id: str
    worker_number: str
    first_name: str
    middle_name: str
    last_name: str
    period_start: date
    period_end: date
    pay_date: date | None
    bonus_amount: Decimal
    federal_amount: Decimal
    state_extra_amount: Decimal
    deduction_amount: Decimal = ZERO
    overtime_weeks: tuple[date, date] | None = None

    def __post_init__(self) -> None:
        for amount in (*self._earned, self.deduction_amount):
            if not amount.is_finite() or exact(amount) * CENTS_PER_DOLLAR != to_cents(amount):
                raise ValueError(f"A payroll file contains whole cents, not {amount}.")

    @property
    def _earned(self) -> tuple[Decimal, Decimal, Decimal]:
        return (self.bonus_amount, self.federal_amount, self.state_extra_amount)

    @property
    def total_amount(self) -> Decimal:
        """What the worker is paid: the three earnings less the deduction."""
        return from_cents(sum(to_cents(amount) for amount in self._earned) - to_cents(self.deduction_amount))

    def earnings(self) -> Iterator[Earning]:
        """The lines: the nonzero amounts, a deduction last."""
        for kind, amount in zip(EarningKind, (*self._earned, self.deduction_amount), strict=True):
            if amount:
                yield Earning(kind, amount)
