"""Records as a provider delivers them, with defaults; whatever matters to a test is passed by it."""

import dataclasses
from datetime import date, time
from typing import Any

from protiv.timekeeping.records import CostCodeRecord, JobRecord, PayPeriodRecord, TimeRecord, WorkerRecord

DAY = date(2026, 11, 3)


def worker_record(external_id: str = "p-1", **changes: Any) -> WorkerRecord:
    record = WorkerRecord(
        external_id=external_id,
        number="1001",
        first_name="Rosa",
        middle_name="",
        last_name="Diaz",
        email="rosa@example.com",
        is_active=True,
        pay_type="Hourly",
    )
    return dataclasses.replace(record, **changes)


def job_record(external_id: str = "l-1", **changes: Any) -> JobRecord:
    record = JobRecord(
        external_id=external_id,
        number="24-1",
        name="Maple Ridge",
        is_active=True,
        city="Denver",
        state="CO",
        budget_minutes=None,
        contract_amount=None,
    )
    return dataclasses.replace(record, **changes)


def cost_code_record(external_id: str = "c-1", **changes: Any) -> CostCodeRecord:
    record = CostCodeRecord(external_id=external_id, number="03-300", name="Formwork", is_active=True, is_system=False)
    return dataclasses.replace(record, **changes)


def pay_period_record(external_id: str, start: date, end: date, *, is_closed: bool = False) -> PayPeriodRecord:
    return PayPeriodRecord(external_id=external_id, start_date=start, end_date=end, is_closed=is_closed)


def time_record(external_id: str = "t-1", **changes: Any) -> TimeRecord:
    """On its work date, by the clock, too."""
    dates = dict.fromkeys(("start_date", "stop_date"), changes.get("work_date", DAY))
    record = TimeRecord(
        external_id=external_id,
        worker_external_id="p-1",
        job_external_id="l-1",
        cost_code_external_id="c-1",
        work_date=DAY,
        start_date=None,
        start_time=time(7),
        stop_date=None,
        stop_time=time(12),
        minutes=300,
        regular_minutes=300,
        ot1_minutes=0,
        ot2_minutes=0,
        kind="work",
        is_open=False,
        is_final=False,
        comment="",
        modified_at=None,
    )
    return dataclasses.replace(record, **dates | changes)
