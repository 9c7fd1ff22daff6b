"""Plain functions that make rows for a test, with sensible defaults; tests pass what matters to them.

Ids that a provider would give count up through the whole test run, so that no two rows ever clash.
"""

import datetime
import itertools
from decimal import Decimal
from typing import Any

from django.utils import timezone

from protiv.accounts.models import Company, Membership, PayPolicy, Role, User
from protiv.timekeeping.models import (
    CostCode,
    Job,
    OvertimeExemption,
    PayPeriod,
    TimeEntry,
    Wage,
    Worker,
)
from protiv.timekeeping.records import EntryKind

CONNECTION_ID = 1
RUN_ID = 1
WORK_DATE = datetime.date(2026, 11, 3)
PASSWORD = "correct horse battery staple"
_numbers = itertools.count(1001)


def make_company(name: str = "Acme Builders", **fields: Any) -> Company:
    """A contractor in New York whose weeks start on Monday, and who takes back what was paid too much."""
    company = Company.objects.create(**{"name": name, "slug": f"company-{next(_numbers)}", **fields})
    PayPolicy.objects.create(company=company, take_back="YES")
    return company


def set_exempt(worker: Worker, from_date: datetime.date | None = None, **flags: bool) -> OvertimeExemption:
    """Exempt a worker from overtime from a date on; nothing is recalculated."""
    return OvertimeExemption.objects.create(company=worker.company, worker=worker, from_date=from_date, **flags)


def policy_values(**changes: Any) -> dict[str, Any]:
    """The rules of a pay policy, as the form gives them: those of `make_company`, with these changes."""
    return {
        "workweek_start": "MONDAY",
        "workday_start": datetime.time(0),
        "state": "",
        "method": "FLAT_SUM",
        "divisor": "GREATER",
        "take_back": "YES",
    } | changes


def set_policy(company: Company, **fields: Any) -> None:
    """Change the company's first pay policy; nothing is recalculated."""
    PayPolicy.objects.filter(company=company, from_date=None).update(**fields)
    company.refresh_from_db()


def make_user(email: str = "", **fields: Any) -> User:
    """Someone who can sign in with `PASSWORD`."""
    return User.objects.create_user(
        email or f"user{next(_numbers)}@example.com", fields.pop("password", PASSWORD), **fields
    )


def make_member(company: Company, role: Role = Role.WORKER, *, user: User | None = None, email: str = "") -> Membership:
    """A user's place in `company`; a new user unless one is given."""
    return Membership.objects.create(company=company, user=user or make_user(email), role=role)


def make_worker(company: Company, name: str = "", **fields: Any) -> Worker:
    """A person who clocks time. `name` is cut at its spaces: "Ana Ruiz", "Ana Maria Ruiz"."""
    number = next(_numbers)
    first, *middle, last = (name or f"Worker No{number}").split()
    return Worker.objects.create(
        **{
            "company": company,
            "connection_id": CONNECTION_ID,
            "external_id": str(number),
            "first_name": first,
            "middle_name": " ".join(middle),
            "last_name": last,
            **fields,
        }
    )


def make_wage(
    worker: Worker, hourly_amount: str | Decimal = "25.00", start_date: datetime.date = datetime.date(2026, 1, 1)
) -> Wage:
    """The hourly pay of `worker` from `start_date` on."""
    return Wage.objects.create(
        company=worker.company, worker=worker, hourly_amount=Decimal(hourly_amount), start_date=start_date
    )


def make_job(company: Company, name: str = "", **fields: Any) -> Job:
    """What a ProPay pays for."""
    number = next(_numbers)
    return Job.objects.create(
        **{
            "company": company,
            "connection_id": CONNECTION_ID,
            "external_id": str(number),
            "name": name or f"Job {number}",
            **fields,
        }
    )


def make_cost_code(company: Company, name: str = "", **fields: Any) -> CostCode:
    """A kind of work."""
    number = next(_numbers)
    return CostCode.objects.create(
        **{
            "company": company,
            "connection_id": CONNECTION_ID,
            "external_id": str(number),
            "name": name or f"Cost code {number}",
            **fields,
        }
    )


def make_pay_period(company: Company, start_date: datetime.date, end_date: datetime.date, **fields: Any) -> PayPeriod:
    """The provider's pay period; both dates belong to it."""
    return PayPeriod.objects.create(
        **{
            "company": company,
            "connection_id": CONNECTION_ID,
            "external_id": str(next(_numbers)),
            "start_date": start_date,
            "end_date": end_date,
            **fields,
        }
    )


def make_entry(
    worker: Worker,
    job: Job | None = None,
    minutes: int = 480,
    work_date: datetime.date = WORK_DATE,
    kind: str = EntryKind.WORK,
    *,
    voided: bool = False,
    **fields: Any,
) -> TimeEntry:
    """One stretch of time as a sync would have stored it. `job` None is time off."""
    return TimeEntry.objects.create(
        **{
            "company": worker.company,
            "connection_id": CONNECTION_ID,
            "external_id": str(next(_numbers)),
            "worker": worker,
            "job": job,
            "minutes": minutes,
            "regular_minutes": minutes,
            "ot1_minutes": 0,
            "ot2_minutes": 0,
            "work_date": work_date,
            "kind": kind,
            "fingerprint": 0,
            "added_run_id": RUN_ID,
            "changed_run_id": RUN_ID,
            "voided_run_id": RUN_ID if voided else None,
            "voided_at": timezone.now() if voided else None,
            **fields,
        }
    )
