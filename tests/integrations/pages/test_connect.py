"""Connecting: credentials are verified and sealed; errors are shown on the form, and nothing is stored."""

import pytest

from integrations import credentials
from integrations.models import Connection, ConnectionState, SyncRun
from integrations.providers.base import AuthenticationFailed, Credentials, SourceUnavailable, UnexpectedResponse
from protiv.accounts.models import AuditEvent
from tests.make.connections import make_connection
from tests.make.factories import make_entry, make_worker
from tests.make.systems import CREDENTIALS, TYPED, address, secrets
from tests.reading import markup_of

FAILURES = [
    AuthenticationFailed("This sign-in was refused."),
    SourceUnavailable("Nobody answers just now."),
    UnexpectedResponse("We can't read that answer."),
]


@pytest.fixture
def typed(system) -> dict[str, str]:
    return TYPED[system.key]


def test_the_form_says_what_is_never_shown_again_and_where_to_find_help(as_admin, system):
    page = markup_of(as_admin.get(address("connect/")))
    assert f"The {system.words.hidden} is never shown again" in page
    for link in system.help_links:
        assert f'href="{link.url}"' in page
        assert link.text in page


def test_a_successful_sign_in_is_stored_sealed_and_leads_to_setup(as_admin, admin, company, system, provider, typed):
    answer = as_admin.post(address("connect/"), typed)
    assert answer.url == address("setup/")
    connection = Connection.objects.get(company=company)
    assert (connection.provider, connection.state, connection.account_identifier) == (system.key, "TESTING", "acme")
    assert connection.can == provider.capabilities
    assert connection.credentials_encrypted.startswith("v1:")
    assert credentials.load(connection) == CREDENTIALS[system.key]
    event = AuditEvent.objects.get()
    assert (event.actor, event.summary) == (admin, f"Connected {system.name} company acme.")
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: one.code)
def test_a_failed_sign_in_is_shown_on_the_form(as_admin, provider, typed, failure):
    provider.error = failure
    page = markup_of(as_admin.post(address("connect/"), typed))
    assert failure.message in page
    assert secrets()[-1] not in page
    assert not Connection.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_missing_secret_is_shown_at_its_field(as_admin, provider, typed):
    for name in typed:
        response = as_admin.post(address("connect/"), typed | {name: ""})
        assert response.context["form"].errors.keys() == {name}
    assert not Connection.objects.exists()


@pytest.mark.parametrize("state", ["REAUTH_REQUIRED", "DISCONNECTED", "ACTIVE"])
def test_reconnecting_updates_the_same_row_and_continues(as_admin, company, provider, typed, tasks, state):
    connection = make_connection(company, state)
    secret = next(name for name in typed if name in ("password", "token"))
    assert as_admin.post(address("connect/"), typed | {secret: "new-secret"}).url == address()
    connection.refresh_from_db()
    assert connection.state == ConnectionState.ACTIVE
    assert credentials.load(connection).secrets[secret] == "new-secret"
    assert SyncRun.objects.get().connection == connection


def test_connecting_again_shows_no_secret(as_admin, company):
    make_connection(company, "REAUTH_REQUIRED")
    page = markup_of(as_admin.get(address("connect/")))
    assert not [secret for secret in secrets() if secret in page]


def test_a_failed_attempt_to_reconnect_changes_nothing(as_admin, company, provider, typed):
    make_connection(company)
    before = Connection.objects.values().get()
    provider.error = FAILURES[0]
    assert FAILURES[0].message in markup_of(as_admin.post(address("connect/"), typed))
    assert Connection.objects.values().get() == before


def test_hours_of_two_accounts_are_never_mixed(as_admin, company, provider, typed):
    """The account that is connected is another one than the hours are from."""
    connection = make_connection(company, account_identifier="bravo")
    make_entry(make_worker(company, connection_id=connection.pk), connection_id=connection.pk)
    before = Connection.objects.values().get()
    assert "would mix the hours of two companies" in markup_of(as_admin.post(address("connect/"), typed))
    assert Connection.objects.values().get() == before


def test_another_account_can_replace_one_without_hours(as_admin, company, provider, typed, tasks):
    connection = make_connection(company, account_identifier="bravo")
    as_admin.post(address("connect/"), typed)
    connection.refresh_from_db()
    assert connection.account_identifier == "acme"


def test_credentials_that_change_at_sign_in_are_stored_changed(as_admin, system, provider, typed):
    changed = Credentials("acme", dict.fromkeys(CREDENTIALS[system.key].secrets, "changed"))
    provider.changes = [changed]
    as_admin.post(address("connect/"), typed)
    assert credentials.load(Connection.objects.get()) == changed
