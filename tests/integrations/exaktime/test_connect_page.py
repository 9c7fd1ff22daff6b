"""Connecting ExakTime: each wrong input and each refusal has its text on the form, and nothing is stored."""

import sys

import pytest
import requests
import responses
from django.views.debug import ExceptionReporter

from integrations import credentials, services, views
from integrations.exaktime.provider import EXAKTIME
from integrations.models import Connection, ConnectionState, SyncRun
from protiv.accounts.models import AuditEvent
from tests.integrations.exaktime.probes import PROBES
from tests.make.connections import LOGIN_URL, PASSWORD, SIGNED_IN, USERNAME, make_connection
from tests.make.factories import make_entry, make_worker
from tests.reading import markup_of

CONNECT = "/integrations/exaktime/connect/"
TYPED = {"username": USERNAME, "password": PASSWORD, "company_id": "acme"}
WRONG = "ExakTime didn't accept this username, password, or Company ID."
NOT_BLAMED = "this doesn't mean that your username or password is wrong"


@pytest.fixture(autouse=True)
def _real_address(settings):
    settings.EXAKTIME_BASE_URL = "https://{company_id}.exaktime.com"
    settings.EXAKTIME_ALLOW_INSECURE_BASE_URL = False


@pytest.fixture
def exaktime():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def error(code: str) -> dict[str, object]:
    return {"error": {"code": code, "message": f"vendor text {PASSWORD}"}}


def assert_refused(response, text: str) -> None:
    """The text is on the form, the input is kept except for the password, nothing is stored."""
    page = markup_of(response)
    assert response.status_code == 200
    assert text in page
    assert f'value="{USERNAME}"' in page
    assert 'value="acme"' in page
    assert PASSWORD not in page
    assert not Connection.objects.exists()
    assert not AuditEvent.objects.exists()


def test_the_form_asks_for_three_things_and_says_what_the_company_id_is_not(as_admin):
    page = markup_of(as_admin.get(CONNECT))
    for name in ("username", "password", "company_id"):
        assert f'name="{name}"' in page
    assert page.count('autocomplete="off"') >= 3
    assert "no spaces" in page
    assert "Company Setup Code" in page


def test_a_successful_sign_in_is_stored_sealed_and_leads_to_setup(as_admin, admin, company, exaktime):
    exaktime.post(LOGIN_URL, json=SIGNED_IN)
    answer = as_admin.post(CONNECT, TYPED)
    assert answer.url == "/integrations/exaktime/setup/"
    connection = Connection.objects.get(company=company)
    assert (connection.state, connection.account_identifier) == (ConnectionState.TESTING, "acme")
    assert connection.credentials_encrypted.startswith("v1:")
    assert credentials.load(connection).secrets["password"] == PASSWORD
    assert AuditEvent.objects.get().actor == admin
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("typed", ["acme", "  acme ", "https://acme.exaktime.com/login?x=1", "acme.exaktime.com."])
def test_a_pasted_address_becomes_the_company_id(as_admin, exaktime, typed):
    exaktime.post(LOGIN_URL, json=SIGNED_IN)
    as_admin.post(CONNECT, TYPED | {"company_id": typed})
    assert Connection.objects.get().account_identifier == "acme"


def test_the_company_id_is_kept_as_entered(as_admin, exaktime):
    exaktime.post(LOGIN_URL, json=SIGNED_IN)
    as_admin.post(CONNECT, TYPED | {"company_id": "AcMe"})
    assert Connection.objects.get().account_identifier == "AcMe"


def test_a_password_keeps_its_outer_spaces(as_admin, exaktime):
    exaktime.post(LOGIN_URL, json=SIGNED_IN)
    as_admin.post(CONNECT, TYPED | {"password": "  two words "})
    assert credentials.load(Connection.objects.get()).secrets["password"] == "  two words "


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (401, error("InvalidCredentials"), WRONG),
        (401, {"statusCode": 401, "message": "no"}, WRONG),
        (404, error("CompanyNotFound"), WRONG),
        (403, error("AccountInactive"), "this account is inactive"),
        (403, error("ReadNotPermitted"), "isn't allowed to read employees"),
        (403, error("MfaRequired"), "uses two-step sign-in"),
        (403, error("SomethingNew"), "without giving a reason we recognize"),
        (500, error(""), NOT_BLAMED),
        (502, "<html>bad gateway</html>", NOT_BLAMED),
        (503, "", NOT_BLAMED),
        (200, "<html>maintenance</html>", NOT_BLAMED),
        (200, "", NOT_BLAMED),
    ],
)
def test_each_refusal_has_its_text(as_admin, exaktime, status, body, text):
    how = {"json": body} if isinstance(body, dict) else {"body": body}
    exaktime.post(LOGIN_URL, status=status, **how)
    assert_refused(as_admin.post(CONNECT, TYPED), text)
    assert len(exaktime.calls) == 1


def test_busy_says_when_to_try_again(as_admin, exaktime):
    exaktime.post(LOGIN_URL, status=429, headers={"Retry-After": "37"})
    assert_refused(as_admin.post(CONNECT, TYPED), "Try again in 37 seconds")


@pytest.mark.parametrize("cause", [requests.ConnectionError("refused"), requests.ReadTimeout("slow")])
def test_an_unreachable_exaktime_is_not_blamed_on_the_password(as_admin, exaktime, cause):
    exaktime.post(LOGIN_URL, body=cause)
    assert_refused(as_admin.post(CONNECT, TYPED), NOT_BLAMED)


def test_a_redirect_is_not_followed(as_admin, exaktime):
    exaktime.post(LOGIN_URL, status=302, headers={"Location": "https://evil.example/"})
    assert_refused(as_admin.post(CONNECT, TYPED), "redirected us to another address")
    assert len(exaktime.calls) == 1


@pytest.mark.parametrize(
    ("field", "typed", "text"),
    [
        ("username", "", "Enter the username of your ExakTime account."),
        ("username", "   ", "Enter the username of your ExakTime account."),
        ("username", "u" * 501, "Use at most 500 characters."),
        ("username", "a\0b", "Null characters are not allowed."),
        ("password", "", "Enter the password of your ExakTime account."),
        ("password", "p" * 501, "Use at most 500 characters."),
        ("company_id", "", "Enter your Company ID: the part before .exaktime.com"),
        ("company_id", "acme corp", "The Company ID must not contain spaces."),
        ("company_id", "acme_1", "This isn't a Company ID."),
        ("company_id", "www", "belongs to ExakTime itself"),
    ],
)
def test_invalid_input_is_shown_at_its_field_before_any_call(as_admin, exaktime, field, typed, text):
    response = as_admin.post(CONNECT, TYPED | {field: typed})
    page = markup_of(response)
    assert response.context["form"].errors.keys() == {field}
    assert text in page
    assert f'id="id_{field}_error"' in page
    assert PASSWORD not in page
    assert not exaktime.calls
    assert not Connection.objects.exists()


@pytest.mark.parametrize("probe", PROBES, ids=ascii)
def test_no_probe_reaches_the_network(as_admin, exaktime, probe):
    response = as_admin.post(CONNECT, TYPED | {"company_id": probe})
    assert "company_id" in response.context["form"].errors
    assert not exaktime.calls
    assert not Connection.objects.exists()


def test_connecting_again_fills_in_the_company_id_and_no_secret(as_admin, company):
    make_connection(company, "REAUTH_REQUIRED")
    page = markup_of(as_admin.get(CONNECT))
    assert 'value="acme"' in page
    assert USERNAME not in page
    assert PASSWORD not in page


def test_hours_of_two_provider_companies_are_never_mixed(as_admin, company, exaktime):
    connection = make_connection(company)
    make_entry(make_worker(company, connection_id=connection.pk), connection_id=connection.pk)
    page = markup_of(as_admin.post(CONNECT, TYPED | {"company_id": "bravo"}))
    assert "would mix the hours of two companies" in page
    assert 'value="bravo"' in page
    assert not exaktime.calls


def test_an_error_report_holds_no_credential(admin, settings, monkeypatch, rf):
    """What Django's error report shows of the view's frames and of the form, should something break in there."""

    def broken(**_arguments):
        raise RuntimeError("broken")

    settings.DEBUG = False
    monkeypatch.setattr(services, "connect", broken)
    request = rf.post(CONNECT, TYPED)
    request.user, request.session = admin, {}
    try:
        views.integration_connect(request, provider=EXAKTIME)
    except RuntimeError:
        report = ExceptionReporter(request, *sys.exc_info()).get_traceback_text()
    assert "broken" in report
    assert PASSWORD not in report
    assert USERNAME not in report
