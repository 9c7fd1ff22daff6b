"""The Django admin of our support staff: everything can be seen but the secrets, nothing changed, a sync forced."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from integrations.models import Connection, ConnectionState, SyncCount, SyncRun, Trigger
from tests.make.connections import make_connection, make_issue, make_run
from tests.make.factories import make_company, make_user
from tests.make.systems import secrets, system
from tests.reading import markup_of

pytestmark = pytest.mark.usefixtures("system")

CONNECTIONS = "/admin/integrations/connection/"
RUNS = "/admin/integrations/syncrun/"
ISSUES = "/admin/integrations/syncissue/"


@pytest.fixture
def connection(company, tasks) -> Connection:
    return make_connection(company)


@pytest.fixture
def staff(db):
    return make_user("staff@protiv.test", is_staff=True, is_superuser=True)


@pytest.fixture
def as_staff(staff, sign_in) -> Client:
    return sign_in(staff)


@pytest.fixture
def rows(connection) -> list[str]:
    run = make_run(connection, "FAILED", error_code="WRONG_SHAPE", error_id="a1b2c3", error_text="Unreadable.")
    issue = make_issue(run, "r-1")
    return [
        CONNECTIONS,
        RUNS,
        ISSUES,
        f"{CONNECTIONS}{connection.pk}/change/",
        f"{RUNS}{run.pk}/change/",
        f"{ISSUES}{issue.pk}/change/",
        f"{CONNECTIONS}{connection.pk}/history/",
    ]


def test_staff_without_a_company_sees_every_page_and_no_secret(as_staff, connection, rows):
    for path in rows:
        response = as_staff.get(path)
        assert response.status_code == 200
        for secret in (*secrets(), connection.credentials_encrypted, "_encrypted"):
            assert secret not in markup_of(response)


def test_a_run_is_shown_with_counts_errors_and_duration(as_staff, connection, rows):
    page = markup_of(as_staff.get(rows[4]))
    for text in ("WRONG_SHAPE", "Unreadable.", "a1b2c3", "0:01:15", "Read:", "Not imported:"):
        assert text in page
    listed = markup_of(as_staff.get(RUNS))
    assert "0:01:15" in listed
    assert re.findall(r'column-(\w+)_count.*?<a href="[^"]*">([^<]+)</a>', listed, re.DOTALL) == list(SyncCount.choices)


def test_nothing_can_be_added_changed_or_deleted(as_staff, connection, rows):
    before = Connection.objects.values().get()
    for listing in (CONNECTIONS, RUNS, ISSUES):
        assert as_staff.get(f"{listing}add/").status_code == 403
    for path in rows[3:6]:
        assert as_staff.post(path, {"state": "PAUSED", "account_identifier": "evil"}).status_code == 403
        assert as_staff.post(path.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert as_staff.post(CONNECTIONS, {"action": "delete_selected", "_selected_action": connection.pk}).status_code in (
        200,
        302,
    )
    assert Connection.objects.values().get() == before


@pytest.mark.parametrize("role_client", ["as_admin", "as_manager", "as_worker", "as_stranger", "anonymous"])
def test_customers_have_no_access(request, rows, role_client):
    client = request.getfixturevalue(role_client)
    for path in rows:
        assert client.get(path).status_code == 302


@pytest.mark.parametrize(
    ("path", "found", "missed"),
    [
        (f"{CONNECTIONS}?q=acme", True, f"{CONNECTIONS}?q=nobody"),
        (f"{CONNECTIONS}?q=roofing", True, f"{CONNECTIONS}?state__exact=PAUSED"),
        (f"{RUNS}?q=a1b2c3", True, f"{RUNS}?state__exact=SUCCEEDED"),
        (f"{ISSUES}?q=whole", True, f"{ISSUES}?mended_at__isempty=0"),
    ],
)
def test_search_and_filters(as_staff, rows, path, found, missed):
    assert as_staff.get(path).context["cl"].result_count == 1
    assert as_staff.get(missed).context["cl"].result_count == 0


@pytest.mark.parametrize("lookup", ["", "__exact", "__gte", "__lt", "__in", "__isnull"])
def test_a_secret_cannot_be_guessed_by_filtering(as_staff, connection, lookup):
    column = "credentials_encrypted"
    value = "0" if lookup == "__isnull" else getattr(connection, column)
    assert as_staff.get(CONNECTIONS, {f"{column}{lookup}": value}).status_code == 400


def sync(client: Client, *connections: Connection):
    chosen = {"action": "sync_now", "_selected_action": [connection.pk for connection in connections]}
    return client.post(CONNECTIONS, chosen, follow=True)


def test_sync_now_uses_the_same_service(as_staff, staff, connection):
    page = markup_of(sync(as_staff, connection))
    run = SyncRun.objects.get()
    assert (run.trigger, run.requested_by) == (Trigger.MANUAL, staff)
    assert f"Run {run.pk} is queued." in page


def test_sync_now_reports_each_result(as_staff, connection):
    make_run(connection, "RUNNING")
    paused = make_connection(make_company("Other", slug="other"), ConnectionState.PAUSED)
    page = markup_of(sync(as_staff, connection, paused))
    assert "is already in progress." in page
    assert f"Other, {system().name} · acme: Syncing is paused." in page
    assert SyncRun.objects.count() == 1


def test_staff_with_view_permission_cannot_sync(connection, sign_in):
    looker = make_user("looker@protiv.test", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_connection"))
    client = sign_in(looker)
    assert client.get(CONNECTIONS).status_code == 200
    sync(client, connection)
    assert not SyncRun.objects.exists()


def test_staff_with_the_right_to_change_may_sync_and_still_changes_nothing(connection, sign_in):
    helper = make_user("helper@protiv.test", is_staff=True)
    helper.user_permissions.set(
        Permission.objects.filter(codename__in=["view_connection", "change_connection", "delete_connection"])
    )
    client = sign_in(helper)
    sync(client, connection)
    assert SyncRun.objects.count() == 1
    assert client.post(f"{CONNECTIONS}{connection.pk}/change/", {"state": "PAUSED"}).status_code == 403


def test_lists_take_as_many_queries_with_many_rows(as_staff, rows, connection, django_assert_max_num_queries):
    run = SyncRun.objects.get()
    for number in range(20):
        make_run(connection)
        make_issue(run, f"more-{number}")
    for listing in (CONNECTIONS, RUNS, ISSUES):
        with django_assert_max_num_queries(12):
            as_staff.get(listing)
