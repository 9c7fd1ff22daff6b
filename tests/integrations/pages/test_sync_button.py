"""The refresh icon at the top of every page, and the notice that says how old the figures are."""

from datetime import timedelta

import pytest
from django.template import Context, Template

from integrations.models import Connection, ConnectionState, RunState, SyncRun, Trigger
from protiv.accounts.models import Membership
from tests.make.connections import NOON, make_connection, make_run
from tests.make.factories import make_company
from tests.make.systems import system
from tests.reading import markup_of

pytestmark = pytest.mark.usefixtures("noon")

SYNC = "/integrations/sync/"
STATUS = "/integrations/sync/status/"
HTMX = {"HX-Request": "true"}
PAGE = "/integrations/"
ELSEWHERE = "/bonuses/"


@pytest.fixture
def active(company, tasks) -> Connection:
    return make_connection(company, last_success_at=NOON)


# Idle


def test_the_icon_is_a_named_button_that_posts(as_admin, active):
    page = markup_of(as_admin.get(PAGE))
    assert '<form id="sync-icon" method="post" action="/integrations/sync/" hx-post="/integrations/sync/"' in page
    assert 'aria-label="Force sync"' in page
    assert 'id="sync-result" class="sync-result" role="status" aria-live="polite"' in page
    assert "every 2s" not in page


def test_without_a_connection_the_icon_leads_to_the_integrations(as_admin):
    page = markup_of(as_admin.get(PAGE))
    assert 'title="Nothing is connected yet. Go to Integrations."' in page
    assert 'id="sync-icon" method="post"' not in page


@pytest.mark.parametrize("state", ["TESTING", "REAUTH_REQUIRED", "PAUSED", "DISCONNECTED"])
def test_a_connection_that_does_not_sync_is_explained_on_its_page(as_admin, company, state):
    make_connection(company, state)
    page = markup_of(as_admin.get(PAGE))
    assert f'aria-label="Force sync: not possible now, see the {system().name} page"' in page
    assert 'id="sync-icon" method="post"' not in page


def test_a_page_that_opens_during_a_sync_shows_it(as_admin, active):
    run = make_run(active, RunState.RUNNING)
    page = markup_of(as_admin.get(PAGE))
    assert f'hx-get="{STATUS}?run={run.pk}" hx-trigger="every 2s"' in page
    assert 'aria-busy="true"' in page


def test_workers_have_no_icon(as_worker, active):
    assert "sync-icon" not in markup_of(as_worker.get(ELSEWHERE))


# Pressed


def test_pressing_queues_a_run_and_answers_with_the_busy_icon(as_admin, admin, active):
    response = as_admin.post(SYNC, headers=HTMX)
    page, run = markup_of(response), SyncRun.objects.get()
    assert response["HX-Trigger"] == "sync-started"
    assert (run.trigger, run.requested_by, run.state) == (Trigger.MANUAL, admin, RunState.QUEUED)
    assert f"?run={run.pk}" in page
    assert 'aria-busy="true"' in page
    assert '<span id="sync-result" hx-swap-oob="innerHTML">Sync started.</span>' in page
    assert "<html" not in page


def test_pressing_twice_joins_the_open_run(as_admin, active):
    as_admin.post(SYNC, headers=HTMX)
    assert "already running" in markup_of(as_admin.post(SYNC, headers=HTMX))
    assert SyncRun.objects.count() == 1


def test_a_refusal_says_why_on_the_icon(as_admin, company):
    make_connection(company, ConnectionState.PAUSED)
    page = markup_of(as_admin.post(SYNC, headers=HTMX))
    assert f"Syncing is paused. Resume it on the {system().name} page." in page
    assert not SyncRun.objects.exists()


def test_pressing_without_a_connection_says_so(as_admin):
    assert "Nothing is connected yet" in markup_of(as_admin.post(SYNC, headers=HTMX))


def test_only_the_users_own_company_is_synced(as_stranger, active):
    as_stranger.post(SYNC)
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize(
    ("referrer", "leads_to"),
    [
        ("http://testserver/integrations/", "http://testserver/integrations/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_without_javascript_it_leads_back_with_a_message(as_admin, active, referrer, leads_to):
    answer = as_admin.post(SYNC, headers={"Referer": referrer})
    assert answer.url == leads_to
    assert "Sync started." in markup_of(as_admin.get(PAGE))


# Watching


def test_a_running_sync_keeps_being_watched_silently(as_admin, active):
    run = make_run(active, RunState.RUNNING)
    page = markup_of(as_admin.get(STATUS, {"run": run.pk}))
    assert "every 2s" in page
    assert "sync-result" not in page


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ({"added_count": 7, "changed_count": 4, "voided_count": 1}, "Synced just now: 7 added, 4 changed, 1 voided"),
        ({"added_count": 1922}, "Synced just now: 1,922 added"),
        ({}, "Synced just now: nothing changed"),
        ({"state": RunState.PARTIAL, "set_aside_count": 2}, "Synced just now: nothing changed, 2 not imported"),
    ],
)
def test_the_result_says_what_changed(as_admin, active, counts, text):
    Connection.objects.update(horizon="ALL")
    run = make_run(active, **counts)
    page = markup_of(as_admin.get(STATUS, {"run": run.pk}))
    assert f'<span id="sync-result" hx-swap-oob="innerHTML">{text}</span>' in page
    assert "sync-now-done" in page
    assert 'hx-trigger="load delay:10s"' in page


def test_the_result_says_what_is_excluded(as_admin, active):
    run = make_run(active)

    page = markup_of(as_admin.get(STATUS, {"run": run.pk}))

    week = "Hours since Monday, Nov 9 are excluded: the current workweek is imported on Monday, Nov 16."
    assert f"Synced just now: nothing changed. {week}" in page


@pytest.mark.parametrize(
    ("state", "error", "text"),
    [
        (RunState.FAILED, "We couldn't reach ExakTime.", "We couldn't reach ExakTime."),
        (RunState.INTERRUPTED, "It was paused.", "It was paused."),
        (RunState.CANCELED, "", "The sync was canceled."),
    ],
)
def test_a_failure_is_shown_and_the_icon_can_be_pressed_again(as_admin, active, state, error, text):
    run = make_run(active, state, error_text=error)
    page = markup_of(as_admin.get(STATUS, {"run": run.pk}))
    assert text in page
    assert 'method="post"' in page
    assert "every 2s" not in page


def test_after_the_result_the_icon_is_idle_without_text(as_admin, active):
    page = markup_of(as_admin.get(STATUS))
    assert 'method="post"' in page
    assert '<span id="sync-result" hx-swap-oob="innerHTML"></span>' in page


@pytest.mark.parametrize("run", ["x", "-1", "9" * 30, "²", "1'--", "999999"])
def test_an_unknown_run_gives_the_idle_icon(as_admin, active, run):
    assert 'method="post"' in markup_of(as_admin.get(STATUS, {"run": run}))


def test_the_icon_and_the_notice_take_one_query(as_admin, active, django_assert_num_queries, rf):
    request = rf.get(ELSEWHERE)
    request.membership = Membership.objects.select_related("company").get(company=active.company)
    request.company = request.membership.company
    request.resolver_match = None
    template = Template("{% load integrations_tags %}{% sync_button %}{% connection_notice %}")
    with django_assert_num_queries(1):
        assert "Force sync" in template.render(Context({"request": request}))


@pytest.mark.parametrize("has_request", [True, False])
def test_pages_without_a_company_draw_neither(rf, has_request):
    template = Template("{% load integrations_tags %}{% sync_button %}{% connection_notice %}")
    assert template.render(Context({"request": rf.get("/")} if has_request else {})).strip() == ""


# The notice


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("REAUTH_REQUIRED", "* rejected the saved login, so no new hours are imported."),
        ("PAUSED", "syncing with * is paused."),
        ("DISCONNECTED", "* is disconnected."),
    ],
)
def test_an_unhealthy_connection_is_noticed_on_every_page(as_manager, company, state, text):
    make_connection(company, state, last_success_at=NOON - timedelta(hours=9))
    page = markup_of(as_manager.get(ELSEWHERE))
    assert "Data as of" in page
    assert "3:00 AM MST" in page
    assert text.replace("*", system().name) in page


def test_a_stale_connection_is_noticed(as_manager, company):
    make_connection(company, last_success_at=NOON - timedelta(hours=5))
    assert f"{system().name} hasn't responded since then." in markup_of(as_manager.get(ELSEWHERE))


def test_workers_read_the_notice_without_links(as_worker, company):
    make_connection(company, "PAUSED", last_success_at=NOON - timedelta(hours=9))
    page = markup_of(as_worker.get(ELSEWHERE))
    assert f"syncing with {system().name} is paused." in page
    assert "/integrations/" not in page


def test_a_first_sync_warns_that_figures_are_not_complete(as_manager, company):
    make_connection(company, "INITIAL_SYNC")
    assert "figures aren't complete yet" in markup_of(as_manager.get(ELSEWHERE))


@pytest.mark.parametrize("state", ["ACTIVE", "TESTING", "DISCONNECTED"])
def test_a_healthy_connection_shows_no_notice(as_manager, company, state):
    make_connection(company, state, last_success_at=NOON if state == "ACTIVE" else None)
    page = markup_of(as_manager.get(ELSEWHERE))
    assert "alert-warning" not in page
    assert "Data as of" not in page


def test_the_notice_is_about_the_users_own_company(as_manager):
    make_connection(make_company("Another"), "PAUSED", last_success_at=NOON)
    assert "paused" not in markup_of(as_manager.get(ELSEWHERE))
