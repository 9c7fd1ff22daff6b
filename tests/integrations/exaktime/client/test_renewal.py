"""The token expires."""

import pytest

from integrations.providers.base import (
    AuthenticationFailed,
    SourceUnavailable,
)
from tests.integrations.exaktime.client.calling import (
    ITEMS,
    LIST,
    LOGIN,
    accept_login,
    calls_to,
    failure,
    read,
    shape_a,
)
from tests.integrations.exaktime.secrecy import TOKEN


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
