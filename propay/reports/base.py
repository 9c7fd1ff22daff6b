"""What a report is: columns, rows and sums, so that page, CSV file, and printout come from the same rows."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from propay.charts import BarChart
from protiv.accounts.models import Company, Membership
from protiv.kit.money import CENT, ZERO
from protiv.timekeeping.models import Job, Worker

BATCH = 500


class ColumnKind(Enum):
    """How the values of a column are written. HOURS are whole minutes, MONEY and PERCENT are Decimal, MONTH a date."""

    TEXT = "text"
    DATE = "date"
    MONTH = "month"
    COUNT = "count"
    HOURS = "hours"
    MONEY = "money"
    PERCENT = "percent"

    @property
    def css(self) -> str:
        """How the page formats a column: numbers aligned, dates and months on one line, text unchanged."""
        return {ColumnKind.TEXT: "", ColumnKind.DATE: "text-nowrap", ColumnKind.MONTH: "text-nowrap"}.get(
            self, "number"
        )


@dataclass(frozen=True, slots=True)
class Text:
    """Text that may link to its page. `note` is shown below it; a file has them in separate columns."""

    text: str
    url: str = ""
    note: str = ""


Value = Text | str | int | Decimal | datetime.date | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column; `explanation` is shown below the table.

    `in_file_only`: the page has no room for it and shows it as a note. `heading`: the column's name in the CSV file if
    it isn't the label; programs read the files, so a heading never changes.
    """

    label: str
    kind: ColumnKind = ColumnKind.TEXT
    explanation: str = ""
    in_file_only: bool = False
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A figure shown above the table."""

    label: str
    kind: ColumnKind
    value: Value


class QueryRows:
    """The rows of a queryset, built only when accessed: a page costs the same however many there are.

    `make` turns a slice of its objects into as many rows, with the same few queries for one object or hundreds.
    """

    def __init__(self, found: "QuerySet[Any, Any]", make: Callable[[list[Any]], Iterable[Row]]) -> None:
        self.found, self.make = found, make

    @cached_property
    def count(self) -> int:
        return self.found.order_by().count()

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: slice) -> list[Row]:
        return list(self.make(list(self.found[index])))

    def __iter__(self) -> Iterator[Row]:
        objects = self.found.iterator(chunk_size=BATCH)
        while batch := list(islice(objects, BATCH)):
            yield from self.make(batch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of a report. `totals` has a value per column (None: nothing to add up), or is empty."""

    columns: tuple[ReportColumn, ...]
    rows: "QueryRows | Sequence[Row]"
    totals: Row = ()
    highlights: tuple[Highlight, ...] = ()
    notes: tuple[str, ...] = ()
    chart: BarChart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filters of a report; None and "" mean all. The range includes both dates."""

    company: Company
    today: datetime.date
    from_date: datetime.date | None = None
    to_date: datetime.date | None = None
    worker: Worker | None = None
    job: Job | None = None
    manager: Membership | None = None
    status: str = ""
    dates: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportKind:
    """One report of the product: its name, its filters, and the function that builds it.

    `dates_label` says which date the range applies to, `nothing` what to do if there are no rows. Without filters, it
    shows `default_status` for the last twelve months or, unless it `looks_back`, for all time. It `counts_hours`:
    excluded hours are missing from its figures.
    """

    slug: str
    title: str
    sentence: str
    icon: str
    filters: tuple[str, ...]
    dates_label: str
    nothing: str
    make: Callable[[Asked], Report]
    default_status: str = ""
    looks_back: bool = True
    counts_hours: bool = True


def in_cents(amount: Decimal | None) -> Decimal:
    """A sum from the database: None for no rows, and on SQLite a float with noise after the cents."""
    return ZERO if amount is None else amount.quantize(CENT)
