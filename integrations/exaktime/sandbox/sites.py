"""The locations, the cost codes, and which crew is where on which day (exaktime.md 4.3, 4.4).

Each crew works on one job after the other, a few weeks on each, so that budget against actual means something.
"""

import random
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from .names import CITIES, CODES, SITES, WORKS

WEEKS_PER_JOB = 5
DAYS_AHEAD = 21
NIGHT_EVERY, NIGHT_JOB, NO_IDENTIFIER_JOB = 10, 1, 6
YARD_ID = "l-1"
IN_ID, OUT_ID, MEAL_ID = "c-1", "c-2", "c-3"
PLAIN_PRICE_STYLE, DOLLAR_PRICE_STYLE = "{:,.2f}", "${:,.0f}"


@dataclass(slots=True)
class Site:
    """One job: where it is, when it runs, and the minutes clocked on it so far."""

    location: dict[str, Any]
    start: date
    end: date
    is_night: bool
    minutes: int = 0

    @property
    def location_id(self) -> str:
        return str(self.location["locationId"])


@dataclass(slots=True)
class Schedule:
    """Which job a crew is on. `stints` holds each crew's jobs in order."""

    stints: list[list[Site]]
    sites: list[Site] = field(default_factory=list)

    def site(self, crew: int, day: date) -> Site:
        stints = self.stints[crew]
        return stints[max(0, bisect_right(stints, day, key=lambda site: site.start) - 1)]


def default_jobs(crews: int, days: int) -> int:
    return max(crews, round(crews * (days + DAYS_AHEAD) / 7 / WEEKS_PER_JOB))


def make_schedule(rng: random.Random, *, crews: int, jobs: int, start: date, days: int) -> Schedule:
    """Exactly `jobs` jobs, shared out over the crews; with fewer jobs than crews, crews share a job."""
    lanes = [_lane(rng, lane, min(crews, jobs), jobs, start, days) for lane in range(min(crews, jobs))]
    sites = sorted((site for lane in lanes for site in lane), key=lambda site: int(site.location_id[2:]))
    return Schedule([lanes[crew % len(lanes)] for crew in range(crews)], sites)


def _lane(rng: random.Random, lane: int, lanes: int, jobs: int, start: date, days: int) -> list[Site]:
    """One crew's jobs: the whole range and three weeks ahead, cut into stretches of uneven length."""
    indexes = range(lane, jobs, lanes)
    weights = [rng.uniform(0.6, 1.4) for _ in indexes]
    length, passed, sites = days + DAYS_AHEAD, 0.0, []
    for index, weight in zip(indexes, weights, strict=True):
        begin = start + timedelta(days=round(length * passed / sum(weights)))
        passed += weight
        end = start + timedelta(days=round(length * passed / sum(weights)))
        sites.append(Site(_location(rng, index, begin), begin, end, index % NIGHT_EVERY == NIGHT_JOB))
    return sites


def _location(rng: random.Random, index: int, begin: date) -> dict[str, Any]:
    city, latitude, longitude = rng.choice(CITIES)
    return {
        "locationId": f"l-{index + 2}",
        "identifier": None if index == NO_IDENTIFIER_JOB else f"{begin:%y}-{101 + index}",
        "name": _name(rng, index),
        "isActive": True,
        "city": city,
        "state": "CO",
        "latitude": round(latitude + rng.uniform(-0.05, 0.05), 5),
        "longitude": round(longitude + rng.uniform(-0.05, 0.05), 5),
        "customFields": {},
    }


def _name(rng: random.Random, index: int) -> str:
    work = rng.choice(WORKS).format(n=rng.randint(1, 48))
    return f"{SITES[index % len(SITES)]} {work}"


def yard() -> dict[str, Any]:
    """Where block-hours people book: no budget, no job of a crew."""
    return {
        "locationId": YARD_ID,
        "identifier": "00-001",
        "name": "Main Yard & Shop",
        "isActive": True,
        "city": "Denver",
        "state": "CO",
        "latitude": 39.7812,
        "longitude": -104.9731,
        "customFields": {},
    }


def closed_site(index: int) -> dict[str, Any]:
    """A finished job from before the range: inactive, without hours."""
    return yard() | {
        "locationId": f"l-{index}",
        "identifier": f"19-{index}",
        "name": f"Warranty calls 2019 ({index})",
        "isActive": False,
    }


def set_budgets(rng: random.Random, sites: list[Site], today: date) -> None:
    """Budgets near what each job takes: under for some, over for others; some jobs have none (exaktime.md 4.4)."""
    for site in sites:
        span = max(1, (site.end - site.start).days)
        done = min(1.0, max(0.05, (min(today, site.end) - site.start).days / span))
        hours = max(8.0, site.minutes / 60 / done)
        draw = rng.random()
        budget, price = rng.uniform(0.85, 1.3) * hours, rng.uniform(0.9, 1.25) * hours * rng.uniform(20, 35) / 0.30
        if draw < 0.65:
            site.location["customFields"]["Budget Hours"] = _hours_text(rng, budget)
        if 0.45 < draw < 0.92:
            style = rng.choice((PLAIN_PRICE_STYLE, DOLLAR_PRICE_STYLE))
            site.location["customFields"]["Contract Price"] = style.format(max(500, round(price / 500) * 500))
        if (today - site.end).days > 60 and rng.random() < 0.4:
            site.location["isActive"] = False


def _hours_text(rng: random.Random, hours: float) -> str:
    """The ways in which people type hours."""
    whole = max(1, round(hours))
    return rng.choice((f"{whole}", f"{whole:,}", f"{whole}h", f"{round(hours * 2) / 2:.1f}"))


def make_cost_codes() -> list[dict[str, Any]]:
    """Three built-in codes and the contractor's own; the last one is inactive and still has hours."""
    system = [("IN", "In"), ("OUT", "Out"), ("MEAL", "Meal Break")]
    return [
        {
            "costCodeId": f"c-{number}",
            "identifier": identifier,
            "name": name,
            "isActive": identifier != CODES[-1][0],
            "displayOption": "System" if number <= len(system) else "Default",
        }
        for number, (identifier, name) in enumerate([*system, *CODES], start=1)
    ]
