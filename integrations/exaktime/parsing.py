"""Every name and quirk of ExakTime's objects, and nothing else: JSON object in, record out (exaktime.md 4 and 5). Pure.

An object that can't be read becomes a SetAside with its id and a reason for people; it never stops a run. Unknown
properties are ignored. The property names are assumptions (A): when a live account shows others, change them in
contract section 4 first, then here.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from integrations.exaktime import budgets
from integrations.exaktime.budgets import BudgetFields
from integrations.exaktime.fields import (
    ID_LENGTH,
    BadItem,
    Item,
    bad,
    clean,
    flag,
    identifier,
    local_date,
    optional_identifier,
    optional_text,
    optional_utc,
    optional_wall_clock,
    text,
    whole,
)
from integrations.exaktime.finality import Approval, Finality
from integrations.providers.base import Read
from protiv.timekeeping.records import (
    CostCodeRecord,
    JobRecord,
    PayPeriodRecord,
    SetAside,
    TimeRecord,
    WorkerRecord,
)

NUMBER_LENGTH = 64
COMMENT_LENGTH = 1000
# One record is one stretch between two punches, or one block entered by hand. More than a week of minutes in it is a
# typing error or a punch that was never closed; either way a person has to look before someone is paid for it.
MOST_MINUTES = 7 * 24 * 60

KINDS = frozenset({"work", "travel", "meal_break", "auto_lunch", "time_off"})
TIME_OFF = "time_off"
SYSTEM_OPTION = "System"
CODES_WITHOUT_WORK = frozenset({"in", "out"})

Parsed = TypeVar("Parsed")


def work_dates(items: list[Any]) -> list[date]:
    """The work dates of time records; records without a readable one are skipped."""
    days = []
    for item in items:
        with suppress(BadItem, AttributeError):
            days.append(local_date(item, "WorkDate"))
    return days


def parse_workers(items: list[Any]) -> Read[WorkerRecord]:
    return _parse_each(items, _worker, "worker", "personId")


def parse_jobs(items: list[Any], fields: BudgetFields) -> Read[JobRecord]:
    """Locations. A budget that can't be read is set aside under the job's id; the job itself is kept."""
    unread: list[SetAside] = []
    jobs = _parse_each(items, lambda item: _job(item, fields, unread.append), "job", "locationId")
    return Read(jobs.records, jobs.set_aside + unread)


def parse_cost_codes(items: list[Any]) -> Read[CostCodeRecord]:
    return _parse_each(items, _cost_code, "cost_code", "costCodeId")


def parse_pay_periods(items: list[Any]) -> Read[PayPeriodRecord]:
    return _parse_each(items, _pay_period, "pay_period", "PayPeriodId")


def parse_approvals(items: list[Any]) -> Read[Approval]:
    return _parse_each(items, _approval, "approval", "PersonId", "PayPeriodId")


def _parse_each(
    items: Iterable[Any], parse: Callable[[Item], Parsed | None], object_type: str, *id_names: str
) -> Read[Parsed]:
    """Parse each item; refused ones are set aside. A result of None is silently dropped."""
    records: list[Parsed] = []
    set_aside: list[SetAside] = []
    for item in items:
        try:
            if type(item) is not dict:
                raise BadItem("ExakTime sent a record in a format we can't read.")
            record = parse(item)
        except BadItem as reason:
            set_aside.append(SetAside(object_type, _id_to_show(item, id_names), str(reason)))
        else:
            if record is not None:
                records.append(record)
    return Read(records, set_aside)


def _id_to_show(item: Any, names: tuple[str, ...]) -> str:
    """The id of a refused object as far as it can be stored; "" where there is none."""
    values = [item.get(name) for name in names] if isinstance(item, dict) else []
    return next((clean(value, ID_LENGTH) for value in values if isinstance(value, str)), "")


def _worker(item: Item) -> WorkerRecord:
    """An employee. The number is optional and not unique; inactive people keep payable time (V)."""
    worker = WorkerRecord(
        external_id=identifier(item, "personId"),
        number=optional_text(item, "employeeNumber", NUMBER_LENGTH),
        first_name=optional_text(item, "firstName"),
        middle_name=optional_text(item, "middleName"),
        last_name=optional_text(item, "lastName"),
        email=optional_text(item, "email"),
        is_active=flag(item, "isActive"),
        pay_type=optional_text(item, "payType", NUMBER_LENGTH),
    )
    if not worker.first_name and not worker.last_name:
        raise BadItem("ExakTime sent neither a first nor a last name.")
    return worker


def _job(item: Item, fields: BudgetFields, report: Callable[[SetAside], None]) -> JobRecord:
    """A Location: the contractor's job (V)."""
    external_id = identifier(item, "locationId")
    number = optional_text(item, "identifier", NUMBER_LENGTH)
    job = JobRecord(
        external_id=external_id,
        number=number,
        name=text(item, "name") or number or external_id,
        is_active=flag(item, "isActive"),
        city=optional_text(item, "city"),
        state=optional_text(item, "state"),
        budget_minutes=None,
        contract_amount=None,
    )
    return _with_budgets(job, item.get("customFields"), fields, report)


def _with_budgets(job: JobRecord, custom: Any, fields: BudgetFields, report: Callable[[SetAside], None]) -> JobRecord:
    if custom is None or not (fields.budget_hours or fields.contract_price):
        return job
    if not isinstance(custom, dict):
        report(
            SetAside(
                "budget",
                job.external_id,
                "The job's custom fields aren't in a format we can read, so no budget was imported.",
            )
        )
        return job
    reasons: list[str] = []

    def read(name: str, parse: Callable[[Any], Parsed | None]) -> Parsed | None:
        try:
            return parse(custom.get(name)) if name else None
        except budgets.BudgetUnreadable as reason:
            reasons.append(f"{clean(name, 100)}: {reason}")
            return None

    job = replace(
        job,
        budget_minutes=read(fields.budget_hours, budgets.parse_budget_minutes),
        contract_amount=read(fields.contract_price, budgets.parse_contract_amount),
    )
    if reasons:
        report(SetAside("budget", job.external_id, " ".join(reasons)))
    return job


def _cost_code(item: Item) -> CostCodeRecord:
    """displayOption "System" marks the built-in codes In, Out and Meal Break (V)."""
    external_id = identifier(item, "costCodeId")
    number = optional_text(item, "identifier", NUMBER_LENGTH)
    return CostCodeRecord(
        external_id=external_id,
        number=number,
        name=text(item, "name") or number or external_id,
        is_active=flag(item, "isActive"),
        is_system=optional_text(item, "displayOption") == SYSTEM_OPTION,
    )


def ids_without_work(codes: Iterable[CostCodeRecord]) -> frozenset[str]:
    """The ids of the built-in codes In and Out (V 5.3): their records mark a moment and carry no work."""
    return frozenset(
        code.external_id
        for code in codes
        if code.is_system and not CODES_WITHOUT_WORK.isdisjoint((code.name.lower(), code.number.lower()))
    )


def _pay_period(item: Item) -> PayPeriodRecord:
    period = PayPeriodRecord(
        external_id=identifier(item, "PayPeriodId"),
        start_date=local_date(item, "StartDate"),
        end_date=local_date(item, "EndDate"),
        is_closed=flag(item, "IsClosed"),
    )
    if period.end_date < period.start_date:
        raise BadItem("The pay period ends before it starts.")
    return period


def _approval(item: Item) -> Approval:
    """One approval; only the type SignOff makes time final (V 5.10)."""
    return Approval(
        pay_period_id=identifier(item, "PayPeriodId"),
        person_id=identifier(item, "PersonId"),
        is_sign_off=text(item, "ApprovalType") == "SignOff",
    )


class TimeRecordParser:
    """Time records of one window: knows which codes carry no work and what is final."""

    def __init__(self, *, codes_without_work: frozenset[str], finality: Finality) -> None:
        self._codes_without_work = codes_without_work
        self._finality = finality

    def __call__(self, items: list[Any]) -> Read[TimeRecord]:
        return _parse_each(items, self._time_record, "time_record", "TimeRecordId")

    def _time_record(self, item: Item) -> TimeRecord | None:
        """The record, or None for a mere In or Out mark."""
        external_id = identifier(item, "TimeRecordId")
        code = item.get("CostCodeId")
        if isinstance(code, str) and code in self._codes_without_work:
            _check_mark(item)
            return None
        kind = _kind(item)
        # Only time off can have no job and no code; other time without them would be charged to nothing.
        reference = optional_identifier if kind == TIME_OFF else identifier
        worker_id = identifier(item, "PersonId")
        work_date = local_date(item, "WorkDate")
        is_open = flag(item, "IsOpen")
        minutes = _minutes_while_open if is_open else _minutes
        start_date, start_time = optional_wall_clock(item, "StartTime")
        stop_date, stop_time = optional_wall_clock(item, "StopTime")
        return TimeRecord(
            external_id=external_id,
            worker_external_id=worker_id,
            job_external_id=reference(item, "LocationId"),
            cost_code_external_id=reference(item, "CostCodeId"),
            work_date=work_date,
            start_date=start_date,
            start_time=start_time,
            stop_date=stop_date,
            stop_time=stop_time,
            # The authority, signed (V 5.2). The buckets are set after the fact (V 5.6) and need not add up to it yet.
            minutes=minutes(item, "Minutes"),
            regular_minutes=minutes(item, "RegularMinutes"),
            ot1_minutes=minutes(item, "Ot1Minutes"),
            ot2_minutes=minutes(item, "Ot2Minutes"),
            kind=kind,
            is_open=is_open,
            is_final=self._finality.is_final(worker_id, work_date),
            comment=optional_text(item, "Comment", COMMENT_LENGTH),
            modified_at=optional_utc(item, "LastModifiedUtc"),
        )


def _check_mark(item: Item) -> None:
    """An In or Out mark may be dropped only if it has no minutes."""
    minutes = item.get("Minutes")
    if type(minutes) is not int and minutes is not None:
        raise bad("Minutes", minutes, "a whole number")
    if minutes:
        raise BadItem("The In and Out codes can't have work time, but this record has minutes.")


def _kind(item: Item) -> str:
    kind = item.get("RecordType")
    if type(kind) is not str:
        raise bad("RecordType", kind, "text")
    if kind not in KINDS:
        raise BadItem(f"We don't know the record type {clean(kind, 40)!r}.")
    return kind


def _minutes(item: Item, name: str) -> int:
    return whole(item, name, MOST_MINUTES)


def _minutes_while_open(item: Item, name: str) -> int:
    """Someone is still clocked in: the minutes may not be known yet (A)."""
    return 0 if item.get(name) is None else whole(item, name, MOST_MINUTES)
