"""Statements for tests, as rows whose sums fit their lines."""

from datetime import date
from decimal import Decimal
from typing import Any

from propay.models import AdjustmentCategory, LineKind, Statement, StatementLine
from propay.services import booking
from protiv.timekeeping.models import Worker
from tests.propay.rows import NOW

PERIOD = (date(2026, 10, 26), date(2026, 11, 8))
NEXT_PERIOD = (date(2026, 11, 9), date(2026, 11, 22))
PAY_DATE = date(2026, 11, 13)


def make_statement(worker: Worker, amount: str | None = None, *, period: tuple[date, date] = PERIOD) -> Statement:
    """An open statement, with an adjustment of that amount unless it is None."""
    statement = Statement.objects.create(
        company=worker.company, worker=worker, start_date=period[0], end_date=period[1]
    )
    if amount is not None:
        category, _ = AdjustmentCategory.objects.get_or_create(company=worker.company, name="Safety")
        make_line(statement, amount, category=category)
    return statement


def make_line(statement: Statement, amount: str, **fields: Any) -> StatementLine:
    """One line, an adjustment unless `kind` says otherwise; the statement's sums follow."""
    line = StatementLine.objects.create(
        **{
            "company": statement.company,
            "statement": statement,
            "worker": statement.worker,
            "kind": LineKind.ADJUSTMENT,
            "amount": Decimal(amount),
            "created_at": NOW,
            **fields,
        }
    )
    booking.retotal([statement.pk])
    statement.refresh_from_db()
    return line
