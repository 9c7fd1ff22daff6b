"""The inputs and results of a bonus calculation: frozen dataclasses, no arithmetic. Pure.

Worker ids and cost codes may be ints (database keys) or strings (the what-if), but all of one type within a
calculation. Money is Decimal dollars, percentages run from 0 to 100, time is whole signed minutes.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from propay.rules.budgets import Budget, CostCodeId
from propay.rules.trace import Step
from protiv.kit.money import ZERO, Number, exact

WorkerId = int | str


class AdjustmentType(StrEnum):
    PERCENT = "PERCENT"
    MULTIPLY = "MULTIPLY"
    AMOUNT = "AMOUNT"
    HOURS = "HOURS"


class Distribution(StrEnum):
    PER_HOUR = "PER_HOUR"
    EQUAL = "EQUAL"
    HOURS_TIMES_WAGE = "HOURS_TIMES_WAGE"
    WAGE = "WAGE"
    LEAD_WEIGHTED = "LEAD_WEIGHTED"
    FIXED_PERCENT = "FIXED_PERCENT"
    MANUAL = "MANUAL"
    TOTAL_EARNINGS = "TOTAL_EARNINGS"


class ShareRole(StrEnum):
    """The role in which a person gets a share, in the order of the result."""

    CREW = "CREW"
    LEAD = "LEAD"
    MANAGER = "MANAGER"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A change to the budget: percent (+15 or -10), a factor, or an amount or hours that replace it."""

    type: AdjustmentType
    value: Number


# The order decides ties between equal remainders (bonus.md 4).
PART_NAMES = ("crew", "lead", "manager", "company", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolPercents:
    """How the pool is split, in percent; must add up to 100 (bonus.md 4)."""

    crew: Number = Decimal(100)
    lead: Number = Decimal(0)
    manager: Number = Decimal(0)
    company: Number = Decimal(0)
    other: Number = Decimal(0)

    def __post_init__(self) -> None:
        percents = self.as_dict().values()
        if sum(percents) != 100 or min(percents) < 0:
            raise ValueError("The percentages of the pool must be at least 0 and total 100.")

    def as_dict(self) -> dict[str, Fraction]:
        return {name: exact(getattr(self, name)) for name in PART_NAMES}


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewMember:
    """The terms for one worker. Workers with time who aren't listed have the defaults.

    `same_person_as` is the primary id of a person who has several, None for that id itself (bonus.md 10.2).
    """

    worker_id: WorkerId
    no_bonus: bool = False
    fixed_percent: Number | None = None
    manual_amount: Decimal | None = None
    same_person_as: WorkerId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of one ProPay: everything except the time worked on it.

    `netted_amount` is the part of its saving that covers the losses of other ProPays (`propay.rules.netting`). With
    `pool_includes_overtime`, the true-ups come out of the pool (bonus.md 11.7).
    """

    budget: Budget
    adjustment: Adjustment | None = None
    completion_percent: Number = Decimal(100)
    split_percent: Number = Decimal(50)
    pool: PoolPercents = field(default_factory=PoolPercents)
    pool_includes_overtime: bool = False
    distribution: Distribution = Distribution.PER_HOUR
    lead_weight: Number = Decimal("1.5")
    lead_also_shares: bool = False
    include_overtime_cost: bool = False
    burden_percent: Number = Decimal(0)
    netted_amount: Decimal = ZERO
    penalties: tuple[Decimal, ...] = ()
    disqualified: bool = False
    lead: WorkerId | None = None
    manager: WorkerId | None = None
    others: tuple[WorkerId, ...] = ()
    crew: tuple[CrewMember, ...] = ()

    def __post_init__(self) -> None:
        if self.pool.other and not self.others:
            raise ValueError("The other part is greater than 0 and needs named people.")
        if self.netted_amount < 0:
            raise ValueError("The offset for losses must be at least 0.")

    @property
    def needs_overtime(self) -> bool:
        """Whether overtime decides about the shares."""
        return self.pool_includes_overtime or self.distribution == Distribution.TOTAL_EARNINGS

    @property
    def same_person(self) -> dict[WorkerId, WorkerId]:
        """The linked ids, each with its person's primary id."""
        return {one.worker_id: one.same_person_as for one in self.crew if one.same_person_as is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSlice:
    """Counted time of one worker at one wage on one cost code: a single entry, or the database's sum over many.

    Group by (worker, wage in effect on the work date, cost code) and sum the three minutes: nothing is lost, because
    cost and weights are linear in them. `minutes` include `ot1_minutes` and `ot2_minutes`. `wage` is None if no wage
    was in effect.
    """

    worker_id: WorkerId
    minutes: int
    wage: Decimal | None
    ot1_minutes: int = 0
    ot2_minutes: int = 0
    cost_code: CostCodeId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerTotals:
    """One worker's counted time. `cost` is exact dollars with overtime and burden, `cost_amount` the same in cents.

    `wage_minutes` is Σ minutes × wage without overtime and burden. Without a wage, the amounts are None.
    """

    worker_id: WorkerId
    minutes: int
    wage_minutes: Fraction | None
    cost: Fraction | None
    cost_amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFigures:
    """One line of a TASKS budget after adjustment, against the time on its cost code.

    `budget_amount` is None for a line in hours while the crew has no hours. For display, never summed: the ProPay's own
    figures are rounded from the exact sums.
    """

    cost_code: CostCodeId
    budget_minutes: int | None
    budget_amount: Decimal | None
    actual_minutes: int
    actual_amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of the pool in dollars; they add up to it."""

    crew: Decimal
    lead: Decimal
    manager: Decimal
    company: Decimal
    other: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnShare:
    """One person's amount from one part, in dollars."""

    worker_id: WorkerId
    role: ShareRole
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareProblem:
    """Why there is a pool but no shares: the numbers entered don't add up."""

    code: str
    field: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Every figure of one ProPay. None means: no figure yet (no hours for an hours budget, or a wage is missing).

    With `missing_wages` there is neither cost nor bonus; with `problems` there are parts but no shares.
    """

    budget_minutes: int | None
    budget_amount: Decimal | None
    earned_amount: Decimal | None
    actual_minutes: int
    actual_amount: Decimal | None
    saving: Decimal | None
    pool: Decimal
    parts: Parts
    shares: tuple[DrawnShare, ...]
    workers: tuple[WorkerTotals, ...]
    tasks: tuple[TaskFigures, ...]
    missing_wages: tuple[WorkerId, ...]
    problems: tuple[ShareProblem, ...]
    warnings: tuple[str, ...]
    trace: tuple[Step, ...]
