"""From synced hours to a paid statement and its payroll file, with late edits before and after payday.

Everyone's pay is calculated here a second time, from the sandbox's own truth and with other arithmetic.
"""

import csv
import io
import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from integrations.exaktime.sandbox.client import SandboxControl
from tests.journeys.stack import Stack
from tests.journeys.steps import (
    CENT,
    SLOW,
    START,
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

FORTY_HOURS = 40 * 60
Amounts = dict[str, Decimal]


def truth(control: SandboxControl) -> list[dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(control.truth_csv(since=START.isoformat()))))
    return [row | {"worker": row["worker"].removeprefix("'")} for row in rows]


def expected_shares(minutes: dict[str, int], budget_hours: int) -> Amounts:
    """Half of what was saved, by minutes: floors in cents, then a cent to each of the largest remainders."""
    saving = (Decimal(budget_hours * 60 - sum(minutes.values())) / 60 * WAGE).quantize(CENT, ROUND_HALF_UP)
    cents = int((saving * 50).quantize(Decimal(1), ROUND_HALF_UP))
    exact = {worker: Fraction(cents * worked, sum(minutes.values())) for worker, worked in minutes.items()}
    floors = {worker: int(share) for worker, share in exact.items()}
    left = cents - sum(floors.values())
    for worker in sorted(exact, key=lambda one: (floors[one] - exact[one], -minutes[one]))[:left]:
        floors[worker] += 1
    return {worker: Decimal(share) / 100 for worker, share in floors.items()}


def monday_of(day: str) -> date:
    found = date.fromisoformat(day)
    return found - timedelta(days=found.weekday())


def expected_true_ups(rows: list[dict[str, str]], job_id: str, shares: Amounts) -> Amounts:
    """Federal: per workweek half of the bonus of the week by all its hours, for the hours over 40."""
    counted: dict[tuple[str, date], int] = defaultdict(int)
    worked: dict[tuple[str, date], int] = defaultdict(int)
    for row in rows:
        week = (row["worker"], monday_of(row["work_date"]))
        if row["kind"] in ("work", "auto_lunch", "travel"):
            worked[week] += int(row["minutes"])
        if row["kind"] in ("work", "auto_lunch") and row["job_external_id"] == job_id:
            counted[week] += int(row["minutes"])
    totals: Amounts = dict.fromkeys(shares, Decimal("0.00"))
    for worker, share in shares.items():
        weeks = {week: minutes for (name, week), minutes in counted.items() if name == worker and minutes > 0}
        for week, minutes in weeks.items():
            hours = worked[worker, week]
            bonus = Fraction(share) * minutes / sum(weeks.values())
            cents = 100 * bonus / 2 * max(0, hours - FORTY_HOURS) / hours
            totals[worker] += Decimal(int(cents + Fraction(1, 2))) / 100
    return totals


def owed(control: SandboxControl, job_id: str, budget_hours: int) -> tuple[Amounts, Amounts]:
    """Bonus and federal true-up of each worker of the job, as the hours stand now."""
    shares = expected_shares(counted_minutes(control, job_id), budget_hours)
    return shares, expected_true_ups(truth(control), job_id, shares)


def test_hours_become_a_paid_statement_and_a_payroll_file(stack: Stack, page: Page) -> None:
    control = ready_for_propays(stack, page)
    location = budgeted_location(control)
    job_id = location["locationId"]
    budget_hours = sum(counted_minutes(control, job_id).values()) // 60 + 100
    create_propay(page, location["name"], budget_hours)
    propay_url = page.url
    approved, _ = owed(control, job_id, budget_hours)
    approve(page)
    picture(page, "approve")

    # A late edit: nothing changes until someone decides.
    lengthen(control, job_id, minutes=180)
    force_sync(page)
    page.goto(propay_url)
    expect(page.get_by_text("Time or a wage changed after approval.")).to_be_visible()
    expect(page.locator(".figure-pool .figure")).to_have_text(money(sum(approved.values())))
    adjust(page, note="Found a missing timecard")
    bonus, true_up = owed(control, job_id, budget_hours)
    assert bonus != approved

    # The file comes first and locks its statements; then they are marked as paid.
    paid = payroll_file(page, control, stack.logs)
    page.goto(propay_url)
    expect(page.locator(".status-badge").first).to_have_text("Approved")
    refused_to_unapprove(page)
    pay_the_whole_period(page)
    page.goto(propay_url)
    expect(page.locator(".status-badge").first).to_have_text("Paid")
    assert {worker: amounts[:2] for worker, amounts in paid.items()} == together(bonus, true_up)
    assert sum(true_up.values()) > 0

    # Another one, after payday: paid amounts stay, and the difference is on the next statements.
    lengthen(control, job_id, minutes=240)
    force_sync(page)
    page.goto(propay_url)
    adjust(page, note="One more")
    assert kept_file(page, control, stack.logs) == paid
    later_bonus, later_true_up = owed(control, job_id, budget_hours)
    assert next_statements(page) == {
        worker: later_bonus[worker] + later_true_up[worker] - bonus[worker] - true_up[worker]
        for worker in bonus
        if (later_bonus[worker], later_true_up[worker]) != (bonus[worker], true_up[worker])
    }
    cannot_be_paid_again(stack)


def together(bonus: Amounts, true_up: Amounts) -> dict[str, tuple[Decimal, Decimal]]:
    return {worker: (bonus[worker], true_up[worker]) for worker in bonus}


def approve(page: Page) -> None:
    page.get_by_role("link", name="Approve").click()
    expect(page.get_by_role("heading", name="Shares and statements")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".status-badge").first).to_have_text("Approved")


def lengthen(control: SandboxControl, job_id: str, *, minutes: int) -> None:
    """Someone edits a timecard of the past in ExakTime."""
    edited = longest_record(control, job_id)
    control.edit_record(edited["TimeRecordId"], Minutes=edited["Minutes"] + minutes, force=True)


def adjust(page: Page, *, note: str) -> None:
    page.get_by_role("link", name="Review the change").click()
    expect(page.locator(".drift-entries tbody tr")).to_have_count(1)
    picture(page, "drift")
    page.get_by_label("Note").fill(note)
    page.get_by_role("button", name="Adjust").click()
    expect(page.get_by_text("Time or a wage changed after approval.")).to_have_count(0)


def pay_the_whole_period(page: Page) -> None:
    """One click, and the cluster pays every statement."""
    statements(page)
    picture(page, "statements")
    page.get_by_label("Pay date").fill(datetime.now(UTC).date().isoformat())
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Mark all").click()
    expect(page.get_by_text("Done").first).to_be_visible(timeout=SLOW)


def statements(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Bonuses").click()
    page.get_by_role("link", name="Bonus statements").click()


def payroll_file(page: Page, control: SandboxControl, folder: Path) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    """The generic file of the first pay period: bonus, federal true-up and state overtime premium of each worker."""
    statements(page)
    period = page.get_by_label("Pay period")
    expect(period).to_be_visible()
    period.select_option(index=period.locator("option").count() - 1)
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name="Payroll file").click()
    page.get_by_role("button", name="Create the file").click()
    expect(page.get_by_role("heading", name="Next steps")).to_be_visible()
    expect(page.locator(".status-badge").first).to_have_text("Locked")
    return downloaded(page, control, folder)


def kept_file(page: Page, control: SandboxControl, folder: Path) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    """The existing file of the first pay period again: a new one would contain no one."""
    statements(page)
    period = page.get_by_label("Pay period")
    expect(period).to_be_visible()
    period.select_option(index=period.locator("option").count() - 1)
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name="Payroll file").click()
    expect(page.get_by_text("Nothing to pay in this file")).to_be_visible()
    expect(page.get_by_text("already in the file of")).to_be_visible()
    page.get_by_role("link", name="the file of").click()
    return downloaded(page, control, folder)


def refused_to_unapprove(page: Page) -> None:
    """Its shares are in a payroll file."""
    page.get_by_role("link", name="Unapprove").click()
    page.get_by_label("Reason").fill("Wrong budget")
    page.get_by_role("button", name="Unapprove").click()
    expect(page.get_by_text("Part of this ProPay is in payroll-")).to_be_visible()


def downloaded(page: Page, control: SandboxControl, folder: Path) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the file").click()
    path = folder / "payroll.csv"
    download.value.save_as(path)
    lines = list(csv.DictReader(path.open(newline="", encoding="utf-8-sig")))
    names = {row["worker_external_id"]: row["worker"] for row in truth(control)}
    columns = ("bonus", "federal_true_up", "state_extra")
    return {names[row["external_id"]]: tuple(Decimal(row[name]) for name in columns) for row in lines}


def next_statements(page: Page) -> Amounts:
    """The totals of the statements that are open now, by worker."""
    statements(page)
    rows = page.locator(".statement-rows tbody tr")
    expect(rows.first).to_be_visible()
    return {name_of(row): amount_of(row.locator("[data-label=Total]")) for row in rows.all()}


def name_of(row: Locator) -> str:
    return row.locator(".row-title").inner_text()


def amount_of(cell: Locator) -> Decimal:
    """What is paid less what isn't collected: the sum of the statement's lines."""
    payable, *not_collected = re.findall(r"\$([\d,.]+)", cell.inner_text())
    return Decimal(payable.replace(",", "")) - sum(Decimal(one.replace(",", "")) for one in not_collected)


def cannot_be_paid_again(stack: Stack) -> None:
    """The database itself keeps what was paid."""
    code = "from propay.models import Statement; Statement.objects.filter(status='PAID').update(paid_amount=0)"
    done = stack.manage("shell", "-c", code, check=False)
    assert done.returncode != 0
    assert "paid" in done.stderr.lower()
