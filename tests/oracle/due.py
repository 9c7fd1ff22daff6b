"""The overtime that a bonus makes due: spread, divisor, exempt weeks, and changes (bonus.md 6; 11.3 to 11.8)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.oracle.calendars import Calendar, WeekKey, ways
from tests.oracle.given import Entry, Ids, Policy
from tests.oracle.money import cents
from tests.oracle.weeks import Week, federal_rate, flat_sum_minutes, state_rate, weeks_of


@dataclass(frozen=True)
class Row:
    """A week's figures in cents, and what is due without rounding."""

    week: WeekKey
    bonus: int
    minutes: int
    overtime: int
    federal: int
    state_extra: int
    exact: Fraction


@dataclass(frozen=True)
class Spread:
    """Each week's part of a bonus, and the weeks of the period in which it was earned."""

    parts: dict[WeekKey, Fraction]
    period: list[WeekKey]


class World:
    """All that was worked, and the ways to divide it into weeks."""

    def __init__(self, ids: Ids, counted: list[Entry], worked: list[Entry], policies: list[Policy]):
        self.ids, self.counted, self.worked = ids, counted, worked
        self.ways = ways(policies)
        self._weeks: dict[tuple[str, int], dict[WeekKey, Week]] = {}
        self._counted = [self._count(calendar) for calendar in self.ways]

    def _count(self, calendar: Calendar) -> list[tuple[str, WeekKey, date, int]]:
        return [
            (self.ids.person(entry.worker), place.week, place.day, minutes)
            for entry in self.counted
            for place, minutes in calendar.pieces(entry)
        ]

    def weeks(self, person: str, way: int) -> dict[WeekKey, Week]:
        if (person, way) not in self._weeks:
            self._weeks[person, way] = weeks_of(self.ids, person, self.worked, self.ways[way])
        return self._weeks[person, way]

    def exempt(self, person: str, week: Week) -> tuple[bool, bool]:
        days = week.calendar.days_of(week.key)
        return self.ids.is_exempt(person, days, "federal"), self.ids.is_exempt(person, days, "state")

    def spread(self, person: str, way: int) -> Spread | None:
        """Spread a bonus of the ProPay over the person's own weeks (6.1), or the ProPay's (11.8), if there are any."""
        own: Counter[WeekKey] = Counter()
        for worker, week, _, minutes in self._counted[way]:
            own[week] += minutes if worker == person else 0
        return by_minutes(own, self.ways[way]) or self._without_counted_time(person, way)

    def _without_counted_time(self, person: str, way: int) -> Spread | None:
        everyone: Counter[WeekKey] = Counter()
        days: Counter[date] = Counter()
        for _, week, day, minutes in self._counted[way]:
            everyone[week] += minutes
            days[day] += minutes
        mine = sorted(key for key, week in self.weeks(person, way).items() if week.total > 0)
        chosen = [week for week in mine if everyone[week] > 0]
        last = max((day for day in days if days[day] > 0), default=date.min)
        chosen = chosen or [week for week in mine if week.start <= last][-1:]
        return Spread({week: Fraction(1, len(chosen)) for week in chosen}, chosen) if chosen else None

    def spread_typed(self, person: str, way: int, first: date, last: date) -> Spread | None:
        """Spread a bonus that was entered by hand over the hours on its dates (10.4)."""
        hours: Counter[WeekKey] = Counter()
        for key, week in self.weeks(person, way).items():
            hours[key] += sum(minutes for day, minutes in week.days.items() if first <= day <= last)
        return by_minutes(hours, self.ways[way])


def by_minutes(minutes: Counter[WeekKey], calendar: Calendar) -> Spread | None:
    """Spread by minutes; weeks at or below 0 have none, and lie within the period only if they are in between."""
    above = {week: length for week, length in minutes.items() if length > 0}
    if not above:
        return None
    parts = {week: Fraction(length, sum(above.values())) for week, length in above.items()}
    return Spread(parts, _all_from(min(above), max(above), calendar))


def _all_from(first: WeekKey, last: WeekKey, calendar: Calendar) -> list[WeekKey]:
    found, day = {first, last}, first.start
    while day <= last.start:
        found.add(calendar.on(day).week)
        day = date.fromordinal(day.toordinal() + 1)
    return sorted(week for week in found if first <= week <= last)


def true_ups(world: World, person: str, bonus: Fraction, liable: Fraction, spread_by) -> list[Row]:
    """Return the rows of the way that pays most; of equals the old week keeps its hours, and the divisor is weekly.

    `liable` is what of the bonus makes overtime due; `spread_by` gives the spread by the number of the way.
    """
    best: list[Row] = []
    for way in range(len(world.ways)):
        spread = spread_by(way)
        if spread is None:
            continue
        for rows in _candidates(world, person, way, bonus, liable, spread):
            if not best or _paid(rows) > _paid(best):
                best = rows
    return best


def rate(world: World, person: str) -> Fraction:
    """Return what a dollar of the ProPay's bonus makes due, unrounded (11.7)."""
    one = Fraction(1)
    found = [Fraction(0)]
    for way in range(len(world.ways)):
        spread = world.spread(person, way)
        if spread is not None:
            found += [sum(r.exact for r in rows) for rows in _candidates(world, person, way, one, one, spread)]
    return max(found)


def _paid(rows: list[Row]) -> int:
    return sum(row.federal + row.state_extra for row in rows)


def _candidates(world: World, person: str, way: int, bonus: Fraction, liable: Fraction, spread: Spread):
    """Yield the rows with a weekly divisor where the company leaves the choice, and those over the period (11.5)."""
    calendar, worked = world.ways[way], world.weeks(person, way)
    weeks = [worked.get(key) or Week(calendar, key) for key in spread.period]
    wanted = {week.policy.divisor for week in weeks if any(map(week.is_flat_sum, week.days))} - {"WEEK"}
    for divisors in (wanted - {"GREATER"}, wanted):
        rates = {divisor: _period_rate(weeks, divisor, liable, spread) for divisor in divisors}
        found = []
        for week in weeks:
            part = spread.parts.get(week.key, Fraction(0))
            rate = rates.get(week.policy.divisor) if week.policy.method == "FLAT_SUM" else None
            if part or rate is not None:
                found.append(_row(world, person, week, bonus * part, liable * part, rate))
        yield found


def _period_rate(weeks: list[Week], divisor: str, liable: Fraction, spread: Spread) -> Fraction:
    """Return the bonus of the weeks with a divisor, for each minute of their non-overtime hours."""
    mine = [week for week in weeks if week.policy.divisor == divisor and week.policy.method == "FLAT_SUM"]
    base = sum(week.straight for week in mine)
    base = base if base > 0 else sum(week.total for week in mine)
    earned = liable * sum(spread.parts.get(week.key, Fraction(0)) for week in mine)
    return earned / base if base > 0 else Fraction(0)


def _row(world: World, person: str, week: Week, bonus: Fraction, liable: Fraction, period_rate: Fraction | None) -> Row:
    federally, by_state = world.exempt(person, week)
    federal = Fraction(0) if federally else liable * federal_rate(week)
    state = Fraction(0)
    if not by_state:
        state = liable * state_rate(week, world.ids, person, flat_sum=period_rate is None, only_own=federally)
        state += (period_rate or 0) * flat_sum_minutes(week)
    return Row(
        week=week.key,
        bonus=cents(bonus),
        minutes=week.total,
        overtime=week.overtime,
        federal=cents(federal),
        state_extra=max(0, cents(state) - cents(federal)),
        exact=max(federal, state),
    )
