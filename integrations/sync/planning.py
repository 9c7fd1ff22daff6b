"""Which days a run reads, calculated only from dates. Pure.

A range is a pair of dates: the first day, and the day after the last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from protiv.timekeeping.records import PayPeriodRecord

Range = tuple[date, date]

# All older history is re-read within 14 days; two days are left for runs that fail.
REREAD_WITHIN = timedelta(days=12)
# At least two pay periods back are read each time, and this many days if the provider has no pay periods.
PERIODS_BACK = 2
DAYS_BACK_WITHOUT_PERIODS = 28
# Days to be read again that are no further apart than this are one range: so years of them are few ranges.
GAP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """The ranges to read, in order, and the day from which the rolling re-read of older history continues."""

    ranges: list[Range]
    reread_cursor: date | None = None


def first_sync_plan(*, start: date, end: date) -> ReadOrder:
    """Everything from the start date (or from where the first sync stopped) to the horizon."""
    return ReadOrder(_not_empty([(start, end)]))


def later_plan(
    *,
    start: date,
    end: date,
    periods: Sequence[PayPeriodRecord],
    reread_cursor: date | None,
    since_last: timedelta,
    since: date | None,
) -> ReadOrder:
    """What is still open, a slice of older history, and everything since `since` if a forced sync asks for it.

    The slice continues at `reread_cursor`, and grows with the time since the last success.
    """
    recent = max(start, min(recent_start(periods, end), end))
    if since is not None:
        recent = max(start, min(since, recent))
    older = _slice(start, recent, reread_cursor, since_last)
    return ReadOrder(_not_empty([(recent, end), older]), reread_cursor=older[0])


def reread_cursor_after(window: Range, *, cursor: date) -> date:
    """Where the rolling re-read of older history continues after this window is stored."""
    start, end = window
    return end if start <= cursor < end else cursor


def with_days(ranges: Sequence[Range], days: Iterable[date], *, start: date, end: date) -> list[Range]:
    """The ranges, and behind them those of the days from `start` to before `end` that they don't hold yet."""
    missing = sorted(day for day in days if start <= day < end and not any(a <= day < b for a, b in ranges))
    added: list[Range] = []
    for day in missing:
        if added and day - added[-1][1] <= GAP:
            added[-1] = (added[-1][0], day + timedelta(days=1))
        else:
            added.append((day, day + timedelta(days=1)))
    return [*ranges, *added]


def recent_start(periods: Sequence[PayPeriodRecord], end: date) -> date:
    """The first day of the earliest open pay period, or of the second period back, whichever is earlier."""
    begun = sorted((p for p in periods if p.start_date < end), key=lambda p: p.start_date)
    if not begun:
        return end - timedelta(days=DAYS_BACK_WITHOUT_PERIODS)
    open_starts = [p.start_date for p in begun if not p.is_closed]
    return min([*open_starts, begun[-min(len(begun), PERIODS_BACK + 1)].start_date])


def horizon_end(*, today: date, workweek_start: date, leaves_out_current_week: bool) -> date:
    """The day after the last one that a sync imports."""
    return workweek_start if leaves_out_current_week else today + timedelta(days=1)


def window_at(ranges: Iterable[Range], days_done: int, days: int) -> Range | None:
    """The next window of at most `days` days, or None when all planned days are done."""
    for start, end in ranges:
        length = (end - start).days
        if days_done < length:
            first = start + timedelta(days=days_done)
            return first, min(first + timedelta(days=days), end)
        days_done -= length
    return None


def ranges_left(ranges: Iterable[Range], days_done: int) -> list[Range]:
    """What of the ranges is still to be read."""
    left = []
    for start, end in ranges:
        first = min(start + timedelta(days=days_done), end)
        days_done -= (first - start).days
        left.append((first, end))
    return _not_empty(left)


def days_in(ranges: Iterable[Range]) -> int:
    return sum((end - start).days for start, end in ranges)


def fitting_days(*, records: int, days: int, max_records: int) -> int:
    """How many days the next window should have, from the size of the last one; aims at half the limit."""
    if records == 0:
        return min(days * 2, 92)
    return max(1, min(days * 2, 92, days * max_records // (2 * records)))


def _slice(start: date, recent: date, cursor: date | None, since_last: timedelta) -> Range:
    """The older days whose turn it is."""
    if start >= recent:
        return recent, recent
    days = -(-(recent - start).days * since_last // REREAD_WITHIN)
    first = cursor if cursor is not None and start <= cursor < recent else start
    return first, min(first + timedelta(days=days), recent)


def _not_empty(ranges: Iterable[Range]) -> list[Range]:
    return [(start, end) for start, end in ranges if start < end]
