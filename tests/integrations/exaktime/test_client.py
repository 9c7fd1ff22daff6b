import gzip
import json
import logging
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
import requests
import responses
import urllib3
from responses import matchers

from integrations.exaktime.client import ClientOptions, ExakTimeClient
from integrations.exaktime.login import Login
from integrations.providers.base import (
    AuthenticationFailed,
    ProviderError,
    SourceUnavailable,
    UnexpectedResponse,
)
from tests.integrations.exaktime.secrecy import PASSWORD, TOKEN, USERNAME, assert_no_secret, visible_in

BASE = "https://acme.exaktime.com"
LOGIN = f"{BASE}/v1/auth/login"
LIST = f"{BASE}/v1/Time/CostCodes"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ITEMS = {"items": [], "page": 1, "pageSize": 100, "totalCount": 0}
HTML = "<!DOCTYPE html><html><body>We'll be back soon</body></html>"


@pytest.fixture
def http():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def waits():
    return []


@pytest.fixture
def make_client(waits):
    def make(**options):
        login = Login("https://Acme.exaktime.com/", USERNAME, PASSWORD)
        given = {"sleep": waits.append, "now": lambda: NOW} | options
        return ExakTimeClient(login, base_url=BASE, options=ClientOptions(**given))

    return make


@pytest.fixture
def client(make_client):
    return make_client()


def accept_login(http, token=TOKEN):
    http.post(LOGIN, json={"token": token, "expiresAt": "2020-01-01T00:00:00Z"})


def read(client):
    return client.get("/v1/Time/CostCodes", {"page": 1, "pageSize": 100})


def failure(call):
    with pytest.raises(ProviderError) as caught:
        call()
    assert_no_secret(visible_in(caught.value))
    return caught.value


def calls_to(http, url):
    return [call for call in http.calls if call.request.url.startswith(url)]


# Sign in


def test_login_sends_the_three_things_once_and_keeps_the_token(http, client):
    accept_login(http)
    http.get(LIST, json=ITEMS, match=[matchers.header_matcher({"Authorization": f"Bearer {TOKEN}"})])
    client.sign_in()
    assert read(client) == ITEMS
    assert json.loads(http.calls[0].request.body) == {"companyId": "Acme", "username": USERNAME, "password": PASSWORD}
    assert "Authorization" not in http.calls[0].request.headers
    assert len(calls_to(http, LOGIN)) == 1


def test_first_read_signs_in_by_itself(http, client):
    accept_login(http)
    http.get(LIST, json=ITEMS)
    assert read(client) == ITEMS


def test_expiry_in_the_past_is_not_believed(http, client):
    accept_login(http)
    http.get(LIST, json=ITEMS)
    read(client)
    read(client)
    assert len(calls_to(http, LOGIN)) == 1


def shape_a(code):
    return {"error": {"code": code, "message": "vendor text", "details": []}}


REFUSED_LOGINS = [
    (401, shape_a("InvalidCredentials"), "INVALID_CREDENTIALS", "username, password, or Company ID"),
    (401, {"error": {"code": "", "message": "no"}}, "INVALID_CREDENTIALS", "username, password, or Company ID"),
    (401, {"statusCode": 401, "message": "no"}, "INVALID_CREDENTIALS", "username, password, or Company ID"),
    (401, HTML, "INVALID_CREDENTIALS", "username, password, or Company ID"),
    (401, "", "INVALID_CREDENTIALS", "username, password, or Company ID"),
    (404, shape_a("CompanyNotFound"), "INVALID_CREDENTIALS", "username, password, or Company ID"),
    (403, shape_a("AccountInactive"), "ACCOUNT_INACTIVE", "inactive"),
    (403, shape_a("ReadNotPermitted"), "READ_NOT_PERMITTED", "isn't allowed to read"),
    (403, shape_a("MfaRequired"), "MFA_REQUIRED", "two-step sign-in"),
    (403, shape_a("SomethingNew"), "ACCESS_REFUSED", "without giving a reason we recognize"),
    (403, shape_a(None), "ACCESS_REFUSED", "without giving a reason we recognize"),
    (403, {"statusCode": 403, "message": "no"}, "ACCESS_REFUSED", "without giving a reason we recognize"),
    (403, "", "ACCESS_REFUSED", "without giving a reason we recognize"),
]


@pytest.mark.parametrize(("status", "body", "code", "text"), REFUSED_LOGINS)
def test_login_refused(http, client, waits, status, body, code, text):
    http.post(LOGIN, status=status, **({"json": body} if isinstance(body, dict) else {"body": body}))
    error = failure(client.sign_in)
    assert type(error) is AuthenticationFailed
    assert error.code == code
    assert text in error.message
    assert "vendor text" not in error.message
    assert len(http.calls) == 1
    assert waits == []


UNAVAILABLE_LOGINS = [
    ({"status": 500}, "SERVER_ERROR"),
    ({"status": 502, "body": HTML}, "SERVER_ERROR"),
    ({"status": 503, "json": shape_a("InvalidCredentials")}, "SERVER_ERROR"),
    ({"status": 504}, "SERVER_ERROR"),
    ({"status": 408}, "TIMED_OUT"),
    ({"status": 403, "body": HTML}, "BLOCKED"),
    ({"status": 200, "body": HTML}, "NOT_JSON"),
    ({"status": 200, "body": ""}, "NOT_JSON"),
    ({"status": 200, "body": b'{"token": "abc'}, "NOT_JSON"),
    ({"status": 200, "body": b"\xff\xfe\xff"}, "NOT_JSON"),
    ({"body": requests.ConnectTimeout(f"{PASSWORD}")}, "TIMED_OUT"),
    ({"body": requests.ReadTimeout(f"{PASSWORD}")}, "TIMED_OUT"),
    ({"body": requests.ConnectionError(f"{PASSWORD}")}, "UNREACHABLE"),
    ({"body": requests.exceptions.SSLError(f"{PASSWORD}")}, "UNREACHABLE"),
    ({"body": ConnectionResetError(f"{PASSWORD}")}, "UNREACHABLE"),
    ({"body": urllib3.exceptions.ProtocolError(f"{PASSWORD}")}, "CUT_SHORT"),
]


@pytest.mark.parametrize(("answer", "code"), UNAVAILABLE_LOGINS)
def test_login_unavailable_is_never_retried_and_blames_no_password(http, client, waits, answer, code):
    http.post(LOGIN, **answer)
    error = failure(client.sign_in)
    assert type(error) is SourceUnavailable
    assert error.code == code
    assert "Nothing was saved or changed" in error.message
    assert "doesn't mean that your username or password is wrong" in error.message
    assert "Try again" in error.message
    assert len(http.calls) == 1
    assert waits == []


@pytest.mark.parametrize(("header", "seconds", "when"), [("37", 37, "in 37 seconds"), (None, None, "in a few minutes")])
def test_login_busy_says_when_to_try_again(http, client, waits, header, seconds, when):
    http.post(LOGIN, status=429, headers={"Retry-After": header} if header else {})
    error = failure(client.sign_in)
    assert (type(error), error.code, error.retry_after_seconds) == (SourceUnavailable, "BUSY", seconds)
    assert "busy" in error.message
    assert f"Try again {when}" in error.message
    assert waits == []


UNEXPECTED_LOGINS = [
    ({"status": 404, "body": HTML}, "NOT_FOUND"),
    ({"status": 404, "json": shape_a("NotFound")}, "NOT_FOUND"),
    ({"status": 302, "headers": {"Location": "https://evil.com/"}}, "REDIRECTED"),
    ({"status": 400, "json": shape_a("Bad")}, "UNEXPECTED_STATUS"),
    ({"status": 204}, "UNEXPECTED_STATUS"),
    ({"json": []}, "WRONG_SHAPE"),
    ({"json": {}}, "WRONG_SHAPE"),
    ({"json": {"Token": TOKEN}}, "WRONG_SHAPE"),
    ({"json": {"token": 7}}, "WRONG_SHAPE"),
    ({"json": {"token": ""}}, "WRONG_SHAPE"),
    ({"json": {"token": f"{TOKEN}\r\nX-Evil: 1"}}, "WRONG_SHAPE"),
    ({"json": {"token": f"{TOKEN}é"}}, "WRONG_SHAPE"),
]


@pytest.mark.parametrize(("answer", "code"), UNEXPECTED_LOGINS)
def test_login_unexpected(http, client, answer, code):
    http.post(LOGIN, **answer)
    error = failure(client.sign_in)
    assert type(error) is UnexpectedResponse
    assert error.code == code
    assert "Contact support" in error.message
    assert len(http.calls) == 1


# Temporary failures of reads

PASSING = [
    ({"status": 408}, "TIMED_OUT"),
    ({"status": 429}, "BUSY"),
    ({"status": 500, "json": shape_a("InternalError")}, "SERVER_ERROR"),
    ({"status": 502, "body": HTML}, "SERVER_ERROR"),
    ({"status": 503, "json": {"statusCode": 503, "message": "refresh"}}, "SERVER_ERROR"),
    ({"status": 504, "body": ""}, "SERVER_ERROR"),
    ({"body": requests.ConnectionError(TOKEN)}, "UNREACHABLE"),
    ({"body": ConnectionResetError(TOKEN)}, "UNREACHABLE"),
    ({"body": requests.ReadTimeout(TOKEN)}, "TIMED_OUT"),
    ({"body": urllib3.exceptions.ReadTimeoutError(None, "/", TOKEN)}, "TIMED_OUT"),
    ({"body": urllib3.exceptions.ProtocolError(TOKEN)}, "CUT_SHORT"),
    ({"body": b"not gzip", "headers": {"Content-Encoding": "gzip"}}, "CUT_SHORT"),
    ({"body": HTML}, "NOT_JSON"),
    ({"body": ""}, "NOT_JSON"),
    ({"body": '{"items": [{"costC'}, "NOT_JSON"),
    ({"body": '{"totalCount": NaN}'}, "NOT_JSON"),
    ({"body": "[" * 100_000}, "NOT_JSON"),
    ({"body": '{"totalCount": ' + "9" * 5000 + "}"}, "NOT_JSON"),
]


@pytest.mark.parametrize(("answer", "code"), PASSING)
def test_read_is_retried(http, client, waits, answer, code, caplog):
    caplog.set_level(logging.DEBUG)
    accept_login(http)
    http.get(LIST, **answer)
    http.get(LIST, **answer)
    http.get(LIST, json=ITEMS)
    assert read(client) == ITEMS
    assert len(waits) == 2
    assert 1 <= waits[0] <= 2
    assert 2 <= waits[1] <= 3
    assert code in caplog.text
    assert_no_secret(caplog.text)


@pytest.mark.parametrize(("answer", "code"), PASSING)
def test_read_gives_up_after_four_attempts(http, client, waits, answer, code):
    accept_login(http)
    http.get(LIST, **answer)
    error = failure(lambda: read(client))
    assert type(error) is SourceUnavailable
    assert error.code == code
    assert "haven't changed" in error.message
    assert "retry automatically" in error.message
    assert "password" not in error.message
    assert len(calls_to(http, LIST)) == 4
    assert len(waits) == 3


RETRY_AFTER = [
    ("7", 7),
    (" 7 ", 7),
    ("0", 0),
    ("60", 60),
    ("Fri, 20 Nov 2026 12:00:09 GMT", 9),
    ("Friday, 20-Nov-26 12:00:09 GMT", 9),
    ("Fri, 20 Nov 2026 12:00:09 -0000", 9),
    ("Fri, 20 Nov 2026 11:00:00 GMT", 0),
]


@pytest.mark.parametrize(("header", "seconds"), RETRY_AFTER)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_wins(http, client, waits, status, header, seconds):
    accept_login(http)
    http.get(LIST, status=status, headers={"Retry-After": header})
    http.get(LIST, json=ITEMS)
    read(client)
    assert waits == [seconds]


@pytest.mark.parametrize("header", ["", "soon", "-5", "1.5", "٣", "Fri, 99 Nov 2026 12:00:00 GMT", "1e3"])
def test_unreadable_retry_after_falls_back_to_our_own_wait(http, client, waits, header):
    accept_login(http)
    http.get(LIST, status=429, headers={"Retry-After": header.encode().decode("latin-1")})
    http.get(LIST, json=ITEMS)
    read(client)
    assert 1 <= waits[0] <= 2


def test_retry_after_date_is_measured_on_the_servers_own_clock(http, client, waits):
    accept_login(http)
    headers = {"Date": "Fri, 20 Nov 2026 13:00:00 GMT", "Retry-After": "Fri, 20 Nov 2026 13:00:05 GMT"}
    http.get(LIST, status=429, headers=headers)
    http.get(LIST, json=ITEMS)
    read(client)
    assert waits == [5]


@pytest.mark.parametrize(
    ("header", "seconds"), [("61", 61), ("3600", 3600), ("9" * 40, 86400), ("Fri, 20 Nov 2026 13:00:00 GMT", 3600)]
)
def test_a_longer_retry_after_is_passed_on_immediately(http, client, waits, header, seconds):
    accept_login(http)
    http.get(LIST, status=429, headers={"Retry-After": header})
    error = failure(lambda: read(client))
    assert (type(error), error.code, error.retry_after_seconds) == (SourceUnavailable, "BUSY", seconds)
    assert waits == []


def test_busy_until_the_end_says_how_long_to_wait(http, client, waits):
    accept_login(http)
    http.get(LIST, status=429, headers={"Retry-After": "5"})
    assert failure(lambda: read(client)).retry_after_seconds == 5
    assert waits == [5, 5, 5]


def test_no_attempt_begins_after_the_patience_has_run_out(http, make_client, waits):
    accept_login(http)
    http.get(LIST, status=429, headers={"Retry-After": "50"})
    error = failure(lambda: read(make_client(patience_seconds=40)))
    assert error.code == "BUSY"
    assert waits == []


# Permanent failures of reads


@pytest.mark.parametrize(
    ("answer", "error_type", "code"),
    [
        ({"status": 403, "json": shape_a("ReadNotPermitted")}, AuthenticationFailed, "READ_NOT_PERMITTED"),
        ({"status": 403, "json": {"error": {"code": ""}}}, AuthenticationFailed, "READ_NOT_PERMITTED"),
        ({"status": 403, "body": ""}, AuthenticationFailed, "READ_NOT_PERMITTED"),
        ({"status": 403, "json": shape_a("AccountInactive")}, AuthenticationFailed, "ACCOUNT_INACTIVE"),
        ({"status": 403, "json": shape_a("MfaRequired")}, AuthenticationFailed, "MFA_REQUIRED"),
        ({"status": 403, "body": HTML}, SourceUnavailable, "BLOCKED"),
        ({"status": 404, "json": shape_a("NotFound")}, UnexpectedResponse, "NOT_FOUND"),
        ({"status": 400}, UnexpectedResponse, "UNEXPECTED_STATUS"),
        ({"status": 206, "json": ITEMS}, UnexpectedResponse, "UNEXPECTED_STATUS"),
        ({"status": 301, "headers": {"Location": "https://evil.com/"}}, UnexpectedResponse, "REDIRECTED"),
        ({"status": 307, "headers": {"Location": "http://["}}, UnexpectedResponse, "REDIRECTED"),
        ({"json": []}, UnexpectedResponse, "WRONG_SHAPE"),
        ({"body": "null"}, UnexpectedResponse, "WRONG_SHAPE"),
        ({"json": "text"}, UnexpectedResponse, "WRONG_SHAPE"),
    ],
)
def test_read_fails_immediately(http, client, waits, answer, error_type, code):
    accept_login(http)
    http.get(LIST, **answer)
    error = failure(lambda: read(client))
    assert (type(error), error.code) == (error_type, code)
    assert len(calls_to(http, LIST)) == 1
    assert waits == []


def test_a_lost_permission_has_its_own_message(http, client):
    accept_login(http)
    http.get(LIST, status=403, json=shape_a("ReadNotPermitted"))
    error = failure(lambda: read(client))
    assert "signed in" in error.message
    assert "haven't changed" in error.message


def test_redirect_is_not_followed(http, client):
    accept_login(http)
    http.get(LIST, status=302, headers={"Location": "https://evil.com/"})
    http.get("https://evil.com/", json=ITEMS)
    failure(lambda: read(client))
    assert calls_to(http, "https://evil.com") == []


@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_a_body_that_is_too_large_is_not_read(http, make_client, waits, status):
    accept_login(http)
    http.get(LIST, status=status, body=b" " * 2_000_000, headers={"Location": "https://acme.exaktime.com/x"})
    error = failure(lambda: read(make_client(max_body_bytes=1_000_000)))
    assert (type(error), error.code) == (UnexpectedResponse, "TOO_LARGE")
    assert waits == []


def test_body_is_counted_after_unpacking(http, make_client):
    accept_login(http)
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < 100_000
    http.get(LIST, body=bomb, headers={"Content-Encoding": "gzip"})
    assert failure(lambda: read(make_client(max_body_bytes=1_000_000))).code == "TOO_LARGE"


def test_a_body_can_be_as_large_as_the_limit(http, make_client):
    accept_login(http)
    body = json.dumps(ITEMS).encode().ljust(1_000_000)
    http.get(LIST, body=gzip.compress(body), headers={"Content-Encoding": "gzip"})
    assert read(make_client(max_body_bytes=1_000_000)) == ITEMS


# The token expires


def test_401_in_mid_run_signs_in_again(http, client):
    accept_login(http, "old-token")
    accept_login(http)
    http.get(LIST, status=401, json=shape_a("InvalidToken"))
    http.get(LIST, json=ITEMS)
    assert read(client) == ITEMS
    assert [call.request.headers["Authorization"] for call in calls_to(http, LIST)] == [
        "Bearer old-token",
        f"Bearer {TOKEN}",
    ]


def test_second_401_ends_the_run(http, client, waits):
    accept_login(http)
    http.get(LIST, status=401)
    error = failure(lambda: read(client))
    assert (type(error), error.code) == (AuthenticationFailed, "SESSION_REFUSED")
    assert len(calls_to(http, LOGIN)) == 2
    assert len(calls_to(http, LIST)) == 2
    assert waits == []


def test_one_renewal_between_two_successes(http, client):
    accept_login(http)
    for _ in range(3):
        http.get(LIST, status=401)
        http.get(LIST, json=ITEMS)
    for _ in range(3):
        assert read(client) == ITEMS
    assert len(calls_to(http, LOGIN)) == 4


def test_after_a_failed_renewal_the_next_401_is_final(http, client):
    accept_login(http)
    http.get(LIST, status=401)
    http.get(LIST, status=404)
    http.get(LIST, status=401)
    assert failure(lambda: read(client)).code == "NOT_FOUND"
    assert failure(lambda: read(client)).code == "SESSION_REFUSED"
    assert len(calls_to(http, LOGIN)) == 2


@pytest.mark.parametrize(
    ("login", "error_type", "code"),
    [
        ({"status": 401}, AuthenticationFailed, "INVALID_CREDENTIALS"),
        ({"status": 403, "json": shape_a("AccountInactive")}, AuthenticationFailed, "ACCOUNT_INACTIVE"),
        ({"status": 503}, SourceUnavailable, "SERVER_ERROR"),
        ({"status": 429, "headers": {"Retry-After": "5"}}, SourceUnavailable, "BUSY"),
    ],
)
def test_renewal_that_fails_is_not_retried(http, client, waits, login, error_type, code):
    accept_login(http)
    http.post(LOGIN, **login)
    http.get(LIST, status=401)
    error = failure(lambda: read(client))
    assert (type(error), error.code) == (error_type, code)
    assert waits == []


# What is sent, and what stays secret


def test_query_is_spelled_for_odata(http, client):
    accept_login(http)
    http.get(f"{BASE}/odata/DwTimeRecords", json={})
    client.get("/odata/DwTimeRecords", {"$filter": "PayPeriodId eq 'O''Neil & 1+1=50%#'", "$top": 1000})
    assert http.calls[-1].request.url == (
        f"{BASE}/odata/DwTimeRecords?$filter=PayPeriodId%20eq%20%27O%27%27Neil%20%26%201%2B1%3D50%25%23%27&$top=1000"
    )


def test_session_takes_nothing_from_the_environment(http, client, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine acme.exaktime.com login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    accept_login(http)
    http.get(LIST, json=ITEMS)
    read(client)
    login, get = http.calls
    assert "Authorization" not in login.request.headers
    assert get.request.headers["Authorization"] == f"Bearer {TOKEN}"
    for call in http.calls:
        assert not call.request.req_kwargs["proxies"]
        assert call.request.req_kwargs["timeout"] == (10.0, 60.0)
        assert call.request.req_kwargs["verify"] is True
        assert call.request.req_kwargs["stream"] is True


def test_cookies_are_not_kept(http, client):
    http.post(LOGIN, json={"token": TOKEN}, headers={"Set-Cookie": "session=other; Path=/"})
    http.get(LIST, json=ITEMS)
    read(client)
    assert "Cookie" not in http.calls[-1].request.headers


def test_repr_shows_no_secret(http, client):
    accept_login(http)
    client.sign_in()
    assert_no_secret(repr(client) + str(client))
    assert BASE in repr(client)


def test_log_shows_no_secret(http, client, caplog):
    caplog.set_level(logging.DEBUG)
    accept_login(http)
    http.get(LIST, status=HTTPStatus.SERVICE_UNAVAILABLE, body=f"{TOKEN} {PASSWORD}")
    failure(lambda: read(client))
    assert "SERVER_ERROR" in caplog.text
    assert_no_secret(caplog.text)


def test_answer_that_echoes_the_password_is_not_repeated(http, client):
    http.post(LOGIN, status=401, json={"error": {"code": PASSWORD, "message": f"{USERNAME}:{PASSWORD} is wrong"}})
    assert_no_secret(failure(client.sign_in).message)
