"""Permanent failures of reads."""

import gzip
import json

import pytest

from integrations.providers.base import (
    AuthenticationFailed,
    SourceUnavailable,
    UnexpectedResponse,
)
from tests.integrations.exaktime.client.calling import (
    HTML,
    ITEMS,
    LIST,
    accept_login,
    calls_to,
    failure,
    read,
    shape_a,
)


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
