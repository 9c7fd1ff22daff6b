"""Statements: the pay periods, the statements of one, and the source of each line."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from propay.frozen.steps import steps_of
from propay.models import (
    FiledStatement,
    LineKind,
    LineMessage,
    Share,
    Statement,
    StatementLine,
    StatementStatus,
)
from propay.models.labels import STATEMENT_STATUSES
from propay.pages.own_propay import TELLS_WAGES
from propay.pages.take_back import why_not_collected
from propay.queries.propays import WORKER_LOOKUPS
from propay.queries.settings import bonus_settings
from propay.queries.statements import PAYABLE, PAYABLE_BONUS, PAYABLE_FEDERAL, PAYABLE_STATE_EXTRA, TOTAL
from propay.rules.known import IncompleteWeek
from propay.rules.pay_periods import Period
from propay.rules.statement_states import UNPAID
from propay.rules.terms import Distribution, ShareRole
from propay.services.outside_hours import incomplete_weeks_of
from propay.services.true_ups import BONUS_KINDS
from propay.services.typed_bonuses import promised_without_hours
from protiv.accounts.models import Company, Membership
from protiv.kit.money import CENT
from protiv.kit.search import holding
from protiv.timekeeping.selectors import own_workers

STATUSES = {"": "All"} | {status.value: label for status, label in STATEMENT_STATUSES.items()}
SIX_DAYS = timedelta(days=6)
# The groups of a statement in order, each with its title for the worker; the office has its own word for one.
GROUPS: tuple[tuple[str, Promise, tuple[LineKind, ...]], ...] = (
    ("bonus", gettext_lazy("Bonus"), (LineKind.SHARE, LineKind.DRIFT)),
    ("true-ups", gettext_lazy("Overtime on your bonus"), (LineKind.TRUE_UP,)),
    ("adjustments", gettext_lazy("Adjustments"), (LineKind.ADJUSTMENT, LineKind.ROLLOVER)),
)
OFFICE_TITLES = {"true-ups": "Overtime true-ups"}
# The steps that a worker sees, translated: only those of their own share, because the others show coworkers' wages. The
# office sees all of them in the calculation's own words.
OWN_LABELS = {
    "share": gettext_lazy("Your share"),
    "drift": gettext_lazy("Difference from the earlier approval"),
    "federal": gettext_lazy("Overtime due under federal law"),
    "total": gettext_lazy("Overtime due under state law (includes the federal amount)"),
    "paid": gettext_lazy("Already on an earlier statement for this week"),
    "rollover": gettext_lazy("Total of the previous statement"),
}
# Formulas with English words, so not for a worker's page.
IN_WORDS = ("paid", "rollover")


# Pay periods


@dataclass(frozen=True, slots=True, kw_only=True)
class PayPeriodRow:
    """A pay period that has statements."""

    period: Period
    open_count: int
    locked_count: int
    paid_count: int

    @property
    def unpaid_count(self) -> int:
        return self.open_count + self.locked_count

    @property
    def key(self) -> str:
        return f"{self.period.start_date}_{self.period.end_date}"


def pay_periods(company: Company) -> list[PayPeriodRow]:
    """Latest first; one query."""
    rows = (
        with_lines(company)
        .values("start_date", "end_date")
        .annotate(
            open_count=Count("pk", filter=Q(status=StatementStatus.OPEN)),
            locked_count=Count("pk", filter=Q(status=StatementStatus.LOCKED)),
            paid_count=Count("pk", filter=Q(status=StatementStatus.PAID)),
        )
        .order_by("-start_date", "-end_date")
    )
    return [
        PayPeriodRow(
            period=Period(row["start_date"], row["end_date"]),
            open_count=row["open_count"],
            locked_count=row["locked_count"],
            paid_count=row["paid_count"],
        )
        for row in rows
    ]


def chosen_period(rows: Sequence[PayPeriodRow], key: str) -> PayPeriodRow | None:
    """The requested period, else the oldest with something to pay, else the latest."""
    asked = next((row for row in rows if row.key == key), None)
    to_pay = next((row for row in reversed(rows) if row.unpaid_count), None)
    return asked or to_pay or next(iter(rows), None)


# Statements of a period


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTotals:
    """Dollars of many statements; `to_pay` is for unpaid ones, each column on its own (bonus.md 11.1).

    `below_zero` counts those that can't collect all of their deductions and corrections.
    """

    bonus: Decimal
    federal: Decimal
    state_extra: Decimal
    to_pay: Decimal
    paid: Decimal
    below_zero: int


_IS_UNPAID = Q(status__in=UNPAID)


def with_lines(company: Company) -> QuerySet[Statement]:
    """The company's statements that have any lines."""
    return Statement.objects.filter(Exists(StatementLine.objects.filter(statement=OuterRef("pk"))), company=company)


def statements_of(company: Company, period: Period, *, words: str = "", status: str = "") -> QuerySet[Statement]:
    """The statements of a pay period by worker name, with `is_asked` if a question is waiting."""
    asked = open_questions(company).filter(statement=OuterRef("pk"))
    found = with_lines(company).filter(start_date=period.start_date, end_date=period.end_date)
    found = holding(found, words, *WORKER_LOOKUPS)
    if status:
        found = found.filter(status=status)
    return (
        found.annotate(is_asked=Exists(asked))
        .select_related("worker")
        .order_by("worker__last_name", "worker__first_name", "pk")
    )


def totals_of(statements: QuerySet[Statement]) -> StatementTotals:
    """One query. SQLite sums floats, so the sums are rounded back to cents."""
    sums: dict[str, Any] = (
        statements.order_by()
        .annotate(payable=PAYABLE, total=TOTAL)
        .aggregate(
            bonus=Sum(PAYABLE_BONUS),
            federal=Sum(PAYABLE_FEDERAL),
            state_extra=Sum(PAYABLE_STATE_EXTRA),
            to_pay=Sum("payable", filter=_IS_UNPAID),
            paid=Sum("paid_amount"),
            below_zero=Count("pk", filter=_IS_UNPAID & Q(payable__gt=F("total"))),
        )
    )
    for name in ("bonus", "federal", "state_extra", "to_pay", "paid"):
        sums[name] = (sums[name] or Decimal(0)).quantize(CENT)
    return StatementTotals(**sums)


# One statement


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStep:
    """A step of a line; its label is translated when it is shown."""

    label: str | Promise
    formula: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """A line with its steps and messages. `last_day` is the end of a true-up's workweek.

    `has_page`: the reader may open the line's ProPay.
    """

    line: StatementLine
    steps: list[LineStep]
    messages: list[LineMessage]
    is_asked: bool
    has_page: bool
    last_day: date | None

    @property
    def not_collected(self) -> Decimal:
        return max(min(self.line.total_written_off, -self.line.total_amount), Decimal("0.00"))

    @property
    def due_again(self) -> Decimal:
        """What an earlier statement paid less for a minus that is gone."""
        return max(self.line.total_written_off, Decimal("0.00")) - self.not_collected

    @property
    def set_against(self) -> Decimal:
        """What of it is set against an earlier amount that wasn't collected."""
        return max(-self.line.total_written_off, Decimal("0.00"))


@dataclass(slots=True, kw_only=True)
class LineGroup:
    key: str
    title: Promise | str
    rows: list[LineRow] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        """What its lines come to, less what isn't collected of them."""
        return sum((row.line.total_amount + row.line.total_written_off for row in self.rows), Decimal("0.00"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPage:
    """One statement. `carries_over`: its negative balance goes to the next one; `carried_to` is where it went.

    `why_not_collected`: why nothing can be taken back on it, while it is open. `without_hours` are promised bonuses
    that earn no overtime, because no hours are on their days; for the office.
    """

    statement: Statement
    groups: list[LineGroup]
    incomplete: list[IncompleteWeek]
    without_hours: list[StatementLine]
    why_not_collected: Promise | None
    carries_over: bool
    carried_to: Statement | None
    files: list[FiledStatement]


def company_statements(company: Company) -> QuerySet[Statement]:
    """Everything that a statement's page shows."""
    return Statement.objects.filter(company=company).select_related("company", "worker", "paid_by", "pay_run")


def page_of(statement: Statement, *, is_own: bool) -> StatementPage:
    """The lines, grouped; a few queries."""
    messages = LineMessage.objects.select_related("author").order_by("pk")
    lines = (
        StatementLine.objects.filter(statement=statement)
        .select_related("propay__job", "category", "created_by", "rolled_from", "adjustment__category")
        .prefetch_related(Prefetch("messages", queryset=messages))
        .order_by("week_start", "pk")
    )
    seen = _own_propays(statement) if is_own else None
    office_titles = {} if is_own else OFFICE_TITLES
    groups = [LineGroup(key=key, title=office_titles.get(key, title)) for key, title, _kinds in GROUPS]
    for line in lines:
        place = next(index for index, (_key, _title, kinds) in enumerate(GROUPS) if line.kind in kinds)
        groups[place].rows.append(row_of(line, seen))
    rollover = StatementLine.objects.filter(rolled_from=statement).select_related("statement").first()
    return StatementPage(
        statement=statement,
        groups=[group for group in groups if group.rows],
        incomplete=_incomplete(statement, [row.line for group in groups for row in group.rows]),
        without_hours=[] if is_own else promised_without_hours(statement.company, lines),
        why_not_collected=_why_not_collected(statement, lines),
        carries_over=_carries_over(statement),
        carried_to=rollover.statement if rollover else None,
        files=[] if is_own else list(_files_of(statement)),
    )


def _incomplete(statement: Statement, lines: Iterable[StatementLine]) -> list[IncompleteWeek]:
    """The workweeks of the bonuses on it that aren't wholly imported, once each."""
    bonuses: dict[int, dict[int, Decimal]] = {}
    for line in lines:
        if line.kind in BONUS_KINDS and line.propay_id is not None and line.amount:
            bonuses[line.propay_id] = {statement.worker_id: line.amount}
    found = incomplete_weeks_of(statement.company, bonuses, is_frozen=True)
    weeks = {week.week_start: week for of_propay in found.values() for week in of_propay}
    return [weeks[start] for start in sorted(weeks)]


def _why_not_collected(statement: Statement, lines: Iterable[StatementLine]) -> Promise | None:
    """Why the minuses on an open statement aren't collected; a locked or paid one went by the rules of its day."""
    is_below = any(line.amount < 0 for line in lines)
    return why_not_collected(statement) if is_below and statement.status == StatementStatus.OPEN else None


def _carries_over(statement: Statement) -> bool:
    """Locking decides whether a bonus column below zero is carried over or written off."""
    is_decided = statement.status != StatementStatus.OPEN
    return statement.due_bonus_amount < 0 and (is_decided or bonus_settings(statement.company).rolls_over_negative)


def _files_of(statement: Statement) -> QuerySet[FiledStatement]:
    """The payroll files that the statement is or was in, latest first."""
    filed = FiledStatement.objects.filter(statement=statement).select_related("file").defer("file__content")
    return filed.order_by("-pk")


def row_of(line: StatementLine, seen: Collection[int] | None = None) -> LineRow:
    """`line` comes with its messages. `seen` are the ProPays a worker has a page for; None: the office sees all."""
    said = list(line.messages.all())
    return LineRow(
        line=line,
        steps=_steps(line) if seen is None else _own_steps(line),
        has_page=line.propay_id is not None and (seen is None or line.propay_id in seen),
        messages=said,
        is_asked=bool(said) and not said[-1].is_answer,
        last_day=line.week_start + SIX_DAYS if line.week_start else None,
    )


def _own_propays(statement: Statement) -> set[int]:
    shares = Share.objects.filter(worker=statement.worker_id, company=statement.company_id)
    return set(shares.values_list("propay", flat=True))


def _steps(line: StatementLine) -> list[LineStep]:
    return [LineStep(label=one.label, formula=one.formula, result=one.result) for one in steps_of(line.steps)]


def _own_steps(line: StatementLine) -> list[LineStep]:
    """The worker's own steps, without English words and numbers that would reveal a coworker's wage."""
    hides = line.propay is not None and line.propay.distribution in (*TELLS_WAGES, Distribution.MANUAL)
    steps = []
    for step in steps_of(line.steps):
        names = step.key.split(".")
        if label := OWN_LABELS.get(names[-1] if names[0] == "true_up" else names[0]):
            is_hidden = names[-1] in IN_WORDS or (names[0] == "share" and line.role == ShareRole.CREW and hides)
            result = step.result.split(", rounded ")[-1]
            formula = "" if is_hidden else step.formula
            steps.append(LineStep(label=label, formula=formula, result=result))
    return steps


# A worker's own


def own_statements(membership: Membership) -> QuerySet[Statement]:
    """The statements of the signed-in worker, latest first; none if no worker is linked."""
    statements = with_lines(membership.company).filter(worker__in=own_workers(membership))
    return statements.select_related("worker").order_by("-start_date", "-pk")


# Questions


def open_questions(company: Company) -> QuerySet[StatementLine]:
    """The lines whose last message is a question, longest waiting first."""
    said = LineMessage.objects.filter(company=company)
    last = said.filter(line=OuterRef("pk")).order_by("-pk")
    return (
        StatementLine.objects.filter(company=company, pk__in=said.values("line"))
        .annotate(is_answered=Subquery(last.values("is_answer")[:1]), last_id=Subquery(last.values("pk")[:1]))
        .filter(is_answered=False)
        .order_by("last_id")
    )


def question_rows(company: Company) -> QuerySet[StatementLine]:
    """The same lines with everything that a page shows."""
    messages = LineMessage.objects.select_related("author").order_by("pk")
    return (
        open_questions(company)
        .select_related("statement", "worker", "propay", "category", "rolled_from")
        .prefetch_related(Prefetch("messages", queryset=messages))
    )
