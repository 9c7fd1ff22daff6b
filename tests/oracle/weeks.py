"""The overtime of a person's workweek by the rules of its states (bonus.md 6.3 and 6.4; 11.9 to 11.11)."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.calendars import Calendar, WeekKey
from tests.oracle.given import OWN_RULE, Entry, Ids

FORTY, EIGHT, TWELVE = 40 * 60, 8 * 60, 12 * 60
NEVADA_CEILING = Fraction(18)
HALF = Fraction(1, 2)
MEAL = timedelta(hours=1)


@dataclass
class Week:
    """What a person worked in one workweek: minutes of each day, overtime and double time of each day."""

    calendar: Calendar
    key: WeekKey
    days: Counter[date] = field(default_factory=Counter)
    by_state: dict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    consecutive: Counter[date] = field(default_factory=Counter)
    wages: dict[date, list[tuple[int, Fraction]]] = field(default_factory=lambda: defaultdict(list))
    over: Counter[date] = field(default_factory=Counter)
    double: Counter[date] = field(default_factory=Counter)

    @property
    def policy(self):
        return self.calendar.policies[self.key.policy]

    @property
    def total(self) -> int:
        return sum(self.days.values())

    @property
    def over_forty(self) -> int:
        return max(0, self.total - FORTY)

    @property
    def overtime(self) -> int:
        return sum(self.over.values()) + sum(self.double.values())

    @property
    def straight(self) -> int:
        return self.total - self.overtime

    def state(self, day: date) -> str | None:
        """Return the state that most of a day's minutes belong to; the home state where none is given."""
        found = self.by_state[day]
        return max(sorted(found), key=lambda name: found[name]) or None

    def is_flat_sum(self, day: date) -> bool:
        return self.state(day) == "CA" and self.policy.method == "FLAT_SUM"


def weeks_of(ids: Ids, person: str, worked: Iterable[Entry], calendar: Calendar) -> dict[WeekKey, Week]:
    """Return what a person worked, by workweek, with its overtime."""
    found: dict[WeekKey, Week] = {}
    mine = [entry for entry in worked if ids.person(entry.worker) == person and entry.is_worked]
    for entry in mine:
        for place, minutes in calendar.pieces(entry):
            week = found.setdefault(place.week, Week(calendar, place.week))
            week.days[place.day] += minutes
            week.by_state[place.day][entry.state or week.policy.state or ""] += minutes
            if entry.wage is not None and minutes > 0:
                week.wages[place.day].append((minutes, entry.wage))
    for place, minutes in _beyond_twelve(mine, calendar):
        found[place.week].consecutive[place.day] += minutes
    for week in found.values():
        _apply_day_rules(week, ids.schedule(person))
        _apply_forty(week)
    return found


def _apply_day_rules(week: Week, schedule: dict[int, Fraction] | None) -> None:
    all_seven = sum(minutes > 0 for minutes in week.days.values()) == 7
    colorado = [day for day in week.days if week.state(day) == "CO"]
    by_day = {day: max(week.days[day] - TWELVE, 0) for day in colorado}
    by_run = {day: max(min(week.consecutive[day], week.days[day]), 0) for day in colorado}
    greatest = by_run if sum(by_run.values()) > sum(by_day.values()) else by_day
    for day, minutes in week.days.items():
        state = week.state(day)
        if state == "CA":
            is_seventh = all_seven and day == max(week.days)
            week.over[day], week.double[day] = _california(minutes, day, is_seventh, schedule)
        elif state == "AK" or (state == "NV" and _is_below_ceiling(week.wages[day])):
            week.over[day] = max(minutes - EIGHT, 0)
        elif state == "CO":
            week.over[day] = greatest[day]


def _california(minutes: int, day: date, is_seventh: bool, schedule: dict[int, Fraction] | None):
    first, second = EIGHT, TWELVE
    if is_seventh:
        first, second = 0, EIGHT
    elif schedule is not None and day.weekday() in schedule:
        first = schedule[day.weekday()]
    elif schedule is not None:
        first, second = 0, EIGHT
    return max(min(minutes, second) - first, 0), max(minutes - second, 0)


def _is_below_ceiling(wages: list[tuple[int, Fraction]]) -> bool:
    """Whether a day's average wage is below Nevada's ceiling; an unknown wage is."""
    minutes = sum(length for length, _ in wages)
    return not minutes or sum(length * wage for length, wage in wages) / minutes < NEVADA_CEILING


def _apply_forty(week: Week) -> None:
    """Make straight-time hours over 40 overtime, those of the latest days first."""
    straight = {day: minutes - week.over[day] - week.double[day] for day, minutes in week.days.items()}
    excess = sum(straight.values()) - FORTY
    for day in sorted(straight, reverse=True):
        taken = max(0, min(excess, straight[day]))
        week.over[day] += taken
        excess -= taken


def _beyond_twelve(entries: list[Entry], calendar: Calendar):
    """Yield where the minutes after the twelfth hour of consecutive work fall; a meal of an hour doesn't end a run."""
    ran, end = 0, None
    for entry in sorted((e for e in entries if e.start and e.minutes > 0), key=lambda e: (e.start, e.stop)):
        ran = ran if end is not None and entry.start <= end + MEAL else 0
        for place, minutes in calendar.pieces(entry):
            beyond = max(0, ran + minutes - max(TWELVE, ran))
            ran += minutes
            yield place, beyond
        end = entry.stop if end is None else max(entry.stop, end)


def federal_rate(week: Week) -> Fraction:
    """Return what a dollar of the week's bonus makes due (6.3)."""
    return HALF * week.over_forty / week.total if week.total > 0 else Fraction(0)


def state_rate(week: Week, ids: Ids, person: str, *, flat_sum: bool = True, only_own: bool = False) -> Fraction:
    """Return what a dollar of the week's bonus makes due by its states, each day by its own base and factor.

    Without `flat_sum`, the days with a divisor over non-overtime hours are left out; with `only_own`, those of states
    without a rule of their own.
    """
    if week.total <= 0:
        return Fraction(0)
    rate = Fraction(0)
    for day in week.days:
        state, over, double = week.state(day), week.over[day], week.double[day]
        salaried = state == "PA" and ids.is_salaried(person)
        if only_own and state not in OWN_RULE:
            continue
        if week.is_flat_sum(day):
            base = week.straight if week.straight > 0 else week.total
            rate += (Fraction(3, 2) * over + 2 * double) / base if flat_sum else 0
        elif salaried:
            rate += Fraction(3, 2) * over / FORTY
        else:
            rate += (HALF * over + double) / week.total
    return rate


def flat_sum_minutes(week: Week) -> Fraction:
    """Return the week's weighted overtime on days of a flat sum (11.5)."""
    return sum(
        (Fraction(3, 2) * week.over[day] + 2 * week.double[day] for day in week.days if week.is_flat_sum(day)),
        Fraction(0),
    )
