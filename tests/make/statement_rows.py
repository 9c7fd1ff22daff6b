"""Statements for tests, as rows whose sums fit their lines."""

from datetime import date
from decimal import Decimal
from typing import Any

from propay import services
from propay.models import AdjustmentCategory, LineKind, LineMessage, PayRun, Statement, StatementLine
from propay.rules.pay_periods import Period
from propay.services import booking, true_ups
from protiv.accounts.models import Company, User
from protiv.timekeeping.models import Worker
from tests.make import factories
from tests.make.propays import NOW, make_approved, make_propay

PERIOD = (date(2026, 10, 26), date(2026, 11, 8))
NEXT_PERIOD = (date(2026, 11, 9), date(2026, 11, 22))
PERIOD_KEY = f"{PERIOD[0]}_{PERIOD[1]}"
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
            "is_promised": False if Decimal(amount) > 0 and fields.get("kind") is None else None,
            "deduction_category": "ADVANCE" if Decimal(amount) < 0 and fields.get("kind") is None else "",
            "created_at": NOW,
            **fields,
        }
    )
    booking.retotal([statement.pk])
    statement.refresh_from_db()
    return line


def make_full_statement(worker: Worker) -> Statement:
    """200.00 of a kitchen, earned in a week of 50 hours, so 20.00 of overtime on it; 15.00 for safety; a question."""
    company = worker.company
    job = factories.make_job(company, "Kitchen")
    propay = make_propay(job, title="Kitchen remodel")
    entry = factories.make_entry(worker, job, minutes=3000, work_date=date(2026, 11, 2))
    snapshot = make_approved(propay, {worker: "200.00"}, {entry: "20.00"})
    snapshot.figures = {
        "trace": [
            {"key": "saving", "label": "Saving", "formula": "1,400.00 - 1,000.00", "result": "400.00"},
            {"key": "split", "label": "Pool", "formula": "max(400.00, 0) × 50 %", "result": "200.00"},
            {
                "key": f"share.CREW.{worker.pk}",
                "label": f"Share of {worker.name} (hours)",
                "formula": "200.00 × 50 h / 50 h",
                "result": "200.00",
            },
            {"key": "share.CREW.0", "label": "Share of somebody else", "formula": "none", "result": "0.00"},
        ]
    }
    statement = make_statement(worker)
    period = Period(*PERIOD)
    shares = {(worker.pk, "CREW"): Decimal("200.00")}
    booking.book_shares(company=company, snapshot=snapshot, shares=shares, period=period, actor=None, now=NOW)
    true_ups.update_true_ups(company=company, propay_ids=[propay.pk], now=NOW)
    category = AdjustmentCategory.objects.create(company=company, name="Safety")
    line = make_line(statement, "15.00", category=category, note="No accident all month")
    LineMessage.objects.create(company=company, line=line, text="For which month is this?", created_at=NOW)
    return statement


def make_pay_run(company: Company, **fields: Any) -> PayRun:
    """A run that has paid 3 of 8 statements."""
    return PayRun.objects.create(
        **{
            "company": company,
            "start_date": PERIOD[0],
            "end_date": PERIOD[1],
            "pay_date": PAY_DATE,
            "total_count": 8,
            "done_count": 3,
            "state": "RUNNING",
            "created_at": NOW,
            **fields,
        }
    )


def pay(company: Company, actor: User, *statements: Statement) -> None:
    """Pay them on the pay date, at the moment at which these tests take place."""
    services.pay_statements(
        company=company, actor=actor, statement_ids=[one.pk for one in statements], pay_date=PAY_DATE, now=NOW
    )
