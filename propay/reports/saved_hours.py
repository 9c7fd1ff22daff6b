"""Saved hours: hours of budget against hours worked, by job and month."""

import datetime
from collections import defaultdict

from django.urls import reverse

from propay import charts
from propay.reports.base import Asked, Column, Highlight, Kind, Link, Report, ReportKind, Row
from propay.reports.propays import DONE, HOURS_NOTE, asked_propays, measured, percent_of
from protiv.timekeeping.models import Job

COLUMNS = (
    Column("Job"),
    Column("Month", Kind.MONTH, "In which the ProPays started"),
    Column("ProPays", Kind.COUNT),
    Column("Budget hours", Kind.HOURS),
    Column("Actual hours", Kind.HOURS),
    Column("Saved hours", Kind.HOURS, "Budget hours less actual hours"),
    Column("Saved %", Kind.PERCENT, "Of the budget hours"),
)
# More bars than these can't be told apart.
MONTHS_DRAWN = 24
MONTH_NOTE = "A ProPay counts, with all of its hours, in the month in which it started."


class _Hours:
    """Adds ProPays up."""

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
    """A row per job and month, the latest month first, and a chart by month; two queries."""
    found = measured(asked_propays(asked))
    whole, by_month = _Hours(), defaultdict[datetime.date, _Hours](_Hours)
    by_job = defaultdict[tuple[datetime.date, int], _Hours](_Hours)
    jobs: dict[int, Job] = {}
    for one in found:
        if one.earned_minutes is not None and one.propay.actual_minutes > 0:
            month, jobs[one.propay.job_id] = one.propay.start_date.replace(day=1), one.propay.job
            for hours in (whole, by_month[month], by_job[month, one.propay.job_id]):
                hours.add(one.earned_minutes, one.propay.actual_minutes)
    order = sorted(by_job, key=lambda key: (-key[0].toordinal(), jobs[key[1]].name, key[1]))
    return Report(
        columns=COLUMNS,
        rows=[(_link(jobs[job_id]), month, *by_job[month, job_id].values) for month, job_id in order],
        totals=("Total", None, *whole.values),
        highlights=_highlights(whole),
        notes=_notes(len(found), whole.count, len(by_month)),
        chart=charts.by_month(
            [(month, by_month[month].budget, by_month[month].actual) for month in sorted(by_month)[-MONTHS_DRAWN:]]
        ),
    )


def _link(job: Job) -> Link:
    return Link(str(job), reverse("job_detail", args=[job.pk]))


def _highlights(whole: _Hours) -> tuple[Highlight, ...]:
    _count, budget, actual, saved, percent = whole.values
    return (
        Highlight("Saved hours", Kind.HOURS, saved),
        Highlight("Of the budget", Kind.PERCENT, percent),
        Highlight("Budget hours", Kind.HOURS, budget),
        Highlight("Actual hours", Kind.HOURS, actual),
    )


def _notes(found: int, counted: int, months: int) -> tuple[str, ...]:
    notes = [HOURS_NOTE, MONTH_NOTE]
    if counted < found:
        notes.insert(0, f"Left out: {found - counted} without hours, or whose budget can't be told in hours yet.")
    if months > MONTHS_DRAWN:
        notes.append(f"The chart shows the last {MONTHS_DRAWN} months.")
    return tuple(notes)


SAVED_HOURS = ReportKind(
    slug="saved-hours",
    title="Saved hours",
    sentence="Hours of budget against hours worked, by job and month, with a chart.",
    icon="clock",
    filters=("job", "manager", "status"),
    dates_label="ProPays that started",
    nothing="No ProPay with a budget and time fits. Widen the dates, or choose another status.",
    make=make,
    default_status=DONE,
)
