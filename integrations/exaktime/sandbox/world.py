"""The made-up contractor, the same for the same size, byte for byte."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from .buckets import COUNTED, fill_buckets, week_of
from .days import WORK_CODES, Clerk, Shift
from .people import Person, crew_count, make_people
from .periods import make_approvals, make_periods, period_id, period_start
from .rows import Record, Row, row_of
from .sites import Schedule, closed_site, default_jobs, make_cost_codes, make_schedule, set_budgets, yard

LONG_WEEK_SHARE = 0.25
CLOSED_SITES = 3


@dataclass(frozen=True, slots=True)
class WorldSize:
    """What to make. `days` end with `today`; `jobs` is the number with work, None for as many as fit."""

    today: date
    people: int = 40
    jobs: int | None = None
    days: int = 180
    seed: int = 1

    def __post_init__(self) -> None:
        if self.people < 1 or self.days < 1 or (self.jobs is not None and self.jobs < 1):
            raise ValueError("people, days and jobs must be 1 or more")

    @property
    def start(self) -> date:
        return self.today - timedelta(days=self.days - 1)

    def rng(self, concern: str) -> random.Random:
        """A stream of its own for each concern, so that more people don't rename the jobs."""
        return random.Random(f"{self.seed}/{concern}")  # noqa: S311 - made-up data, not a secret


@dataclass(slots=True)
class World:
    """Everything that ExakTime would hold for one company; rows sorted by (WorkDate, TimeRecordId)."""

    employees: list[dict[str, Any]]
    locations: list[dict[str, Any]]
    cost_codes: list[dict[str, Any]]
    pay_periods: list[dict[str, Any]]
    approvals: list[dict[str, Any]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def make_world(size: WorldSize) -> World:
    people = make_people(size.rng("people"), people=size.people, start=size.start, days=size.days)
    crews = crew_count(size.people)
    jobs = size.jobs or default_jobs(crews, size.days)
    schedule = make_schedule(size.rng("sites"), crews=crews, jobs=jobs, start=size.start, days=size.days)
    periods = make_periods(size.start, size.today)
    rows, present = _Diary(size, people, schedule).write()
    set_budgets(size.rng("budgets"), schedule.sites, size.today)
    return World(
        employees=[person.employee for person in people],
        locations=[yard(), *(site.location for site in schedule.sites), *_closed_sites(jobs)],
        cost_codes=make_cost_codes(),
        pay_periods=periods,
        approvals=make_approvals(size.rng("approvals"), periods, present),
        rows=rows,
    )


def _closed_sites(jobs: int) -> list[dict[str, Any]]:
    return [closed_site(jobs + 2 + number) for number in range(CLOSED_SITES)]


class _Diary:
    """Writes everyone's time, a week at a time: overtime is a matter of weeks."""

    def __init__(self, size: WorldSize, people: list[Person], schedule: Schedule) -> None:
        self.size, self.people, self.schedule = size, people, schedule
        self.rng = size.rng("days")
        self.clerk = Clerk(self.rng, size.today)
        self.minutes: dict[str | None, int] = defaultdict(int)
        self.present: dict[str, set[str]] = defaultdict(set)
        self.rows: list[Row] = []

    def write(self) -> tuple[list[Row], dict[str, set[str]]]:
        """All rows in order, and who has time in which pay period."""
        monday, _ = week_of(self.size.start)
        while monday <= self.size.today:
            self._week(monday)
            monday += timedelta(days=7)
        self.rows.sort()
        for site in self.schedule.sites:
            site.minutes = self.minutes[site.location_id]
        return self.rows, self.present

    def _week(self, monday: date) -> None:
        days = [monday + timedelta(days=number) for number in range(7)]
        days = [day for day in days if self.size.start <= day <= self.size.today]
        shifts = [list(self._shifts(crew, days)) for crew in range(len(self.schedule.stints))]
        for person in self.people:
            records = [record for day in days for record in self._day(person, day, shifts)]
            if records:
                self._keep(person, monday, records)

    def _shifts(self, crew: int, days: list[date]) -> Iterator[Shift]:
        """A crew's working week; one in four is long and has a Saturday. Someone is always clocked in today."""
        is_long = self.rng.random() < LONG_WEEK_SHARE
        for day in days:
            start, minutes = self.rng.choice((390, 420, 420, 450)), 600 if is_long else 505
            codes = (self.rng.choice(WORK_CODES), self.rng.choice(WORK_CODES))
            works = day.weekday() < 5 or (is_long and day.weekday() == 5) or (day == self.size.today and crew == 0)
            if works:
                length = minutes if day.weekday() < 5 else 360
                yield Shift(day, self.schedule.site(crew, day), start, length, codes)

    def _day(self, person: Person, day: date, shifts: list[list[Shift]]) -> list[Record]:
        if person.last_date is not None and day > person.last_date:
            return []
        if person.crew is None:
            return self.clerk.block(person, day) if day.weekday() < 5 and day < self.size.today else []
        shift = next((shift for shift in shifts[person.crew] if shift.day == day), None)
        if shift is None:
            return []
        if day == self.size.today:
            return self.clerk.still_open(person, shift)
        if shift.site.is_night:
            return self.clerk.night(person, shift)
        other = self.schedule.site((person.crew + 1) % len(self.schedule.stints), day)
        return self.clerk.crew_day(person, shift, other)

    def _keep(self, person: Person, monday: date, records: list[Record]) -> None:
        fill_buckets(records)
        self.present[period_id(period_start(monday))].add(person.person_id)
        for record in records:
            if record["RecordType"] in COUNTED:
                self.minutes[record["LocationId"]] += record["Minutes"]
            self.rows.append(row_of(record))
