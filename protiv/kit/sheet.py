"""Tables as spreadsheets really save and paste them: encodings, line ends, separators, and titles above the header.

What could be read in two ways is refused. Pure.
"""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from protiv.kit.csv import read_cell
from protiv.kit.refused import Refused
from protiv.kit.text import NUL

MAX_BYTES = 1_000_000
MAX_LINES = 10_000
MAX_COLUMNS = 100
MAX_TITLES = 20
LONGEST_HEADER = 20_000
NAMED_AT_MOST = 10
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
# The line by which Excel is told the separator.
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
SAVE_AS = "In Excel choose Save As, “CSV UTF-8 (Comma delimited)”, and upload that file."

# One of these columns must be there; the first is the one that is asked for.
Alternatives = Sequence[str]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """The cells of a line by column name. `problem` says why they may be under the wrong names; empty: they aren't."""

    number: int
    cells: dict[str, str]
    problem: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines below the header that have a cell with text."""

    delimiter: str
    rows: list[SheetRow]


def decode(content: bytes) -> str:
    """The file's text: UTF-8, or UTF-16 with the mark that Excel's “Unicode Text” begins with."""
    if len(content) > MAX_BYTES:
        raise Refused("The file is larger than 1 MB. Split it and upload the parts one at a time.")
    if content.startswith(WORKBOOKS):
        raise Refused(f"This is an Excel workbook, not CSV. {SAVE_AS}")
    is_utf_16 = content.startswith(UTF_16)
    try:
        text = content.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as problem:
        if is_utf_16:
            raise Refused("The file is cut off in the middle of a character. Save it again and upload it.") from problem
        line, column = _place(content[: problem.start].decode("latin-1"))
        raise Refused(
            f"The file is not UTF-8: line {line}, column {column} has a character in another encoding, so names could "
            f"be misread. {SAVE_AS}"
        ) from problem
    if NUL in text:
        raise Refused("This is not a text file. Save the sheet as CSV and upload that file.")
    return text


def _place(before: str) -> tuple[int, int]:
    lines = _lines(before)
    return len(lines), len(_cells(lines[-1], _likely(lines[0])))


def read_sheet(text: str, required: Sequence[Alternatives]) -> Sheet:
    """The table in `text`, whose header has one of each of the `required`. Raises Refused where there is none."""
    lines = _lines(text)
    start, delimiter = _header(lines, required)
    reader = csv.reader((f"{line}\n" for line in lines[start:]), delimiter=delimiter, strict=True)
    rows: list[SheetRow] = []
    opened = start + 1
    try:
        columns = _columns(next(reader, []), required)
        opened = start + reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(rows) == MAX_LINES:
                    raise Refused(f"The file has more than {MAX_LINES:,} lines. Split it and upload the parts.")
                rows.append(_row(start + reader.line_num, columns, cells, delimiter))
            opened = start + reader.line_num + 1
    except csv.Error as problem:
        raise Refused(_unreadable(opened, lines[opened - 1 : start + reader.line_num])) from problem
    if not rows:
        raise Refused("There are no lines below the header. Fill in the template and upload it again.")
    return Sheet(delimiter, rows)


def _lines(text: str) -> list[str]:
    """The lines as Windows, Unix, and old Macs end them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _unreadable(opened: int, lines: Sequence[str]) -> str:
    if any('"' in line for line in lines):
        return (
            f"Line {opened} can't be read as CSV: a quotation mark is missing or misplaced. Fix that line and upload "
            "the file again."
        )
    return f"Line {opened} has a cell of more than {csv.field_size_limit():,} characters. Shorten it."


# The header


def _header(lines: Sequence[str], required: Sequence[Alternatives]) -> tuple[int, str]:
    """Where the header is, and what its columns are separated by; titles may be above it, data may not."""
    filled = [place for place, line in enumerate(lines) if line.strip()]
    said = SEPARATOR_LINE.match(lines[filled[0]]) if filled else None
    if said and said[1] not in DELIMITERS:
        raise Refused(f"The separator “{said[1]}” can't be read. Use commas, semicolons, or tabs.")
    filled = filled[1:] if said else filled
    for place in filled[: MAX_TITLES + 1]:
        for delimiter in said[1] if said else DELIMITERS:
            names = {_column_name(cell) for cell in _cells(lines[place], delimiter)}
            if all(names.intersection(alternatives) for alternatives in required):
                _refuse_data_above(lines, filled[: filled.index(place)], delimiter, place, len(required))
                return place, delimiter
    first = filled[0] if filled else 0
    return first, said[1] if said else _likely(lines[first])


def _refuse_data_above(lines: Sequence[str], above: Sequence[int], delimiter: str, header: int, needed: int) -> None:
    for place in above:
        if sum(bool(cell.strip()) for cell in _cells(lines[place], delimiter)) >= needed:
            raise Refused(
                f"Line {place + 1} is above the header, which is line {header + 1}. Move the header to the first line "
                "and upload the file again."
            )


def _likely(line: str) -> str:
    return max(DELIMITERS, key=line.count)


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line[:LONGEST_HEADER]], delimiter=delimiter), [])


def _column_name(cell: str) -> str:
    return "_".join(cell.strip().lower().split())


def _columns(cells: Sequence[str], required: Sequence[Alternatives]) -> list[str]:
    """The names of the columns; those without a name at the end are none."""
    names = [_column_name(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise Refused(f"The file has more than {MAX_COLUMNS} columns. Download the template and fill it in.")
    missing = [_asked(alternatives) for alternatives in required if not set(names).intersection(alternatives)]
    if missing:
        found = ", ".join(name for name in names[:NAMED_AT_MOST] if name)[:200]
        raise Refused(
            f"The first line must name the columns. Missing: {', '.join(missing)}. "
            f"{f'Found: {found}. ' if found else ''}Download the template, which has them all."
        )
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise Refused(f"The column {', '.join(twice)} appears twice. Remove one.")
    return names


def _asked(alternatives: Alternatives) -> str:
    first, *others = alternatives
    return f"{first} (or {', '.join(others)})" if others else first


# The lines


def _row(number: int, columns: Sequence[str], cells: Sequence[str], delimiter: str) -> SheetRow:
    texts = (read_cell(cell.strip()) for cell in cells)
    return SheetRow(number, dict(zip(columns, texts, strict=False)), next(_problems(columns, cells, delimiter), ""))


def _problems(columns: Sequence[str], cells: Sequence[str], delimiter: str) -> Iterator[str]:
    words = DELIMITERS[delimiter]
    if any(cell.strip() for cell in cells[len(columns) :]):
        yield (
            f"The line has more cells than the header. Remove {words} inside numbers and names, or put the cell in "
            "quotation marks."
        )
    if len(cells) == 1 and any(other in cells[0] for other in DELIMITERS):
        yield f"The line isn't separated by {words} as the header is."
