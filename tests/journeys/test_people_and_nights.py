"""A rehire who is one person under two IDs, and a night shift across the workweek boundary: what each is paid.

Both go from ExakTime through the sync and the approval to the statements, and are calculated here a second time, from
the sandbox's own records.
"""

import re
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from integrations.exaktime.sandbox.client import SandboxControl
from tests.journeys.stack import Stack
from tests.journeys.steps import START, WAGE, create_propay, ready_for_propays

pytestmark = [pytest.mark.browser, pytest.mark.processes]

BRIDGE = "Night Bridge 7"
BEFORE, REHIRED, NIGHTS = "Rosa Ortega", "Rosa Ortega Diaz", "Nils Nachtmann"
# Twice the 101 hours worked: what is saved divides into whole cents.
BUDGET_HOURS = 202
FORTY_HOURS = 40 * 60
WORKDAY = timedelta(hours=6)


def test_a_rehire_and_a_night_shift_are_paid_by_the_persons_workweeks(stack: Stack, page: Page) -> None:
    control = stack.sandbox.control
    control.reset(people=4, jobs=2, days=60)
    bridge = control.add_location(name=BRIDGE)["locationId"]
    people = add_people(control, bridge)
    ready_for_propays(stack, page)
    let_the_workday_begin_at_six(page)
    link(page, BEFORE, people[BEFORE], to=people[REHIRED])
    create_propay(page, BRIDGE, BUDGET_HOURS)
    approve(page)

    shares, true_ups = owed(control, bridge, people)

    assert statements(page) == {name: (shares[name], true_ups.get(name, Decimal("0.00"))) for name in people}
    # Neither of Rosa's IDs has more than 40 hours; by its date all of the night would be overtime.
    assert true_ups == {REHIRED: Decimal("68.75"), NIGHTS: Decimal("50.00")}


def add_people(control: SandboxControl, location_id: str) -> dict[str, str]:
    """Rosa left on Wednesday and came back on Thursday; Nils worked five days and the night to Monday."""
    people = {}
    for name in (BEFORE, REHIRED, NIGHTS):
        first, last = name.split(" ", 1)
        people[name] = control.add_employee(firstName=first, lastName=last)["personId"]
    shifts = [(BEFORE, day, 7, 8) for day in range(3)]
    shifts += [(REHIRED, day, 7, 9) for day in range(3, 6)]
    shifts += [(NIGHTS, day, 7, 8) for day in range(1, 6)]
    shifts.append((NIGHTS, 6, 22, 10))
    for name, day, hour, hours in shifts:
        start = datetime.combine(START + timedelta(day), datetime.min.time()) + timedelta(hours=hour)
        control.add_record(
            PersonId=people[name],
            LocationId=location_id,
            WorkDate=start.date().isoformat(),
            StartTime=start.isoformat(),
            StopTime=(start + timedelta(hours=hours)).isoformat(),
            Minutes=hours * 60,
            force=True,
        )
    return people


# A second time


def owed(
    control: SandboxControl, location_id: str, people: dict[str, str]
) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Each ID's share, and the federal true-up of each person by the name of the primary ID."""
    records = control.records(since=START.isoformat(), location=location_id)
    names = {person_id: name for name, person_id in people.items()}
    minutes: Counter[str] = Counter()
    weeks: dict[str, Counter[datetime]] = {REHIRED: Counter(), NIGHTS: Counter()}
    for record in records:
        name = names[record["PersonId"]]
        minutes[name] += record["Minutes"]
        for week, worked in by_workweek(record).items():
            weeks[REHIRED if name == BEFORE else name][week] += worked
    found = expected_shares(minutes)
    bonuses = {REHIRED: found[BEFORE] + found[REHIRED], NIGHTS: found[NIGHTS]}
    return found, {person: true_up(bonuses[person], weeks[person]) for person in bonuses}


def by_workweek(record: dict[str, Any]) -> dict[datetime, int]:
    """The minutes of a record before and after Monday at 6:00."""
    start, stop = (datetime.fromisoformat(record[name]) for name in ("StartTime", "StopTime"))
    monday = (start - WORKDAY).date() - timedelta(days=(start - WORKDAY).weekday())
    week = datetime.combine(monday, datetime.min.time()) + WORKDAY
    following = week + timedelta(weeks=1)
    before = (min(stop, following) - start) // timedelta(minutes=1)
    return {week: before, following: record["Minutes"] - before}


def expected_shares(minutes: Counter[str]) -> dict[str, Decimal]:
    """Half of what was saved, by minutes."""
    cents = (BUDGET_HOURS * 60 - minutes.total()) * Fraction(WAGE) / 60 * 50
    parts = {name: cents * worked / minutes.total() for name, worked in minutes.items()}
    assert all(part.denominator == 1 for part in parts.values()), parts
    return {name: Decimal(int(part)) / 100 for name, part in parts.items()}


def true_up(bonus: Decimal, weeks: Counter[datetime]) -> Decimal:
    """Half of the bonus of each week by its hours, for those over 40."""
    total = Decimal("0.00")
    for minutes in weeks.values():
        if minutes:
            part = Fraction(bonus) * minutes / weeks.total()
            cents = 100 * part / 2 * max(0, minutes - FORTY_HOURS) / minutes
            total += Decimal(int(cents + Fraction(1, 2))) / 100
    return total


# In the browser


def let_the_workday_begin_at_six(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Pay rules").click()
    page.get_by_role("link", name="Correct a mistake").click()
    page.get_by_label("Workday starts at").fill("06:00")
    page.get_by_role("button", name="Save rules").click()
    expect(page.get_by_text("Starts on Monday at 6:00 AM")).to_be_visible()


def link(page: Page, name: str, person_id: str, *, to: str) -> None:
    """Make two IDs one person; `to` is the primary one."""
    page.get_by_role("navigation").get_by_role("link", name="Team").click()
    page.get_by_role("searchbox").first.fill(name)
    page.get_by_role("searchbox").first.press("Enter")
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("link", name="Same person…").click()
    page.get_by_role("searchbox").fill("Ortega")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=re.compile(f"Same person….*{re.escape(to)}")).click()
    expect(page.get_by_text("become one person")).to_contain_text(f"primary ID, {to}")
    page.get_by_role("button", name="Link").click()
    expect(page.get_by_role("row", name=re.compile(re.escape(person_id)))).to_contain_text("Unlink")
    expect(page.get_by_role("row", name=re.compile(re.escape(to)))).to_contain_text("Primary")


def approve(page: Page) -> None:
    page.get_by_role("link", name="Approve").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".status-badge").first).to_have_text("Approved")


def statements(page: Page) -> dict[str, tuple[Decimal, Decimal]]:
    """The bonus and the federal true-up of every open statement."""
    page.get_by_role("navigation").get_by_role("link", name="Bonuses").click()
    page.get_by_role("link", name="Bonus statements").click()
    rows = page.locator(".statement-rows tbody tr")
    expect(rows.first).to_be_visible()
    return {
        row.locator(".row-title").inner_text(): tuple(
            Decimal(row.locator(f"[data-label='{label}']").inner_text().removeprefix("$").replace(",", ""))
            for label in ("Bonus", "Federal true-up")
        )
        for row in rows.all()
    }
