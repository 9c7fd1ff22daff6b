"""Every page in a real browser, wide and on a small phone: readable for all, nothing blocked or broken.

New pages are found by themselves; those that need a world of their own are named with the reason.
"""

from datetime import date
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path

import pytest
from django.urls import resolve, reverse
from django.utils import timezone

from propay import services
from propay.models import BonusSettings, Share
from propay.reports import REPORTS
from protiv.timekeeping import ingest
from protiv.timekeeping.models import TimeEntry
from tests.journeys import hostile
from tests.journeys.browser import WIDTHS, faults_of, sign_in
from tests.make import factories, statement_rows
from tests.make.connections import make_connection, make_issue, make_run
from tests.make.paid import make_open, make_paid
from tests.make.payroll import create_file, save_layout
from tests.make.propays import make_propay

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Pages that `hostile.make_world` can't open, and where they are opened. Of all others a new one is visited by itself.
EXCEPTIONS = {
    "login": "who is signed in is sent on: test_every_page_before_signing_in",
    "propay_approve_many": "needs the ProPays that were selected: test_pages_of_an_approval_and_of_its_drift",
    "propay_drift": "needs a change after approval: test_pages_of_an_approval_and_of_its_drift",
    "propay_unapprove": "needs an approval: test_pages_of_an_approval_and_of_its_drift",
    "worker_person_link": "needs the other worker: test_pages_of_a_person_with_two_ids",
    "worker_person_end": "needs a link: test_pages_of_a_person_with_two_ids",
    "integration_setup": "needs a connection that isn't set up: test_page_of_a_connection_that_is_not_set_up",
}
FIGURES = {
    "actual_minutes": 600,
    "budget_amount": 600,
    "earned_amount": 600,
    "actual_amount": 200,
    "saving_amount": 400,
    "pool_amount": 200,
    "company_amount": 0,
}


def pages_for(client, world):
    """The addresses that answer with a whole page: no form's target, no fragment of a page, and no file."""
    found = {}
    for route, path in hostile.addresses(world).items():
        answer = client.get(path)
        is_html = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming
        if answer.status_code == HTTPStatus.OK and is_html and "<html" in answer.content.decode():
            found[route] = path
    return found


def visit_paths(page, live_server, paths):
    """The faults of each page, wide and narrow."""
    faults = {}
    for path in paths:
        page.goto(live_server.url + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if found := faults_of(page, width):
                faults[path, width] = found
    return faults


def test_every_page_is_visited_or_named_with_a_reason(company, admin, as_admin):
    addresses = hostile.addresses(hostile.make_world(company, admin)).values()
    sent_on = [path for path in addresses if as_admin.get(path).status_code == HTTPStatus.FOUND]
    assert {resolve(path).url_name for path in sent_on} == set(EXCEPTIONS)


def test_every_page_before_signing_in(page, live_server, complaints, anonymous, company, admin):
    pages = pages_for(anonymous, hostile.make_world(company, admin))
    assert {"login/", "password-reset/"} < set(pages)
    assert visit_paths(page, live_server, pages.values()) == {}
    assert complaints == []


@pytest.mark.parametrize("has_arguments", [False, True])
def test_every_page_of_an_admin(page, live_server, complaints, company, admin, as_admin, has_arguments):
    pages = pages_for(as_admin, hostile.make_world(company, admin))
    assert len(pages) > 50
    sign_in(page, live_server, admin.email)
    paths = [path for route, path in pages.items() if ("<" in route) == has_arguments]
    assert visit_paths(page, live_server, paths) == {}
    assert complaints == []


def test_every_page_of_a_worker(page, live_server, complaints, company, worker_user, as_worker):
    pages = pages_for(as_worker, hostile.make_world(company, worker_user))
    assert {"", "time/", "bonuses/", "propays/<int:pk>/", "bonuses/statements/"} < set(pages)
    sign_in(page, live_server, worker_user.email)
    assert visit_paths(page, live_server, pages.values()) == {}
    assert complaints == []


def test_pages_of_a_connection_and_of_an_entry_with_a_history(page, live_server, complaints, admin, company):
    connection = make_connection(company, last_success_at=timezone.now())
    run = make_run(connection, "PARTIAL", windows=[["2026-10-01", "2026-11-09"]], days_total=39, days_done=39)
    make_run(connection, "FAILED", error_code="WRONG_SHAPE", error_text="Unreadable.", error_id="a1b2c3")
    make_issue(run, "r-1")
    entry = factories.make_entry(
        factories.make_worker(company), factories.make_job(company), connection_id=connection.pk
    )
    ingest.void_outside(
        ingest.RowSource(company.pk, connection.pk), start=date(2030, 1, 1), end=None, run_id=run.pk, now=timezone.now()
    )
    sign_in(page, live_server, admin.email)
    paths = [reverse(name, args=["exaktime"]) for name in ("integration_detail", "integration_runs")]
    paths += [reverse("integration_run", args=[run.pk]), reverse("time_entry", args=[entry.pk]), "/time/?voided=1"]
    paths += [reverse("integration_settings", args=["exaktime"])]
    assert visit_paths(page, live_server, paths) == {}
    assert complaints == []


def test_pages_of_a_person_with_two_ids(page, live_server, complaints, company, admin):
    primary, rehired = (factories.make_worker(company, "Ana Ruiz", number=number) for number in ("7", "77"))
    sign_in(page, live_server, admin.email)
    link, end = (reverse(f"worker_person_{name}", args=[rehired.pk]) for name in ("link", "end"))
    assert visit_paths(page, live_server, [f"{link}?other={primary.pk}"]) == {}
    type(rehired).objects.filter(pk=rehired.pk).update(same_person_as=primary)
    assert visit_paths(page, live_server, [end]) == {}
    assert complaints == []


def test_page_of_a_connection_that_is_not_set_up(page, live_server, complaints, admin, company):
    make_connection(company, "TESTING")
    sign_in(page, live_server, admin.email)
    assert visit_paths(page, live_server, [reverse("integration_setup", args=["exaktime"])]) == {}
    assert complaints == []


def test_pages_of_an_approval_and_of_its_drift(page, live_server, complaints, admin, company):
    """One to approve with what it failed, several with a loss among them, one to take back, and one that drifted."""
    BonusSettings.objects.create(company=company, nets_losses=True)
    condition = services.save_condition(
        company=company, actor=admin, name="Callback within thirty days", kind="PENALTY", amount=None
    )
    services.save_condition(company=company, actor=admin, name="Accident", kind="DISQUALIFIER", amount=None)
    worker, now = factories.make_worker(company, "Maximiliana Featherstonehaugh"), timezone.now()
    factories.make_wage(worker, "20.00")
    made = []
    for title, dollars in (("Kitchen", 1400), ("Roof of the long barn", 100), ("Shed", 900), ("Deck", 800)):
        job = factories.make_job(company, title)
        factories.make_entry(worker, job, minutes=600)
        made.append(make_propay(job, fixed_amount=dollars))
    services.refresh(company=company, now=now)
    kitchen, loss, shed, deck = made
    services.apply_condition(
        company=company, propay_id=kitchen.pk, condition_id=condition.pk, actor=admin, amount=Decimal(50), now=now
    )
    services.approve_propays(company=company, actor=admin, propay_ids=[shed.pk, deck.pk], now=now)
    TimeEntry.objects.filter(job=shed.job_id).update(minutes=300, work_date=date(2026, 11, 4))
    factories.make_entry(worker, shed.job, minutes=60)
    services.refresh(company=company, job_ids=[shed.job_id], now=now)
    sign_in(page, live_server, admin.email)
    paths = [reverse("propay_approve", args=[one.pk]) for one in (kitchen, loss)]
    paths += [f"{reverse('propay_approve_many')}?id={kitchen.pk}&id={loss.pk}", reverse("propay_list")]
    paths += [reverse(name, args=[shed.pk]) for name in ("propay_drift", "propay_unapprove", "propay_detail")]
    paths += [reverse("condition_edit", args=[condition.pk]), f"{reverse('propay_list')}?tab=approved"]
    assert visit_paths(page, live_server, paths) == {}
    assert complaints == []


def test_pages_of_reports(page, live_server, complaints, admin, company):
    """With a row each; the sheets that are printed, too."""
    propay = make_propay(factories.make_job(company), status="COMPLETE", fixed_amount=600, **FIGURES)
    Share.objects.create(company=company, propay=propay, worker=factories.make_worker(company), minutes=600)
    make_open(factories.make_worker(company, "Ana Ruiz"))
    sign_in(page, live_server, admin.email)
    paths = [reverse(door, args=[slug]) for door in ("report", "report_print") for slug in REPORTS]
    assert visit_paths(page, live_server, paths) == {}
    page.goto(live_server.url + reverse("report", args=["saved-hours"]))
    page.get_by_role("link", name="Print").click()
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Print").click()
    assert page.title() == "printed"
    assert complaints == []


def test_pages_of_a_payroll_file_and_of_an_own_layout(page, live_server, complaints, admin, company):
    own = save_layout(company, admin)
    make_paid(factories.make_worker(company, "Ana Ruiz", number="101"))
    make_paid(factories.make_worker(company, "Ben Odermatt"), "-50.00 20.00 0.00")
    make_open(factories.make_worker(company, "Cy Twin"))
    sign_in(page, live_server, admin.email)
    preview = reverse("payroll_preview")
    paths = [preview, f"{preview}?layout=ADP", f"{preview}?statements=DRAFT&layout=CUSTOM-{own.pk}"]
    paths += [reverse("payroll_file_detail", args=[create_file(company, admin).pk])]
    paths += [f"{preview}?period=none", reverse("payroll_settings"), reverse("custom_layout_edit", args=[own.pk])]
    assert visit_paths(page, live_server, paths) == {}
    assert complaints == []


def test_an_own_layout_is_made_in_the_browser_and_its_file_downloaded(page, live_server, complaints, admin, company):
    make_paid(factories.make_worker(company, "Ana Ruiz", number="101"))
    sign_in(page, live_server, admin.email)
    page.goto(live_server.url + reverse("payroll_settings"))
    page.get_by_label("Start from").select_option("QUICKBOOKS_ONLINE")
    page.get_by_role("button", name="New layout").click()
    page.get_by_label("Name", exact=True).fill("Acme")
    with page.expect_navigation():
        page.get_by_role("button", name="Move column 1 down").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Remove column 9").click()
    page.get_by_label("Name", exact=True).press("Enter")
    page.get_by_text("Saved the layout “Acme”.").wait_for()
    page.goto(live_server.url + reverse("payroll_preview"))
    page.get_by_label("Layout").select_option("Acme")
    page.get_by_role("button", name="Preview file").click()
    page.get_by_role("button", name="Create the file").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the file").click()
    assert download.value.suggested_filename == "payroll-2026-11-02-to-2026-11-15-custom.csv"
    assert Path(download.value.path()).read_text().splitlines() == [
        "BONUS,Employee,OTFED,OTSTATE,DEDUCT,Total,Pay Period Start,Pay Period End",
        "250.00,Ana Ruiz,20.00,4.25,0.00,274.25,11/02/2026,11/15/2026",
    ]
    assert complaints == []


def test_pages_of_a_statement_and_a_pay_run(page, live_server, complaints, admin, worker_user, company):
    worker = factories.make_worker(company, "Ana Ruiz", membership=worker_user.memberships.get())
    statement = statement_rows.make_full_statement(worker)
    statement_rows.make_statement(factories.make_worker(company, "Ben Cole"), "-12.50")
    run = statement_rows.make_pay_run(company)
    own = [reverse("statement_list"), reverse("statement_detail", args=[statement.pk])]
    sign_in(page, live_server, admin.email)
    paths = [*own, reverse("pay_run_list"), reverse("pay_run_detail", args=[run.pk]), reverse("question_list")]
    assert visit_paths(page, live_server, paths) == {}
    page.context.clear_cookies()
    sign_in(page, live_server, worker_user.email)
    assert visit_paths(page, live_server, own) == {}
    assert complaints == []


def test_pages_of_a_plan_and_of_a_workers_flags(page, live_server, complaints, admin, company):
    plan = services.create_plan(company=company, actor=admin, name="Standard", start_date=date(2026, 10, 1))
    worker, job = factories.make_worker(company, "Ana Ruiz"), factories.make_job(company, "Kitchen remodel")
    factories.make_entry(worker, job)
    make_propay(job, plan_version=plan.versions.get(), split_percent=60)
    services.save_automation_rule(
        company=company, actor=admin, is_on=True, plan=plan, moment="FIRST_TIME", go_live_date=date(2026, 10, 1)
    )
    services.add_exclusion(company=company, actor=admin, kind="NAME_PATTERN", pattern="TEST-*")
    factories.make_entry(worker, factories.make_job(company, "Bath"))
    sign_in(page, live_server, admin.email)
    paths = [reverse(name, args=[plan.pk]) for name in ("plan_detail", "plan_edit")]
    paths += [reverse("plan_apply", args=[plan.versions.get().pk]), reverse("automation")]
    paths += [reverse(name, args=[worker.pk]) for name in ("worker_detail", "worker_pay_flags", "worker_person")]
    assert visit_paths(page, live_server, paths) == {}
    assert complaints == []


def test_the_menu_folds_on_a_phone_and_signs_out(page, live_server, complaints, admin):
    sign_in(page, live_server, admin.email)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(live_server.url + "/settings/")
    team = page.get_by_role("link", name="Team")
    assert not team.is_visible()
    page.get_by_role("button", name="Menu").click()
    team.wait_for(state="visible")
    page.locator("#menu.collapse.show").wait_for()  # while it unfolds, what is to be clicked moves
    page.get_by_text(admin.email).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login/")
    assert complaints == []


def test_the_keyboard_gets_past_the_menu(page, live_server, admin):
    sign_in(page, live_server, admin.email)
    page.goto(live_server.url + "/settings/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_removing_a_member_asks_first(page, live_server, admin, manager):
    sign_in(page, live_server, admin.email)
    page.goto(live_server.url + reverse("person", args=[manager.memberships.get().pk]))
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        page.get_by_role("button", name="Remove").click()
    assert asked.value.message == "Remove manager@acme.test from Acme Roofing?"
    assert manager.memberships.exists()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("Removed manager@acme.test.").wait_for()
    assert not manager.memberships.exists()
