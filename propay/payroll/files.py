"""Writes a payroll file, line by line. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from propay.payroll.columns import CODE_FIELDS, ID_FIELDS, NAME_FIELDS, Field, FileLine, LineMode, cell, text_cell
from propay.payroll.layouts import Layout, LayoutKey
from propay.payroll.rows import EarningKind, PayrollOptions, PayrollRow, WorkerIdKind
from protiv.kit.csv import csv_lines

# A two-character company code is padded with an underscore in ADP's file name.
ADP_CODE_LENGTH = 3
CODE_OPTIONS = ("bonus_code", "federal_code", "state_extra_code", "deduction_code")
OPTION_NAMES = {
    "bonus_code": "The earning code for the bonus",
    "federal_code": "The earning code for the federal overtime true-up",
    "state_extra_code": "The earning code for the state overtime premium",
    "deduction_code": "The code for deductions",
    "company_code": "The company code",
    "batch_id": "The batch ID",
    "worker_id_kind": "The worker ID in payroll",
}


class OptionsRefused(ValueError):
    """The file can't be written with these options. `problems` says why, by the name of the option."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


def option_problems(layout: Layout, options: PayrollOptions) -> dict[str, str]:
    """The problems with the options that this layout uses, by name in `OPTION_NAMES`."""
    values = {name: value for name, value in _values(options).items() if name in _used_options(layout)}
    codes = [values[name].casefold() for name in CODE_OPTIONS if name in values]
    problems: dict[str, str] = {}
    for name, value in values.items():
        limit = layout.limits.get(name, len(value))
        if not value:
            problems[name] = f"{OPTION_NAMES[name]} is missing: {layout.label} needs it."
        elif name in CODE_OPTIONS and codes.count(value.casefold()) > 1:
            problems[name] = (
                f"{OPTION_NAMES[name]} must differ from the others, so that payroll keeps the amounts separate."
            )
        elif len(value) > limit:
            problems[name] = f"{OPTION_NAMES[name]} can have at most {limit} characters in {layout.label}."
    return problems


def payroll_lines(layout: Layout, rows: Iterable[PayrollRow], options: PayrollOptions) -> Iterator[str]:
    """Yield the file's lines without keeping them: the headings, then the rows in the order given.

    Refuses invalid options before the first line, so that no download breaks off in the middle.
    """
    problems = option_problems(layout, options)
    if problems:
        raise OptionsRefused(problems)
    return csv_lines(_cells(layout, rows, options), for_people=layout.is_for_people)


def payroll_file_name(
    layout: Layout, options: PayrollOptions, *, period_start: date, period_end: date, is_draft: bool = False
) -> str:
    """The file's name when saved. ADP recognizes its paydata by name only, so a draft can't be imported."""
    draft = "DRAFT-" if is_draft else ""
    if layout.key == LayoutKey.ADP:
        code = "".join(character for character in options.company_code if character.isalnum())
        return f"{draft}PR{code:_<{ADP_CODE_LENGTH}}EPI.{layout.extension}"
    name = layout.key.lower().replace("_", "-")
    return f"{draft}payroll-{period_start.isoformat()}-to-{period_end.isoformat()}-{name}.{layout.extension}"


def blank_headers(layout: Layout, row: PayrollRow, options: PayrollOptions) -> tuple[str, ...]:
    """The identifying columns that are empty for this worker: payroll could not find them."""
    line = _line(layout, row, options)
    return tuple(column.heading(options) for column in layout.columns if column.is_required and not cell(column, line))


def is_written(layout: Layout, row: PayrollRow, options: PayrollOptions) -> bool:
    """Whether this row produces a line: a line per earning needs a nonzero amount."""
    return any(_lines_of(layout, row, options))


def payee(layout: Layout, row: PayrollRow, options: PayrollOptions) -> tuple[str, ...]:
    """How the payroll software identifies this worker: the ids on the line or, without any, the names."""
    line = _line(layout, row, options)
    ids = tuple(cell(column, line) for column in layout.columns if column.field in ID_FIELDS)
    names = (cell(column, line) for column in layout.columns if column.field in NAME_FIELDS)
    return ids if any(ids) else tuple(names)


def uses(layout: Layout, option: str) -> bool:
    """Whether a file in this layout needs the option with that name (`OPTION_NAMES`)."""
    return option in _used_options(layout)


def _used_options(layout: Layout) -> set[str]:
    """The options that appear in a file in this layout, or decide whom it pays."""
    used = set(CODE_OPTIONS) if layout.fields & {Field.EARNING_CODE, *CODE_FIELDS} else set()
    if not layout.has_deductions:
        used.discard("deduction_code")
    if any(column.field == Field.PAYROLL_ID and column.is_required for column in layout.columns):
        used.add("worker_id_kind")
    return used | ({Field.COMPANY_CODE, Field.BATCH_ID} & layout.fields)


def _values(options: PayrollOptions) -> dict[str, str]:
    codes = (options.codes.of(kind) for kind in EarningKind)
    worker_id = "" if options.worker_id_kind == WorkerIdKind.NONE else options.worker_id_kind
    typed = (*codes, options.company_code, options.batch_id, worker_id)
    return {name: text.strip() for name, text in zip(OPTION_NAMES, typed, strict=True)}


def _cells(layout: Layout, rows: Iterable[PayrollRow], options: PayrollOptions) -> Iterator[list[str]]:
    if layout.has_header:
        yield [text_cell(column.heading(options)) for column in layout.columns]
    for row in rows:
        for line in _lines_of(layout, row, options):
            yield [cell(column, line) for column in layout.columns]


def _lines_of(layout: Layout, row: PayrollRow, options: PayrollOptions) -> Iterator[FileLine]:
    line = _line(layout, row, options)
    if layout.mode == LineMode.PER_WORKER:
        yield line
        return
    for earning in row.earnings():
        if earning.kind != EarningKind.DEDUCTION or layout.has_deductions:
            yield replace(line, earning=earning)


def _line(layout: Layout, row: PayrollRow, options: PayrollOptions) -> FileLine:
    return FileLine(
        row=row,
        options=options,
        date_format=layout.date_format,
        zero_is_blank=layout.zero_is_blank,
        divides_deductions=Field.DEDUCTION_AMOUNT in layout.fields,
    )
