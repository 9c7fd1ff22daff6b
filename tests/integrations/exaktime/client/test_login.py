"""Signing in."""

import json

import pytest
import requests
import urllib3
from responses import matchers

from integrations.providers.base import (
    AuthenticationFailed,
    SourceUnavailable,
    UnexpectedResponse,
)
from tests.integrations.exaktime.client.calling import (
    HTML,
    ITEMS,
    LIST,
    LOGIN,
    accept_login,
    calls_to,
    failure,
    read,
    shape_a,
)
from tests.integrations.exaktime.secrecy import PASSWORD, TOKEN, USERNAME


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
