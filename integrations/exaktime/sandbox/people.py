"""The employees of the made-up world (exaktime.md 4.3, 5.1, 5.8)."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .names import FIRST, LAST, MIDDLE

CREW_SIZE = 5.5
INACTIVE, NO_NUMBER, BLOCK_HOURS, SHARED_NUMBER = 5, 6, 7, 9


@dataclass(frozen=True, slots=True)
class Person:
    """How one employee works. `crew` is None for people who enter blocks of hours at the yard."""

    person_id: str
    crew: int | None
    has_auto_lunch: bool
    last_date: date | None
    employee: dict[str, Any]


def crew_count(people: int) -> int:
    """Crews of about five."""
    return max(1, round(people / CREW_SIZE))


def make_people(rng: random.Random, *, people: int, start: date, days: int) -> list[Person]:
    """The first forty have fixed names, odd ones among them; every twenty repeat the odd kinds of people."""
    return [_person(rng, index, crew_count(people), start, days) for index in range(people)]


def _person(rng: random.Random, index: int, crews: int, start: date, days: int) -> Person:
    kind = index % 20
    last_date = start + timedelta(days=int(days * 0.6)) if kind == INACTIVE else None
    return Person(
        person_id=f"p-{101 + index}",
        crew=None if kind == BLOCK_HOURS else index % crews,
        has_auto_lunch=rng.random() < 0.6,
        last_date=last_date,
        employee=_employee(rng, index, is_active=last_date is None),
    )


def _employee(rng: random.Random, index: int, *, is_active: bool) -> dict[str, Any]:
    first, last = _name(rng, index)
    return {
        "personId": f"p-{101 + index}",
        "employeeNumber": _number(index),
        "firstName": first,
        "middleName": MIDDLE[index % len(MIDDLE)],
        "lastName": last,
        "email": f"worker{101 + index}@example.com",
        "isActive": is_active,
        "payType": "Salary" if index % 20 == BLOCK_HOURS else "Hourly",
    }


def _name(rng: random.Random, index: int) -> tuple[str, str]:
    if index < len(FIRST):
        return FIRST[index], LAST[index]
    return rng.choice(FIRST[3:]), rng.choice(LAST)


def _number(index: int) -> str | None:
    """One has none, and two share one: the number is optional and not unique."""
    if index == NO_NUMBER:
        return None
    return str(1041 + (index - 1 if index == SHARED_NUMBER else index))
