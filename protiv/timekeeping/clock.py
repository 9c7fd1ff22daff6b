"""When an entry began and ended by the clock where it was worked. Pure."""

from datetime import date, datetime, time, timedelta

# Local and naive.
Stretch = tuple[datetime, datetime]

# A work date is that of the punch in or out; a clock that is further from it, or runs for longer, is a slip.
FURTHEST_START = timedelta(days=1)
LONGEST = timedelta(days=2)


def stretch(
    work_date: date,
    start_date: date | None,
    start_time: time | None,
    stop_date: date | None,
    stop_time: time | None,
) -> Stretch | None:
    """Return the local start and stop of an entry; None where it has no clock, or one that can't be right.

    Entries of before 0.2 have no dates: until they are read again they start on their work date, and one that stops at
    an earlier hour stops on the next day (bonus.md 10.1).
    """
    if start_time is None or stop_time is None:
        return None
    start = datetime.combine(start_date or work_date, start_time)
    if stop_date is None:
        stop_date = start.date() + timedelta(days=stop_time < start_time)
    stop = datetime.combine(stop_date, stop_time)
    is_plausible = abs(start.date() - work_date) <= FURTHEST_START and start <= stop <= start + LONGEST
    return (start, stop) if is_plausible else None
