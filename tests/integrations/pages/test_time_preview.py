"""Setup shows how much time a start date imports before anything is stored."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from integrations.models import Connection, ConnectionState, SyncRun
from integrations.providers.base import SourceUnavailable
from protiv.timekeeping.models import TimeEntry
from protiv.timekeeping.records import PayPeriodRecord, SetAside
from tests.integrations.conftest import who_can
from tests.make.connections import make_connection
from tests.make.runs import on
from tests.make.systems import address, system
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def tested(company, provider, tasks) -> Connection:
    """Eight hours each on three days of two people, the last in the current workweek."""
    provider.add(
        on(date(2026, 9, 1), worker_external_id="p-1", minutes=480),
        on(date(2026, 10, 5), worker_external_id="p-2", minutes=480),
        on(date(2026, 10, 6), worker_external_id="p-2", minutes=-30, kind="auto_lunch"),
        on(date(2026, 11, 10), worker_external_id="p-1", minutes=480),
    )
    return make_connection(company, ConnectionState.TESTING)


def asked(client, start="", horizon="LEAVE_OUT_CURRENT_WEEK", **more) -> str:
    return text_of(client.get(address("setup/time/"), {"sync_start_date": start, "horizon": horizon, **more}))


def test_the_setup_page_asks_for_it_when_it_opens_and_when_something_changes(as_admin, tested):
    page = as_admin.get(address("setup/")).content.decode()
    assert f'hx-get="{address("setup/time/")}" hx-trigger="load, change from:#sync-settings delay:300ms"' in page


def test_without_a_start_date_it_shows_all_time(as_admin, tested):
    page = asked(as_admin)
    assert f"{system().name} has 4 time records, from Sep 1, 2026 to Nov 10, 2026. Choose a start date" in page
    assert "Start on Sep 1, 2026" in page


def test_a_start_date_shows_entries_hours_people_and_waiting_time(as_admin, tested):
    page = asked(as_admin, "2026-09-15")
    for text in ("Time entries 2", "Hours worked 7:30", "People with time 1", "Time from Oct 5, 2026 to Oct 6, 2026."):
        assert text in page
    assert "the current workweek is imported on Monday, Nov 16. 1 time record waits for that." in page


def test_all_time_up_to_today_includes_the_week(as_admin, tested):
    page = asked(as_admin, "2026-09-01", "ALL")
    assert "Time entries 4" in page
    assert "left out" not in page
    assert "Start on Sep" not in page


def test_a_start_within_a_workweek_is_pointed_out(as_admin, tested):
    page = asked(as_admin, "2026-09-01", "ALL")
    assert "Tuesday, Sep 1, is in the middle of a workweek." in page
    assert "Start on Monday, Aug 31" in page
    assert "in the middle of a workweek" not in asked(as_admin, "2026-08-31", "ALL")


@who_can("finality")
def test_only_final_time_counts_what_is_final(as_admin, tested, provider):
    provider.periods = [
        PayPeriodRecord(external_id="pp", start_date=date(2026, 9, 1), end_date=date(2026, 9, 14), is_closed=True)
    ]
    assert "Time entries 1" in asked(as_admin, "2026-09-01", "FINAL_ONLY")
    assert "No time record since Oct 1, 2026 is final yet." in asked(as_admin, "2026-10-01", "FINAL_ONLY")


@pytest.mark.parametrize(
    ("start", "horizon", "why"),
    [
        ("2026-11-11", "ALL", "There is no time record on or after Nov 11, 2026."),
        (
            "2026-11-11",
            "LEAVE_OUT_CURRENT_WEEK",
            "There is no time record on or after Nov 11, 2026. No hours are imported yet",
        ),
        (
            "2026-11-09",
            "LEAVE_OUT_CURRENT_WEEK",
            "1 time record is in the current workweek, which is excluded for now.",
        ),
        ("2026-12-01", "ALL", "No hours are imported before Tuesday, Dec 1, the sync start date."),
    ],
)
def test_a_start_date_that_imports_nothing_is_a_warning_with_a_suggestion(as_admin, tested, start, horizon, why):
    page = asked(as_admin, start, horizon)
    assert "Nothing is imported with these settings." in page
    assert why in page
    assert "Start on Sep 1, 2026" in page


def test_the_suggestion_puts_the_day_into_the_form(as_admin, tested):
    page = as_admin.get(
        address("setup/time/"), {"sync_start_date": "2026-11-11", "horizon": "ALL", "propose": "2026-09-01"}
    )
    text = page.content.decode()
    assert 'value="2026-09-01"' in text
    assert 'hx-swap-oob="true"' in text
    assert "Time entries 4" in text_of(page)


def test_without_a_script_the_suggestion_is_a_link(as_admin, tested):
    assert 'value="2026-09-01"' in as_admin.get(address("setup/"), {"sync_start_date": "2026-09-01"}).content.decode()


def test_records_that_the_first_sync_will_not_report_are_explained(as_admin, tested, provider, monkeypatch):
    """Counted by the provider: three entries, one record that can't be read, and two marks of a clock."""
    provider.set_aside["bad"] = (date(2026, 10, 6), SetAside("time_record", "bad", "It has no minutes."))
    counted = type(provider).time_extent

    def with_marks(self, start, end):
        extent = counted(self, start, end)
        return replace(extent, entries=extent.entries + 3)

    monkeypatch.setattr(type(provider), "time_extent", with_marks)
    page = asked(as_admin, "2026-09-01")

    assert "Time entries 3" in page
    assert "1 time record can't be read; the sync lists it as not imported." in page
    assert "2 time records hold no time, such as clock-in and clock-out marks, and aren't imported." in page


def test_too_many_entries_are_counted_and_not_read(as_admin, tested, provider, monkeypatch):
    monkeypatch.setattr("integrations.time_preview.READ_AT_MOST", 2)
    page = asked(as_admin, "2026-09-01", "ALL")
    assert "Time records 4" in page
    assert "Hours worked" not in page
    assert provider.windows == []


def test_a_provider_without_time_says_so(as_admin, tested, provider):
    provider.time.clear()
    assert f"{system().name} has no time records that this account can see yet." in asked(as_admin, "2026-09-01")


@pytest.mark.parametrize("start", ["soon", "2026-02-30", "9" * 40, "\x00"])
def test_an_invalid_day_counts_as_none(as_admin, tested, start):
    assert "Choose a start date" in asked(as_admin, start, "TOMORROW")


def test_a_failing_provider_is_reported_and_stops_nothing(as_admin, tested, provider):
    provider.error = SourceUnavailable("We couldn't reach ExakTime.")
    assert "We couldn't count the time just now. We couldn't reach ExakTime." in asked(as_admin, "2026-09-01")


def test_it_stores_nothing(as_admin, tested):
    asked(as_admin, "2026-09-01")
    tested.refresh_from_db()
    assert (tested.state, tested.sync_start_date) == (ConnectionState.TESTING, None)
    assert not SyncRun.objects.exists()
    assert not TimeEntry.objects.exists()


def test_only_admins_of_the_company_may_ask(as_manager, as_worker, as_stranger, anonymous, tested):
    assert as_manager.get(address("setup/time/")).status_code == 403
    assert as_worker.get(address("setup/time/")).status_code == 403
    assert as_stranger.get(address("setup/time/")).status_code == 404
    assert anonymous.get(address("setup/time/")).status_code == 302


def test_settings_ask_for_it_too(as_admin, tested):
    Connection.objects.update(state=ConnectionState.ACTIVE, sync_start_date=date(2026, 11, 11))
    assert (
        address("setup/time/") in as_admin.get(reverse("integration_settings", args=[tested.provider])).content.decode()
    )
