"""From sign-in to the bonus on the page, as the guide says, and a later edit in ExakTime that changes it.

The figures are calculated here a second time, from the sandbox's own truth and with other arithmetic.
"""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.stack import Stack
from tests.journeys.steps import (
    CENT,
    WAGE,
    budgeted_location,
    counted_minutes,
    create_propay,
    force_sync,
    longest_record,
    money,
    picture,
    ready_for_propays,
)

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def expected_pool(minutes: dict[str, int], budget_hours: int) -> Decimal:
    """Half of the saved hours at the one wage that everyone has."""
    saved = Decimal(budget_hours * 60 - sum(minutes.values())) / 60 * WAGE
    return (saved.quantize(CENT, ROUND_HALF_UP) / 2).quantize(CENT, ROUND_HALF_UP)


def test_newcomer_follows_the_guide_and_sees_the_bonus(stack: Stack, page: Page) -> None:
    control = ready_for_propays(stack, page)
    location = budgeted_location(control)
    before = counted_minutes(control, location["locationId"])
    budget_hours = sum(before.values()) // 60 + 100
    create_propay(page, location["name"], budget_hours)
    sees_bonus(page, before, budget_hours)
    picture(page, "propay")

    edited = longest_record(control, location["locationId"])
    control.edit_record(edited["TimeRecordId"], Minutes=edited["Minutes"] + 600, force=True)
    after = counted_minutes(control, location["locationId"])
    assert sum(after.values()) == sum(before.values()) + 600
    force_sync(page)
    sees_bonus(page, after, budget_hours)


def sees_bonus(page: Page, minutes: dict[str, int], budget_hours: int) -> None:
    """The pool, everyone's hours and the steps; the shares add up to the pool."""
    pool = expected_pool(minutes, budget_hours)
    expect(page.locator(".figure-pool .figure")).to_have_text(money(pool))
    crew = page.locator("section", has=page.get_by_role("heading", name="Crew"))
    shares = Decimal(0)
    for worker, worked in minutes.items():
        cells = crew.locator("tbody tr").filter(has_text=worker).first.locator("td").all_inner_texts()
        assert cells[1] == f"{worked // 60}:{worked % 60:02d}", worker
        shares += Decimal(cells[3].strip("$").replace(",", ""))
    assert shares == pool
    expect(page.locator("#worked-out li").filter(has_text=f"{pool:,.2f}").first).to_be_visible()
