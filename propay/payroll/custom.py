"""A custom layout: columns as text, one per line, read strictly and written back the same. Pure.

    File # = worker_number
    Earning = earning_code
    Amount = earning_amount
    Department = "300"
    Hours = ""

The heading is to the left of the first `=`; to its right is the name of a field (`Field`) or quoted text that appears
on every line. A layout that would lose or double an amount is refused: pay must come out unchanged.
"""

from collections.abc import Iterable, Iterator

from propay.payroll.columns import (
    AMOUNT_FIELDS,
    EARNING_FIELDS,
    ID_FIELDS,
    NAME_FIELDS,
    DateFormat,
    Field,
    FileColumn,
    LineMode,
)
from propay.payroll.layouts import Layout, LayoutKey

MAX_COLUMNS = 100
MAX_LENGTH = 200


class LayoutRefused(ValueError):
    """The columns are not a valid layout. `problems` says why, naming the column."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


def custom_layout(
    text: str,
    *,
    mode: LineMode,
    label: str = "Custom layout",
    date_format: DateFormat = DateFormat.US,
    has_header: bool = True,
    zero_is_blank: bool = False,
) -> Layout:
    """Build the company's layout, or raise `LayoutRefused` with everything that is wrong with it."""
    typed = [line for line in text.splitlines() if line.strip()]
    if len(typed) > MAX_COLUMNS:
        raise LayoutRefused([f"A layout can have at most {MAX_COLUMNS} columns, not {len(typed)}."])
    problems: list[str] = []
    columns = [column for column in _columns(typed, problems) if column is not None]
    problems += _misplaced(columns, mode)
    if not problems:
        problems += _missing(columns, mode)
    if problems:
        raise LayoutRefused(problems)
    return Layout(
        key=LayoutKey.CUSTOM,
        label=label,
        note="Your own columns. Before you import a file, compare it with what your payroll software requires.",
        mode=mode,
        columns=tuple(columns),
        date_format=date_format,
        has_header=has_header,
        zero_is_blank=zero_is_blank,
    )


def columns_as_text(columns: Iterable[tuple[str, Field | None, str]]) -> str:
    """Write headings, each with its field or text, as `custom_layout` reads them.

    Only the first "=" on a line ends a heading: a heading that contains one raises `LayoutRefused`.
    """
    lines = []
    for number, (header, field, text) in enumerate(columns, start=1):
        if "=" in header:
            raise LayoutRefused([f'Column {number} ({_shown(header)}) has "=" in its heading. Remove it.'])
        content = field.value if field else f'"{text}"'
        lines.append(" ".join(f"{header} = {content}".split()))
    return "\n".join(lines)


def _columns(typed: list[str], problems: list[str]) -> Iterator[FileColumn | None]:
    for number, line in enumerate(typed, start=1):
        header, equals, content = (part.strip() for part in line.partition("="))
        problem = _column_problem(header, equals, content)
        if problem:
            problems.append(f"Column {number} ({_shown(header)}) {problem}")
        yield None if problem else _column(header, content)


def _column_problem(header: str, equals: str, content: str) -> str:
    if not header:
        return "has no heading; write: Heading = field."
    if not equals or not content:
        return 'has no content; write a field after "=", or "" for an empty column.'
    if len(header) > MAX_LENGTH or len(content) > MAX_LENGTH:
        return f"is too long; a heading or a text can have at most {MAX_LENGTH} characters."
    if _is_quoted(content) or content in {field.value for field in Field}:
        return ""
    return f"has an unknown field {_shown(content)}; put a text in quotes. Fields: {', '.join(Field)}."


def _is_quoted(content: str) -> bool:
    return len(content) > 1 and content.startswith('"') and content.endswith('"')


def _column(header: str, content: str) -> FileColumn:
    if _is_quoted(content):
        return FileColumn(header=header, text=content[1:-1])
    field = Field(content)
    return FileColumn(header=header, field=field, is_required=field in ID_FIELDS + NAME_FIELDS)


def _misplaced(columns: list[FileColumn], mode: LineMode) -> Iterator[str]:
    """Fields that have no meaning on a line per worker, and amounts that a line per earning would repeat."""
    wrong = EARNING_FIELDS if mode == LineMode.PER_WORKER else (*AMOUNT_FIELDS, Field.TOTAL_AMOUNT)
    other = "one row per earning" if mode == LineMode.PER_WORKER else "one row per worker"
    for column in columns:
        if column.field is not None and column.field in wrong:
            yield f"Column {_shown(column.header)} contains {column.field.label}, which needs {other}."


def _missing(columns: list[FileColumn], mode: LineMode) -> Iterator[str]:
    """What a file must have: who is paid, and every amount once."""
    fields = [column.field for column in columns]
    if not set(fields) & {*ID_FIELDS, *NAME_FIELDS}:
        yield (
            "No column identifies the worker. Add one of these: "
            f"{', '.join(field.label for field in ID_FIELDS + NAME_FIELDS)}."
        )
    amounts = AMOUNT_FIELDS if mode == LineMode.PER_WORKER else (Field.EARNING_AMOUNT,)
    for amount in amounts:
        if amount not in fields:
            yield f"No column contains {amount.label}, so that money would be missing from the file."
    for amount in (*amounts, Field.DEDUCTION_AMOUNT):
        for column in [column for column in columns if column.field == amount][1:]:
            yield f"Column {_shown(column.header)} repeats {amount.label}, so it would be paid or deducted twice."
    if mode == LineMode.PER_EARNING and not set(fields) & {Field.EARNING_CODE, Field.EARNING_NAME}:
        yield "No column distinguishes the amounts. Add earning code or earning name."


def _shown(text: str) -> str:
    short = text if len(text) <= 40 else f"{text[:40]}…"
    return f'"{short}"'
