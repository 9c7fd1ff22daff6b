"""Marks statements as paid: permanently, each exactly once.

Every payment takes the company's lock and then a conditional UPDATE on unpaid statements, so if two people pay the same
one, one succeeds and the other is told. Nothing is ever deducted from wages or from overtime (bonus.md 11.1).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from propay.frozen import overtime
from propay.models import (
    PayRun,
    ProPay,
    Statement,
    StatementLine,
    StatementStatus,
)
from propay.queries.overtime import policies_of
from propay.rules import statement_states, states
from propay.rules.pay_periods import Period
from propay.rules.trace import day, dollars
from propay.services import booking
from propay.services.shared import lock, record_event
from propay.services.true_ups import BONUS_KINDS
from protiv.accounts.models import Company, User
from protiv.kit.money import ZERO

# A pay date further ahead is a typo.
FURTHEST_AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment's result: statements and dollars paid, and those already paid by others.

    `below_zero` counts the statements that couldn't collect all of their deductions and corrections.
    """

    paid: int
    amount: Decimal
    below_zero: int
    already_paid: tuple[Statement, ...]

    @property
    def left_alone(self) -> str:
        """A message about statements that others had already paid."""
        return _told(self.already_paid) if self.already_paid else ""


def pay_statements(
    *, company: Company, actor: User | None, statement_ids: Collection[int], pay_date: date | None, now: datetime
) -> Payment:
    """Mark these statements as paid on `pay_date`. Those already paid by someone else are skipped and reported.

    Refused (ValidationError) without a plausible pay date, or if all of them are already paid.
    """
    with transaction.atomic():
        company = lock(company)
        chosen = list(
            Statement.objects.filter(company=company, pk__in=statement_ids)
            .select_related("worker", "paid_by")
            .order_by("start_date", "end_date", "pk")
        )
        to_pay = [one for one in chosen if statement_states.PAY.starts_from(one.status)]
        already_paid = tuple(one for one in chosen if one.status == StatementStatus.PAID)
        _refuse_unless_any(to_pay, already_paid)
        pay_date = checked_pay_date(pay_date, start_date=to_pay[-1].start_date, today=company.local_date(now))
        paid: list[Statement] = []
        # Period by period: amounts carried over from one are paid with the next.
        for _period, group in groupby(to_pay, key=_period_of):
            ids = [one.pk for one in group]
            paid += pay_unpaid(company=company, statement_ids=ids, pay_date=pay_date, actor=actor, now=now)
        payment = Payment(
            paid=len(paid),
            amount=sum((one.payable_amount for one in paid), ZERO),
            below_zero=sum(one.difference_amount > 0 for one in paid),
            already_paid=already_paid,
        )
        _record(company, actor, to_pay, payment, pay_date)
        return payment


def pay_unpaid(
    *,
    company: Company,
    statement_ids: Collection[int],
    pay_date: date,
    actor: User | None,
    now: datetime,
    pay_run: PayRun | None = None,
) -> list[Statement]:
    """Mark the unpaid ones of these statements (of one pay period) as paid; a few queries, however many there are.

    Returns them. The caller holds the company's lock.
    """
    statements = Statement.objects.filter(company=company, pk__in=statement_ids).order_by("pk")
    unpaid = list(statements.filter(status__in=statement_states.PAY.before))
    booking.close_statements(
        company=company,
        unpaid=unpaid,
        pay_date=pay_date,
        actor=actor,
        now=now,
        pay_run=pay_run,
        overtime_policy=overtime.as_data(policies_of(company)),
    )
    _settle(company, [one.pk for one in unpaid])
    paid = list(statements.filter(pk__in=[one.pk for one in unpaid]))
    below_zero = [one for one in paid if one.due_bonus_amount < 0]
    if below_zero:
        period = Period(*_period_of(below_zero[0]))
        booking.book_rollover(company=company, below_zero=below_zero, period=period, actor=actor, now=now)
    return paid


def payable(company: Company, period: Period) -> QuerySet[Statement]:
    """The open and locked statements of a pay period that have any lines."""
    return Statement.objects.filter(
        Exists(StatementLine.objects.filter(statement=OuterRef("pk"))),
        company=company,
        start_date=period.start_date,
        end_date=period.end_date,
        status__in=statement_states.PAY.before,
    )


def checked_pay_date(pay_date: date | None, *, start_date: date, today: date) -> date:
    """Return the pay date if plausible for a pay period that starts on `start_date`; else raise ValidationError."""
    if pay_date is None:
        raise ValidationError({"pay_date": "Enter the pay date."})
    if pay_date < start_date:
        text = (
            f"This is before the pay period, which starts on {start_date:%b} {start_date.day}, {start_date.year}. "
            "Enter the day on which the workers get it."
        )
        raise ValidationError({"pay_date": text})
    if pay_date > today + FURTHEST_AHEAD:
        text = f"The pay date is more than {FURTHEST_AHEAD.days} days away. Check the month and year."
        raise ValidationError({"pay_date": text})
    return pay_date


def _refuse_unless_any(to_pay: Sequence[Statement], already_paid: Sequence[Statement]) -> None:
    if to_pay:
        return
    if not already_paid:
        raise ValidationError("Select at least one statement to mark as paid.")
    raise ValidationError(f"Nothing was marked paid: {_told(already_paid)}", code="already_paid")


def _told(already_paid: Sequence[Statement]) -> str:
    first = already_paid[0]
    by = f" by {first.paid_by}" if first.paid_by else ""
    others = len(already_paid) - 1
    more = {0: "", 1: " 1 other you selected was also already paid."}.get(
        others, f" {others} others you selected were also already paid."
    )
    paid_on = f", with pay date {day(first.pay_date)}" if first.pay_date else ""
    return f"the statement for {first.worker.name} was already marked paid{by}{paid_on}.{more}"


def _period_of(statement: Statement) -> tuple[date, date]:
    return statement.start_date, statement.end_date


def _settle(company: Company, statement_ids: Collection[int]) -> None:
    """A ProPay is paid once none of its shares and corrections is on an open or locked statement."""
    lines = StatementLine.objects.filter(company=company, kind__in=BONUS_KINDS)
    unpaid = lines.filter(propay=OuterRef("pk"), statement__status__in=statement_states.UNPAID).exclude(amount=0)
    ProPay.objects.filter(
        ~Exists(unpaid),
        company=company,
        status__in=states.PAY.before,
        pk__in=lines.filter(statement__in=statement_ids).values("propay"),
    ).update(status=states.PAY.target)


def _record(
    company: Company, actor: User | None, statements: Sequence[Statement], payment: Payment, pay_date: date
) -> None:
    first = statements[0]
    target = f"statement:{first.pk}" if len(statements) == 1 else "statements"
    who = ", ".join(one.worker.name for one in statements)
    paid = f"{payment.paid} statement{'' if payment.paid == 1 else 's'} as paid, {dollars(payment.amount)} total"
    summary = f"Marked {paid}, pay date {day(pay_date)}: {who}."
    record_event(company.pk, actor, "statements.paid", target, summary)
