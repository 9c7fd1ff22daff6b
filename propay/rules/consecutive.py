"""Which minutes come after more consecutive hours than a state allows (bonus.md 11.11; COMPS Order rule 4.1.1). Pure.

Hours are consecutive whatever workdays they are on. A duty-free meal between two entries doesn't interrupt them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from propay.rules.days import DayMinutes

# A longer gap isn't a meal: a new run begins.
LONGEST_MEAL = timedelta(minutes=60)
# An entry's local start and stop, and its minutes on each workday in order.
Clocked = tuple[datetime, datetime, Sequence[DayMinutes]]


def beyond_consecutive(entries: Iterable[Clocked], limit: int) -> list[DayMinutes]:
    """One worker's days with the minutes of each that come after `limit` consecutive minutes."""
    found: list[DayMinutes] = []
    run, stopped = 0, None
    for start, stop, days in sorted(entries, key=lambda one: one[:2]):
        if stopped is None or start - stopped > LONGEST_MEAL:
            run, stopped = 0, stop
        stopped = max(stopped, stop)
        for day in days:
            beyond = max(min(run + day.minutes - limit, day.minutes), 0)
            found.append(replace(day, beyond_consecutive=beyond))
            run += max(day.minutes, 0)
    return found
