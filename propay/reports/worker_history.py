"""Worker history: each worker's bonus from each ProPay, the role, and when it was paid."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from propay.models import (
    LIVE_STATUSES,
    LineKind,
    Share,
    StatementLine,
    StatementStatus,
)
from propay.models.labels import SHARE_ROLES
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
from propay.reports.propays import asked_propays, per_hour, percent_of
from propay.rules.states import ProPayStatus
from propay.rules.terms import ShareRole
from propay.rules.trace import day
from protiv.kit.money import ZERO
from protiv.timekeeping.selectors import join_name

COLUMNS = (
    ReportColumn("Worker"),
    ReportColumn("ProPay"),
    ReportColumn("Started", ColumnKind.DATE, in_file_only=True),
    ReportColumn("Hours", ColumnKind.HOURS),
    ReportColumn("Bonus", ColumnKind.MONEY),
    ReportColumn("Bonus per hour", ColumnKind.MONEY),
    ReportColumn(
        "Bonus as % of labor cost",
        ColumnKind.PERCENT,
        "the bonus as a percentage of the labor cost of the hours, with labor burden and overtime if included",
        heading="Wage uplift",
    ),
    ReportColumn("True-ups", ColumnKind.MONEY, "federal and state combined, paid in addition to the bonus"),
    ReportColumn("Payment"),
    ReportColumn("Paid on", ColumnKind.DATE, in_file_only=True),
    *(ReportColumn(label, ColumnKind.MONEY, heading=role.capitalize()) for role, label in SHARE_ROLES.items()),
)
NOTES = (
    "For an approved ProPay, the bonus is what's on statements, including later corrections. For an open one, it's "
    "the share to date, which can change.",
    "A person with several IDs has one row for each ProPay, under the primary ID.",
)
BONUS_KINDS = (LineKind.SHARE, LineKind.DRIFT)
ON_STATEMENTS = (ProPayStatus.APPROVED, ProPayStatus.PAID)
Pair = tuple[int, int]


@dataclass(slots=True)
class _PropayFacts:
    """One person on one ProPay. An amount of None isn't calculated yet."""

    minutes: int = 0
    cost: Decimal | None = None
    shares: dict[str, Decimal | None] = field(default_factory=dict)
    booked: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    true_ups: Decimal = ZERO
    open_lines: int = 0
    locked_lines: int = 0
    paid_date: datetime.date | None = None


def make(asked: Asked) -> Report:
    """A row per person (bonus.md 10.2) and ProPay, by name; five queries."""
    shares, lines = _found(asked)
    pairs = _pairs(shares).union(_pairs(lines)).order_by("last", "first", "person", "start", "propay_id")
    totals = _totals(shares, lines)
    minutes, bonus, rate, uplift = totals[3:7]
    return Report(
        columns=COLUMNS,
        rows=QueryRows(pairs, _rows),
        totals=totals,
        highlights=(
            Highlight("Bonus", ColumnKind.MONEY, bonus),
            Highlight("Hours", ColumnKind.HOURS, minutes),
            Highlight("Bonus per hour", ColumnKind.MONEY, rate),
            Highlight("Bonus as % of labor cost", ColumnKind.PERCENT, uplift),
        ),
        notes=NOTES,
    )


def _found(asked: Asked) -> "tuple[QuerySet[Share], QuerySet[StatementLine]]":
    propays = asked_propays(asked).values("pk")
    shares = Share.objects.filter(company=asked.company, propay__in=propays)
    lines = StatementLine.objects.filter(company=asked.company, propay__in=propays).exclude(kind=LineKind.ROLLOVER)
    if asked.worker:
        own = _of_people([asked.worker.same_person_as_id or asked.worker.pk])
        shares, lines = shares.filter(own), lines.filter(own)
    return shares, lines


def _of_people(persons: Collection[int]) -> Q:
    """What belongs to these primary ids and to those linked to them."""
    return Q(worker__in=persons) | Q(worker__same_person_as__in=persons)


def _of_primary(name: str) -> Coalesce:
    return Coalesce(f"worker__same_person_as__{name}", f"worker__{name}")


_PERSON = _of_primary("pk")


def _pairs(rows: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    """Who is on which ProPay, with the names of both."""
    return (
        rows.order_by()
        .annotate(
            last=_of_primary("last_name"),
            first=_of_primary("first_name"),
            middle=_of_primary("middle_name"),
            person=_PERSON,
            title=F("propay__title"),
            start=F("propay__start_date"),
            status=F("propay__status"),
        )
        .values_list("last", "first", "middle", "person", "title", "start", "status", "propay_id")
    )


def _rows(pairs: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    """Two queries for all rows."""
    wanted = list(pairs)
    facts = _facts({(worker_id, propay_id) for *_, worker_id, _title, _start, _status, propay_id in wanted})
    for last, first, middle, worker_id, title, start, status, propay_id in wanted:
        one = facts[worker_id, propay_id]
        paid_date = None if one.open_lines or one.locked_lines else one.paid_date
        shares = _shares(one, status)
        bonus = None if None in shares else sum((amount or ZERO for amount in shares), ZERO)
        yield (
            Text(join_name(first, middle, last), reverse("worker_detail", args=[worker_id])),
            Text(title, reverse("propay_detail", args=[propay_id]), f"Started {day(start)}"),
            start,
            one.minutes,
            bonus,
            per_hour(bonus, one.minutes),
            percent_of(bonus, one.cost),
            one.true_ups,
            Text(_payment(one, status), note=day(paid_date) if paid_date else ""),
            paid_date,
            *shares,
        )


_HAS_AMOUNT = ~Q(amount=0, federal_amount=0, state_extra_amount=0)
_LINE_SUMS: dict[str, Any] = {
    "total": Sum("amount"),
    "federal": Sum("federal_amount"),
    "state_extra": Sum("state_extra_amount"),
    "open_lines": Count("pk", filter=Q(statement__status=StatementStatus.OPEN) & _HAS_AMOUNT),
    "locked_lines": Count("pk", filter=Q(statement__status=StatementStatus.LOCKED) & _HAS_AMOUNT),
    "paid_date": Max("statement__pay_date"),
}


def _facts(pairs: set[Pair]) -> defaultdict[Pair, _PropayFacts]:
    facts = defaultdict[Pair, _PropayFacts](_PropayFacts)
    on_them = Q(_of_people({person for person, _ in pairs}), propay__in={propay_id for _, propay_id in pairs})
    shares = Share.objects.filter(on_them).annotate(person=_PERSON).order_by("pk")
    columns = ("person", "propay_id", "role", "minutes", "cost_amount", "amount")
    for person, propay_id, role, minutes, cost, amount in shares.values_list(*columns):
        one = facts[person, propay_id]
        before = one.shares.get(role, ZERO)
        one.shares[role] = None if amount is None or before is None else before + amount
        one.minutes += minutes
        one.cost = one.cost if cost is None else (one.cost or ZERO) + cost
    lines = StatementLine.objects.filter(on_them).exclude(kind=LineKind.ROLLOVER).annotate(person=_PERSON).order_by()
    sums = lines.values_list("person", "propay_id", "kind", "role").annotate(**_LINE_SUMS)
    for person, propay_id, kind, role, *amounts, open_lines, locked_lines, paid_date in sums:
        one = facts[person, propay_id]
        amount, federal, state_extra = map(in_cents, amounts)
        if kind == LineKind.TRUE_UP:
            one.true_ups += federal + state_extra
        else:
            one.booked[role] += amount
        one.open_lines += open_lines
        one.locked_lines += locked_lines
        one.paid_date = max(filter(None, (one.paid_date, paid_date)), default=None)
    return facts


def _shares(one: _PropayFacts, status: str) -> list[Decimal | None]:
    """By role: the amount on statements or, if the ProPay isn't approved, the share to date."""
    if status in ON_STATEMENTS:
        return [one.booked[role] for role in ShareRole]
    return [one.shares.get(role, ZERO) for role in ShareRole]


def _payment(one: _PropayFacts, status: str) -> str:
    if status in LIVE_STATUSES:
        return "Not approved"
    if one.open_lines or one.locked_lines:
        return "Partly paid" if one.paid_date else "Open" if one.open_lines else "Locked"
    return "Paid" if one.paid_date else "Nothing due"


def _totals(shares: "QuerySet[Share]", lines: "QuerySet[StatementLine]") -> Row:
    """Two queries. Rates cover the time whose bonus is known."""
    known = Q(amount__isnull=False) | Q(propay__status__in=ON_STATEMENTS)
    so_far = ~Q(propay__status__in=ON_STATEMENTS)
    worked = shares.aggregate(
        all_minutes=Sum("minutes"),
        minutes=Sum("minutes", filter=known),
        cost=Sum("cost_amount", filter=known),
        **{role: Sum("amount", filter=so_far & Q(role=role)) for role in ShareRole},
    )
    bonuses = Q(kind__in=BONUS_KINDS, propay__status__in=ON_STATEMENTS)
    booked = lines.aggregate(
        federal=Sum("federal_amount"),
        state_extra=Sum("state_extra_amount"),
        **{role: Sum("amount", filter=bonuses & Q(role=role)) for role in ShareRole},
    )
    amounts = [in_cents(worked[role]) + in_cents(booked[role]) for role in ShareRole]
    bonus = sum(amounts, ZERO)
    return (
        *("Total", None, None),
        worked["all_minutes"] or 0,
        bonus,
        per_hour(bonus, worked["minutes"] or 0),
        percent_of(bonus, in_cents(worked["cost"])),
        in_cents(booked["federal"]) + in_cents(booked["state_extra"]),
        *(None, None),
        *amounts,
    )


WORKER_HISTORY = ReportKind(
    slug="worker-history",
    title="Worker history",
    sentence="One worker or all: hours and shares by ProPay, bonus compared with labor cost, and pay dates.",
    icon="history",
    filters=("worker", "job", "status"),
    dates_label="ProPays that started",
    nothing="No workers with time or a share on a ProPay match. Widen the dates or clear the filters.",
    make=make,
)
