"""The catalog and the connection's page: state, progress, runs, what was set aside, and the buttons."""

from datetime import timedelta

import pytest

from integrations import services
from integrations.models import Connection, ConnectionState, Heartbeat, RunState, SyncIssue, SyncRun, Trigger
from integrations.templatetags.integrations_tags import about, took
from protiv.accounts.models import AuditEvent
from protiv.kit.refused import Refused
from tests.make.connections import NOON, make_connection, make_issue, make_run
from tests.make.systems import address, secrets
from tests.reading import markup_of

pytestmark = pytest.mark.usefixtures("noon")

LIST = "/integrations/"
BADGES = {
    "TESTING": "Setup not finished",
    "INITIAL_SYNC": "First sync",
    "ACTIVE": "Connected",
    "REAUTH_REQUIRED": "Reconnect required",
    "PAUSED": "Paused",
    "DISCONNECTED": "Disconnected",
}


@pytest.fixture
def active(company, tasks) -> Connection:
    return make_connection(company, last_success_at=NOON - timedelta(minutes=50))


def badge(text: str) -> str:
    return f">{text}</span>"


# The catalog


def test_the_catalog_lists_what_can_be_connected_and_what_is_not_available_yet(as_admin, system):
    page = markup_of(as_admin.get(LIST))
    assert badge("Not connected") in page
    assert page.count(badge("Coming soon")) == 4
    for name in (system.name, system.card, "QuickBooks Time", "ClockShark", "busybusy", "Raken"):
        assert name in page


@pytest.mark.parametrize(("query", "found"), [("*", 1), ("CREWS GPS", 1), ("job raken", 1), ("", 5)])
def test_the_search_narrows_the_catalog(as_admin, system, query, found):
    query = query.replace("*", system.name.upper())
    assert len(as_admin.get(LIST, {"q": query}).context["cards"]) == found


def test_the_search_says_when_it_finds_nothing_and_keeps_the_words(as_admin):
    page = markup_of(as_admin.get(LIST, {"q": '"><script>x'}))
    assert "No integration found" in page
    assert "<script>x" not in as_admin.get(LIST, {"q": '"><script>x'}).content.decode()


def test_the_live_search_gets_only_the_cards(as_admin):
    response = as_admin.get(LIST, {"q": "raken"}, headers={"HX-Request": "true"})
    assert "<html" not in markup_of(response)
    assert "Raken" in markup_of(response)
    assert "HX-Request" in response["Vary"]


def test_a_page_from_the_browser_history_is_complete(as_admin):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in markup_of(as_admin.get(LIST, headers=headers))


@pytest.mark.parametrize(("state", "text"), BADGES.items())
def test_each_state_has_its_badge(as_admin, company, state, text):
    make_connection(company, state, last_success_at=NOON)
    assert badge(text) in markup_of(as_admin.get(LIST))
    assert badge(text) in markup_of(as_admin.get(address()))


def test_a_connection_that_fell_behind_is_called_out_of_date(as_admin, active):
    Connection.objects.update(last_success_at=NOON - timedelta(hours=5))
    assert badge("Connected, data out of date") in markup_of(as_admin.get(LIST))


# The page of a connection


def test_without_a_connection_the_page_says_what_is_needed(as_admin, system):
    page = markup_of(as_admin.get(address()))
    assert "What you need" in page
    for text in (*system.comes_in, *system.needs, system.initials):
        assert text in page
    assert f'href="{address("connect/")}"' in page


def test_a_manager_is_told_whom_to_ask(as_manager):
    page = markup_of(as_manager.get(address()))
    assert "Ask an admin of Acme Roofing to connect it." in page
    assert "connect/" not in page


def test_the_page_shows_the_runs_with_who_counts_and_error(as_admin, admin, active):
    make_run(active, trigger=Trigger.MANUAL, requested_by=admin, seen_count=6210, added_count=12)
    make_run(active, "FAILED", error_code="WRONG_SHAPE", error_text="Unreadable. Write to us.", error_id="a1b2c3")
    page = markup_of(as_admin.get(address()))
    for text in ("Manual", "admin@acme.test", "6,210", "1 min 15 s", "WRONG_SHAPE", "Unreadable. Write to us."):
        assert text in page
    assert "error ID a1b2c3" in page


def test_the_page_shows_the_last_ten_runs(as_admin, active):
    for _ in range(12):
        make_run(active)
    assert len(as_admin.get(address()).context["runs"]) == 10


def test_the_page_shows_what_is_set_aside_and_what_it_means(as_admin, active):
    run = make_run(active, "PARTIAL")
    make_issue(run, "r-open")
    make_issue(run, "l-7", object_type="budget", reason="“about 300” is no number.")
    make_issue(run, "x-9", object_type="something_new")
    make_issue(run, "r-mended", mended_at=NOON)
    page = markup_of(as_admin.get(address()))
    for text in (
        "r-open",
        "Minutes should be a whole number.",
        "doesn't count toward any bonus",
        "“about 300” is no number.",
        "x-9",
    ):
        assert text in page
    assert "r-mended" not in page


def test_many_issues_come_in_pages(as_admin, active):
    run = make_run(active, "PARTIAL")
    for number in range(30):
        make_issue(run, f"r-{number:02d}")
    assert len(as_admin.get(address()).context["page_obj"]) == 25
    assert len(as_admin.get(address(), {"page": 2}).context["page_obj"]) == 5
    assert as_admin.get(address(), {"page": "x"}).status_code == 200


def test_names_from_a_vendor_are_escaped(as_admin, active):
    make_issue(make_run(active, "PARTIAL"), "<script>alert(1)</script>", reason="<img src=x>")
    page = as_admin.get(address()).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


@pytest.mark.parametrize("people", [0, 1])
def test_few_people_stay_a_warning_on_the_page(as_admin, company, system, people):
    make_connection(company, visible_people=people)
    page = markup_of(as_admin.get(address()))
    assert "This account can see" in page
    assert system.people_missing in page


@pytest.mark.parametrize("state", list(ConnectionState))
def test_no_page_shows_a_credential_or_its_ciphertext(as_admin, company, state):
    connection = make_connection(company, state)
    make_run(connection, "FAILED", error_text="x")
    for path in (
        LIST,
        address(),
        address("status/"),
        address("connect/"),
        address("settings/"),
        address("disconnect/"),
    ):
        page = as_admin.get(path).content.decode()
        for secret in (*secrets(), connection.credentials_encrypted, "v1:"):
            assert secret not in page


def test_the_page_takes_as_many_queries_with_many_rows(as_admin, active, django_assert_max_num_queries):
    run = make_run(active, "PARTIAL")
    for number in range(20):
        make_issue(run, f"r-{number}")
        make_run(active)
    with django_assert_max_num_queries(13):
        as_admin.get(address())


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (3600, "1 h 0 min")]
)
def test_the_duration_of_a_run_has_suitable_units(company, seconds, text):
    run = make_run(make_connection(company), started_at=NOON, ended_at=NOON + timedelta(seconds=seconds))
    assert took(run) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "less than a minute"), (60, "about 1 minute"), (200, "about 3 minutes"), (7200, "about 2 hours")],
)
def test_an_estimate_is_rough(seconds, text):
    assert about(seconds) == text


# Progress


def test_an_open_run_shows_days_records_rate_and_estimate(as_admin, company):
    connection = make_connection(company, ConnectionState.INITIAL_SYNC)
    begun = NOON - timedelta(seconds=100)
    make_run(
        connection,
        RunState.RUNNING,
        trigger=Trigger.INITIAL,
        queued_at=begun,
        started_at=begun,
        days_total=280,
        days_done=70,
        seen_count=12_300,
    )
    response = as_admin.get(address("status/"))
    page = markup_of(response)
    for text in ("70 of 280", "12,300", "123 records/s", "about 5 minutes", "up to 24 hours. You can leave this page"):
        assert text in page
    assert '<progress class="integration-progress" id="sync-progress" max="280" value="70"' in page
    assert 'hx-trigger="every 2s"' in page
    assert "HX-Trigger" not in response


def test_time_of_earlier_tasks_counts_and_waiting_does_not(as_admin, company):
    run = make_run(
        make_connection(company, ConnectionState.INITIAL_SYNC),
        RunState.RUNNING,
        queued_at=NOON - timedelta(seconds=60),
        worked_seconds=240,
        days_total=200,
        days_done=100,
        seen_count=600,
    )
    progress = as_admin.get(address("status/")).context["status"].progress
    assert (progress.records_per_second, progress.seconds_left) == (2.0, 300)
    SyncRun.objects.filter(pk=run.pk).update(state=RunState.QUEUED)
    assert as_admin.get(address("status/")).context["status"].progress.seconds_left == 240


def test_before_the_first_window_there_is_no_estimate(as_admin, company):
    make_run(make_connection(company, ConnectionState.INITIAL_SYNC), RunState.RUNNING, days_total=280)
    assert "calculating…" in markup_of(as_admin.get(address("status/")))


def test_a_run_without_a_plan_yet_says_that_it_gets_ready(as_admin, company, system):
    make_run(make_connection(company, ConnectionState.INITIAL_SYNC), RunState.RUNNING)
    assert f"Reading {system.words.lists}…" in markup_of(as_admin.get(address("status/")))


@pytest.mark.parametrize("is_alive", [True, False])
def test_a_queue_without_a_worker_is_reported(as_admin, active, is_alive):
    make_run(active, RunState.QUEUED, queued_at=NOON - timedelta(minutes=2))
    if is_alive:
        Heartbeat.objects.create(name="tick", beat_at=NOON)
    assert ("our background service isn't responding" in markup_of(as_admin.get(address("status/")))) is not is_alive


def test_the_status_stops_polling_when_no_run_is_open(as_admin, active):
    make_run(active)
    response = as_admin.get(address("status/"))
    assert "hx-trigger" not in markup_of(response)
    assert response["HX-Trigger"] == "sync-ended"
    assert "Up to date as of" in markup_of(response)


def test_the_page_includes_the_fragment_that_the_status_answers_with(as_admin, active):
    make_run(active, RunState.RUNNING, days_total=10, days_done=5)
    fragment = as_admin.get(address("status/")).content.decode().strip()
    assert fragment in as_admin.get(address()).content.decode()


def test_a_failed_run_says_why_and_what_is_shown_instead(as_admin, active):
    make_run(active, "FAILED", error_text="We couldn't reach ExakTime.", error_id="a1b2c3")
    page = markup_of(as_admin.get(address("status/")))
    for text in ("We couldn't reach ExakTime.", "a1b2c3", "Data as of"):
        assert text in page


def test_a_stopped_connection_says_why(as_admin, company):
    make_connection(company, ConnectionState.PAUSED, pause_reason="It stopped three times.")
    assert "It stopped three times." in markup_of(as_admin.get(address("status/")))


# The buttons


def test_pause_and_resume(as_admin, admin, active):
    open_run = make_run(active, RunState.RUNNING)
    answer = as_admin.post(address("pause/"), follow=True)
    assert "Syncing is paused." in markup_of(answer)
    active.refresh_from_db()
    open_run.refresh_from_db()
    assert (active.state, open_run.state) == (ConnectionState.PAUSED, RunState.CANCELED)
    assert "Syncing resumed." in markup_of(as_admin.post(address("resume/"), follow=True))
    active.refresh_from_db()
    assert active.state == ConnectionState.ACTIVE
    assert SyncRun.objects.latest("pk").requested_by == admin


def test_pausing_twice_says_that_nothing_is_running(as_admin, company):
    make_connection(company, ConnectionState.PAUSED)
    assert "Syncing isn't running." in markup_of(as_admin.post(address("pause/"), follow=True))


def test_resuming_a_running_sync_is_refused(as_admin, active):
    assert "Syncing isn't paused." in markup_of(as_admin.post(address("resume/"), follow=True))


def test_disconnect_asks_first(as_admin, active):
    page = markup_of(as_admin.get(address("disconnect/")))
    assert "All hours, jobs, ProPays, and bonuses stay as they are." in page
    active.refresh_from_db()
    assert active.state == ConnectionState.ACTIVE


def test_disconnect_wipes_the_credentials_and_keeps_the_data(as_admin, admin, active):
    make_issue(make_run(active), "r-1")
    page = markup_of(as_admin.post(address("disconnect/"), follow=True))
    active.refresh_from_db()
    assert (active.state, active.credentials_encrypted) == ("DISCONNECTED", "")
    assert SyncIssue.objects.count() == 1
    assert AuditEvent.objects.get().actor == admin
    assert badge("Disconnected") in page
    with pytest.raises(Refused):
        services.request_sync(connection=active, trigger=Trigger.MANUAL, now=NOON)
