"""How the values of a report are written: for people on the page and on paper, for programs in a CSV file."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from propay.reports.base import ColumnKind, Report, ReportColumn, Row, Text, Value
from propay.rules.trace import day
from protiv.accounts.models import Company
from protiv.accounts.templatetags.formats import MINUS, NOTHING, hours, money
from protiv.kit.csv import csv_lines, safe_cell
from protiv.kit.money import round_cents

MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as the page shows it."""

    text: str
    kind: ColumnKind
    url: str = ""
    note: str = ""
    is_negative: bool = False
    is_zero: bool = False


def shown(value: Value, kind: ColumnKind, company: Company) -> str:
    """For people: `$1,234.50`, `7:30` or `7.50` by company choice, `12.5%`, `Nov 3, 2026`, `—` for nothing."""
    if value is None:
        return NOTHING
    if isinstance(value, Text):
        return value.text
    if isinstance(value, datetime.date):
        return f"{value:%b %Y}" if kind == ColumnKind.MONTH else day(value)
    if isinstance(value, str):
        return value
    if kind == ColumnKind.HOURS:
        return hours(int(value), company)
    if kind == ColumnKind.MONEY:
        return money(Decimal(value), company)
    text = f"{abs(value):,.1f}%" if kind == ColumnKind.PERCENT else f"{abs(value):,}"
    return f"{MINUS if value < 0 else ''}{text}"


def plain(value: Value, kind: ColumnKind) -> str:
    """For programs: no thousands commas, dates like 2026-11-03, hours as decimal numbers, None as an empty cell."""
    if value is None:
        return ""
    if isinstance(value, Text | str):
        return safe_cell(value.text if isinstance(value, Text) else value)
    if isinstance(value, datetime.date):
        return f"{value:%Y-%m}" if kind == ColumnKind.MONTH else value.isoformat()
    if kind == ColumnKind.HOURS:
        return str(round_cents(Decimal(value) / MINUTES_PER_HOUR))
    return f"{value:.2f}" if kind == ColumnKind.MONEY else f"{value:.1f}" if kind == ColumnKind.PERCENT else str(value)


def shown_columns(report: Report) -> list[ReportColumn]:
    """The columns that the page shows."""
    return [column for column in report.columns if not column.in_file_only]


def shown_rows(report: Report, rows: Iterable[Row], company: Company) -> list[list[Cell]]:
    """These rows as the page shows them."""
    return [_shown_row(report.columns, row, company) for row in rows]


def shown_totals(report: Report, company: Company) -> list[Cell]:
    """The row of totals; a cell is empty if there is nothing to add up."""
    cells = _shown_row(report.columns, report.totals, company) if report.totals else []
    return [Cell("", cell.kind) if cell.text == NOTHING else cell for cell in cells]


def _shown_row(columns: Sequence[ReportColumn], row: Row, company: Company) -> list[Cell]:
    return [
        Cell(
            text=shown(value, column.kind, company),
            kind=column.kind,
            url=value.url if isinstance(value, Text) else "",
            note=value.note if isinstance(value, Text) else "",
            is_negative=isinstance(value, int | Decimal) and value < 0,
            is_zero=isinstance(value, int | Decimal) and value == 0,
        )
        for column, value in zip(columns, row, strict=True)
        if not column.in_file_only
    ]


def report_csv(report: Report) -> Iterator[str]:
    """All rows, one line each, written while they are read. Without totals: a reader can sum a column."""
    headings = [column.heading or column.label for column in report.columns]
    kinds = [column.kind for column in report.columns]
    rows = ([plain(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in report.rows)
    return csv_lines(chain([headings], rows), for_people=True)
