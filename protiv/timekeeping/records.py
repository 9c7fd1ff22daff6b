"""Data from any time-tracking provider, before it is stored. Pure.

A provider's parser creates these; `ingest` stores them. Dates are the provider's local work dates, minutes are whole
and signed, ids are the provider's own, as text.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum


class EntryKind(StrEnum):
    """What a time entry is; the what-if uses the same values (bonus.md 1)."""

    WORK = "work"
    TRAVEL = "travel"
    MEAL_BREAK = "meal_break"
    AUTO_LUNCH = "auto_lunch"
    TIME_OFF = "time_off"
    PAID_BREAK = "paid_break"
    COMMUTE = "commute"


# The kinds that are hours worked whatever their length; an automatic lunch is negative.
WORKED_KINDS = frozenset({EntryKind.WORK, EntryKind.TRAVEL, EntryKind.AUTO_LUNCH, EntryKind.PAID_BREAK})
# A break of up to 20 minutes is time worked (29 CFR 785.18).
SHORT_BREAK_MINUTES = 20


def is_worked(kind: str, minutes: int) -> bool:
    """Whether this is time worked, on any job or none (bonus.md 6.2 and 11.9); `selectors.IS_WORKED` in Python."""
    return kind in WORKED_KINDS or (kind == EntryKind.MEAL_BREAK and 0 < minutes <= SHORT_BREAK_MINUTES)


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """One person who clocks time. `number` is the contractor's own employee number: optional and not unique."""

    external_id: str
    number: str
    first_name: str
    middle_name: str
    last_name: str
    email: str
    is_active: bool
    pay_type: str


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One job site. The two budgets are None if the provider has none; `contract_amount` is in dollars."""

    external_id: str
    number: str
    name: str
    is_active: bool
    city: str
    state: str
    budget_minutes: int | None
    contract_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class CostCodeRecord:
    """One kind of work. `is_system` marks the provider's built-in codes, which are not the contractor's."""

    external_id: str
    number: str
    name: str
    is_active: bool
    is_system: bool


@dataclass(frozen=True, slots=True)
class PayPeriodRecord:
    """One pay period; `start_date` and `end_date` both belong to it."""

    external_id: str
    start_date: date
    end_date: date
    is_closed: bool


@dataclass(frozen=True, slots=True)
class TimeRecord:
    """One stretch of one worker's time on one work date.

    `minutes` is signed: an automatic lunch is a record of its own with negative minutes. Start and stop are
    by the local clock, on which a night shift ends on another date than it began, and None for people who enter blocks
    of hours. `job_external_id` and `cost_code_external_id` are empty for time off, and may be for breaks. `kind` is one
    of `EntryKind`.
    """

    external_id: str
    worker_external_id: str
    job_external_id: str
    cost_code_external_id: str
    work_date: date
    start_date: date | None
    start_time: time | None
    stop_date: date | None
    stop_time: time | None
    minutes: int
    regular_minutes: int
    ot1_minutes: int
    ot2_minutes: int
    kind: str
    is_open: bool
    is_final: bool
    comment: str
    modified_at: datetime | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """An object that could not be read: nothing of it was stored, and it changed nothing that is stored."""

    object_type: str
    external_id: str
    reason: str
