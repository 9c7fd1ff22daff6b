"""On which workday the minutes of a time entry were worked (bonus.md 10.1; 29 CFR 778.105, Labor Code 500(a)). Pure.

A workday is 24 hours from the company's hour on and has the date on which it begins. Overtime goes by workdays and by
the workweeks made of them; costs, shares, and pay periods go by the work date.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workdays:
    """Workdays that begin at `starts` in `zone`; None: by the clock on the wall, whatever clocks do at night.

    In order of the day. A company has one start, but two in the weeks in which it changes. Without any, an entry is on
    its work date: that is how overtime was calculated until 0.1.
    """

    starts: tuple[time, ...]
    zone: tzinfo | None = None

    def divide(
        self, minutes: int, *, work_date: date, stretch: tuple[datetime, datetime] | None
    ) -> Iterator[tuple[date, time | None, int]]:
        """Yield the workdays of an entry and its minutes on each, which add up to `minutes`.

        With several starts each part of a day comes with its own. `stretch` is the entry's local start and stop, naive;
        one without is on its work date. A part gets the minutes that passed in it, at most those that are left; the
        last one gets the rest.
        """
        if stretch is None or not self.starts:
            yield work_date, self.last_part, minutes
            return
        start, stop = stretch
        sign, left = (-1 if minutes < 0 else 1), abs(minutes)
        began = max(one for one in self._near(start) if one <= start)
        while left and (ends := min(one for one in self._near(began) if one > began)) < stop:
            passed = min(self._elapsed_minutes(start, ends), left)
            if passed:
                yield *self._part(began), sign * passed
            left -= passed
            began = start = ends
        if left:
            yield *self._part(began), sign * left

    @property
    def last_part(self) -> time | None:
        """Where the part of a day begins that has an entry without a clock, or one after the latest start."""
        return self.starts[-1] if len(self.starts) > 1 else None

    def _near(self, moment: datetime) -> Iterator[datetime]:
        """The beginnings of workdays from the day before to the day after."""
        for offset in (-1, 0, 1):
            for start in self.starts:
                yield datetime.combine(moment.date() + offset * ONE_DAY, start)

    def _part(self, began: datetime) -> tuple[date, time | None]:
        return began.date(), began.time() if len(self.starts) > 1 else None

    def _elapsed_minutes(self, start: datetime, end: datetime) -> int:
        """Whole minutes between two local moments; an hour less or more in the night in which the clocks change."""
        if self.zone is not None:
            start, end = (moment.replace(tzinfo=self.zone).astimezone(UTC) for moment in (start, end))
        return (end - start) // ONE_MINUTE
