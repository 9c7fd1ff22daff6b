"""Adds amounts to the statements of the workers they are owed to, and removes them while the statements are open.

No other module writes a statement or a line of one; the others decide what is owed. All of it runs in the caller's
transaction, under the company's lock. A line that someone asked about is never deleted: when removed, it stays with
0.00 and its question.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import DecimalField, Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

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
from propay.queries.statements import DUE_BONUS, PAYABLE
from propay.rules import statement_states
from propay.rules.pay_periods import Period, next_period, period_of
from propay.rules.trace import Step, day, dollars
from propay.rules.written_off import Columns, not_collected, set_against_bonuses, set_against_overtime, spread
from protiv.accounts.models import Company, User
from protiv.kit.bulk import BulkSyncQuerySet
from protiv.kit.money import ZERO
from protiv.kit.text import listed
from protiv.timekeeping.models import PayPeriod

# (worker id, role) of a share.
Payee = tuple[int, str]
WRITTEN_OFF = ("written_off_amount", "written_off_federal", "written_off_state_extra")
SUMS = {
    "bonus_amount": "amount",
    "federal_amount": "federal_amount",
    "state_extra_amount": "state_extra_amount",
    **dict(zip(WRITTEN_OFF, WRITTEN_OFF, strict=True)),
}
# The columns of a line that are paid together, each with what is written off of it.
BONUS_COLUMNS = (("amount", "written_off_amount"),)
OVERTIME_COLUMNS = (
    ("federal_amount", "written_off_federal"),
    ("state_extra_amount", "written_off_state_extra"),
)
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


def lock_statements(
    *, company: Company, open_ones: Collection[Statement], overtime_policy: dict[str, Any], now: datetime
) -> None:
    """Lock these statements under the rules of this moment; refused (ValidationError) if any is no longer open."""
    ids = [one.pk for one in open_ones]
    is_written_off = _settle_columns(company, ids)
    still_open = Statement.objects.filter(pk__in=ids, status__in=statement_states.LOCK.before)
    count = still_open.update(status=statement_states.LOCK.target, locked_at=now, overtime_policy=overtime_policy)
    if count != len(open_ones):
        raise ValidationError("Someone else just locked or paid some of these statements. Reload the page.")
    if is_written_off:
        _sum_up(_set_against(ids))


def unlock_statements(*, locked_ones: Collection[Statement]) -> None:
    """Open these statements again, under the rules of today; refused (ValidationError) if any isn't locked."""
    ids = [one.pk for one in locked_ones]
    still_locked = Statement.objects.filter(pk__in=ids, status__in=statement_states.UNLOCK.before)
    count = still_locked.update(status=statement_states.UNLOCK.target, locked_at=None, overtime_policy=None)
    if count != len(locked_ones):
        raise ValidationError("Someone else just unlocked or paid some of these statements. Reload the page.")
    StatementLine.objects.filter(statement__in=ids, propay=None).update(**dict.fromkeys(WRITTEN_OFF, ZERO))
    retotal(ids)


def close_statements(
    *,
    company: Company,
    unpaid: Collection[Statement],
    pay_date: date,
    actor: User | None,
    now: datetime,
    pay_run: PayRun | None,
    overtime_policy: dict[str, Any],
) -> None:
    """Mark these open or locked statements as paid, each column on its own (bonus.md 11.1).

    A locked one keeps the rules of the day it was locked; an open one gets `overtime_policy`. Refused (ValidationError)
    if any of them is already paid; the caller rolls back.
    """
    ids = [one.pk for one in unpaid]
    is_written_off = _settle_columns(company, [one.pk for one in unpaid if one.status == StatementStatus.OPEN])
    chosen = Statement.objects.filter(pk__in=ids)
    payment: dict[str, Any] = {
        "status": statement_states.PAY.target,
        "paid_amount": PAYABLE,
        "pay_date": pay_date,
        "paid_at": now,
        "paid_by": actor,
        "pay_run": pay_run,
    }
    count = chosen.filter(status=StatementStatus.LOCKED).update(**payment)
    count += chosen.filter(status=StatementStatus.OPEN).update(**payment, overtime_policy=overtime_policy)
    if count != len(unpaid):
        raise ValidationError("Someone else just marked some of these statements paid. Nothing was paid twice.")
    if is_written_off:
        _sum_up(_set_against(ids))


def _settle_columns(company: Company, statement_ids: Collection[int]) -> bool:
    """Settle what these open statements pay before they are locked or paid; return whether something is written off.

    A bonus column below zero is carried over or, if the company doesn't do that, written off (bonus.md 10.5).
    """
    refuse_unanswered(statement_ids)
    _sum_up(_set_against(statement_ids))
    if bonus_settings(company).rolls_over_negative:
        return False
    below_zero = Statement.objects.annotate(due=DUE_BONUS).filter(pk__in=statement_ids, due__lt=0)
    lines = StatementLine.objects.filter(statement__in=below_zero).exclude(kind=LineKind.TRUE_UP)
    changed = []
    for _statement, group in groupby(lines.order_by("statement_id", "pk"), key=attrgetter("statement_id")):
        own = list(group)
        parts = not_collected([(line.propay_id, line.amount + line.written_off_amount) for line in own])
        for line, part in zip(own, parts, strict=True):
            line.written_off_amount += part
        changed += own
    BulkSyncQuerySet(StatementLine).bulk_write(changed, fields=["written_off_amount"])
    _sum_up({line.statement_id for line in changed})
    return bool(changed)


def retotal(statement_ids: Collection[int]) -> None:
    """Update the totals of these statements, and what is set against what their workers weren't charged."""
    _sum_up({*statement_ids, *_set_against(statement_ids)})


def _sum_up(statement_ids: Collection[int]) -> None:
    """Update the totals of these statements from their lines."""
    lines = StatementLine.objects.filter(statement=OuterRef("pk")).order_by().values("statement")
    sums = {
        column: Coalesce(Subquery(lines.annotate(total=Sum(of)).values("total")), Value(ZERO), output_field=_DOLLARS)
        for column, of in SUMS.items()
    }
    Statement.objects.filter(pk__in=statement_ids).update(**sums)


def _set_against(statement_ids: Collection[int]) -> set[int]:
    """Set corrections against what wasn't collected, on all open statements of these statements' workers.

    Returns the ids of the statements with changed lines. A few queries; one where nothing was ever written off.
    """
    workers = Statement.objects.filter(pk__in=statement_ids).values("worker")
    is_earned = Q(propay__isnull=False) | Q(adjustment__isnull=False)
    lines = StatementLine.objects.filter(is_earned, worker__in=workers)
    has_any = ~Q(**dict.fromkeys(WRITTEN_OFF, 0))
    is_below_zero = Q(kind=LineKind.TRUE_UP) & (Q(federal_amount__lt=0) | Q(state_extra_amount__lt=0))
    by = ("propay_id", "adjustment_id", "worker_id")
    earned = set(lines.filter(has_any | is_below_zero).order_by().values_list(*by).distinct())
    if not earned:
        return set()
    groups: defaultdict[tuple[Any, bool], list[StatementLine]] = defaultdict(list)
    of_them = Q(propay__in={one[0] for one in earned}) | Q(adjustment__in={one[1] for one in earned})
    ordered = lines.filter(of_them).order_by("statement__start_date", "statement_id", "pk")
    for line in ordered.select_related("statement"):
        key = (line.propay_id, line.adjustment_id, line.worker_id)
        if key in earned:
            groups[key, line.kind == LineKind.TRUE_UP].append(line)
    changed = [
        line
        for (_earned, is_overtime), group in groups.items()
        for line in (
            _settled(group, OVERTIME_COLUMNS, set_against_overtime)
            if is_overtime
            else _settled(group, BONUS_COLUMNS, set_against_bonuses)
        )
    ]
    BulkSyncQuerySet(StatementLine).bulk_write(changed, fields=WRITTEN_OFF)
    return {line.statement_id for line in changed}


def _settled(
    lines: Collection[StatementLine],
    columns: Collection[tuple[str, str]],
    rule: Callable[[Iterable[Columns], Columns], Iterable[Columns]],
) -> Iterator[StatementLine]:
    """Yield those of one ProPay's open lines for one worker, in order, of which something else is written off now."""
    frozen = [line for line in lines if line.statement.status in statement_states.FROZEN]
    open_ones = [line for line in lines if line.statement.status not in statement_states.FROZEN]
    left = tuple(sum((getattr(line, written_off) for line in frozen), ZERO) for _of, written_off in columns)
    statements = [list(group) for _statement, group in groupby(open_ones, key=attrgetter("statement_id"))]
    amounts = [tuple(sum((getattr(line, of) for line in group), ZERO) for of, _off in columns) for group in statements]
    for group, totals in zip(statements, rule(amounts, left), strict=True):
        before = [[getattr(line, name) for name in WRITTEN_OFF] for line in group]
        for (of, written_off), total in zip(columns, totals, strict=True):
            weights = [max(-getattr(line, of) if total > 0 else getattr(line, of), ZERO) for line in group]
            for line, part in zip(group, spread(total, weights), strict=True):
                setattr(line, written_off, part)
        for line, values in zip(group, before, strict=True):
            if values != [getattr(line, name) for name in WRITTEN_OFF]:
                yield line


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


def book_adjustment(
    *,
    company: Company,
    category_id: int,
    worker_ids: Collection[int],
    amount: Decimal,
    earned: tuple[date, date] | None,
    note: str,
    period: Period,
    actor: User | None,
    now: datetime,
) -> list[StatementLine]:
    """Add a manual amount to a statement of each of these workers: of this period or the next open one after it.

    `earned`: the first and last work date of a promised bonus.
    """
    statements = open_statements(company=company, worker_ids=worker_ids, period=period)
    lines = StatementLine.objects.bulk_create(
        StatementLine(
            company=company,
            statement=statements[worker_id],
            worker_id=worker_id,
            kind=LineKind.ADJUSTMENT,
            category_id=category_id,
            amount=amount,
            is_promised=None if amount < 0 else earned is not None,
            first_day=earned[0] if earned else None,
            last_day=earned[1] if earned else None,
            note=note,
            created_by=actor,
            created_at=now,
        )
        for worker_id in worker_ids
    )
    retotal({one.pk for one in statements.values()})
    return lines


def answer_adjustment(*, line: StatementLine, earned: tuple[date, date] | None) -> None:
    """Say of a bonus on an open statement whether it was promised, and over which work dates it was earned."""
    line.is_promised = earned is not None
    line.first_day, line.last_day = earned or (None, None)
    line.save(update_fields=["is_promised", "first_day", "last_day"])


def refuse_unanswered(statement_ids: "Collection[int] | QuerySet[Any, Any]") -> None:
    """Refuse (ValidationError) if a bonus entered before this was asked isn't promised or discretionary yet."""
    unanswered = StatementLine.objects.filter(
        statement__in=statement_ids, statement__status=StatementStatus.OPEN, kind=LineKind.ADJUSTMENT
    ).filter(is_promised=None, amount__gt=0)
    names = {line.worker.name: None for line in unanswered.select_related("worker").order_by("pk")}
    if names:
        raise ValidationError(
            f"Overtime may be due on a bonus that was entered by hand for {listed(list(names))}. Open the statement "
            "and answer whether the bonus was promised or discretionary; then lock or pay it.",
            code="unanswered",
        )


def book_rollover(
    *,
    company: Company,
    below_zero: Collection[Statement],
    period: Period,
    actor: User | None,
    now: datetime,
) -> None:
    """Carry the negative bonus columns of these statements of one period over to the workers' next open ones."""
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
            amount=one.due_bonus_amount,
            steps=as_data(_carried(one)),
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
    # A promised bonus is kept, too, while a line of its overtime is.
    asked = Q(Exists(LineMessage.objects.filter(line=OuterRef("pk")))) | Q(
        Exists(StatementLine.objects.filter(adjustment=OuterRef("pk")))
    )
    nothing = dict.fromkeys(("amount", "federal_amount", "state_extra_amount", *WRITTEN_OFF), ZERO)
    lines.filter(asked).update(**nothing, steps=[])
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


def _carried(statement: Statement) -> list[Step]:
    """The steps of a carried-over amount."""
    label = f"Bonus column of the statement for {day(statement.start_date)} to {day(statement.end_date)}, paid 0.00"
    used = statement.written_off_amount
    formula = f"{dollars(statement.bonus_amount)}{f' - {dollars(-used)} not collected earlier' if used else ''}"
    return [Step(key="rollover", label=label, formula=formula, result=dollars(statement.due_bonus_amount))]
