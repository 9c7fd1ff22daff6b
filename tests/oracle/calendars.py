"""Which workweek and workday a minute belongs to, under policies with dates (bonus.md 10.1; 11.4)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise, product
from typing import NamedTuple

from tests.oracle.given import Entry, Policy, Refused

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class WeekKey(NamedTuple):
    """A workweek: its first day, and the position of its policy."""

    start: date
    policy: int


class Place(NamedTuple):
    week: WeekKey
    day: date


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


@dataclass(frozen=True)
class Calendar:
    """One way to divide time into workweeks; a later policy begins at its moment, for time without a clock its date."""

    policies: list[Policy]
    moments: list[datetime]
    dates: list[date]

    def at(self, moment: datetime) -> Place:
        position = sum(begin <= moment for begin in self.moments)
        return self._place(position, (moment - self.policies[position].day_start).date())

    def on(self, day: date) -> Place:
        return self._place(sum(begin <= day for begin in self.dates), day)

    def _place(self, position: int, day: date) -> Place:
        into = (day.weekday() - self.policies[position].week_start) % 7
        return Place(WeekKey(day - into * DAY, position), day)

    def days_of(self, week: WeekKey) -> list[date]:
        """Return the days that belong to a week: fewer than seven where a policy cuts into it."""
        seven = [week.start + DAY * number for number in range(7)]
        return [day for day in seven if self.on(day).week == week] or seven

    def pieces(self, entry: Entry) -> list[tuple[Place, int]]:
        """Divide an entry wherever a workday begins between its start and its stop."""
        if not _clock_can_be_right(entry):
            return [(self.on(entry.day), entry.minutes)]
        found, begin, rest = [], entry.start, entry.minutes
        for cut in self._cuts(entry.start, entry.stop):
            before = min((cut - begin) // MINUTE, rest)
            found.append((self.at(begin), before))
            begin, rest = cut, rest - before
        return [*found, (self.at(begin), rest)]

    def _cuts(self, start: datetime, stop: datetime) -> list[datetime]:
        days = [start.date() + DAY * number for number in range((stop.date() - start.date()).days + 1)]
        moments = {midnight(day) + policy.day_start for day in days for policy in self.policies} | set(self.moments)
        return sorted(cut for cut in moments if start < cut < stop and self.at(cut - MINUTE) != self.at(cut))


def _clock_can_be_right(entry: Entry) -> bool:
    if entry.start is None or entry.stop is None:
        return False
    return abs(entry.start.date() - entry.day) <= DAY and timedelta() <= entry.stop - entry.start <= 2 * DAY


def ways(policies: list[Policy]) -> list[Calendar]:
    """Return every way to divide time: at each change, the hours of both weeks in the old one, or in the new one."""
    choices = [_choices(old, new) for old, new in pairwise(policies)]
    for earlier, later in pairwise(choices):
        if later[-1][0] < earlier[0][0]:
            raise Refused("a change begins before the week that ran at the one before is over")
    return [
        Calendar(policies, [moment for moment, _ in chosen], [day for _, day in chosen]) for chosen in product(*choices)
    ]


def _choices(old: Policy, new: Policy) -> list[tuple[datetime, date]]:
    moment = midnight(new.from_date) + new.day_start
    day = (moment - old.day_start).date()
    start = day - (day.weekday() - old.week_start) % 7 * DAY
    if midnight(start) + old.day_start == moment:
        return [(moment, new.from_date)]
    end = start + 7 * DAY
    return [(midnight(end) + old.day_start, end), (moment, new.from_date)]
