"""What one person clocks on one day (exaktime.md 5.1-5.5): stretches, lunches, travel, nights, blocks of hours.

A clock is in minutes after the midnight that begins the work date; a night shift goes past 1440.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from .names import CODES, COMMENTS
from .people import Person
from .rows import Record
from .sites import IN_ID, MEAL_ID, OUT_ID, YARD_ID, Site

LUNCH_MINUTES = 30
WORK_CODES = [f"c-{number}" for number in range(4, 4 + len(CODES))]
TRAVEL_CODE = f"c-{4 + [name for _, name in CODES].index('Mobilization')}"


@dataclass(frozen=True, slots=True)
class Shift:
    """One crew's day: everyone of the crew is on the same job, a few minutes apart."""

    day: date
    site: Site
    start: int
    minutes: int
    codes: tuple[str, str]


class Clerk:
    """Writes time records with ids and stamps of its own seed."""

    def __init__(self, rng: random.Random, today: date) -> None:
        self.rng = rng
        self.today = today

    def record(
        self,
        person_id: str,
        place: tuple[str | None, str | None],
        day: date,
        minutes: int,
        kind: str = "work",
        clock: tuple[int, int | None] | None = None,
    ) -> Record:
        bits = f"{self.rng.getrandbits(128):032x}"
        start, stop = clock or (None, None)
        return {
            "TimeRecordId": f"{bits[:8]}-{bits[8:12]}-{bits[12:16]}-{bits[16:20]}-{bits[20:]}",
            "PersonId": person_id,
            "LocationId": place[0],
            "CostCodeId": place[1],
            "WorkDate": day.isoformat(),
            "StartTime": None if start is None else at(day, start),
            "StopTime": None if stop is None else at(day, stop),
            "Minutes": minutes,
            "RegularMinutes": minutes,
            "Ot1Minutes": 0,
            "Ot2Minutes": 0,
            "RecordType": kind,
            "EntryMethod": "timecard" if clock is None else "mobile",
            "IsOpen": clock is not None and stop is None,
            "Comment": self.rng.choice(COMMENTS) if self.rng.random() < 0.02 else "",
            "LastModifiedUtc": self._stamp(day),
        }

    def _stamp(self, day: date) -> str:
        """The evening of the work date, in UTC; today's in the morning, so that nothing lies ahead."""
        second = self.rng.randrange(3600)
        if day >= self.today:
            return f"{self.today}T13:{second // 60:02d}:{second % 60:02d}Z"
        return f"{day + timedelta(days=1)}T00:{second // 60:02d}:{second % 60:02d}Z"

    def crew_day(self, person: Person, shift: Shift, other: Site) -> list[Record]:
        """A day shift: travel at times, work in one to three stretches, lunch taken off or clocked."""
        draw = self.rng.random()
        if draw < 0.03:
            return self.time_off(person, shift.day) if draw < 0.015 else []
        clock = shift.start + self.rng.randint(-8, 8)
        stop = clock + shift.minutes + self.rng.randint(-5, 20)
        records: list[Record] = []
        if self.rng.random() < 0.12:
            clock = self._stretch(
                records, person, (shift.site.location_id, TRAVEL_CODE), shift.day, clock, 35, "travel"
            )
        afternoon = other if self.rng.random() < 0.04 else shift.site
        self._work(records, person, shift, afternoon, (clock, stop))
        if self.rng.random() < 0.04:
            records += self._punches(person, shift, (clock, stop))
        return records

    def _work(
        self, records: list[Record], person: Person, shift: Shift, afternoon: Site, span: tuple[int, int]
    ) -> None:
        clock, stop = span
        noon = clock + (stop - clock) * 9 // 16
        first, second = (shift.site.location_id, shift.codes[0]), (afternoon.location_id, shift.codes[1])
        if first == second and person.has_auto_lunch:
            self._stretch(records, person, first, shift.day, clock, stop - clock)
        else:
            clock = self._stretch(records, person, first, shift.day, clock, noon - clock)
            if not person.has_auto_lunch:
                meal = (shift.site.location_id, MEAL_ID)
                clock = self._stretch(records, person, meal, shift.day, clock, LUNCH_MINUTES, "meal_break")
            self._stretch(records, person, second, shift.day, clock, stop - clock)
        if person.has_auto_lunch:
            records.append(self.record(person.person_id, first, shift.day, -LUNCH_MINUTES, "auto_lunch"))

    def _stretch(
        self,
        records: list[Record],
        person: Person,
        place: tuple[str, str],
        day: date,
        clock: int,
        minutes: int,
        kind: str = "work",
    ) -> int:
        """Add one stretch and tell when it stops, which is when the next one starts (exaktime.md 5.5)."""
        records.append(self.record(person.person_id, place, day, minutes, kind, (clock, clock + minutes)))
        return clock + minutes

    def _punches(self, person: Person, shift: Shift, span: tuple[int, int]) -> list[Record]:
        """The built-in codes In and Out: they carry no work (exaktime.md 5.3)."""
        return [
            self.record(person.person_id, (shift.site.location_id, code), shift.day, 0, "work", (minute, minute))
            for code, minute in zip((IN_ID, OUT_ID), span, strict=True)
        ]

    def night(self, person: Person, shift: Shift) -> list[Record]:
        """Past midnight; the automatic lunch falls on the next day, which can end below zero (exaktime.md 5.2)."""
        place, start = (shift.site.location_id, shift.codes[0]), 18 * 60
        stop = start + shift.minutes
        tomorrow = shift.day + timedelta(days=1)
        return [
            self.record(person.person_id, place, shift.day, stop - start, "work", (start, stop)),
            self.record(person.person_id, place, tomorrow, -LUNCH_MINUTES, "auto_lunch"),
        ]

    def block(self, person: Person, day: date) -> list[Record]:
        """Hours without a clock (exaktime.md 5.1)."""
        return [self.record(person.person_id, (YARD_ID, WORK_CODES[-3]), day, self.rng.choice((420, 480, 480, 510)))]

    def time_off(self, person: Person, day: date) -> list[Record]:
        return [self.record(person.person_id, (None, None), day, 480, "time_off")]

    def still_open(self, person: Person, shift: Shift) -> list[Record]:
        """Clocked in this morning, not out yet."""
        place = (shift.site.location_id, shift.codes[0])
        return [self.record(person.person_id, place, shift.day, 0, "work", (shift.start, None))]


def at(day: date, minutes: int) -> str:
    """Local wall clock, no zone."""
    days, minute = divmod(minutes, 1440)
    return f"{day + timedelta(days=days) if days else day}T{minute // 60:02d}:{minute % 60:02d}:00"
