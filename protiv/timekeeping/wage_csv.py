"""Wages from a CSV file: read it, say line by line what it would change, and pass it safely to the confirmation."""

import csv
import datetime
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.core import signing

from protiv.accounts.models import Company, User
from protiv.accounts.templatetags.formats import day
from protiv.kit.csv import read_cell
from protiv.kit.refused import Refused
from protiv.kit.typed import check_start_date, read_date, read_wage
from protiv.timekeeping import selectors
from protiv.timekeeping.models import Wage, Worker
from protiv.timekeeping.services import PlannedWage

MAX_BYTES = 1_000_000
MAX_LINES = 10_000
MAX_COLUMNS = 100
NAMED_AT_MOST = 5
ID_COLUMN, NUMBER_COLUMN, START_COLUMN, WAGE_COLUMN = "worker_external_id", "number", "start_date", "wage"
TEMPLATE_COLUMNS = (ID_COLUMN, NUMBER_COLUMN, "worker", "current_wage", START_COLUMN, WAGE_COLUMN)
PLAN_SALT = "protiv.wage-import"
PLAN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class WageLine:
    """One line of the file as it was written."""

    number: int
    external_id: str
    employee_number: str
    start_date: str
    wage: str

    @property
    def who(self) -> str:
        return self.external_id or self.employee_number


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A refused line, and why."""

    number: int
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """The effect of a valid line. `in_force` is the wage that the new one replaces from its start date on."""

    number: int
    worker: Worker
    wage: PlannedWage
    in_force: Decimal | None


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


def decode(content: bytes) -> str:
    """The file's text: UTF-8, with or without a byte order mark."""
    if len(content) > MAX_BYTES:
        raise Refused("The file is larger than 1 MB. Split it and upload the parts one at a time.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise Refused(
            f"The file is not UTF-8: line {line} has a character in another encoding, so names could be misread. In "
            "Excel choose Save As, “CSV UTF-8 (Comma delimited)”, and upload that file."
        ) from problem
    if "\0" in text:
        raise Refused("This is not a text file. Save the sheet as CSV and upload that file.")
    return text


def read_lines(text: str) -> list[WageLine]:
    """The lines below the header. Raises Refused if it isn't a table with the columns we need."""
    header, _, _ = text.lstrip("\n\r").partition("\n")
    reader = csv.reader(io.StringIO(text.lstrip("\n\r")), delimiter=_delimiter(header), strict=True)
    lines: list[WageLine] = []
    skipped = text[: len(text) - len(text.lstrip("\n\r"))].count("\n")
    try:
        columns = [_column_name(cell) for cell in next(reader, [])]
        _refuse_columns(columns)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(lines) == MAX_LINES:
                raise Refused(f"The file has more than {MAX_LINES:,} lines. Split it and upload the parts.")
            row = {name: read_cell(cell.strip()) for name, cell in zip(columns, cells, strict=False)}
            values = (row.get(name, "") for name in (ID_COLUMN, NUMBER_COLUMN, START_COLUMN, WAGE_COLUMN))
            lines.append(WageLine(skipped + reader.line_num, *values))
    except csv.Error as problem:
        raise Refused(
            f"Line {skipped + reader.line_num} can't be read as CSV: a quotation mark is missing or misplaced. Fix "
            f"that line and upload the file again."
        ) from problem
    if not lines:
        raise Refused("There are no lines below the header. Fill in the template and upload it again.")
    return lines


def _delimiter(header: str) -> str:
    return ";" if header.count(";") > header.count(",") else ","


def _column_name(cell: str) -> str:
    return "_".join(cell.strip().lower().split())


def _refuse_columns(columns: Sequence[str]) -> None:
    if len(columns) > MAX_COLUMNS:
        raise Refused(f"The file has more than {MAX_COLUMNS} columns. Download the template and fill it in.")
    missing = [name for name in (START_COLUMN, WAGE_COLUMN) if name not in columns]
    if ID_COLUMN not in columns and NUMBER_COLUMN not in columns:
        missing.insert(0, f"{ID_COLUMN} (or {NUMBER_COLUMN})")
    if missing:
        raise Refused(
            f"The first line must name the columns. Missing: {', '.join(missing)}. Download the template, which has "
            "them all."
        )
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise Refused(f"The column {', '.join(twice)} appears twice. Remove one.")


# Planning


class _People:
    """Finds the one worker that a line means."""

    def __init__(self, workers: Iterable[Worker]) -> None:
        self.by_external_id: dict[str, list[Worker]] = defaultdict(list)
        self.by_number: dict[str, list[Worker]] = defaultdict(list)
        for worker in workers:
            self.by_external_id[worker.external_id].append(worker)
            if worker.number:
                self.by_number[worker.number.strip()].append(worker)

    def find(self, line: WageLine) -> Worker:
        if line.external_id:
            worker = self._only(self.by_external_id[line.external_id], f"worker_external_id “{line.external_id}”")
            if line.employee_number and worker.number.strip() != line.employee_number:
                raise Refused(
                    f"worker_external_id “{line.external_id}” is {worker.name}, whose number is "
                    f"“{worker.number}” and not “{line.employee_number}”. Make both name the same person."
                )
            return worker
        if line.employee_number:
            return self._only(self.by_number[line.employee_number], f"number “{line.employee_number}”")
        raise Refused("No worker is given. Fill in worker_external_id or number.")

    def _only(self, found: list[Worker], what: str) -> Worker:
        if not found:
            raise Refused(f"No worker in your company has {what}. Check it against the template.")
        if len(found) > 1:
            names = ", ".join(sorted(worker.name for worker in found)[:3])
            raise Refused(f"{len(found)} workers have {what} ({names}). Use worker_external_id instead.")
        return found[0]


def preview_wages(*, company: Company, lines: Sequence[WageLine], today: datetime.date) -> WageFilePreview:
    """Say what each line would do. Reads only."""
    people = _People(Worker.objects.filter(company=company))
    preview = WageFilePreview()
    good: dict[tuple[int, datetime.date], list[tuple[WageLine, Worker, Decimal]]] = defaultdict(list)
    for line in lines:
        if not line.wage:
            preview.empty += 1
            continue
        who = line.who
        try:
            worker = people.find(line)
            who = worker.name
            amount = read_wage(line.wage)
            start_date = read_date(line.start_date)
            check_start_date(start_date, today=today)
        except Refused as problem:
            preview.refused.append(RefusedLine(line.number, who, problem.message))
        else:
            good[worker.pk, start_date].append((line, worker, amount))
    wages = _wages_by_worker(company)
    for (worker_id, start_date), meant in good.items():
        if len(meant) > 1:
            preview.refused += _refuse_twice(start_date, meant)
            continue
        line, worker, amount = meant[0]
        before = wages[worker_id].get(start_date)
        in_force = _in_force(wages[worker_id], start_date)
        planned = PlannedLine(line.number, worker, PlannedWage(worker_id, start_date, amount, before), in_force)
        kind = preview.new if before is None else preview.unchanged if before == amount else preview.changed
        kind.append(planned)
    preview.refused.sort(key=lambda refused: refused.number)
    preview.late = _late(company, preview, wages)
    return preview


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


def _refuse_twice(start_date: datetime.date, meant: list[tuple[WageLine, Worker, Decimal]]) -> list[RefusedLine]:
    numbers = ", ".join(str(line.number) for line, _, _ in meant[:NAMED_AT_MOST])
    numbers += f", and {len(meant) - NAMED_AT_MOST:,} more" if len(meant) > NAMED_AT_MOST else ""
    return [
        RefusedLine(
            line.number,
            worker.name,
            f"{worker.name}'s wage from {day(start_date)} is on more than one line: {numbers}. Keep only the correct "
            "one.",
        )
        for line, worker, _ in meant
    ]


def _wages_by_worker(company: Company) -> dict[int, dict[datetime.date, Decimal]]:
    wages: dict[int, dict[datetime.date, Decimal]] = defaultdict(dict)
    for worker_id, start_date, amount in Wage.objects.filter(company=company).values_list(
        "worker_id", "start_date", "hourly_amount"
    ):
        wages[worker_id][start_date] = amount
    return wages


def _in_force(wages: dict[datetime.date, Decimal], day: datetime.date) -> Decimal | None:
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
