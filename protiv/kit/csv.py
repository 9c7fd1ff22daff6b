"""CSV cells that a spreadsheet shows and never runs.

A cell that starts like a formula is run by Excel, LibreOffice and Google Sheets: https://owasp.org/www-community/attacks/CSV_Injection
Pure.
"""

import csv
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would take it for a formula. For text, not numbers."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def read_cell(cell: str) -> str:
    """The text that `safe_cell` was given: a file of ours comes back as it went out."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(STARTS_A_FORMULA) else cell


class _Writer(Protocol):
    def writerow(self, row: Iterable[Any], /) -> str: ...


class _Echo:
    """A file that returns what is written to it, so that a response can stream it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The rows as lines of a CSV file, one at a time. Text goes through `safe_cell` first."""
    writer: _Writer = csv.writer(_Echo())
    return (writer.writerow(row) for row in rows)
