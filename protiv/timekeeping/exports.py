"""Files that people download."""

import datetime
from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from protiv.accounts.models import Company
from protiv.kit.csv import csv_lines, safe_cell
from protiv.timekeeping import selectors
from protiv.timekeeping.models import TimeEntry
from protiv.timekeeping.wage_csv import TEMPLATE_COLUMNS

TIME_COLUMNS = (
    "external_id",
    "worker_external_id",
    "worker",
    "job_external_id",
    "job",
    "cost_code_external_id",
    "cost_code",
    "work_date",
    "minutes",
    "kind",
    "is_final",
    "voided",
)


def _true_or_false(value: bool) -> str:
    return "true" if value else "false"


def time_csv(entries: "QuerySet[TimeEntry, TimeEntry]") -> Iterator[str]:
    """Time entries by date and id, one line each."""
    rows = (_time_row(row) for row in selectors.export_rows(entries))
    return csv_lines(chain([TIME_COLUMNS], rows), for_people=True)


def _time_row(row: tuple[Any, ...]) -> tuple[Any, ...]:
    (external_id, worker_id, first, middle, last, job_id, job, code_id, code, work_date, minutes, kind, final, void) = (
        row
    )
    worker = selectors.join_name(first, middle, last)
    texts = (external_id, worker_id, worker, job_id or "", job or "", code_id or "", code or "")
    ended = (_true_or_false(final), _true_or_false(void is not None))
    return (*map(safe_cell, texts), work_date.isoformat(), minutes, kind, *ended)


def wage_template_csv(*, company: Company, day: datetime.date) -> Iterator[str]:
    """The file for the wage import: a line for every active worker, and for those who left with hours without a wage.

    The new wage is blank; if hours have no wage, the start date is their first day.
    """
    workers = selectors.who_may_need_wages(selectors.workers_with_wage(company=company, day=day))
    rows = (
        (
            safe_cell(worker.external_id),
            safe_cell(worker.number),
            safe_cell(worker.name),
            "" if worker.wage_amount is None else str(worker.wage_amount),
            _needed_since(worker),
            "",
        )
        for worker in workers.order_by("last_name", "first_name", "pk")
    )
    return csv_lines(chain([TEMPLATE_COLUMNS], rows), for_people=True)


def _needed_since(worker: Any) -> str:
    """The day of the first hours that no wage covers; empty if there are none."""
    worked, paid = worker.first_worked_date, worker.first_wage_date
    return worked.isoformat() if worked is not None and (paid is None or worked < paid) else ""
