"""Adds amounts to the statements of the workers they are owed to, and removes them while the statements are open.

No other module writes a statement or a line of one; the others decide what is owed. All of it runs in the caller's
transaction, under the company's lock. A line that someone asked about is never deleted: when removed, it stays with
0.00 and its question.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Case, DecimalField, Exists, F, Min, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Round

from propay.frozen.figures import shares_of, trace_of
from propay.frozen.steps import as_data, steps_of
from propay.models import (
    LineKind,
    LineMessage,
    PayrollFile,
    PayRun,
    ProPay,
    Snapshot,
    Statement,
    StatementLine,
    StatementStatus,
)
from propay.queries.settings import bonus_settings
from propay.rules import statement_states
from propay.rules.pay_periods import Period, next_period, period_of
from propay.rules.trace import Step, day, dollars
from protiv.accounts.models import Company, User
from protiv.kit.bulk import BulkSyncQuerySet
from protiv.kit.money import ZERO
from protiv.kit.text import listed
from protiv.timekeeping.models import PayPeriod

# (worker id, role) of a share.
Payee = tuple[int, str]
SUMS = {"bonus_amount": "amount", "federal_amount": "federal_amount", "state_extra_amount": "state_extra_amount"}
# A Sunday or Monday long ago, to count weeks from if nothing else says where a period begins.
FIRST_DAY = date(2001, 1, 1)


# Periods


def current_period(*, company: Company, day: date) -> Period:
    """The pay period that `day` belongs to."""
    return period_of(day, length=company.pay_period, anchor_date=anchor_date(company))


def following_period(*, company: Company, period: Period) -> Period:
    """The pay period after this one."""
    return next_period(period, length=company.pay_period)


def anchor_date(company: Company) -> date:
    """The first day of a period: as entered, else the default."""
    return bonus_settings(company).period_anchor_date or usual_anchor_date(company)


def usual_anchor_date(company: Company) -> date:
    """The first day of a period, from the provider's first pay period, else from the workweek."""
    synced: date | None = PayPeriod.objects.filter(company=company).aggregate(first=Min("start_date"))["first"]
    return synced or company.workweek_start_date(FIRST_DAY)


# Statements


def open_statements(*, company: Company, worker_ids: Collection[int], period: Period) -> dict[int, Statement]:
    """The open statement of each worker for this period, or for the first period after it that isn't locked or paid."""
    found: dict[int, Statement] = {}
    missing = set(worker_ids)
    while missing:
        stored = _overlapping(company, missing, period)
        found |= {one.worker_id: one for one in stored if one.status == StatementStatus.OPEN}
        closed = {one.worker_id for one in stored} - found.keys()
        new = _new_statements(company, missing - found.keys() - closed, period)
        found |= {one.worker_id: one for one in new}
        missing = closed
        period = following_period(company=company, period=period)
    return found


def next_open_periods(*, company: Company, worker_ids: Collection[int], day: date) -> dict[int, Period]:
    """The pay period whose statement an amount booked on `day` would go to, by worker. Writes nothing."""
    period = current_period(company=company, day=day)
    found: dict[int, Period] = {}
    missing = set(worker_ids)
    while missing:
        stored = list(_overlapping(company, missing, period))
        for one in stored:
            if one.status == StatementStatus.OPEN:
                found[one.worker_id] = Period(one.start_date, one.end_date)
        closed = {one.worker_id for one in stored} - found.keys()
        found |= dict.fromkeys(missing - found.keys() - closed, period)
        missing = closed
        period = following_period(company=company, period=period)
    return found


def _overlapping(company: Company, worker_ids: Iterable[int], period: Period) -> "QuerySet[Statement]":
    """The statements of the period, earliest last; also of another length, if the company changed its periods."""
    return Statement.objects.filter(
        company=company,
        worker__in=worker_ids,
        start_date__lte=period.end_date,
        end_date__gte=period.start_date,
    ).order_by("-start_date", "-pk")


def _new_statements(company: Company, worker_ids: Collection[int], period: Period) -> list[Statement]:
    return Statement.objects.bulk_create(
        Statement(company=company, worker_id=worker_id, start_date=period.start_date, end_date=period.end_date)
        for worker_id in sorted(worker_ids)
    )


def lock_statements(*, open_ones: Collection[Statement], overtime_policy: dict[str, Any], now: datetime) -> None:
    """Lock these statements under the rules of this moment; refused (ValidationError) if any is no longer open."""
    still_open = Statement.objects.filter(pk__in=[one.pk for one in open_ones], status__in=statement_states.LOCK.before)
    count = still_open.update(status=statement_states.LOCK.target, locked_at=now, overtime_policy=overtime_policy)
    if count != len(open_ones):
        raise ValidationError("Someone else just locked or paid some of these statements. Reload the page.")


def unlock_statements(*, locked_ones: Collection[Statement]) -> None:
    """Open these statements again, under the rules of today; refused (ValidationError) if any isn't locked."""
    still_locked = Statement.objects.filter(
        pk__in=[one.pk for one in locked_ones], status__in=statement_states.UNLOCK.before
    )
    count = still_locked.update(status=statement_states.UNLOCK.target, locked_at=None, overtime_policy=None)
    if count != len(locked_ones):
        raise ValidationError("Someone else just unlocked or paid some of these statements. Reload the page.")


def close_statements(
    *,
    unpaid: Collection[Statement],
    pay_date: date,
    actor: User | None,
    now: datetime,
    pay_run: PayRun | None,
    overtime_policy: dict[str, Any],
) -> None:
    """Mark these open or locked statements as paid, those at or below zero with 0.00.

    A locked one keeps the rules of the day it was locked; an open one gets `overtime_policy`. Refused (ValidationError)
    if any of them is already paid; the caller rolls back.
    """
    nothing_due = [one.pk for one in unpaid if one.total_amount <= 0]
    total = F("bonus_amount") + F("federal_amount") + F("state_extra_amount")
    chosen = Statement.objects.filter(pk__in=[one.pk for one in unpaid])
    payment: dict[str, Any] = {
        "status": statement_states.PAY.target,
        "paid_amount": Case(When(pk__in=nothing_due, then=Value(ZERO)), default=Round(total, 2)),
        "pay_date": pay_date,
        "paid_at": now,
        "paid_by": actor,
        "pay_run": pay_run,
    }
    count = chosen.filter(status=StatementStatus.LOCKED).update(**payment)
    count += chosen.filter(status=StatementStatus.OPEN).update(**payment, overtime_policy=overtime_policy)
    if count != len(unpaid):
        raise ValidationError("Someone else just marked some of these statements paid. Nothing was paid twice.")


def retotal(statement_ids: Collection[int]) -> None:
    """Update the totals of these statements from their lines."""
    lines = StatementLine.objects.filter(statement=OuterRef("pk")).order_by().values("statement")
    sums = {
        column: Coalesce(Subquery(lines.annotate(total=Sum(of)).values("total")), Value(ZERO), output_field=_DOLLARS)
        for column, of in SUMS.items()
    }
    Statement.objects.filter(pk__in=statement_ids).update(**sums)


_DOLLARS: "DecimalField[Decimal, Decimal]" = DecimalField(max_digits=12, decimal_places=2)


# Lines


def book_shares(
    *,
    company: Company,
    snapshot: Snapshot,
    shares: Mapping[Payee, Decimal],
    period: Period,
    actor: User | None,
    now: datetime,
) -> None:
    """Add the shares of an approved ProPay to the workers' statements; 0.00 gets no line."""
    _book(company, snapshot, LineKind.SHARE, shares, period, actor, now)


def book_drift(
    *,
    company: Company,
    snapshot: Snapshot,
    differences: Mapping[Payee, Decimal],
    period: Period,
    actor: User | None,
    now: datetime,
) -> None:
    """Add the changes of an adjusted drift to the next open statements; `snapshot` is the adjustment's."""
    _book(company, snapshot, LineKind.DRIFT, differences, period, actor, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekOwed:
    """One worker's overtime of a workweek on a ProPay, for a statement; `line` is the open one it is on now."""

    propay_id: int
    worker_id: int
    week_start: date
    federal: Decimal
    state_extra: Decimal
    steps: list[Step]
    statement_id: int
    line: StatementLine | None


def book_true_ups(*, company: Company, owed: Iterable[WeekOwed], now: datetime) -> None:
    """Insert the lines of these workweeks, and update those that differ."""
    new: list[StatementLine] = []
    changed: list[StatementLine] = []
    for one in owed:
        line = one.line or StatementLine(
            company=company,
            worker_id=one.worker_id,
            kind=LineKind.TRUE_UP,
            propay_id=one.propay_id,
            week_start=one.week_start,
            created_at=now,
        )
        before = (line.statement_id, line.federal_amount, line.state_extra_amount, steps_of(line.steps))
        line.statement_id = one.statement_id
        line.federal_amount, line.state_extra_amount, line.steps = one.federal, one.state_extra, as_data(one.steps)
        if not line.pk:
            new.append(line)
        elif before != (one.statement_id, one.federal, one.state_extra, one.steps):
            changed.append(line)
    StatementLine.objects.bulk_create(new)
    written = ["statement", "federal_amount", "state_extra_amount", "steps"]
    BulkSyncQuerySet(StatementLine).bulk_write(changed, fields=written)
    retotal({line.statement_id for line in (*new, *changed)})


def book_adjustment(
    *,
    company: Company,
    category_id: int,
    worker_ids: Collection[int],
    amount: Decimal,
    note: str,
    period: Period,
    actor: User | None,
    now: datetime,
) -> list[Statement]:
    """Add a manual amount to a statement of each of these workers: of this period or the next open one after it."""
    statements = open_statements(company=company, worker_ids=worker_ids, period=period)
    StatementLine.objects.bulk_create(
        StatementLine(
            company=company,
            statement=statements[worker_id],
            worker_id=worker_id,
            kind=LineKind.ADJUSTMENT,
            category_id=category_id,
            amount=amount,
            note=note,
            created_by=actor,
            created_at=now,
        )
        for worker_id in worker_ids
    )
    retotal({one.pk for one in statements.values()})
    return list(statements.values())


def book_rollover(
    *,
    company: Company,
    below_zero: Collection[Statement],
    period: Period,
    actor: User | None,
    now: datetime,
) -> None:
    """Carry negative totals of these statements of one period over to the workers' next open ones, by column."""
    worker_ids = {one.worker_id for one in below_zero}
    following = following_period(company=company, period=period)
    statements = open_statements(company=company, worker_ids=worker_ids, period=following)
    StatementLine.objects.bulk_create(
        StatementLine(
            company=company,
            statement=statements[one.worker_id],
            worker_id=one.worker_id,
            kind=LineKind.ROLLOVER,
            rolled_from=one,
            amount=one.bonus_amount,
            federal_amount=one.federal_amount,
            state_extra_amount=one.state_extra_amount,
            steps=as_data(_columns(one)),
            created_by=actor,
            created_at=now,
        )
        for one in below_zero
    )
    retotal({one.pk for one in statements.values()})


def unbook(*, company: Company, propay: ProPay) -> None:
    """Remove all lines of a ProPay from open statements. Refused (ValidationError) if any of it is locked or paid."""
    lines = StatementLine.objects.filter(company=company, propay=propay)
    frozen = lines.exclude(amount=0, federal_amount=0, state_extra_amount=0)
    if frozen.filter(statement__status=StatementStatus.PAID).exists():
        raise ValidationError(
            "Part of this ProPay is already paid, so it can't be unapproved. Correct it with an adjustment on the "
            "next open statement.",
            code="paid",
        )
    _refuse_locked(Statement.objects.filter(pk__in=frozen.values("statement"), status=StatementStatus.LOCKED))
    _drop(lines.filter(statement__status=StatementStatus.OPEN))


def _refuse_locked(statements: QuerySet[Statement]) -> None:
    names = [one.worker.name for one in statements.select_related("worker").order_by("pk")]
    if not names:
        return
    file = PayrollFile.objects.filter(filed__statement__in=statements, filed__superseded_at=None)
    latest = file.select_related("company").defer("content").order_by("pk").last()
    which = f"in {latest.name} of {day(latest.company.local_date(latest.created_at))}" if latest else "locked"
    whose = "the statement" if len(names) == 1 else "the statements"
    raise ValidationError(
        f"Part of this ProPay is {which}, so it can't be unapproved. Unlock {whose} for {listed(names)} first.",
        code="locked",
    )


def drop_lines(line_ids: Collection[int]) -> None:
    """Delete these lines of open statements; those with questions stay, with 0.00."""
    _drop(StatementLine.objects.filter(pk__in=line_ids))


def _drop(lines: "QuerySet[StatementLine]") -> None:
    statement_ids = set(lines.values_list("statement_id", flat=True))
    asked = Exists(LineMessage.objects.filter(line=OuterRef("pk")))
    lines.filter(asked).update(amount=ZERO, federal_amount=ZERO, state_extra_amount=ZERO, steps=[])
    lines.filter(~asked).delete()
    retotal(statement_ids)


def _book(
    company: Company,
    snapshot: Snapshot,
    kind: LineKind,
    amounts: Mapping[Payee, Decimal],
    period: Period,
    actor: User | None,
    now: datetime,
) -> None:
    owed = {payee: amount for payee, amount in amounts.items() if amount}
    statements = open_statements(company=company, worker_ids={worker_id for worker_id, _ in owed}, period=period)
    kept = _taken_back(company, snapshot) if kind == LineKind.SHARE else {}
    new = []
    for (worker_id, role), amount in owed.items():
        line = kept.get((worker_id, role)) or StatementLine(
            company=company, worker_id=worker_id, kind=kind, propay_id=snapshot.propay_id, role=role
        )
        line.statement, line.snapshot, line.amount = statements[worker_id], snapshot, amount
        shown = _steps(snapshot, worker_id, role)
        if kind == LineKind.DRIFT:
            shown.append(_difference(snapshot, (worker_id, role), amount))
        line.steps = as_data(shown)
        line.created_by, line.created_at = actor, now
        if line.pk:
            line.save()
        else:
            new.append(line)
    StatementLine.objects.bulk_create(new)
    retotal({one.pk for one in statements.values()})


def _taken_back(company: Company, snapshot: Snapshot) -> dict[Payee, StatementLine]:
    """Reuse the removed shares of this ProPay that were kept for their questions: they get an amount again."""
    lines = StatementLine.objects.filter(
        company=company,
        propay=snapshot.propay_id,
        kind=LineKind.SHARE,
        amount=0,
        statement__status=StatementStatus.OPEN,
    )
    return {(line.worker_id, line.role): line for line in lines}


def _steps(snapshot: Snapshot, worker_id: int, role: str) -> list[Step]:
    """The steps of the pool and of this worker's share; no one else's."""
    own = f"share.{role}.{worker_id}"
    shown = ("saving", "netted", "split", "penalties", "disqualified", f"part.{role.lower()}", own)
    return [step for step in trace_of(snapshot.figures) if step.key in shown]


def _difference(snapshot: Snapshot, payee: Payee, amount: Decimal) -> Step:
    """The steps of a correction: before and after."""
    today = shares_of(snapshot.figures).get(payee, ZERO)
    return Step(
        key="drift",
        label="Difference from the earlier approval",
        formula=f"{dollars(today)} - {dollars(today - amount)}",
        result=dollars(amount),
    )


def _columns(statement: Statement) -> list[Step]:
    """The steps of a carried-over amount."""
    columns = (
        f"{dollars(statement.bonus_amount)} bonus + {dollars(statement.federal_amount)} federal + "
        f"{dollars(statement.state_extra_amount)} state overtime premium"
    )
    label = f"Total of the statement for {day(statement.start_date)} to {day(statement.end_date)}, paid 0.00"
    return [Step(key="rollover", label=label, formula=columns, result=dollars(statement.total_amount))]
