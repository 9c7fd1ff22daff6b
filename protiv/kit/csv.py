"""CSV cells that a spreadsheet shows and never runs, and files that it reads as UTF-8.

A cell that starts like a formula is run by Excel, LibreOffice and Google Sheets: https://owasp.org/www-community/attacks/CSV_Injection
Excel takes full-width signs for the plain ones. If its list separator is ";", it also splits our cells there, at tabs,
and at line breaks, so each such part is a cell. Pure.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

# Without it, Excel reads a CSV file in the local code page and shows "JosÃ©".
BYTE_ORDER_MARK = "\ufeff"
_FORMULA = r"[\s\"']*[=+\-@＝＋－＠]"
# Where a formula begins: at the start of the cell, or of a part of it. A leading tab or line break counts as one.
_AT_START = re.compile(rf"(?={_FORMULA}|'*[\t\r\n])")
_IN_PART = re.compile(rf"([;\t\r\n])(?={_FORMULA})")
_ESCAPED_PART = re.compile(rf"([;\t\r\n])'(?={_FORMULA})")


def safe_cell(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet would begin to read a formula. For text, not numbers."""
    parts = _IN_PART.sub(r"\1'", text)
    return f"'{parts}" if _AT_START.match(text) else parts


def read_cell(cell: str) -> str:
    """The text that `safe_cell` was given: a file of ours comes back as it went out."""
    text = cell[1:] if cell.startswith("'") and _AT_START.match(cell[1:]) else cell
    return _ESCAPED_PART.sub(r"\1", text)


class _Writer(Protocol):
    def writerow(self, row: Iterable[Any], /) -> str: ...


class _Echo:
    """A file that returns what is written to it, so that a response can stream it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Iterable[Any]], *, for_people: bool) -> Iterator[str]:
    """The rows as lines of a CSV file, one at a time. Text goes through `safe_cell` first.

    `for_people`: the file begins with a byte order mark, by which a spreadsheet knows that it is UTF-8.
    """
    writer: _Writer = csv.writer(_Echo())
    mark = BYTE_ORDER_MARK if for_people else ""
    for row in rows:
        yield mark + writer.writerow(row)
        mark = ""
