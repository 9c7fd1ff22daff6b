"""Temporary failures of reads."""

import logging

import pytest
import requests
import urllib3

from integrations.providers.base import (
    SourceUnavailable,
)
from tests.integrations.exaktime.client.calling import HTML, ITEMS, LIST, accept_login, calls_to, failure, read, shape_a
from tests.integrations.exaktime.secrecy import TOKEN, assert_no_secret

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
