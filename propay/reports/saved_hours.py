"""Saved hours: budget hours against hours worked, by job and month."""

import datetime
from collections import defaultdict
from collections.abc import Collection

from django.urls import reverse

from propay import charts
from propay.reports.base import Asked, ColumnKind, Highlight, Report, ReportColumn, ReportKind, Row, Text
from propay.reports.propays import DONE, FROZEN_NOTE, HOURS_NOTE, asked_propays, earned_minutes, percent_of
from protiv.timekeeping.models import Job

COLUMNS = (
    ReportColumn("Job"),
    ReportColumn("Month", ColumnKind.MONTH, "the month the ProPays started; all of their hours count there"),
    ReportColumn("ProPays", ColumnKind.COUNT),
    ReportColumn("Budget hours", ColumnKind.HOURS),
    ReportColumn("Actual hours", ColumnKind.HOURS),
    ReportColumn("Saved hours", ColumnKind.HOURS, "budget hours minus actual hours"),
    ReportColumn("Saved %", ColumnKind.PERCENT, "of the budget hours"),
)
# More bars than this are hard to distinguish.
MONTHS_DRAWN = 24
A_MONTH_AND_MORE = datetime.timedelta(days=31)


class _Hours:
    """Sums of ProPays."""

    def __init__(self) -> None:
        self.count = self.budget = self.actual = 0

    def add(self, budget: int, actual: int) -> None:
        self.count += 1
        self.budget += budget
        self.actual += actual

    @property
    def values(self) -> Row:
        saved = self.budget - self.actual
        return self.count, self.budget, self.actual, saved, percent_of(saved, self.budget)


def make(asked: Asked) -> Report:
    """Build a row per job and month, latest month first, and a chart by month."""
    found = 0
    whole, by_month = _Hours(), defaultdict[datetime.date, _Hours](_Hours)
    by_job = defaultdict[tuple[datetime.date, int], _Hours](_Hours)
    names: dict[int, tuple[str, str]] = {}
    columns = ("actual_minutes", "start_date", "job_id", "job__name", "job__number")
    for earned, actual, start_date, job_id, *name in earned_minutes(asked_propays(asked), *columns):
        found += 1
        if earned is not None and actual > 0:
            month, names[job_id] = start_date.replace(day=1), tuple(name)
            for hours in (whole, by_month[month], by_job[month, job_id]):
                hours.add(earned, actual)
    order = sorted(by_job, key=lambda key: (-key[0].toordinal(), names[key[1]][0], key[1]))
    months = _months(by_month)
    drawn = months[-MONTHS_DRAWN:]
    return Report(
        columns=COLUMNS,
        rows=[(_link(job_id, *names[job_id]), month, *by_job[month, job_id].values) for month, job_id in order],
        totals=("Total", None, *whole.values),
        highlights=_highlights(whole),
        notes=_notes(found, whole.count, is_cut=len(months) > len(drawn)),
        chart=charts.by_month([(month, by_month[month].budget, by_month[month].actual) for month in drawn]),
    )


def _link(job_id: int, name: str, number: str) -> Text:
    return Text(str(Job(name=name, number=number)), reverse("job_detail", args=[job_id]))


def _highlights(whole: _Hours) -> tuple[Highlight, ...]:
    _count, budget, actual, saved, percent = whole.values
    return (
        Highlight("Saved hours", ColumnKind.HOURS, saved),
        Highlight("Of the budget", ColumnKind.PERCENT, percent),
        Highlight("Budget hours", ColumnKind.HOURS, budget),
        Highlight("Actual hours", ColumnKind.HOURS, actual),
    )


def _months(known: Collection[datetime.date]) -> list[datetime.date]:
    """All months from the first to the last, including those without ProPays."""
    months = sorted(known)
    month = months[0] if months else None
    every = []
    while month and month <= months[-1]:
        every.append(month)
        month = (month + A_MONTH_AND_MORE).replace(day=1)
    return every


def _notes(found: int, counted: int, *, is_cut: bool) -> tuple[str, ...]:
    notes = [FROZEN_NOTE, HOURS_NOTE]
    if counted < found:
        notes.insert(0, f"Excluded: {found - counted} without hours, or whose budget can't be converted to hours yet.")
    if is_cut:
        notes.append(f"The chart shows the last {MONTHS_DRAWN} months.")
    return tuple(notes)


SAVED_HOURS = ReportKind(
    slug="saved-hours",
    title="Saved hours",
    sentence="Budget hours vs. actual hours by job and month, with a chart.",
    icon="clock",
    filters=("job", "manager", "status"),
    dates_label="ProPays that started",
    nothing="No ProPays with a budget and time match. Widen the dates or choose another status.",
    make=make,
    default_status=DONE,
)
