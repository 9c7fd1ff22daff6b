"""Statements for the tests of payroll files, as rows: `make_paid` skips the services that would pay them."""

from datetime import date
from decimal import Decimal
from typing import Any

from propay.models import Statement, StatementStatus
from propay.rules.pay_periods import Period
from protiv.timekeeping.models import Worker
from tests.make.statement_rows import make_statement

PERIOD = Period(date(2026, 11, 2), date(2026, 11, 15))
PAY_DATE = date(2026, 11, 20)


def make_open(worker: Worker, amounts: str = "250.00 20.00 4.25", period: Period = PERIOD) -> Statement:
    """An open statement with one line; `amounts` are bonus, federal true-up, and state overtime premium."""
    statement = make_statement(worker, amounts.split()[0], period=(period.start_date, period.end_date))
    Statement.objects.filter(pk=statement.pk).update(**_fields(worker, amounts, period))
    return statement


def make_paid(worker: Worker, amounts: str = "250.00 20.00 4.25", period: Period = PERIOD, **fields: Any) -> Statement:
    """A paid statement: as the rules have it, a negative bonus pays 0.00 and keeps its sum."""
    bonus, *overtime = map(Decimal, amounts.split())
    pays = sum(overtime, max(bonus, Decimal("0.00")))
    paid = {"status": StatementStatus.PAID, "pay_date": PAY_DATE, "paid_amount": pays}
    statement = make_open(worker, amounts, period)
    Statement.objects.filter(pk=statement.pk).update(**(paid | fields))
    return statement


def _fields(worker: Worker, amounts: str, period: Period) -> dict[str, Any]:
    bonus, federal, state_extra = map(Decimal, amounts.split())
    return {
        "company": worker.company,
        "worker": worker,
        "start_date": period.start_date,
        "end_date": period.end_date,
        "bonus_amount": bonus,
        "federal_amount": federal,
        "state_extra_amount": state_extra,
    }
