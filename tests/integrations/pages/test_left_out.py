"""Excluded time is mentioned wherever its absence could be mistaken for no time."""

from datetime import UTC, date, datetime

import pytest
from django.template import RequestContext, Template
from django.urls import reverse

from integrations.left_out import left_out_of
from integrations.models import Connection, Horizon
from propay.services import refresh
from tests.make import factories
from tests.make.connections import NOON, make_connection, make_run
from tests.make.propays import make_propay
from tests.make.systems import here
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
SETTINGS = "/integrations/*/settings/"
WEEK = "Hours since Monday, Nov 9 are excluded: the current workweek is imported on Monday, Nov 16."
OWN = "Your hours since Monday, Nov 9 aren't here yet. They appear on Monday, Nov 16, after the week ends."
OWN_ES = "Sus horas desde el lunes 9 de noviembre todavía no están aquí. Aparecen el lunes 16 de noviembre"
NOT_STARTED = (
    "No hours are imported yet: they start on Wednesday, Nov 11, the sync start date, and that workweek is imported on "
    "Monday, Nov 16."
)


@pytest.fixture
def active(company, tasks) -> Connection:
    return make_connection(company, last_success_at=NOON)


@pytest.fixture
def today_only(active) -> Connection:
    Connection.objects.update(sync_start_date=date(2026, 11, 11))
    active.refresh_from_db()
    return active


@pytest.fixture
def ana(company, worker_user):
    worker = factories.make_worker(company, "Ana Ruiz", membership=worker_user.memberships.get())
    factories.make_wage(worker)
    return worker


@pytest.fixture
def propay(company, ana):
    job = factories.make_job(company, "Kitchen")
    factories.make_entry(ana, job)
    return make_propay(job, start_date=date(2026, 10, 1))


# What it is


@pytest.mark.parametrize(
    ("horizon", "start", "since", "until", "is_all"),
    [
        ("LEAVE_OUT_CURRENT_WEEK", date(2026, 10, 1), date(2026, 11, 9), date(2026, 11, 16), False),
        ("LEAVE_OUT_CURRENT_WEEK", date(2026, 11, 8), date(2026, 11, 9), date(2026, 11, 16), False),
        ("LEAVE_OUT_CURRENT_WEEK", date(2026, 11, 9), date(2026, 11, 9), date(2026, 11, 16), True),
        ("LEAVE_OUT_CURRENT_WEEK", date(2026, 11, 18), date(2026, 11, 18), date(2026, 11, 23), True),
        ("ALL", date(2026, 11, 12), date(2026, 11, 12), date(2026, 11, 12), True),
        ("FINAL_ONLY", date(2026, 10, 1), None, None, False),
    ],
)
def test_excluded_time_has_an_end_date(active, horizon, start, since, until, is_all):
    Connection.objects.update(horizon=horizon, sync_start_date=start)
    found = left_out_of(Connection.objects.get(), now=NOON)
    assert (found.since, found.until, found.is_all) == (since, until, is_all)


def test_all_time_up_to_today_excludes_nothing(active):
    Connection.objects.update(horizon=Horizon.ALL, sync_start_date=date(2026, 11, 11))
    assert left_out_of(Connection.objects.get(), now=NOON) is None


@pytest.mark.parametrize("state", ["TESTING", "PAUSED", "DISCONNECTED", "REAUTH_REQUIRED"])
def test_a_connection_that_does_not_sync_promises_nothing(company, state):
    assert left_out_of(make_connection(company, state), now=NOON) is None


def test_the_days_are_the_company_s(active):
    """In Denver it is still Sunday."""
    found = left_out_of(active, now=datetime(2026, 11, 16, 5, tzinfo=UTC))
    assert (found.since, found.until) == (date(2026, 11, 9), date(2026, 11, 16))


# The pages


def test_the_office_pages_say_what_is_excluded(as_admin, active, propay, ana):
    pages = [
        reverse("dashboard"),
        reverse("time_list"),
        reverse("propay_detail", args=[propay.pk]),
        reverse("job_detail", args=[propay.job_id]),
        reverse("worker_detail", args=[ana.pk]),
        reverse("integration_detail", args=[active.provider]),
    ]
    for page in pages:
        response = as_admin.get(page)
        assert WEEK in text_of(response), page
        assert here(SETTINGS) in response.content.decode(), page


def test_pages_that_sum_or_freeze_hours_say_what_is_excluded(as_admin, active, propay):
    refresh(company=propay.company, job_ids=[propay.job_id], now=NOON)
    reports = ("propay-efficiency", "propay-status", "worker-history")
    pages = [
        reverse("propay_list"),
        reverse("bonuses"),
        reverse("propay_approve", args=[propay.pk]),
        f"{reverse('propay_approve_many')}?id={propay.pk}",
        f"{reverse('propay_job_facts')}?job={propay.job_id}",
        f"{reverse('propay_create')}?job={propay.job_id}",
        *(reverse("report", args=[slug]) for slug in reports),
        *(reverse("report_print", args=[slug]) for slug in reports),
    ]
    for page in pages:
        assert WEEK in text_of(as_admin.get(page)), page


def test_a_new_propay_of_a_job_without_time_says_where_time_begins(as_admin, active, company):
    page = text_of(as_admin.get(reverse("propay_job_facts"), {"job": factories.make_job(company).pk}))
    assert "Time on the job none yet" in page
    assert f"{WEEK} Change what is imported" in page
    assert "Hours before Oct 1, 2026 aren't imported." in page


def test_a_manager_is_told_who_can_change_it(as_manager, active, propay):
    response = as_manager.get(reverse("dashboard"))
    assert f"{WEEK} An admin can change this." in text_of(response)
    assert here(SETTINGS) not in response.content.decode()


def test_the_dashboard_shows_no_zero_for_an_excluded_week(as_admin, active, propay):
    page = text_of(as_admin.get(reverse("dashboard")))
    assert "Hours this week — excluded until Monday, Nov 16" in page


def test_the_dashboard_shows_the_week_if_it_is_imported(as_admin, active, propay, ana):
    Connection.objects.update(horizon=Horizon.ALL)
    factories.make_entry(ana, propay.job, work_date=date(2026, 11, 10))
    page = text_of(as_admin.get(reverse("dashboard")))
    assert "Hours this week 8:00 since Monday, Nov 9" in page
    assert "left out" not in page


def test_time_says_where_it_begins(as_admin, active, propay):
    assert "Hours before Oct 1, 2026 aren't imported." in text_of(as_admin.get(reverse("time_list")))


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_worker_reads_about_excluded_time_in_their_language(as_worker, active, propay, ana, language):
    refresh(company=propay.company, job_ids=[propay.job_id], now=NOON)
    pages = [reverse(name) for name in ("dashboard", "bonuses", "time_list")]
    for page in [*pages, reverse("propay_detail", args=[propay.pk])]:
        response = as_worker.get(page, headers={"Accept-Language": language})
        assert (OWN_ES if language == "es" else OWN) in text_of(response), page
        assert here(SETTINGS) not in response.content.decode(), page


def test_a_worker_without_time_also_reads_about_excluded_time(as_worker, active, ana):
    page = text_of(as_worker.get(reverse("time_list"), headers={"Accept-Language": "es"}))
    assert OWN_ES in page
    assert "Las horas anteriores al 1 oct 2026 no se muestran." in page


def test_another_companys_settings_are_not_shown(as_stranger, active):
    assert "left out" not in text_of(as_stranger.get(reverse("dashboard")))


# Connected, without any time


def test_a_start_date_of_today_is_not_up_to_date(as_admin, today_only):
    page = text_of(as_admin.get(reverse("integration_detail", args=[today_only.provider])))
    assert "Connected, but nothing has been imported yet" in page
    assert "Up to date" not in page
    assert NOT_STARTED in page


@pytest.mark.parametrize("name", ["time_list", "job_list", "worker_list", "dashboard"])
def test_an_empty_page_of_a_connected_company_asks_no_one_to_connect(as_admin, today_only, name):
    response = as_admin.get(reverse(name))
    page = text_of(response)
    assert "Nothing imported yet" in page
    assert NOT_STARTED in page
    assert "Connect time tracking" not in page
    assert f'href="{here(SETTINGS)}"' in response.content.decode()


@pytest.mark.parametrize(
    ("state", "heading", "address"),
    [
        (None, "Connect your time tracking", "/integrations/"),
        ("TESTING", "Finish setup", "/integrations/*/setup/"),
        ("INITIAL_SYNC", "The first sync is running", "/integrations/*/"),
        ("PAUSED", "No hours are being imported", "/integrations/*/"),
        ("ACTIVE", "It has shown nothing since Oct 1, 2026", SETTINGS),
    ],
)
@pytest.mark.parametrize("name", ["time_list", "dashboard"])
def test_an_empty_page_shows_the_connections_state(as_admin, company, state, heading, address, name):
    if state:
        make_connection(company, state)
    response = as_admin.get(reverse(name))
    assert heading in text_of(response)
    assert f'class="btn btn-primary" href="{here(address)}"' in response.content.decode()


@pytest.mark.parametrize("state", [None, "TESTING", "ACTIVE"])
def test_a_manager_is_sent_to_an_admin(as_manager, company, state):
    if state:
        make_connection(company, state)
    response = as_manager.get(reverse("time_list"))
    assert "n admin" in text_of(response)
    assert "Connect time tracking" not in response.content.decode()


# A run


def test_a_run_says_which_days_it_did_not_read(as_admin, active):
    run = make_run(active, windows=[["2026-10-01", "2026-11-09"]], days_total=39, days_done=39)
    page = text_of(as_admin.get(reverse("integration_run", args=[run.pk])))
    assert "Not read: Monday, Nov 9, 2026 and later." in page


def test_a_run_up_to_today_skips_nothing(as_admin, active):
    run = make_run(active, windows=[["2026-10-01", "2026-11-12"]], days_total=42, days_done=42)
    assert "Not read" not in text_of(as_admin.get(reverse("integration_run", args=[run.pk])))


def test_a_run_without_days_says_why(as_admin, today_only):
    run = make_run(today_only)
    assert NOT_STARTED in text_of(as_admin.get(reverse("integration_run", args=[run.pk])))


def test_the_polled_status_says_what_is_excluded(as_manager, active):
    assert WEEK in text_of(as_manager.get(reverse("integration_status", args=[active.provider])))


def test_the_notes_cost_only_the_query_for_pay_rules_beside_the_icon_s(
    active, propay, rf, admin, django_assert_num_queries
):
    request = rf.get("/")
    request.company, request.membership, request.resolver_match = active.company, admin.memberships.get(), None
    page = Template("{% load integrations_tags %}{% sync_button %}{% left_out_note %}{% week_left_out as week %}")
    with django_assert_num_queries(2):
        assert WEEK in page.render(RequestContext(request))
