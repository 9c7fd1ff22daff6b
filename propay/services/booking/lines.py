"""Adds lines to open statements: shares, corrections, true-ups, and what is carried over."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from propay.frozen.figures import shares_of, trace_of
from propay.frozen.steps import as_data, steps_of
from propay.models import LineKind, ProPay, Snapshot, Statement, StatementLine, StatementStatus
from propay.rules.pay_periods import Period
from propay.rules.trace import Step, day, dollars
from propay.services.booking.periods import following_period
from propay.services.booking.statements import open_statements
from propay.services.booking.totals import retotal, uncollected
from protiv.accounts.models import Company, User
from protiv.kit.bulk import BulkSyncQuerySet
from protiv.kit.money import ZERO

# (worker id, role) of a share.
Payee = tuple[int, str]


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
    shown = ("saving", "netted", "split", "penalties", "disqualified", f"part.{role.lower()}", "includes_overtime", own)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekOwed:
    """One worker's overtime of a workweek on a ProPay or a promised bonus; `line` is the open one it is on now."""

    propay_id: int | None
    adjustment_id: int | None = None
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
            adjustment_id=one.adjustment_id,
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


def book_rollover(
    *,
    company: Company,
    below_zero: Collection[Statement],
    period: Period,
    actor: User | None,
    now: datetime,
) -> None:
    """Carry the negative bonus columns of these statements of one period over to the workers' next open ones.

    Each ProPay's part is a line of its own, so that what is written off of it later counts against the same ProPay.
    """
    worker_ids = {one.worker_id for one in below_zero}
    following = following_period(company=company, period=period)
    statements = open_statements(company=company, worker_ids=worker_ids, period=following)
    parts: defaultdict[tuple[int, ProPay | None], Decimal] = defaultdict(lambda: ZERO)
    for line, part in uncollected([one.pk for one in below_zero]):
        parts[line.statement_id, line.propay] -= part
    by_id = {one.pk: one for one in below_zero}
    StatementLine.objects.bulk_create(
        StatementLine(
            company=company,
            statement=statements[by_id[statement_id].worker_id],
            worker_id=by_id[statement_id].worker_id,
            kind=LineKind.ROLLOVER,
            propay=propay,
            rolled_from=by_id[statement_id],
            amount=amount,
            steps=as_data(_carried(by_id[statement_id], propay, amount)),
            created_by=actor,
            created_at=now,
        )
        for (statement_id, propay), amount in parts.items()
        if amount
    )
    retotal({one.pk for one in statements.values()})


def _carried(statement: Statement, propay: ProPay | None, amount: Decimal) -> list[Step]:
    """The steps of a carried-over amount: the column, and the part of it that this line is."""
    label = f"Bonus column of the statement for {day(statement.start_date)} to {day(statement.end_date)}, paid 0.00"
    used = statement.written_off_amount
    formula = f"{dollars(statement.bonus_amount)}{f' - {dollars(-used)} not collected earlier' if used else ''}"
    steps = [Step(key="rollover", label=label, formula=formula, result=dollars(statement.due_bonus_amount))]
    if amount != statement.due_bonus_amount:
        whose = f"of {propay.title}" if propay else "of adjustments"
        steps.append(Step(key="carried", label=f"Part {whose}", formula="", result=dollars(amount)))
    return steps
