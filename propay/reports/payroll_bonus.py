"""Payroll bonus: each worker's pay in each pay period, with the columns of the statement."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.urls import reverse

from propay.models import LineKind, Statement, StatementLine, StatementStatus
from propay.queries.statements import PAYABLE, TOTAL
from propay.reports.base import (
    Asked,
    ColumnKind,
    Highlight,
    QueryRows,
    Report,
    ReportColumn,
    ReportKind,
    Row,
    Text,
    in_cents,
)
from propay.rules.statement_states import UNPAID
from propay.rules.trace import day
from protiv.kit.money import ZERO

PAY_DATE = "PAY_DATE"
COLUMNS = (
    ReportColumn("Worker"),
    ReportColumn("Period from", ColumnKind.DATE, in_file_only=True),
    ReportColumn("Period to", ColumnKind.DATE, in_file_only=True),
    ReportColumn("Shares", ColumnKind.MONEY),
    ReportColumn("Corrections", ColumnKind.MONEY, "changes to approved ProPays"),
    ReportColumn("Adjustments", ColumnKind.MONEY, "bonuses and deductions entered"),
    ReportColumn("Carried over", ColumnKind.MONEY, "the bonus part of a negative total from the previous statement"),
    ReportColumn("Federal true-up", ColumnKind.MONEY),
    ReportColumn("State overtime premium", ColumnKind.MONEY, heading="State extra"),
    ReportColumn(
        "Not collected",
        ColumnKind.MONEY,
        "what the statement can't collect of deductions and corrections; below zero: set against such an amount",
    ),
    ReportColumn("Total", ColumnKind.MONEY, "what the statement pays"),
    ReportColumn("Paid", ColumnKind.MONEY, "never below 0.00"),
    ReportColumn("Status"),
    ReportColumn("Pay date", ColumnKind.DATE, in_file_only=True),
)
# The kinds of lines that have their own column, in column order. A true-up has no bonus amount.
BONUS_COLUMNS = (LineKind.SHARE, LineKind.DRIFT, LineKind.ADJUSTMENT, LineKind.ROLLOVER)
BY_NAME = ("worker__last_name", "worker__first_name", "worker_id", "pk")
CARRIED_NOTE = (
    "A negative bonus that was carried over is on both statements. The first one couldn't collect it, so its part of "
    "“Not collected” makes up for it there, and the totals count it once."
)
NOTES = (
    "Federal true-up is the overtime that the Fair Labor Standards Act adds to a bonus. State overtime premium is "
    "what California adds to that. They're separate because payroll reports them separately.",
    "Bonus amounts are calculated with our rules, based on public sources. This isn't legal advice.",
)


def make(asked: Asked) -> Report:
    """A row per statement, latest period first. Its totals are those of the statements; four queries."""
    found = _found(asked)
    amounts = _amounts_by_kind(StatementLine.objects.filter(statement__in=found))
    total = found.annotate(pays=PAYABLE, sum_of_lines=TOTAL).aggregate(
        federal=Sum("federal_amount"),
        state_extra=Sum("state_extra_amount"),
        raw=Sum("sum_of_lines"),
        payable=Sum("pays"),
        paid=Sum("paid_amount"),
        owed=Sum("pays", filter=Q(status__in=UNPAID)),
        workers=Count("worker", distinct=True),
    )
    names = ("federal", "state_extra", "raw", "payable", "paid", "owed")
    federal, state_extra, raw, whole, paid, owed = (in_cents(total[name]) for name in names)
    bonuses = tuple(amounts.get(kind, ZERO) for kind in BONUS_COLUMNS)
    return Report(
        columns=COLUMNS,
        rows=QueryRows(found.select_related("worker").order_by("-start_date", *BY_NAME), _rows),
        totals=("Total", None, None, *bonuses, federal, state_extra, whole - raw, whole, paid, None, None),
        highlights=(
            Highlight("Bonus and true-ups", ColumnKind.MONEY, whole),
            Highlight("Paid", ColumnKind.MONEY, paid),
            Highlight("Not paid yet", ColumnKind.MONEY, owed),
            Highlight("Workers", ColumnKind.COUNT, total["workers"]),
        ),
        notes=(CARRIED_NOTE, *NOTES) if amounts.get(LineKind.ROLLOVER) else NOTES,
    )


def _found(asked: Asked) -> "QuerySet[Statement]":
    column = "pay_date" if asked.dates == PAY_DATE else "end_date"
    # Unapproving can leave a statement without any lines.
    found = Statement.objects.filter(
        Exists(StatementLine.objects.filter(statement=OuterRef("pk"))), company=asked.company
    )
    if asked.dates == PAY_DATE:
        found = found.filter(status=StatementStatus.PAID)
    if asked.from_date:
        found = found.filter(**{f"{column}__gte": asked.from_date})
    if asked.to_date:
        found = found.filter(**{f"{column}__lte": asked.to_date})
    if asked.worker:
        found = found.filter(worker=asked.worker)
    return found


def _amounts_by_kind(lines: "QuerySet[StatementLine]") -> dict[str, Decimal]:
    """The bonus column of each kind of line."""
    rows = lines.order_by().values_list("kind").annotate(Sum("amount"))
    return {kind: in_cents(amount) for kind, amount in rows}


def _rows(statements: Collection[Statement]) -> Iterator[Row]:
    """One query for the lines of all statements."""
    amounts: defaultdict[int, dict[str, Decimal]] = defaultdict(dict)
    lines = StatementLine.objects.filter(statement__in=[one.pk for one in statements])
    for statement_id, kind, amount in lines.order_by().values_list("statement_id", "kind").annotate(Sum("amount")):
        amounts[statement_id][kind] = in_cents(amount)
    for one in statements:
        yield (
            Text(
                one.worker.name,
                reverse("statement_detail", args=[one.pk]),
                f"{one.start_date:%b} {one.start_date.day} to {day(one.end_date)}",
            ),
            one.start_date,
            one.end_date,
            *(amounts[one.pk].get(kind, ZERO) for kind in BONUS_COLUMNS),
            one.federal_amount,
            one.state_extra_amount,
            one.difference_amount,
            one.payable_amount,
            one.paid_amount,
            Text(one.get_status_display(), note=day(one.pay_date) if one.pay_date else ""),
            one.pay_date,
        )


PAYROLL_BONUS = ReportKind(
    slug="payroll-bonus",
    title="Payroll bonus",
    sentence="What each worker is paid in each pay period: shares, corrections, adjustments, and overtime true-ups.",
    icon="receipt",
    filters=("dates", "worker"),
    dates_label="Pay periods that end",
    nothing="No statements match. Widen the dates or clear the filters. The first statements are created when you "
    "approve a ProPay.",
    make=make,
    counts_hours=False,
)
