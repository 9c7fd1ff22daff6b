from propay.models.approval import (
    AppliedCondition,
    Condition,
    ConditionKind,
    Snapshot,
    SnapshotEntry,
    SnapshotKind,
)
from propay.models.automation import AutomationExclusion, AutomationMoment, AutomationRule, ExclusionKind
from propay.models.lunches import LunchStatus, WorkedLunch
from propay.models.outside import OutsideHours
from propay.models.payroll import CustomLayout, FiledStatement, PayrollFile, PayrollSettings
from propay.models.plan import FROM_THE_START, BonusPlan, PlanVersion
from propay.models.propay import (
    FROZEN_STATUSES,
    LIVE_STATUSES,
    BudgetTask,
    CrewTerm,
    ProPay,
    Share,
)
from propay.models.review import ReviewAnswer, ReviewDecision
from propay.models.settings import LATEST_PAYDAY, BonusSettings, OverdueCheck
from propay.models.statement import (
    OPEN_PAY_RUNS,
    AdjustmentCategory,
    LineKind,
    LineMessage,
    PayRun,
    PayRunState,
    Statement,
    StatementLine,
    StatementStatus,
)
from propay.models.take_back import ConsentFileType, Departure, DepartureKind, TakeBackConsent
from propay.models.terms import BONUS_TERMS, PART_COLUMNS, BonusTerms

__all__ = [
    "BONUS_TERMS",
    "FROM_THE_START",
    "FROZEN_STATUSES",
    "LATEST_PAYDAY",
    "LIVE_STATUSES",
    "OPEN_PAY_RUNS",
    "PART_COLUMNS",
    "AdjustmentCategory",
    "AppliedCondition",
    "AutomationExclusion",
    "AutomationMoment",
    "AutomationRule",
    "BonusPlan",
    "BonusSettings",
    "BonusTerms",
    "BudgetTask",
    "Condition",
    "ConditionKind",
    "ConsentFileType",
    "CrewTerm",
    "CustomLayout",
    "Departure",
    "DepartureKind",
    "ExclusionKind",
    "FiledStatement",
    "LineKind",
    "LineMessage",
    "LunchStatus",
    "OutsideHours",
    "OverdueCheck",
    "PayRun",
    "PayRunState",
    "PayrollFile",
    "PayrollSettings",
    "PlanVersion",
    "ProPay",
    "ReviewAnswer",
    "ReviewDecision",
    "Share",
    "Snapshot",
    "SnapshotEntry",
    "SnapshotKind",
    "Statement",
    "StatementLine",
    "StatementStatus",
    "TakeBackConsent",
    "WorkedLunch",
]
