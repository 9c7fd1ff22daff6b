"""Permissions on the Integrations pages."""

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import Connection, ConnectionState, SyncRun
from tests.make.connections import make_connection, make_issue, make_run
from tests.make.systems import here
from tests.reading import markup_of

CONNECTION = "/integrations/*/"
SEEN = ["/integrations/", CONNECTION, f"{CONNECTION}status/", "/integrations/sync/status/"]
CHANGED_BY_FORM = [f"{CONNECTION}connect/", f"{CONNECTION}settings/", f"{CONNECTION}disconnect/"]
CHANGED_BY_POST = [f"{CONNECTION}pause/", f"{CONNECTION}resume/"]
SYNC = "/integrations/sync/"
EVERYTHING = [*SEEN, *CHANGED_BY_FORM, f"{CONNECTION}setup/", *CHANGED_BY_POST, SYNC]


@pytest.fixture
def connection(company, tasks) -> Connection:
    return make_connection(company)


def test_page_names_resolve_to_their_addresses(system):
    assert reverse("integration_list") == "/integrations/"
    for name in (system, system.key, system.slug):
        assert reverse("integration_detail", args=[name]) == here(CONNECTION)
        assert reverse("integration_connect", kwargs={"provider": name}) == here(f"{CONNECTION}connect/")


@pytest.mark.parametrize("path", [*SEEN, *CHANGED_BY_FORM])
def test_admin_may_see_every_page(as_admin, connection, path):
    assert as_admin.get(here(path)).status_code == 200


@pytest.mark.parametrize("path", SEEN)
def test_manager_can_view(as_manager, connection, path):
    assert as_manager.get(here(path)).status_code == 200


@pytest.mark.parametrize("path", [*CHANGED_BY_FORM, f"{CONNECTION}setup/"])
def test_manager_may_open_no_form(as_manager, connection, path):
    assert as_manager.get(here(path)).status_code == 403


@pytest.mark.parametrize("path", [*CHANGED_BY_FORM, f"{CONNECTION}setup/", *CHANGED_BY_POST])
def test_manager_may_change_nothing(as_manager, connection, path):
    before = Connection.objects.values().get()
    assert as_manager.post(here(path), {"sync_start_date": "2026-01-01"}).status_code == 403
    assert Connection.objects.values().get() == before


def test_manager_sees_no_button_that_would_be_refused(as_manager, connection):
    page = markup_of(as_manager.get(here(CONNECTION)))
    for word in ("Pause", "Reconnect", "Disconnect", "Change settings"):
        assert word not in page
    assert "An admin of Acme Roofing can change this." in page


def test_manager_may_force_a_sync(as_manager, manager, connection):
    as_manager.post(SYNC)
    assert SyncRun.objects.get().requested_by == manager


@pytest.mark.parametrize("path", EVERYTHING)
@pytest.mark.parametrize("method", ["get", "post"])
def test_worker_has_no_access(as_worker, connection, path, method):
    refusal = getattr(as_worker, method)(here(path)).status_code
    assert refusal == 403 or (refusal == 405 and (method == "get") == (path in [*CHANGED_BY_POST, SYNC]))
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("path", EVERYTHING)
@pytest.mark.parametrize("method", ["get", "post"])
def test_anonymous_is_asked_to_sign_in(anonymous, connection, path, method):
    answer = getattr(anonymous, method)(here(path))
    assert answer.status_code == 302
    assert answer.url.startswith("/login/")
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("path", EVERYTHING)
def test_stranger_reaches_only_their_own_company(as_stranger, connection, path):
    make_issue(make_run(connection, requested_by=None), "secret-record-1")
    before = Connection.objects.values().get()
    for answer in (as_stranger.get(here(path), follow=True), as_stranger.post(here(path), follow=True)):
        assert "secret-record-1" not in markup_of(answer)
        assert '"status-title">acme' not in markup_of(answer)
    assert Connection.objects.values().get() == before
    assert SyncRun.objects.count() == 1


def test_stranger_cannot_watch_the_runs_of_others(as_stranger, connection):
    run = make_run(connection, "FAILED", error_text="Only for Acme.")
    assert "Only for Acme" not in markup_of(as_stranger.get(f"/integrations/sync/status/?run={run.pk}"))


@pytest.mark.parametrize("path", ["status/", "disconnect/", "pause/", "resume/"])
def test_without_a_connection_there_is_nothing_to_change(as_admin, path):
    method = as_admin.post if path in ("pause/", "resume/") else as_admin.get
    assert method(here(CONNECTION + path)).status_code == 404


@pytest.mark.parametrize("path", ["", "connect/", "setup/", "status/", "settings/", "pause/"])
@pytest.mark.parametrize("name", ["quickbooks", "EXAKTIME", "POCKET", "exaktime2", "..", "%00"])
def test_unknown_provider_is_not_found(as_admin, connection, name, path):
    assert as_admin.post(f"/integrations/{name}/{path}").status_code == 404


@pytest.mark.parametrize("path", [*CHANGED_BY_POST, SYNC])
def test_a_change_requires_a_post(as_admin, connection, path):
    assert as_admin.get(here(path)).status_code == 405
    connection.refresh_from_db()
    assert connection.state == ConnectionState.ACTIVE


@pytest.mark.parametrize("path", [*CHANGED_BY_POST, SYNC, f"{CONNECTION}disconnect/", f"{CONNECTION}connect/"])
def test_a_post_from_another_site_is_refused(admin, connection, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(here(path)).status_code == 403
    assert not SyncRun.objects.exists()


def test_no_page_needs_inline_script_or_style(as_admin, connection):
    make_issue(make_run(connection), "r-1")
    for path in [*SEEN, *CHANGED_BY_FORM]:
        page = markup_of(as_admin.get(here(path)))
        assert "style=" not in page
        assert "onclick" not in page
        assert "<style" not in page
