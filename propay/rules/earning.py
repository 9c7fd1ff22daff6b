"""The workweeks in which a person earned a bonus, and how much of it in each (bonus.md 6.1, 11.5, and 11.8). Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from propay.rules.days import DayMinutes
from propay.rules.policies import Calendar, Week
from propay.rules.terms import WorkerId
from propay.rules.week_hours import WeekHours

NO_WEEK = "{name} has no workweek on this ProPay, so no overtime true-up is calculated."
EARLIER_WEEK = (
    "{name} worked in none of this ProPay's workweeks, so the bonus counts in the last week worked before it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedWeeks:
    """The weeks with a part of a bonus by weight, and all weeks of the time in which it was earned, both in order.

    `own` is the person's time on the ProPay by week. `warning` has a place for the person's name; empty where there is
    nothing to say.
    """

    weights: Mapping[Week, int]
    period: Sequence[Week]
    own: Mapping[Week, int]
    warning: str = ""


def earning(
    calendar: Calendar, own: Sequence[DayMinutes], counted: Sequence[DayMinutes], worked: Mapping[Week, WeekHours]
) -> EarnedWeeks:
    """When one person earned a bonus (29 CFR 778.209).

    `own` is the person's counted time on the ProPay, `counted` everyone's, `worked` the person's hours on every job.
    Weeks at or below 0 minutes are left out. A person without counted time earned in those of the ProPay's weeks in
    which they worked at all; in none, in the last week worked up to its last counted day.
    """
    own_weeks = _by_week(calendar, own)
    weights = _above_zero(own_weeks)
    if weights:
        period = {*weights, *calendar.weeks(min(weights), max(weights))}
        return EarnedWeeks(weights=weights, period=sorted(period), own=own_weeks)
    of_propay = _above_zero(_by_week(calendar, counted))
    at_work = [week for week in sorted(worked) if worked[week].worked > 0]
    weeks = [week for week in at_work if week in of_propay]
    if weeks or not of_propay:
        return EarnedWeeks(
            weights=dict.fromkeys(weeks, 1), period=weeks, own=own_weeks, warning="" if weeks else NO_WEEK
        )
    last_day = max(part.work_date for part in counted if calendar.week_and_day(part)[0] in of_propay)
    before = [week for week in at_work if week.start <= last_day][-1:]
    warning = EARLIER_WEEK if before else NO_WEEK
    return EarnedWeeks(weights=dict.fromkeys(before, 1), period=before, own=own_weeks, warning=warning)


def away(
    calendar: Calendar,
    persons: Iterable[WorkerId],
    counted: Sequence[DayMinutes],
    worked: Mapping[WorkerId, Sequence[DayMinutes]],
) -> set[WorkerId]:
    """Those of these people who earned in a week before the ProPay's, of which none is among what they `worked`."""
    own: Counter[WorkerId] = Counter()
    for part in counted:
        own[part.worker_id] += part.minutes
    absent = [person for person in persons if own[person] <= 0]
    if not absent or not counted:
        return set()
    last_day = max(part.work_date for part in counted)
    return {
        person
        for person in absent
        if not any(week.start <= last_day for week in _above_zero(_by_week(calendar, worked.get(person, ()))))
    }


def _by_week(calendar: Calendar, time: Sequence[DayMinutes]) -> dict[Week, int]:
    minutes: dict[Week, int] = {}
    for part in time:
        week, _day = calendar.week_and_day(part)
        minutes[week] = minutes.get(week, 0) + part.minutes
    return minutes


def _above_zero(minutes: Mapping[Week, int]) -> dict[Week, int]:
    """The weeks with more than 0 minutes, in order."""
    return {week: minutes[week] for week in sorted(minutes) if minutes[week] > 0}
