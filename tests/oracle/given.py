"""What a case gives, read into plain objects: entries, people, and the policies of its overtime."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

WEEKDAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
# States with a rule of their own (11.11), and those without one.
OWN_RULE = {"CA", "AK", "CO", "NV", "PA"}
OTHERS = (
    "AL AZ AR CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NH NJ NM NY NC ND OH OK OR RI SC SD "
    "TN TX UT VT VA WA WV WI WY"
)
SHORT_BREAK = 20


class Refused(Exception):
    """A case that the rules refuse."""


@dataclass(frozen=True)
class Entry:
    worker: str
    day: date
    minutes: int
    kind: str
    wage: Fraction | None
    state: str | None
    start: datetime | None
    stop: datetime | None

    @property
    def is_worked(self) -> bool:
        """Whether it counts among all hours (6.2, 11.9)."""
        short = self.kind == "meal_break" and 0 < self.minutes <= SHORT_BREAK
        return short or self.kind in {"work", "travel", "auto_lunch", "paid_break"}


@dataclass(frozen=True)
class Policy:
    """The overtime rules from a moment on; the first one has no first day."""

    from_date: date | None
    week_start: int
    day_start: timedelta
    state: str | None
    method: str
    divisor: str


def entries(rows: Iterable[dict[str, Any]]) -> list[Entry]:
    return [_entry(row) for row in rows]


def _entry(row: dict[str, Any]) -> Entry:
    state = row.get("state")
    _known(state)
    return Entry(
        worker=row["worker"],
        day=date.fromisoformat(row["date"]),
        minutes=row["minutes"],
        kind=row.get("kind", "work"),
        wage=None if row.get("wage") is None else Fraction(row["wage"]),
        state=state,
        start=datetime.fromisoformat(row["start"]) if row.get("start") else None,
        stop=datetime.fromisoformat(row["stop"]) if row.get("stop") else None,
    )


def policies(overtime: dict[str, Any]) -> list[Policy]:
    """Return what is in effect before the first row, and the rows in order (11.4)."""
    rows = sorted(overtime.get("policies") or [], key=lambda row: row["from_date"])
    return [_policy(overtime, None), *(_policy(row, date.fromisoformat(row["from_date"])) for row in rows)]


def _policy(row: dict[str, Any], first: date | None) -> Policy:
    week_start = WEEKDAYS.index(row.get("workweek_start", "MONDAY"))
    if first is not None and first.weekday() != week_start:
        raise Refused(f"{first} doesn't begin a week")
    hour, minute = row.get("workday_start", "00:00").split(":")
    state = row.get("state") or ("CA" if row.get("rule") == "CALIFORNIA" else None)
    _known(state)
    return Policy(
        from_date=first,
        week_start=week_start,
        day_start=timedelta(hours=int(hour), minutes=int(minute)),
        state=state,
        method=row.get("method", "FLAT_SUM"),
        divisor=row.get("divisor", "WEEK"),
    )


def _known(state: str | None) -> None:
    if state is not None and state not in OWN_RULE and state not in OTHERS.split():
        raise Refused(f"{state} is no state of the file")


@dataclass(frozen=True)
class Ids:
    """The worker ids of a case, and the people behind them (10.2)."""

    rows: dict[str, dict[str, Any]]

    def person(self, worker: str) -> str:
        return self.rows.get(worker, {}).get("same_person_as") or worker

    def of(self, person: str) -> list[str]:
        return [person, *(worker for worker in self.rows if worker != person and self.person(worker) == person)]

    def is_salaried(self, person: str) -> bool:
        return bool(self.rows.get(person, {}).get("salaried", False))

    def schedule(self, person: str) -> dict[int, Fraction] | None:
        """Return the minutes of each scheduled weekday (11.10)."""
        given = self.rows.get(person, {}).get("schedule")
        return {WEEKDAYS.index(day): Fraction(hours) * 60 for day, hours in given.items()} if given else None

    def is_exempt(self, person: str, days: list[date], flag: str) -> bool:
        """Whether every id of a person is exempt on all days (11.3): by the `federal` or the `state` flag."""
        return all(self._exempt_on(worker, day, flag) for worker in self.of(person) for day in days)

    def _exempt_on(self, worker: str, day: date, flag: str) -> bool:
        given = self.rows.get(worker, {}).get("exempt", False)
        if isinstance(given, bool):
            return given
        begun = [row for row in given if date.fromisoformat(row["from_date"]) <= day]
        return max(begun, key=lambda row: row["from_date"])[flag] if begun else False
