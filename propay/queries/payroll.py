"""The data for payroll files: the company's settings and layouts, and the statements of a pay period."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from propay.models import (
    CustomLayout,
    FiledStatement,
    LineKind,
    PayrollFile,
    PayrollSettings,
    Statement,
    StatementLine,
    StatementStatus,
)
from propay.payroll import files
from propay.payroll.columns import DateFormat, LineMode
from propay.payroll.custom import custom_layout
from propay.payroll.layouts import LAYOUTS, Layout, LayoutKey
from propay.payroll.rows import EarningCodes, PayrollOptions, PayrollRow, WorkerIdKind
from propay.queries.statements import DEDUCTED
from propay.rules.pay_periods import Period
from propay.rules.trace import dollars
from protiv.accounts.models import Company
from protiv.kit.money import CENT, ZERO
from protiv.kit.text import listed

RECENT = timedelta(days=400)
COLUMNS = (
    "pk",
    "worker_id",
    "worker__external_id",
    "worker__number",
    "worker__first_name",
    "worker__middle_name",
    "worker__last_name",
    "status",
    "pay_date",
    "paid_amount",
    "bonus_amount",
    "federal_amount",
    "state_extra_amount",
    "written_off_amount",
    "written_off_federal",
    "written_off_state_extra",
    "deducted",
    "first_week",
    "last_week",
)
SIX_DAYS = timedelta(days=6)
_IS_TRUE_UP = Q(lines__kind=LineKind.TRUE_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A statement in a payroll file. `row` is what the file pays; `total_amount` is the sum of the statement's lines.

    A deduction is an amount of its own in the file, and lowers none of the others (bonus.md 11.15).

    They differ by what isn't collected: each column is paid on its own, never below zero (bonus.md 11.1).
    """

    statement_id: int
    worker_id: int
    is_open: bool
    row: PayrollRow
    total_amount: Decimal

    @property
    def name(self) -> str:
        row = self.row
        parts = (row.first_name, row.middle_name, row.last_name)
        return " ".join(part for part in parts if part) or f"Worker {row.external_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledBefore:
    """A payroll file that already contains some of the chosen statements."""

    file: PayrollFile
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    """One pay period in one layout, read as of one moment.

    `problems` say why it can't be written, `warnings` what to check. `filed` are the files that contain some of the
    chosen statements already: excluded, unless `repeats_filed`. `open_count` counts the statements that are excluded
    because they are not paid.
    """

    layout: Layout
    options: PayrollOptions
    period: Period
    name: str
    is_draft: bool
    rows: tuple[Paid, ...]
    filed: tuple[FiledBefore, ...]
    repeats_filed: bool
    open_count: int
    problems: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def locks_count(self) -> int:
        """How many open statements are locked when the file is created."""
        return 0 if self.is_draft else sum(paid.is_open for paid in self.rows)

    @property
    def amounts(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """The sums of the columns: bonus, federal true-up, state overtime premium, deductions."""
        rows = [paid.row for paid in self.rows]
        return (
            sum((row.bonus_amount for row in rows), ZERO),
            sum((row.federal_amount for row in rows), ZERO),
            sum((row.state_extra_amount for row in rows), ZERO),
            sum((row.deduction_amount for row in rows), ZERO),
        )

    @property
    def total_amount(self) -> Decimal:
        """What the workers are paid."""
        return sum((paid.row.total_amount for paid in self.rows), ZERO)

    def lines(self) -> Iterator[str]:
        """The file, a line at a time. Raises `files.OptionsRefused` before the first if an option is missing."""
        return files.payroll_lines(self.layout, (paid.row for paid in self.rows), self.options)


# Settings and layouts


def payroll_settings(company: Company) -> PayrollSettings:
    """The company's payroll file settings, or unsaved defaults."""
    stored = PayrollSettings.objects.select_related("custom_layout").filter(company=company).first()
    return stored or PayrollSettings(company=company)


def custom_layouts(company: Company) -> list[CustomLayout]:
    """The company's own layouts by name."""
    return list(CustomLayout.objects.filter(company=company).order_by("name"))


def layout_of(key: str, custom: CustomLayout | None) -> Layout:
    """The layout with this key; for CUSTOM the company's own, which was validated when stored."""
    if key != LayoutKey.CUSTOM:
        return LAYOUTS[LayoutKey(key)]
    if custom is None:
        raise ValueError("A custom layout is one of the company's.")
    return custom_layout(
        custom.columns,
        mode=LineMode(custom.mode),
        label=custom.name,
        date_format=DateFormat(custom.date_format),
        has_header=custom.has_header,
        zero_is_blank=custom.zero_is_blank,
    )


def options_of(settings: PayrollSettings, *, batch_id: str = "") -> PayrollOptions:
    """The company's payroll software settings; the batch ID is new for each load."""
    return PayrollOptions(
        codes=EarningCodes(
            bonus=settings.bonus_code,
            federal=settings.federal_code,
            state_extra=settings.state_extra_code,
            deduction=settings.deduction_code,
        ),
        company_code=settings.company_code,
        batch_id=batch_id,
        worker_id_kind=WorkerIdKind(settings.worker_id_kind),
    )


# A pay period


def recent_periods(company: Company) -> list[Period]:
    """The pay periods that have statements, latest first: about thirteen months of them, since all are read."""
    statements = Statement.objects.filter(company=company)
    latest = statements.order_by("-start_date").values_list("start_date", flat=True).first()
    if latest is None:
        return []
    rows = statements.filter(start_date__gte=latest - RECENT).order_by("-start_date", "-end_date")
    return [Period(*dates) for dates in rows.values_list("start_date", "end_date").distinct()]


def pay_dates(company: Company, period: Period) -> list[date]:
    """The days on which statements of the period were paid, in order."""
    paid = _statements(company, period).filter(status=StatementStatus.PAID)
    return [day for day in paid.order_by("pay_date").values_list("pay_date", flat=True).distinct() if day]


def planned_file(
    *,
    company: Company,
    period: Period,
    layout: Layout,
    options: PayrollOptions,
    is_draft: bool = False,
    only_paid: bool = False,
    pay_date: date | None = None,
    with_filed: bool = False,
) -> PlannedFile:
    """What a new payroll file of a period contains, by name: the statements that are in no file yet.

    `only_paid` and `pay_date` narrow the choice to paid ones, `with_filed` repeats those that are in a file. A draft
    contains the same and locks nothing. A few queries, however many statements; all rows are as of one moment.
    """
    statements = _statements(company, period)
    chosen = statements
    if only_paid or pay_date:
        chosen = chosen.filter(status=StatementStatus.PAID)
    if pay_date:
        chosen = chosen.filter(pay_date=pay_date)
    found = list(_read(chosen if with_filed else chosen.filter(~_IS_FILED), period))
    is_narrow = chosen is not statements
    return PlannedFile(
        layout=layout,
        options=options,
        period=period,
        name=files.payroll_file_name(
            layout, options, period_start=period.start_date, period_end=period.end_date, is_draft=is_draft
        ),
        is_draft=is_draft,
        rows=tuple(paid for paid, _stored in found),
        filed=_filed(chosen),
        repeats_filed=with_filed,
        open_count=statements.filter(status=StatementStatus.OPEN).count() if is_narrow else 0,
        problems=(*files.option_problems(layout, options).values(), *_row_problems(layout, options, found)),
        warnings=tuple(_warnings(layout, options, [paid for paid, _stored in found])),
    )


_IS_FILED = Exists(FiledStatement.objects.filter(statement=OuterRef("pk"), superseded_at=None))


def _filed(statements: QuerySet[Statement]) -> tuple[FiledBefore, ...]:
    """The files that contain some of these statements, latest first."""
    found = PayrollFile.objects.filter(filed__statement__in=statements, filed__superseded_at=None)
    found = found.select_related("company").defer("content").annotate(live=Count("filed")).order_by("-pk")
    return tuple(FiledBefore(file=file, count=file.live) for file in found)


def _statements(company: Company, period: Period) -> QuerySet[Statement]:
    """The statements of the period, without open ones that have no lines and so are never paid."""
    has_lines = Exists(StatementLine.objects.filter(statement=OuterRef("pk")))
    return Statement.objects.filter(
        Q(status=StatementStatus.PAID) | has_lines,
        company=company,
        start_date=period.start_date,
        end_date=period.end_date,
    )


def _read(statements: QuerySet[Statement], period: Period) -> Iterator[tuple[Paid, Decimal | None]]:
    """Each statement as a row of the file, with the stored paid amount."""
    ordered = statements.order_by("worker__last_name", "worker__first_name", "worker_id")
    weeks = {
        "first_week": Min("lines__week_start", filter=_IS_TRUE_UP),
        "last_week": Max("lines__week_start", filter=_IS_TRUE_UP),
    }
    for row in ordered.annotate(deducted=DEDUCTED, **weeks).values_list(*COLUMNS).iterator():
        pk, worker_id, external_id, number, first, middle, last, status, paid_on, stored, *amounts = row
        *amounts, deducted, first_week, last_week = amounts
        deducted = deducted.quantize(CENT)
        columns, written_off = amounts[:3], amounts[3:]
        bonus, federal, state_extra = (one + off for one, off in zip(columns, written_off, strict=True))
        yield (
            Paid(
                statement_id=pk,
                worker_id=worker_id,
                is_open=status == StatementStatus.OPEN,
                row=PayrollRow(
                    external_id=external_id,
                    worker_number=number,
                    first_name=first,
                    middle_name=middle,
                    last_name=last,
                    period_start=period.start_date,
                    period_end=period.end_date,
                    pay_date=paid_on,
                    bonus_amount=max(bonus, ZERO) + deducted,
                    federal_amount=federal,
                    state_extra_amount=state_extra,
                    deduction_amount=deducted,
                    overtime_weeks=(first_week, last_week + SIX_DAYS) if first_week else None,
                ),
                total_amount=sum(columns, ZERO),
            ),
            stored,
        )


# Problems and warnings


def _row_problems(
    layout: Layout, options: PayrollOptions, found: Sequence[tuple[Paid, Decimal | None]]
) -> Iterator[str]:
    """Why the rows can't go into a file: payroll would pay the wrong person, no one, or a different amount."""
    blanks: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    differing = []
    for paid, stored in found:
        if files.is_written(layout, paid.row, options) and (headers := files.blank_headers(layout, paid.row, options)):
            blanks[headers].append(paid.name)
        if stored is not None and stored != paid.row.total_amount:
            differing.append(paid.name)
    for headers, names in blanks.items():
        yield (
            f"{' and '.join(headers)} {'is' if len(headers) == 1 else 'are'} missing for {listed(names)}, so payroll "
            "can't tell whom to pay. Add it in your time-tracking system and sync, or choose another worker ID or "
            "layout."
        )
    if differing:
        yield (
            f"For {listed(differing)}, the paid amount doesn't match the statement's columns. This pay period can't be "
            "exported until that's resolved. Contact support."
        )


def _warnings(layout: Layout, options: PayrollOptions, rows: Sequence[Paid]) -> Iterator[str]:
    deducted = [f"{paid.name} ({dollars(paid.row.deduction_amount)})" for paid in rows if paid.row.deduction_amount]
    if deducted and not layout.has_deductions:
        yield (
            f"{layout.label} files contain no deductions, so the file pays the whole bonus. Enter these deductions in "
            f"your payroll software, after tax: {', '.join(deducted)}."
        )
    owing = [paid.name for paid in rows if paid.total_amount < paid.row.total_amount]
    if owing:
        yield (
            f"Deductions and corrections are more than the bonus for {listed(owing)}, so the file pays nothing of the "
            "bonus, and the overtime in full. Nothing is taken from hourly wages or from overtime."
        )
    negative = [paid.name for paid in rows if any(earning.amount < 0 for earning in paid.row.earnings())]
    if negative:
        yield (
            f"One of the amounts is negative for {listed(negative)}, although the total isn't. No payroll software "
            "documents that it accepts negative amounts. Check these rows after you import."
        )
    same: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for paid in rows:
        if files.is_written(layout, paid.row, options):
            same[files.payee(layout, paid.row, options)].append(paid.name)
    for shown, names in same.items():
        if len(names) > 1 and any(shown):
            yield (
                f"{listed(names)} have the same “{' '.join(shown)}”, so payroll would treat them as one person. Fix "
                "it in your time-tracking system and sync, or choose another worker ID or layout."
            )
