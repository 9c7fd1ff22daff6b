"""The whole connector against real sockets: what a mock of HTTP can't show."""

import csv
import io
import logging
import socket
import threading
import time
from datetime import date

import pytest

from integrations.exaktime.budgets import BudgetFields
from integrations.exaktime.client import ClientOptions
from integrations.exaktime.login import Login
from integrations.exaktime.provider import connector_for
from integrations.providers.base import (
    AuthenticationFailed,
    Preview,
    ProviderError,
    SourceUnavailable,
    TimeExtent,
    UnexpectedResponse,
    WindowTooLarge,
)
from tests.integrations.exaktime.sandbox_caller import running
from tests.integrations.exaktime.secrecy import visible_in

PASSWORD = "sandbox-password"
WINDOW = (date(2026, 10, 12), date(2026, 11, 22))
LISTS = ("employees", "locations", "cost_codes", "pay_periods", "time_records")


@pytest.fixture(scope="module")
def server():
    with running(people=30, days=60) as caller:
        yield caller


@pytest.fixture
def control(server):
    server.control.clear_faults()
    server.control.clear_stats()
    yield server.control
    server.control.clear_faults()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def make_connector(server, waits):
    def make(password=PASSWORD, *, base_url=None, username="sync@acme.test", company_id="acme", **options):
        return connector_for(
            Login(company_id, username, password),
            base_url=base_url or server.base_url,
            allow_insecure=True,
            budget_fields=BudgetFields("Budget Hours", "Contract Price"),
            options=ClientOptions(**{"sleep": waits.append, "read_timeout": 5.0, "connect_timeout": 5.0} | options),
        )

    return make


@pytest.fixture
def connector(make_connector):
    return make_connector()


def read(connector, window=WINDOW):
    return connector.time_records(*window, max_records=100_000, on_page=lambda count: None)


def failure(call):
    with pytest.raises(ProviderError) as caught:
        call()
    assert PASSWORD not in visible_in(caught.value)
    return caught.value


def truth(control, start, end):
    """What the sandbox holds of a window, by id, calculated without its own API."""
    last = date.fromordinal(end.toordinal() - 1)
    rows = csv.DictReader(io.StringIO(control.truth_csv(start.isoformat(), last.isoformat())))
    return {row["external_id"]: row for row in rows}


# Everything right


def test_window_equals_the_truth(connector, control):
    found = read(connector)
    held = truth(control, *WINDOW)
    assert len(held) > 1000
    assert found.set_aside == []
    assert len(found.records) == len(held)
    for record in found.records:
        row = held[record.external_id]
        assert (record.worker_external_id, record.job_external_id, record.cost_code_external_id) == (
            row["worker_external_id"],
            row["job_external_id"],
            row["cost_code_external_id"],
        )
        assert (record.work_date.isoformat(), str(record.minutes), record.kind) == (
            row["work_date"],
            row["minutes"],
            row["kind"],
        )
        assert record.is_final is (row["is_final"].lower() in ("1", "true", "yes"))
    assert {True, False} == {record.is_final for record in found.records}
    assert sum(record.minutes for record in found.records) == sum(int(row["minutes"]) for row in held.values())


def test_windows_side_by_side_equal_one_large_window(connector):
    whole = {record.external_id: record for record in read(connector).records}
    parts = {}
    for start in range(WINDOW[0].toordinal(), WINDOW[1].toordinal(), 7):
        end = min(start + 7, WINDOW[1].toordinal())
        for record in read(connector, (date.fromordinal(start), date.fromordinal(end))).records:
            assert record.external_id not in parts
            parts[record.external_id] = record
    assert parts == whole


def test_the_extent_of_time_is_that_of_the_records(connector):
    whole = (date(2026, 1, 1), date(2027, 1, 1))
    days = [record.work_date for record in read(connector, whole).records]
    extent = connector.time_extent(None, whole[1])
    assert extent == TimeExtent(extent.entries, min(days), max(days))
    assert extent.entries >= len(days), "clock-ins without work are records, too"


def test_lists_and_preview(connector, control):
    assert len(connector.workers().records) == len(control.employees())
    assert len(connector.jobs().records) == len(control.locations())
    assert len(connector.cost_codes().records) == len(control.cost_codes())
    assert len(connector.pay_periods().records) == len(control.periods())
    assert connector.preview() == Preview(
        people=len(control.employees()), jobs=len(control.locations()), cost_codes=len(control.cost_codes())
    )


def test_narrow_login_sees_one_person(make_connector):
    assert make_connector(username="narrow@acme.test").preview().people == 1


def test_too_large_a_window_costs_one_page(connector, control):
    with pytest.raises(WindowTooLarge):
        connector.time_records(*WINDOW, max_records=1000, on_page=lambda count: None)
    assert len(control.requests("time_records")) == 1


# Sign in


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password": "wrong"}, "INVALID_CREDENTIALS"),
        ({"username": "nobody@acme.test"}, "INVALID_CREDENTIALS"),
        ({"company_id": "nobody"}, "INVALID_CREDENTIALS"),
        ({"username": "inactive@acme.test"}, "ACCOUNT_INACTIVE"),
        ({"username": "noread@acme.test"}, "READ_NOT_PERMITTED"),
        ({"username": "mfa@acme.test"}, "MFA_REQUIRED"),
    ],
)
def test_refused_sign_in(make_connector, control, changes, code):
    error = failure(make_connector(**changes).sign_in)
    assert (type(error), error.code) == (AuthenticationFailed, code)
    assert len(control.requests("login")) == 1


@pytest.mark.parametrize(
    ("kind", "params", "code"),
    [
        ("too_many_requests", {"seconds": 9}, "BUSY"),
        ("too_many_requests_date", {"seconds": 9}, "BUSY"),
        ("server_error", {"shape": "html"}, "SERVER_ERROR"),
        ("unavailable", {"shape": "empty"}, "SERVER_ERROR"),
        ("reset", {}, "CUT_SHORT"),
        ("cut_short", {}, "CUT_SHORT"),
        ("html", {}, "NOT_JSON"),
        ("empty", {}, "NOT_JSON"),
        ("read_timeout", {"seconds": 2}, "TIMED_OUT"),
    ],
)
def test_sign_in_that_fails_is_tried_once(make_connector, control, waits, kind, params, code):
    control.add_fault(kind, endpoint="login", **params)
    error = failure(make_connector(read_timeout=0.5).sign_in)
    assert (type(error), error.code) == (SourceUnavailable, code)
    assert error.retry_after_seconds in ((8, 9, 10) if code == "BUSY" else (None,))
    assert len(control.requests("login")) == 1
    assert waits == []


def test_no_server_listens(make_connector, waits):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = failure(make_connector(base_url=f"http://127.0.0.1:{taken.getsockname()[1]}").sign_in)
    assert error.code == "UNREACHABLE"


# Failures that pass


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("request_timeout", {}),
        ("too_many_requests", {}),
        ("too_many_requests_date", {}),
        ("server_error", {"shape": "gateway"}),
        ("bad_gateway", {"shape": "html"}),
        ("unavailable", {"shape": "empty"}),
        ("html", {}),
        ("empty", {}),
        ("reset", {}),
        ("cut_short", {}),
        ("read_timeout", {"seconds": 2}),
        ("read_timeout", {"seconds": 2, "midway": True}),
    ],
)
@pytest.mark.parametrize("endpoint", ["time_records", "employees"])
def test_two_failures_in_a_row_lose_nothing(make_connector, control, waits, kind, params, endpoint):
    connector = make_connector(read_timeout=0.3)
    control.add_fault(kind, endpoint=endpoint, times=2, **params)
    if endpoint == "time_records":
        assert {record.external_id for record in read(connector).records} == truth(control, *WINDOW).keys()
    else:
        assert len(connector.workers().records) == len(control.employees())
    assert len(waits) == 2


@pytest.mark.parametrize("kind", ["reset", "cut_short", "html", "unavailable"])
def test_failure_that_stays_is_given_up(connector, control, waits, kind, caplog):
    caplog.set_level(logging.DEBUG)
    control.add_fault(kind, endpoint="time_records", times=None, after=1)
    assert type(failure(lambda: read(connector))) is SourceUnavailable
    assert len(waits) == 3
    assert PASSWORD not in caplog.text
    assert "Bearer" not in caplog.text


def test_retry_after_in_seconds_and_as_a_date(connector, control, waits):
    control.add_fault("too_many_requests", endpoint="employees", seconds=3)
    control.add_fault("too_many_requests_date", endpoint="locations", seconds=5)
    connector.workers()
    connector.jobs()
    assert waits[0] == 3
    assert waits[1] in (4, 5, 6)


@pytest.mark.parametrize("seconds", [3600, -3600])
def test_clock_an_hour_off(connector, control, seconds):
    control.add_fault("clock_skew", times=None, seconds=seconds)
    assert len(connector.workers().records) == len(control.employees())
    assert len(control.requests("login")) == 1


# Failures that stay


@pytest.mark.parametrize(
    ("kind", "params", "error_type", "code"),
    [
        ("forbidden", {}, AuthenticationFailed, "READ_NOT_PERMITTED"),
        ("forbidden", {"shape": "gateway"}, AuthenticationFailed, "READ_NOT_PERMITTED"),
        ("not_found", {}, UnexpectedResponse, "NOT_FOUND"),
        ("wrong_shape", {}, UnexpectedResponse, "WRONG_SHAPE"),
        ("wrong_shape", {"body": []}, UnexpectedResponse, "WRONG_SHAPE"),
        ("redirect", {}, UnexpectedResponse, "REDIRECTED"),
        ("huge_body", {"megabytes": 40}, UnexpectedResponse, "TOO_LARGE"),
        ("huge_body", {"megabytes": 40, "declared": True}, UnexpectedResponse, "TOO_LARGE"),
    ],
)
def test_failure_that_stays(connector, control, waits, kind, params, error_type, code):
    control.add_fault(kind, endpoint="time_records", after=1, **params)
    error = failure(lambda: read(connector))
    assert (type(error), error.code) == (error_type, code)
    assert len(control.requests("time_records")) == 2
    assert waits == []


# Tokens


def test_revoked_token_is_renewed_in_mid_window(connector, control):
    control.add_fault("revoke_tokens", endpoint="time_records", after=1)
    assert {record.external_id for record in read(connector).records} == truth(control, *WINDOW).keys()
    assert len(control.requests("login")) == 2


def test_401_twice_ends_the_run(connector, control):
    control.add_fault("unauthorized", endpoint="time_records", times=2, after=1)
    error = failure(lambda: read(connector))
    assert (type(error), error.code) == (AuthenticationFailed, "SESSION_REFUSED")
    assert len(control.requests("login")) == 2


# Lists that move


@pytest.mark.parametrize("kind", ["count_changes", "repeated_record", "repeated_page"])
def test_list_that_moves_once_is_read_again(connector, control, kind):
    control.add_fault(kind, endpoint="time_records", after=1)
    found = read(connector)
    assert len(found.records) == len({record.external_id for record in found.records})
    assert {record.external_id for record in found.records} == truth(control, *WINDOW).keys()


@pytest.mark.parametrize("kind", ["count_changes", "repeated_record", "repeated_page"])
def test_a_list_that_keeps_changing_is_given_up(connector, control, kind):
    control.add_fault(kind, endpoint="time_records", times=None, after=1)
    error = failure(lambda: read(connector))
    assert (type(error), error.code) == (SourceUnavailable, "KEPT_CHANGING")
    assert len(control.requests("time_records")) <= 16


def test_record_that_comes_twice_forever_is_set_aside_and_voids_nothing(connector, control):
    control.add_fault("reused_id", endpoint="time_records", times=None, after=1)
    found = read(connector)
    assert {record.external_id for record in found.records} < truth(control, *WINDOW).keys()
    assert "" in {one.external_id for one in found.set_aside}
    assert 1 < len(found.set_aside) <= 4


# Records that are not right


@pytest.mark.parametrize("kind", ["missing_property", "null_property", "mistyped_property"])
def test_bad_record_is_set_aside_alone(connector, control, kind):
    control.add_fault(kind, endpoint="time_records", index=3, property="WorkDate")
    found = read(connector)
    assert [issue.object_type for issue in found.set_aside] == ["time_record"]
    missing = truth(control, *WINDOW).keys() - {record.external_id for record in found.records}
    assert missing == {found.set_aside[0].external_id}


@pytest.mark.parametrize("kind", ["unknown_property", "odd_names"])
def test_odd_records_are_read(connector, control, kind):
    for endpoint in LISTS:
        control.add_fault(kind, endpoint=endpoint, times=None)
    assert connector.workers().set_aside == []
    assert connector.jobs().set_aside == []
    assert connector.cost_codes().set_aside == []
    assert {record.external_id for record in read(connector).records} == truth(control, *WINDOW).keys()


# What the sandbox can't do: a server that gives one byte at a time


@pytest.fixture
def dripping():
    """The address of a server whose every answer is a byte each 50 ms, so that no read times out, for 10 s."""
    listener = socket.create_server(("127.0.0.1", 0))
    is_over = threading.Event()

    def serve():
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                    for _ in range(200):
                        if is_over.wait(0.05):
                            return
                        connection.sendall(b" ")
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    is_over.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def test_an_answer_that_trickles_in_is_given_up(make_connector, dripping):
    started = time.monotonic()
    error = failure(make_connector(base_url=dripping, response_seconds=0.4).sign_in)
    assert (type(error), error.code) == (SourceUnavailable, "TIMED_OUT")
    assert time.monotonic() - started < 5
