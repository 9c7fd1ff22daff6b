"""The setup page and the settings: what is imported, from when, and what this sign-in can see."""

import re
from datetime import date, timedelta

import pytest

from integrations import services
from integrations.models import Connection, ConnectionState, SyncRun, Trigger
from integrations.providers.base import SourceUnavailable
from protiv.accounts.models import AuditEvent
from protiv.kit.refused import Refused
from protiv.timekeeping.models import TimeEntry
from tests.integrations.conftest import who_can
from tests.make import factories
from tests.make.connections import make_connection
from tests.make.propays import make_propay
from tests.make.records import worker_record
from tests.make.systems import CHOSEN as CHOSEN_OF
from tests.make.systems import address, system
from tests.reading import markup_of

pytestmark = pytest.mark.usefixtures("noon")

TODAY = date(2026, 11, 11)
CHOSEN = {"sync_start_date": "2026-10-01", "horizon": "LEAVE_OUT_CURRENT_WEEK"}
WRONG = [
    ("sync_start_date", "", "Choose a sync start date."),
    ("sync_start_date", "soon", "Enter a date"),
    ("sync_start_date", "2026-02-30", "Enter a date"),
    ("sync_start_date", "1999-12-31", "can't be before January 1, 2000"),
    ("sync_start_date", str(TODAY + timedelta(days=32)), "at most 31 days ahead"),
    ("horizon", "", "This field is required."),
    ("horizon", "TOMORROW", "Choose one of the options."),
]


@pytest.fixture
def tested(company, provider, tasks) -> Connection:
    return make_connection(company, ConnectionState.TESTING)


@pytest.fixture
def active(company, tasks) -> Connection:
    return make_connection(company)


def test_the_setup_shows_the_preview_the_advice_and_the_defaults(as_admin, tested):
    page = markup_of(as_admin.get(address("setup/")))
    assert "Use the first day of the workweek in which you go live" in page
    assert "<dd>2</dd>" in page
    assert "<dd>1</dd>" in page
    assert system().people_seen in page
    checked = re.findall(r"<input[^>]*checked[^>]*>", page)
    assert len(checked) == 1
    assert 'value="LEAVE_OUT_CURRENT_WEEK"' in checked[0]


@pytest.mark.parametrize(
    ("people", "text"), [(0, "can see no {words.workers}."), (1, "can see only one {words.worker}.")]
)
def test_a_sign_in_that_sees_hardly_anyone_is_a_warning(as_admin, tested, provider, people, text):
    provider.people = [worker_record(f"p-{number}") for number in range(people)]
    assert text.format(words=system().words) in markup_of(as_admin.get(address("setup/")))
    tested.refresh_from_db()
    assert tested.visible_people == people


def test_two_people_are_no_warning(as_admin, tested):
    assert "This account can see" not in markup_of(as_admin.get(address("setup/")))


def test_a_failed_preview_says_so_and_blocks_nothing(as_admin, tested, provider):
    provider.error = SourceUnavailable("We couldn't reach ExakTime.")
    page = markup_of(as_admin.get(address("setup/")))
    assert "We couldn't reach ExakTime." in page
    assert "Start sync" in page


def test_credentials_that_no_key_opens_are_reported(as_admin, tested):
    Connection.objects.update(credentials_encrypted="v1:gone:AAAA:AAAA")
    assert "its encryption key is missing" in markup_of(as_admin.get(address("setup/")))


def test_start_sync_begins_the_first_sync(as_admin, admin, tested):
    own = CHOSEN_OF[system().key]
    answer = as_admin.post(address("setup/"), CHOSEN | own | {"horizon": "ALL"})
    assert answer.url == address()
    tested.refresh_from_db()
    assert tested.state == ConnectionState.INITIAL_SYNC
    assert tested.sync_start_date == date(2026, 10, 1)
    assert (tested.horizon, tested.provider_settings) == ("ALL", own)
    run = SyncRun.objects.get()
    assert (run.trigger, run.requested_by) == (Trigger.INITIAL, admin)


@pytest.mark.parametrize("day", ["2000-01-01", str(TODAY), str(TODAY + timedelta(days=31))])
def test_the_outermost_start_dates_are_allowed(as_admin, tested, day):
    assert as_admin.post(address("setup/"), CHOSEN | {"sync_start_date": day}).status_code == 302


@pytest.mark.parametrize(("field", "typed", "text"), WRONG)
def test_wrong_input_is_shown_at_its_field_and_starts_nothing(as_admin, tested, field, typed, text):
    response = as_admin.post(address("setup/"), CHOSEN | {field: typed})
    assert response.context["form"].errors.keys() == {field}
    assert text in markup_of(response)
    assert f'id="id_{field}_error"' in markup_of(response)
    tested.refresh_from_db()
    assert tested.state == ConnectionState.TESTING
    assert not SyncRun.objects.exists()


def test_starting_twice_starts_once(as_admin, tested):
    as_admin.post(address("setup/"), CHOSEN)
    assert as_admin.post(address("setup/"), CHOSEN).url == address("settings/")
    assert SyncRun.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "leads_to"),
    [
        (None, "connect/"),
        ("DISCONNECTED", "connect/"),
        ("REAUTH_REQUIRED", "connect/"),
        ("ACTIVE", "settings/"),
        ("PAUSED", "settings/"),
    ],
)
def test_setup_redirects_when_it_is_not_due(as_admin, company, state, leads_to):
    if state:
        make_connection(company, state)
    assert as_admin.get(address("setup/")).url == address(leads_to)


def test_settings_before_setup_lead_to_it(as_admin, tested):
    assert as_admin.get(address("settings/")).url == address("setup/")


def test_settings_show_what_is_chosen(as_admin, active):
    page = markup_of(as_admin.get(address("settings/")))
    assert 'value="2026-10-01"' in page
    assert "You'll be asked to confirm" in page


def test_an_earlier_start_date_reads_the_older_time(as_admin, active):
    as_admin.post(address("settings/"), CHOSEN | {"sync_start_date": "2026-09-01"})
    active.refresh_from_db()
    assert active.sync_start_date == date(2026, 9, 1)
    assert SyncRun.objects.get().since_date == date(2026, 9, 1)


LATER = CHOSEN | {"sync_start_date": "2026-10-20"}


@pytest.fixture
def early_entries(active):
    """Two entries before October 20 on a job with an open ProPay, and one after it."""
    worker = factories.make_worker(active.company, connection_id=active.pk)
    job = factories.make_job(active.company, connection_id=active.pk)
    for day in (5, 6, 25):
        factories.make_entry(worker, job, connection_id=active.pk, work_date=date(2026, 10, day), is_final=True)
    return make_propay(job, title="Roof of Oak Lane")


def test_a_later_start_date_asks_first_and_says_what_it_voids(as_admin, active, early_entries):
    page = markup_of(as_admin.post(address("settings/"), LATER))
    changed = "changing the sync start date from Oct 1, 2026 to <strong>Oct 20, 2026</strong>"
    for text in (changed, "2 time entries", "16:00 hours", "Roof of Oak Lane", "Approved shares don't change"):
        assert text in page
    active.refresh_from_db()
    assert active.sync_start_date == date(2026, 10, 1)
    assert not SyncRun.objects.exists()


def test_a_later_start_date_is_taken_once_it_is_confirmed(as_admin, active, early_entries):
    response = as_admin.post(address("settings/"), LATER | {"confirmed_entries": "2"})
    assert response.url == address()
    active.refresh_from_db()
    assert active.sync_start_date == date(2026, 10, 20)
    assert SyncRun.objects.get().since_date is None
    assert "The next sync voids 2 entries." in AuditEvent.objects.get(action="connection.settings_changed").summary


@pytest.mark.parametrize("told", ["1", "-2", "x", "", "9999999999"])
def test_a_confirmation_of_fewer_entries_asks_again(as_admin, active, early_entries, told):
    assert "2 time entries" in markup_of(as_admin.post(address("settings/"), LATER | {"confirmed_entries": told}))
    active.refresh_from_db()
    assert active.sync_start_date == date(2026, 10, 1)


def test_a_later_start_date_that_voids_nothing_needs_no_confirmation(as_admin, active):
    assert as_admin.post(address("settings/"), LATER).url == address()


@who_can("finality")
def test_only_final_time_asks_before_voiding_time(as_admin, active, early_entries):
    TimeEntry.objects.filter(work_date=date(2026, 10, 25)).update(is_final=False)
    final_only = CHOSEN | {"sync_start_date": "2026-10-01", "horizon": "FINAL_ONLY"}
    page = markup_of(as_admin.post(address("settings/"), final_only))
    assert "1 time entry" in page
    assert "“Only final time" in page
    assert "sync start date from" not in page
    assert as_admin.post(address("settings/"), final_only | {"confirmed_entries": "1"}).url == address()
    assert SyncRun.objects.get().since_date == date(2026, 10, 1)


@pytest.mark.parametrize(("field", "typed", "text"), WRONG)
def test_invalid_settings_are_shown_at_their_field(as_admin, active, field, typed, text):
    response = as_admin.post(address("settings/"), CHOSEN | {field: typed})
    assert response.context["form"].errors.keys() == {field}
    assert text in markup_of(response)
    active.refresh_from_db()
    assert active.sync_start_date == date(2026, 10, 1)


def test_only_final_time_is_offered_where_the_provider_tells_what_is_final(as_admin, tested):
    page = markup_of(as_admin.get(address("setup/")))
    assert ('value="FINAL_ONLY"' in page) is tested.can.finality
    response = as_admin.post(address("setup/"), CHOSEN | {"horizon": "FINAL_ONLY"})
    assert (response.status_code == 302) is tested.can.finality


def test_only_final_time_that_is_chosen_stays_chosen_when_finality_is_gone(as_admin, active):
    Connection.objects.update(horizon="FINAL_ONLY", capabilities=[])
    assert 'value="FINAL_ONLY"' in markup_of(as_admin.get(address("settings/")))
    assert as_admin.post(address("settings/"), CHOSEN | {"horizon": "FINAL_ONLY"}).url == address()


def test_a_refused_change_is_shown_on_the_form(as_admin, active, monkeypatch):
    def refuse(**_arguments):
        raise Refused("Not now.")

    monkeypatch.setattr(services, "change_settings", refuse)
    assert "Not now." in markup_of(as_admin.post(address("settings/"), CHOSEN))
