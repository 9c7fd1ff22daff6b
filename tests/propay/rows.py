"""ProPays for tests, as rows: without the checks and the first figures that `services.create_propay` brings."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from propay.models import BudgetType, ProPay
from protiv.timekeeping.models import Job

NOW = datetime(2026, 11, 9, 15, 0, tzinfo=UTC)
START = date(2026, 10, 1)


def make_propay(job: Job, **fields: Any) -> ProPay:
    """A dollar budget of 5,000.00 from October 1 on, split in half, all of the pool to the crew."""
    codes = fields.pop("cost_codes", [])
    propay = ProPay.objects.create(
        **{
            "company": job.company,
            "job": job,
            "title": job.name,
            "budget_type": BudgetType.AMOUNT,
            "fixed_amount": None if "budget_type" in fields else Decimal("5000.00"),
            "start_date": START,
            **fields,
        }
    )
    propay.cost_codes.set(codes)
    return propay
