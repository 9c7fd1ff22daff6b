"""Statements and ProPays for the tests of the reports."""

from datetime import date, timedelta
from decimal import Decimal

from propay import services
from propay.models import AdjustmentCategory, LineKind, Statement, StatementLine, StatementStatus
from propay.services import booking
from tests.make import factories
from tests.make.propays import NOW, make_approved, make_propay

PERIOD = (date(2026, 11, 2), date(2026, 11, 15))


def statement(worker, start=PERIOD[0], *, rolled_from=None, **amounts) -> Statement:
    """A statement of two weeks with one line per kind: `share`, `drift`, `adjustment`, `rollover`, `true_up`."""
    found, _new = Statement.objects.get_or_create(
        company=worker.company, worker=worker, start_date=start, end_date=start + timedelta(13)
    )
    propay = make_propay(factories.make_job(worker.company)) if {"share", "drift", "true_up"} & amounts.keys() else None
    snapshot = make_approved(propay, {}) if propay else None
    category, _new = AdjustmentCategory.objects.get_or_create(company=worker.company, name="Safety")
    for kind, amount in amounts.items():
        if kind == "true_up":
            federal, extra = map(Decimal, amount)
            fields = {"federal_amount": federal, "state_extra_amount": extra, "week_start": start}
        else:
            fields = {"amount": Decimal(amount)}
        if kind == "adjustment":
            is_deduction = Decimal(amount) < 0
            fields |= {"deduction_category": "ADVANCE"} if is_deduction else {"category": category}
        if kind == "rollover":
            fields["rolled_from"] = rolled_from
        if kind in ("share", "drift", "true_up"):
            fields |= {"propay": propay, "snapshot": snapshot, "role": "CREW"}
        StatementLine.objects.create(
            company=worker.company,
            statement=found,
            worker=worker,
            kind=LineKind[kind.upper()],
            created_at=NOW,
            **fields,
        )
    booking.retotal([found.pk])
    found.refresh_from_db()
    return found


def pay(one: Statement, day: date) -> None:
    Statement.objects.filter(pk=one.pk).update(
        status=StatementStatus.PAID, pay_date=day, paid_amount=one.payable_amount
    )


def worked(company, job, crew, *days, **fields):
    """A ProPay with so many days of ten hours by each of the crew, calculated."""
    propay = make_propay(job, **fields)
    for worker, count in zip(crew, days, strict=False):
        for day in range(count):
            factories.make_entry(worker, job, minutes=600, work_date=date(2026, 11, 2) + timedelta(day))
    services.refresh(company=company, job_ids=[job.pk], now=NOW)
    propay.refresh_from_db()
    return propay
