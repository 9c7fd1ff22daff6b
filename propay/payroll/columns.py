"""The columns of a payroll file, and how their cells are written. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from propay.payroll.rows import (
    EARNING_NAMES,
    OVERTIME_KINDS,
    Earning,
    EarningKind,
    PayrollOptions,
    PayrollRow,
    WorkerIdKind,
)
from protiv.kit.csv import safe_cell
from protiv.kit.money import from_cents, to_cents


class LineMode(StrEnum):
    """One line per worker with a column per amount, or one line per amount with its earning code."""

    PER_WORKER = "PER_WORKER"
    PER_EARNING = "PER_EARNING"


class DateFormat(StrEnum):
    """ISO is 2026-11-03, US is 11/03/2026."""

    ISO = "ISO"
    US = "US"


class Field(StrEnum):
    """What a column can contain. Custom layouts are stored with these values."""

    EXTERNAL_ID = "external_id"
    WORKER_NUMBER = "worker_number"
    PAYROLL_ID = "payroll_id"
    FIRST_NAME = "first_name"
    MIDDLE_NAME = "middle_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    LAST_FIRST_NAME = "last_first_name"
    PERIOD_START = "period_start"
    PERIOD_END = "period_end"
    PAY_DATE = "pay_date"
    BONUS_AMOUNT = "bonus_amount"
    FEDERAL_AMOUNT = "federal_amount"
    STATE_EXTRA_AMOUNT = "state_extra_amount"
    DEDUCTION_AMOUNT = "deduction_amount"
    TOTAL_AMOUNT = "total_amount"
    EARNING_CODE = "earning_code"
    EARNING_NAME = "earning_name"
    EARNING_AMOUNT = "earning_amount"
    BONUS_CODE = "bonus_code"
    FEDERAL_CODE = "federal_code"
    STATE_EXTRA_CODE = "state_extra_code"
    DEDUCTION_CODE = "deduction_code"
    TRUE_UP_START = "true_up_start"
    TRUE_UP_END = "true_up_end"
    COMPANY_CODE = "company_code"
    BATCH_ID = "batch_id"

    @property
    def label(self) -> str:
        """In words: `bonus amount`."""
        words = self.value.replace("state_extra", "state_overtime_premium").replace("worker_number", "employee_number")
        return words.replace("_", " ")


# They identify the worker; the payroll software can't find a worker without one of them.
ID_FIELDS = (Field.PAYROLL_ID, Field.WORKER_NUMBER, Field.EXTERNAL_ID)
NAME_FIELDS = (Field.FULL_NAME, Field.LAST_FIRST_NAME, Field.LAST_NAME, Field.FIRST_NAME)
AMOUNT_FIELDS = (Field.BONUS_AMOUNT, Field.FEDERAL_AMOUNT, Field.STATE_EXTRA_AMOUNT)
EARNING_FIELDS = (Field.EARNING_CODE, Field.EARNING_NAME, Field.EARNING_AMOUNT)
DEDUCTION_FIELDS = (Field.DEDUCTION_CODE, Field.DEDUCTION_AMOUNT)
CODE_FIELDS = {
    Field.BONUS_CODE: EarningKind.BONUS,
    Field.FEDERAL_CODE: EarningKind.FEDERAL,
    Field.STATE_EXTRA_CODE: EarningKind.STATE_EXTRA,
    Field.DEDUCTION_CODE: EarningKind.DEDUCTION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileColumn:
    """A heading, and a field or, without one, the same `text` on every line. A heading can be one of the codes.

    `is_confirmed`: named by the payroll company itself or by two independent public sources. `is_required`: the payroll
    software needs it to know whom to pay.
    """

    header: str | Field
    field: Field | None = None
    text: str = ""
    is_confirmed: bool = False
    is_required: bool = False

    def heading(self, options: PayrollOptions) -> str:
        """The heading, before it is made safe for spreadsheets."""
        return options.codes.of(CODE_FIELDS[self.header]) if isinstance(self.header, Field) else self.header


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """The subject of one line of the file; with an `earning` if it is about one amount.

    `divides_deductions`: a deduction has columns of its own, so the columns of earnings are empty on its line.
    """

    row: PayrollRow
    options: PayrollOptions
    date_format: DateFormat
    zero_is_blank: bool
    earning: Earning | None = None
    divides_deductions: bool = False

    @property
    def is_deduction(self) -> bool:
        """Whether the line is a deduction's."""
        return self.earning is not None and self.earning.kind == EarningKind.DEDUCTION


def text_cell(text: str) -> str:
    """Text that stays on its line and that no spreadsheet runs as a formula."""
    return safe_cell(" ".join(text.split()))


def amount_cell(amount: Decimal) -> str:
    """Plain dollars with two decimals, with a minus sign if negative."""
    return str(from_cents(to_cents(amount)))


def cell(column: FileColumn, line: FileLine) -> str:
    """The value of this column on this line."""
    if column.field is None:
        return text_cell(column.text)
    if line.earning and column.field in DEDUCTION_FIELDS and not line.is_deduction:
        return ""
    if line.divides_deductions and column.field in EARNING_FIELDS and line.is_deduction:
        return ""
    if column.field in CODE_FIELDS:
        return text_cell(line.options.codes.of(CODE_FIELDS[column.field]))
    return _WRITERS[column.field](line)


def _payroll_id(line: FileLine) -> str:
    ids = {WorkerIdKind.NUMBER: line.row.worker_number, WorkerIdKind.EXTERNAL_ID: line.row.external_id}
    return ids.get(line.options.worker_id_kind, "")


def _names(*names: str) -> str:
    return " ".join(name for name in names if name)


def _last_first(row: PayrollRow) -> str:
    first = _names(row.first_name, row.middle_name)
    return ", ".join(name for name in (row.last_name, first) if name)


def _amount(line: FileLine, amount: Decimal) -> str:
    return "" if line.zero_is_blank and not amount else amount_cell(amount)


def _date(line: FileLine, day: date | None) -> str:
    if day is None:
        return ""
    return day.isoformat() if line.date_format == DateFormat.ISO else f"{day:%m/%d}/{day.year:04d}"


def _true_up_date(line: FileLine, which: int) -> str:
    """The first or last day of the workweeks with a true-up; empty on the line of another amount."""
    is_other = line.earning is not None and line.earning.kind not in OVERTIME_KINDS
    return _date(line, None if is_other or not line.row.overtime_weeks else line.row.overtime_weeks[which])


def _earning(line: FileLine) -> Earning:
    if line.earning is None:
        raise ValueError("Only a layout with one row per earning has earning fields.")
    return line.earning


def _text(read: Callable[[FileLine], str]) -> Callable[[FileLine], str]:
    return lambda line: text_cell(read(line))


_WRITERS: dict[Field, Callable[[FileLine], str]] = {
    Field.EXTERNAL_ID: _text(lambda line: line.row.external_id),
    Field.WORKER_NUMBER: _text(lambda line: line.row.worker_number),
    Field.PAYROLL_ID: _text(_payroll_id),
    Field.FIRST_NAME: _text(lambda line: line.row.first_name),
    Field.MIDDLE_NAME: _text(lambda line: line.row.middle_name),
    Field.LAST_NAME: _text(lambda line: line.row.last_name),
    Field.FULL_NAME: _text(lambda line: _names(line.row.first_name, line.row.middle_name, line.row.last_name)),
    Field.LAST_FIRST_NAME: _text(lambda line: _last_first(line.row)),
    Field.PERIOD_START: lambda line: _date(line, line.row.period_start),
    Field.PERIOD_END: lambda line: _date(line, line.row.period_end),
    Field.PAY_DATE: lambda line: _date(line, line.row.pay_date),
    Field.BONUS_AMOUNT: lambda line: _amount(line, line.row.bonus_amount),
    Field.FEDERAL_AMOUNT: lambda line: _amount(line, line.row.federal_amount),
    Field.STATE_EXTRA_AMOUNT: lambda line: _amount(line, line.row.state_extra_amount),
    Field.DEDUCTION_AMOUNT: lambda line: _amount(line, line.row.deduction_amount),
    Field.TRUE_UP_START: lambda line: _true_up_date(line, 0),
    Field.TRUE_UP_END: lambda line: _true_up_date(line, 1),
    Field.TOTAL_AMOUNT: lambda line: amount_cell(line.row.total_amount),
    Field.EARNING_CODE: _text(lambda line: line.options.codes.of(_earning(line).kind)),
    Field.EARNING_NAME: lambda line: EARNING_NAMES[_earning(line).kind],
    Field.EARNING_AMOUNT: lambda line: amount_cell(_earning(line).amount),
    Field.COMPANY_CODE: _text(lambda line: line.options.company_code),
    Field.BATCH_ID: _text(lambda line: line.options.batch_id),
}
