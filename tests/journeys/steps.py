"""What people do in the browser, step by step, and what the sandbox knows to be true: for the journeys."""

import csv
import io
import os
import re
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Page, expect

from integrations.exaktime.sandbox.client import SandboxControl
from tests.journeys.stack import ADMIN, PASSWORD, TODAY, Stack

# A Monday, so that no workweek is cut.
START = TODAY - timedelta(weeks=7, days=TODAY.weekday())
WAGE = Decimal("25.00")
CENT = Decimal("0.01")
SLOW = 90_000


def counted_minutes(control: SandboxControl, job_id: str) -> dict[str, int]:
    """Minutes that count on a ProPay of this job, by worker, from the sandbox's truth (bonus.md 1)."""
    minutes: dict[str, int] = defaultdict(int)
    for row in csv.DictReader(io.StringIO(control.truth_csv(since=START.isoformat()))):
        if row["job_external_id"] == job_id and row["kind"] in ("work", "auto_lunch"):
            # The export makes a leading = harmless; the page shows the name as it is.
            minutes[row["worker"].removeprefix("'")] += int(row["minutes"])
    return dict(minutes)


def money(amount: Decimal) -> str:
    return f"${amount:,.2f}"


def picture(page: Page, name: str) -> None:
    """Take the pictures of the docs where SCREENSHOTS names their folder (`make screenshots`)."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/login/")
    page.get_by_label("Email").fill(ADMIN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{url}/")


def connect(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Integrations").click()
    page.get_by_role("searchbox").fill("exak")
    page.get_by_role("link", name="ExakTime").click()
    page.locator("main").get_by_role("link", name=re.compile("^ *Connect")).click()
    authenticate(page, company_id="acme roofing", password="sandbox-password")
    expect(page.get_by_text("must not contain spaces")).to_be_visible()
    authenticate(page, company_id="acme", password="wrong")
    expect(page.locator("[name=username]")).to_have_value("sync@acme.test")
    expect(page.locator("[name=company_id]")).to_have_value("acme")
    expect(page.locator("[name=password]")).to_have_value("")
    picture(page, "connect")
    authenticate(page, company_id="acme", password="sandbox-password")


def ready_for_propays(stack: Stack, page: Page) -> SandboxControl:
    """A company whose hours are in and whose people have wages, as the guide says; the sandbox behind it."""
    stack.create_company()
    stack.start_worker()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, stack.url)
    connect(page)
    first_sync(page)
    set_wages(page)
    return SandboxControl(stack.sandbox.base_url)


def authenticate(page: Page, *, company_id: str, password: str) -> None:
    page.locator("[name=username]").fill("sync@acme.test")
    page.locator("[name=password]").fill(password)
    page.locator("[name=company_id]").fill(company_id)
    page.get_by_role("button", name="Authenticate").click()


def first_sync(page: Page) -> None:
    page.locator("[name=sync_start_date]").fill(START.isoformat())
    page.locator("[name=horizon][value=ALL]").check()
    picture(page, "setup")
    page.get_by_role("button", name="Start sync").click()
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=SLOW)
    picture(page, "connection")


def set_wages(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Team").click()
    page.get_by_role("link", name="Set wages").first.click()
    page.locator("[name=start_date]").fill("2026-01-01")
    page.locator("[name=hourly_amount]").fill(str(WAGE))
    for box in page.locator("tbody input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="Set wages").click()
    expect(page.get_by_text("No wage", exact=True)).to_have_count(0)


def create_propay(page: Page, job: str, budget_hours: int) -> None:
    page.get_by_role("link", name="Create ProPay").first.click()
    option = page.locator("select[name=job] option", has_text=re.compile(re.escape(job))).first
    page.locator("select[name=job]").select_option(value=option.get_attribute("value"))
    page.locator("[name=budget_type][value=HOURS]").check()
    page.locator("[name=budget_hours]").fill(str(budget_hours))
    page.locator("[name=split_percent]").fill("50")
    page.locator("[name=start_date]").fill(START.isoformat())
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name="Create ProPay").click()


def force_sync(page: Page) -> None:
    page.get_by_role("button", name="Force sync").click()
    expect(page.locator("#sync-result")).to_contain_text("ynced", timeout=SLOW)
    page.reload()


def budgeted_location(control: SandboxControl) -> dict:
    """The location with the most hours in the time that is synced."""
    worked: dict[str, int] = defaultdict(int)
    for record in control.records(since=START.isoformat()):
        if record["RecordType"] == "work":
            worked[record["LocationId"]] += record["Minutes"]
    best = max(worked, key=lambda location_id: (worked[location_id], location_id))
    return next(one for one in control.locations() if one["locationId"] == best)


def longest_record(control: SandboxControl, location_id: str) -> dict:
    records = control.records(since=START.isoformat(), location=location_id)
    blocks = [one for one in records if one["RecordType"] == "work" and not one["IsOpen"]]
    return max(blocks, key=lambda one: (one["Minutes"], one["TimeRecordId"]))
