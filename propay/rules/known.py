"""Which days of a workweek are not known, because they lie outside of what is imported (bonus.md 10.3). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from propay.rules.overtime import TrueUp
from propay.rules.policies import DAYS_PER_WEEK, Policies
from propay.rules.trace import day as in_words

ONE_DAY = timedelta(days=1)
# The step of a true-up of such a week, by which pages recognize it.
INCOMPLETE_STEP = "true_up.incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDates:
    """What is imported of a person's time: work dates from `start` to `end`, the latter excluded; None: no limit."""

    start: date
    end: date | None = None

    def unknown_days(self, week_start: date) -> tuple[date, ...]:
        """The days of a workweek that aren't known; none where no day is: nothing of it is paid by these hours."""
        days = [week_start + offset * ONE_DAY for offset in range(DAYS_PER_WEEK)]
        unknown = tuple(one for one in days if not self.has(one))
        return unknown if len(unknown) < DAYS_PER_WEEK else ()

    def within(self, other: "KnownDates") -> "KnownDates":
        """The dates that both have."""
        ends = [one.end for one in (self, other) if one.end is not None]
        return KnownDates(start=max(self.start, other.start), end=min(ends, default=None))

    def cuts_weeks(self, policies: Policies) -> bool:
        """Whether it begins or ends within a workweek."""
        edges = [self.start, *([self.end] if self.end else [])]
        return any(policies.on(edge).week_start(edge) != edge for edge in edges)

    def has(self, day: date) -> bool:
        """Whether the work date is imported."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedHours:
    """Hours that a person worked on days that aren't known, as someone typed them; both dates belong to it."""

    worker_id: int
    first_date: date
    last_date: date
    minutes: int

    def is_outside(self, known: KnownDates) -> bool:
        """Whether none of the days has been imported since: then what was imported counts instead."""
        return not any(known.has(day) for day in days_from(self.first_date, self.last_date))


@dataclass(frozen=True, slots=True, kw_only=True)
class IncompleteWeek:
    """A workweek with part of a bonus of which some days aren't imported; `typed` is what someone typed for them."""

    worker_id: int
    week_start: date
    days: tuple[date, ...]
    typed: tuple[TypedHours, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Whether someone typed a number, which may be 0, for each of the days."""
        answered = {day for one in self.typed for day in days_from(one.first_date, one.last_date)}
        return answered >= {*self.days}

    @property
    def last_day(self) -> date:
        return self.week_start + (DAYS_PER_WEEK - 1) * ONE_DAY

    @property
    def days_in_words(self) -> str:
        first, last = self.days[0], self.days[-1]
        return in_words(first) if first == last else f"{in_words(first)} to {in_words(last)}"

    @property
    def typed_minutes(self) -> int:
        return sum(one.minutes for one in self.typed)


def incomplete_weeks(
    true_ups: Iterable[TrueUp], known: Mapping[int, KnownDates], typed: Iterable[TypedHours]
) -> list[IncompleteWeek]:
    """Those of the weeks with a bonus that are cut, in their order."""
    found = []
    for one in true_ups:
        dates = known.get(int(one.worker_id))
        days = dates.unknown_days(one.week_start) if dates and one.exact_bonus else ()
        if days:
            own = tuple(hours for hours in typed if hours.worker_id == one.worker_id and hours.first_date in days)
            found.append(IncompleteWeek(worker_id=int(one.worker_id), week_start=one.week_start, days=days, typed=own))
    return found


def days_from(first: date, last: date) -> Iterable[date]:
    """Every day from the first to the last, both included."""
    return (first + offset * ONE_DAY for offset in range((last - first).days + 1))


def spans(days: Iterable[date], *, by_day: bool) -> list[tuple[date, date]]:
    """What is asked for: a number for each run of days, or `by_day`, for each day."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and not by_day and found[-1][1] + ONE_DAY == day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
