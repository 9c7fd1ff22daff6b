"""Wages from a CSV file: read it, say line by line what it would change, and pass it safely to the confirmation."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from django.core import signing

from protiv.accounts.models import Company, User
from protiv.accounts.templatetags.formats import day
from protiv.kit.refused import Refused
from protiv.kit.sheet import SheetRow, read_sheet
from protiv.kit.typed import (
    check_start_date,
    has_decimal_comma,
    is_day_first,
    other_reading,
    read_date,
    read_wage,
)
from protiv.timekeeping import selectors
from protiv.timekeeping.models import Wage, Worker
from protiv.timekeeping.services import PlannedWage
from protiv.timekeeping.wage_people import ID_COLUMN, NAME_COLUMN, NUMBER_COLUMN, Found, Named, People

T = TypeVar("T")

NAMED_AT_MOST = 5
START_COLUMN, WAGE_COLUMN = "start_date", "wage"
TEMPLATE_COLUMNS = (ID_COLUMN, NUMBER_COLUMN, NAME_COLUMN, "current_wage", START_COLUMN, WAGE_COLUMN)
REQUIRED_COLUMNS = ((ID_COLUMN, NUMBER_COLUMN), (START_COLUMN,), (WAGE_COLUMN,))
# Headings under which people keep names; where there is one, its name and the number must mean the same person.
NAME_COLUMNS = (
    *(NAME_COLUMN, "worker_name", "name", "full_name", "employee", "employee_name"),
    *("nombre", "nombre_completo", "trabajador", "empleado"),
)
PLAN_SALT = "protiv.wage-import"
PLAN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class WageLine:
    """One line of the file as it was written. `problem` says why its cells may be under the wrong headings."""

    number: int
    named: Named
    start_date: str
    wage: str
    delimiter: str
    problem: str


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A refused line, the column that is the reason (empty: the whole line), and why."""

    number: int
    column: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """The effect of a valid line. `in_force` is the wage that the new one replaces from its start date on.

    `note` says what a spreadsheet changed about the employee number; empty: nothing.
    """

    number: int
    worker: Worker
    wage: PlannedWage
    in_force: Decimal | None
    note: str


@dataclass(frozen=True, slots=True)
class Late:
    """A worker who would still have hours before the first wage."""

    worker: Worker
    first_worked_date: datetime.date
    start_date: datetime.date


@dataclass(slots=True)
class WageFilePreview:
    """The effects of a file, by kind of line."""

    new: list[PlannedLine] = field(default_factory=list)
    changed: list[PlannedLine] = field(default_factory=list)
    unchanged: list[PlannedLine] = field(default_factory=list)
    refused: list[RefusedLine] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)
    empty: int = 0

    @property
    def wages(self) -> list[PlannedWage]:
        return [planned.wage for planned in (*self.new, *self.changed)]


# Reading


def read_lines(text: str) -> list[WageLine]:
    """The lines below the header. Raises Refused if it isn't a table with the columns we need."""
    sheet = read_sheet(text, REQUIRED_COLUMNS)
    return [_line(row, sheet.delimiter) for row in sheet.rows]


def _line(row: SheetRow, delimiter: str) -> WageLine:
    cells: dict[str, str] = defaultdict(str, row.cells)
    first_and_last = f"{cells['first_name']} {cells['last_name']}".strip()
    named = Named(
        external_id=cells[ID_COLUMN],
        employee_number=cells[NUMBER_COLUMN],
        names=tuple(name for name in (*(cells[column] for column in NAME_COLUMNS), first_and_last) if name),
    )
    return WageLine(row.number, named, cells[START_COLUMN], cells[WAGE_COLUMN], delimiter, row.problem)


# Planning


class _Reader:
    """Reads the cells of a file by what its other lines say: whether days come first, whether commas are decimal."""

    def __init__(self, lines: Sequence[WageLine], *, people: People, today: datetime.date) -> None:
        self.people, self.today = people, today
        self.day_first = next((line.number for line in lines if is_day_first(line.start_date)), None)
        self.decimal_commas = any(line.delimiter == ";" or has_decimal_comma(line.wage) for line in lines)

    def find(self, line: WageLine) -> Found:
        """The worker of the line. Raises Refused, whose `field` is the column."""
        if line.problem:
            raise Refused(line.problem)
        return self.people.find(line.named)

    def read(self, line: WageLine, found: Found) -> "_Meant":
        """The wage of the line. Raises Refused, whose `field` is the column."""
        start_date = _in_column(START_COLUMN, lambda: self._start_date(line.start_date))
        amount = _in_column(WAGE_COLUMN, lambda: read_wage(line.wage, decimal_commas=self.decimal_commas))
        return _Meant(line.number, found.worker, start_date, amount, found.note)

    def _start_date(self, text: str) -> datetime.date:
        start_date = read_date(text)
        other = other_reading(text)
        if self.day_first is not None and other is not None:
            raise Refused(
                f"“{text}” could be {day(start_date)} or {day(other)}, because line {self.day_first} has the day "
                "first. Write all dates like 2026-11-02."
            )
        check_start_date(start_date, today=self.today)
        return start_date


def _in_column(column: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except Refused as problem:
        raise Refused(problem.message, field=column) from problem


@dataclass(frozen=True, slots=True)
class _Meant:
    """A line that could be read."""

    number: int
    worker: Worker
    start_date: datetime.date
    amount: Decimal
    note: str


def preview_wages(*, company: Company, lines: Sequence[WageLine], today: datetime.date) -> WageFilePreview:
    """Say what each line would do. Reads only."""
    reader = _Reader(lines, people=People(Worker.objects.filter(company=company)), today=today)
    preview = WageFilePreview()
    good: dict[tuple[int, datetime.date], list[_Meant]] = defaultdict(list)
    for line in lines:
        if not line.wage and not line.problem:
            preview.empty += 1
            continue
        who = line.named.who
        try:
            found = reader.find(line)
            who = found.worker.name
            meant = reader.read(line, found)
        except Refused as problem:
            preview.refused.append(RefusedLine(line.number, problem.field, who, problem.message))
        else:
            good[meant.worker.pk, meant.start_date].append(meant)
    wages = _wages_by_worker(company)
    for same in good.values():
        if len(same) > 1:
            preview.refused += _refuse_twice(same)
        else:
            _plan(preview, same[0], wages[same[0].worker.pk])
    preview.refused.sort(key=lambda refused: refused.number)
    preview.late = _late(company, preview, wages)
    return preview


def _plan(preview: WageFilePreview, meant: _Meant, stored: Mapping[datetime.date, Decimal]) -> None:
    before = stored.get(meant.start_date)
    wage = PlannedWage(meant.worker.pk, meant.start_date, meant.amount, before)
    planned = PlannedLine(meant.number, meant.worker, wage, _in_force(stored, meant.start_date), meant.note)
    kind = preview.new if before is None else preview.unchanged if before == meant.amount else preview.changed
    kind.append(planned)


def _late(company: Company, preview: WageFilePreview, wages: dict[int, dict[datetime.date, Decimal]]) -> list[Late]:
    """Workers whose first wage starts after their first hours even after the preview is applied; one query."""
    first: dict[int, datetime.date] = {}
    for wage in preview.wages:
        starts = [*wages[wage.worker_id], wage.start_date, first.get(wage.worker_id, wage.start_date)]
        first[wage.worker_id] = min(starts)
    workers = selectors.with_first_dates(Worker.objects.filter(company=company, pk__in=first))
    return [
        Late(worker, worker.first_worked_date, first[worker.pk])
        for worker in workers.order_by("last_name", "first_name", "pk")
        if worker.first_worked_date is not None and worker.first_worked_date < first[worker.pk]
    ]


def _refuse_twice(same: Sequence[_Meant]) -> Iterator[RefusedLine]:
    numbers = ", ".join(str(one.number) for one in same[:NAMED_AT_MOST])
    numbers += f", and {len(same) - NAMED_AT_MOST:,} more" if len(same) > NAMED_AT_MOST else ""
    for one in same:
        wage = f"{one.worker.name}'s wage from {day(one.start_date)}"
        reason = f"{wage} is on more than one line: {numbers}. Keep only the correct one."
        yield RefusedLine(one.number, "", one.worker.name, reason)


def _wages_by_worker(company: Company) -> dict[int, dict[datetime.date, Decimal]]:
    wages: dict[int, dict[datetime.date, Decimal]] = defaultdict(dict)
    for worker_id, start_date, amount in Wage.objects.filter(company=company).values_list(
        "worker_id", "start_date", "hourly_amount"
    ):
        wages[worker_id][start_date] = amount
    return wages


def _in_force(wages: Mapping[datetime.date, Decimal], day: datetime.date) -> Decimal | None:
    earlier = [start_date for start_date in wages if start_date <= day]
    return wages[max(earlier)] if earlier else None


# From the preview to the confirmation


def sign_plan(wages: Sequence[PlannedWage], *, company: Company, user: User) -> str:
    """The plan as text that only this user of this company can hand back, unchanged, within the hour."""
    rows = [
        [
            wage.worker_id,
            wage.start_date.isoformat(),
            str(wage.hourly_amount),
            None if wage.before is None else str(wage.before),
        ]
        for wage in wages
    ]
    return signing.dumps(rows, salt=f"{PLAN_SALT}:{company.pk}:{user.pk}", compress=True)


def read_plan(signed: str, *, company: Company, user: User) -> list[PlannedWage]:
    """Reverse `sign_plan`. Raises Refused if the text was changed or is too old."""
    try:
        rows = signing.loads(signed, salt=f"{PLAN_SALT}:{company.pk}:{user.pk}", max_age=PLAN_SECONDS)
        return [
            PlannedWage(
                int(worker_id),
                datetime.date.fromisoformat(start_date),
                Decimal(amount),
                None if before is None else Decimal(before),
            )
            for worker_id, start_date, amount, before in rows
        ]
    except signing.SignatureExpired as problem:
        raise Refused(
            "Nothing was changed, because the preview is more than an hour old. Upload the file again."
        ) from problem
    except (signing.BadSignature, ValueError, TypeError, InvalidOperation) as problem:
        raise Refused(
            "Nothing was changed, because the data doesn't match the preview. Upload the file again."
        ) from problem
