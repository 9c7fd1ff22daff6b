"""A company's overtime policy over time, and the workweeks that it makes (bonus.md 10.1 and 11.4). Pure.

A policy begins on the first day of its own workweek. The old workweek that is running at that moment overlaps the first
new one. Their common hours are all in the old or all in the new one, whichever pays more (29 CFR 778.302): a `Calendar`
is one choice of that.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise, product
from typing import NamedTuple, TypeVar

from propay.rules.days import DayMinutes
from propay.rules.state_overtime import state_rule
from propay.rules.terms import WorkerId
from protiv.kit.money import Number
from protiv.timekeeping.workdays import ONE_DAY, Workdays

Outcome = TypeVar("Outcome")
DAYS_PER_WEEK = 7
WEEK = timedelta(days=DAYS_PER_WEEK)
MIDNIGHT = time(0)
# Within the time of one bonus: each doubles the ways to divide its weeks.
MOST_CHANGES = 2


class OvertimeRule(StrEnum):
    """The two rules that had names before states did."""

    FEDERAL = "FEDERAL"
    CALIFORNIA = "CALIFORNIA"


class StateMethod(StrEnum):
    """How California treats the bonus: as a flat sum, or as one that grows with production."""

    FLAT_SUM = "FLAT_SUM"
    PRODUCTION = "PRODUCTION"


class Divisor(StrEnum):
    """Which non-overtime hours divide a flat sum: the week's, those of the time in which it was earned, or both tried.

    `GREATER` is whichever pays the person more (bonus.md 11.5).
    """

    WEEK = "WEEK"
    PERIOD = "PERIOD"
    GREATER = "GREATER"


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimePolicy:
    """The company's rules from `from_date` on; None: from the beginning.

    `state` is where its crews work unless a job says otherwise, None for the federal rule alone. `first_weekday` is
    the day on which its workweek starts, Monday being 0, and `workday_start` the hour at which it and each workday
    begin; None: entries are on their work dates (`Workdays`).
    """

    from_date: date | None = None
    state: str | None = None
    method: StateMethod = StateMethod.FLAT_SUM
    divisor: Divisor = Divisor.WEEK
    first_weekday: int = 0
    workday_start: time | None = MIDNIGHT

    def week_start(self, day: date) -> date:
        """The first day of the workweek that `day` belongs to."""
        return week_start_of(day, self.first_weekday)


class Week(NamedTuple):
    """A workweek: its first day, and which of the company's policies it belongs to."""

    start: date
    policy: int


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """The moments between which the first workweek of a new policy overlaps the old one; none if they are the same."""

    begins: datetime
    old_week_ends: datetime

    def concerns(self, day: date) -> bool:
        """Whether a day may be in one of the two weeks."""
        overlaps = self.begins != self.old_week_ends
        return overlaps and (self.begins - WEEK).date() <= day <= (self.begins + WEEK).date()


@dataclass(frozen=True, slots=True)
class Policies:
    """A company's policies, oldest first; the first one has no first day.

    Raises ValueError if a later one doesn't begin on the first day of its own workweek, or begins before the old
    workweek that was running at the change before it is over.
    """

    rows: tuple[OvertimePolicy, ...] = (OvertimePolicy(),)

    def __post_init__(self) -> None:
        if not self.rows or self.rows[0].from_date is not None:
            raise ValueError("The first policy applies from the beginning.")
        for row in self.rows[1:]:
            if row.from_date is None:
                raise ValueError("Only the first policy has no start date.")
            following = next_first_day(row.from_date, row.first_weekday)
            if following != row.from_date:
                raise ValueError(f"A policy must start with its own workweek. The next one starts on {following}.")
        for change, after in pairwise(self.changes):
            if after.begins < change.old_week_ends:
                raise ValueError(
                    "A policy can't begin while the change before it is still in the middle of a workweek."
                )

    def on(self, day: date) -> OvertimePolicy:
        """The policy in effect on a day."""
        return max((row for row in self.rows if _first_day(row) <= day), key=_first_day)

    @property
    def has_daily_overtime(self) -> bool:
        """Whether days have overtime of their own under any of the policies."""
        rules = [state_rule(row.state, row.from_date or date.max) for row in self.rows]
        return any(rule is not None and rule.daily_over is not None for rule in rules)

    def workdays(self, dates: tuple[date, date] | None, zone: tzinfo | None) -> Workdays:
        """The workdays between two dates, and near them; None: of all time."""
        first, last = (dates[0] - WEEK, dates[1] + WEEK) if dates else (date.min, date.max)
        since = max(_first_day(row) for row in self.rows if _first_day(row) <= first)
        starts = {row.workday_start for row in self.rows if since <= _first_day(row) <= last}
        return Workdays(starts=tuple(sorted(start for start in starts if start is not None)), zone=zone)

    def whole_weeks(self, days: Collection[date]) -> tuple[date, date]:
        """The first and the last date of the workweeks from that of the earliest of these days to that of the latest.

        A change of the workweek between them is within these dates, too.
        """
        first, last = min(days), max(days)
        starts = [self.on(first).week_start(first)]
        ends = [self.on(last).week_start(last) + WEEK - ONE_DAY]
        for before, row in pairwise(self.rows):
            change = _first_day(row)
            if change - WEEK <= last and first <= change + WEEK:
                starts.append(before.week_start(change))
                ends.append(row.week_start(change) + WEEK - ONE_DAY)
                ends.append(before.week_start(change) + WEEK - ONE_DAY)
        return min(starts), max(ends)

    @property
    def changes(self) -> list[PolicyChange]:
        """The moments at which a policy replaced another in the middle of a workweek of the old one."""
        found = []
        for old, new in pairwise(self.rows):
            begins = datetime.combine(_first_day(new), new.workday_start or MIDNIGHT)
            hour = old.workday_start or MIDNIGHT
            running = begins.date() if begins.time() >= hour else begins.date() - ONE_DAY
            ends = datetime.combine(old.week_start(running) + WEEK, hour)
            found.append(PolicyChange(begins, begins if ends - WEEK == begins else ends))
        return found

    @property
    def latest_start(self) -> time:
        """The latest hour at which a workday begins under any of them."""
        return max(row.workday_start or MIDNIGHT for row in self.rows)

    def calendar(self) -> "Calendar":
        """The workweeks with every change at its own moment."""
        return Calendar(self, tuple(change.begins for change in self.changes))

    def greatest(
        self, days: Iterable[DayMinutes], outcome: Callable[["Calendar"], Outcome], worth: Callable[[Outcome], Number]
    ) -> Outcome:
        """The outcome that is worth the most, by dividing the common hours at each change one way or the other.

        `days` are all that the outcome depends on. Of equal ways, the old week has the hours. Of more changes than
        anyone makes, only the latest are tried.
        """
        changes = self.changes
        if not changes:
            return outcome(Calendar(self, ()))
        dates = {day.work_date for day in days}
        near = [change for change in changes if any(change.concerns(day) for day in dates)][-MOST_CHANGES:]
        ways = [(one.old_week_ends, one.begins) if one in near else (one.old_week_ends,) for one in changes]
        outcomes = (outcome(Calendar(self, begins)) for begins in product(*ways))
        return max(outcomes, key=worth)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which workweek each hour belongs to; `begins` are the moments from which the policies after the first apply."""

    policies: Policies
    begins: tuple[datetime, ...]

    def policy(self, week: Week) -> OvertimePolicy:
        return self.policies.rows[week.policy]

    def week_and_day(self, part: DayMinutes) -> tuple[Week, date]:
        """The workweek of these minutes, and the date on which their workday begins."""
        if not self.begins:
            return _only_week(part.work_date, self.policies.rows[0].first_weekday), part.work_date
        moment = _moment(part, self.policies.latest_start)
        position = sum(moment >= begins for begins in self.begins)
        row = self.policies.rows[position]
        day = part.work_date
        if part.begins is not None and row.workday_start is not None and part.begins < row.workday_start:
            day -= ONE_DAY
        return Week(row.week_start(day), position), day

    def days_of(self, week: Week) -> list[date]:
        """The days of a workweek; some of them may be in the week before or after it when the policy changes."""
        days = [week.start + offset * ONE_DAY for offset in range(DAYS_PER_WEEK)]
        return [day for day in days if not self.begins or self._week_on(day) == week]

    def weeks(self, first: Week, last: Week) -> list[Week]:
        """Every workweek from the first to the last, both included."""
        step, day, found = ONE_DAY if self.begins else WEEK, first.start, {first, last}
        while day < last.start + WEEK:
            found.add(self._week_on(day))
            day += step
        return sorted(week for week in found if first <= week <= last)

    def _week_on(self, day: date) -> Week:
        return self.week_and_day(DayMinutes(worker_id=0, work_date=day, minutes=0))[0]

    def by_week(self, time: Iterable[DayMinutes]) -> dict[WorkerId, dict[Week, int]]:
        """Worker id → workweek → minutes."""
        weeks: defaultdict[WorkerId, defaultdict[Week, int]] = defaultdict(lambda: defaultdict(int))
        for part in time:
            weeks[part.worker_id][self.week_and_day(part)[0]] += part.minutes
        return {worker_id: dict(minutes) for worker_id, minutes in weeks.items()}

    def by_week_and_day(self, time: Iterable[DayMinutes]) -> dict[tuple[WorkerId, Week], dict[date, list[DayMinutes]]]:
        """(Worker id, workweek) → workday → its parts."""
        weeks: defaultdict[tuple[WorkerId, Week], defaultdict[date, list[DayMinutes]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for part in time:
            week, day = self.week_and_day(part)
            weeks[part.worker_id, week][day].append(part)
        return {key: dict(days) for key, days in weeks.items()}


def week_start_of(day: date, first_weekday: int) -> date:
    """The first day of the workweek that `day` belongs to, if it begins on this weekday."""
    return day - timedelta(days=(day.weekday() - first_weekday) % DAYS_PER_WEEK)


@lru_cache(maxsize=4096)
def _only_week(day: date, first_weekday: int) -> Week:
    """The workweek of a company that never changed it: the same few are asked for again and again."""
    return Week(week_start_of(day, first_weekday), 0)


def next_first_day(day: date, first_weekday: int) -> date:
    """The next day, this one included, on which a workweek that begins on this weekday can start."""
    return day + timedelta(days=(first_weekday - day.weekday()) % DAYS_PER_WEEK)


def _first_day(row: OvertimePolicy) -> date:
    return row.from_date or date.min


def _moment(part: DayMinutes, latest_start: time) -> datetime:
    """When a part of a day begins; an entry without a clock as if at the latest hour, which is on its date anyway."""
    return datetime.combine(part.work_date, part.begins or latest_start)
