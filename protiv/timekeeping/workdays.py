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
    """Workdays that begin at `start` in `zone`; None: by the clock on the wall, whatever clocks do at night.

    Without a `start` an entry is on its work date: that is how overtime was calculated until 0.1.
    """

    start: time | None
    zone: tzinfo | None = None

    def divide(
        self, minutes: int, *, work_date: date, stretch: tuple[datetime, datetime] | None
    ) -> Iterator[tuple[date, int]]:
        """Yield the workdays of an entry and its minutes on each, which add up to `minutes`.

        `stretch` is its local start and stop, naive; an entry without one is on its work date. A workday gets the
        minutes that passed in it, at most those that are left; the last one gets the rest.
        """
        if stretch is None or self.start is None:
            yield work_date, minutes
            return
        start, stop = stretch
        sign, left = (-1 if minutes < 0 else 1), abs(minutes)
        day = start.date() - (ONE_DAY if start.time() < self.start else timedelta(0))
        while left and (boundary := datetime.combine(day + ONE_DAY, self.start)) < stop:
            passed = min(self._elapsed_minutes(start, boundary), left)
            if passed:
                yield day, sign * passed
            left -= passed
            day, start = day + ONE_DAY, boundary
        if left:
            yield day, sign * left

    def _elapsed_minutes(self, start: datetime, end: datetime) -> int:
        """Whole minutes between two local moments; an hour less or more in the night in which the clocks change."""
        if self.zone is not None:
            start, end = (moment.replace(tzinfo=self.zone).astimezone(UTC) for moment in (start, end))
        return (end - start) // ONE_MINUTE
