"""Each way to misbehave of contract section 6, seen through a real socket."""

import json
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import IncompleteRead
from urllib.parse import urlsplit

import pytest

from integrations.exaktime.sandbox.client import SandboxRefused
from integrations.exaktime.sandbox.faults import FaultKind
from tests.integrations.exaktime.sandbox_caller import (
    APPROVALS,
    COST_CODES,
    EMPLOYEES,
    LOCATIONS,
    PAY_PERIODS,
    Caller,
    running,
)


@pytest.fixture(scope="module")
def server():
    with running(people=8, days=45) as caller:
        yield caller.base_url


@pytest.fixture
def caller(server):
    """Signed in, without faults from another test."""
    caller = Caller(server)
    caller.control.clear_faults()
    yield caller.sign_in()
    caller.control.clear_faults()
    caller.connection.close()


@pytest.fixture
def control(caller):
    return caller.control


# Error statuses

STATUSES = {
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "request_timeout": 408,
    "too_many_requests": 429,
    "too_many_requests_date": 429,
    "server_error": 500,
    "bad_gateway": 502,
    "unavailable": 503,
}


@pytest.mark.parametrize(("kind", "status"), STATUSES.items())
def test_error_status_once_and_then_the_right_answer(caller, control, kind, status):
    control.add_fault(kind)
    reply = caller.get(EMPLOYEES)
    assert reply.status == status
    assert reply.json["error"].keys() == {"code", "message", "details"}
    assert caller.get(EMPLOYEES).status == 200


@pytest.mark.parametrize("status_kind", ["unauthorized", "server_error"])
@pytest.mark.parametrize(
    ("shape", "keys"),
    [
        ("api", {"code", "message", "details"}),
        ("odata", {"code", "message"}),
        ("gateway", None),
        ("html", None),
        ("empty", None),
    ],
)
def test_error_body_in_each_shape(caller, control, status_kind, shape, keys):
    control.add_fault(status_kind, shape=shape, message="Not today", code="Special")
    reply = caller.page()
    assert reply.status == STATUSES[status_kind]
    if shape == "gateway":
        assert reply.json == {"statusCode": reply.status, "message": "Not today"}
    elif shape == "html":
        assert reply.body.startswith(b"<!DOCTYPE html>")
        assert reply.headers["Content-Type"].startswith("text/html")
    elif shape == "empty":
        assert reply.body == b""
    else:
        assert reply.json["error"].keys() == keys
        assert reply.json["error"]["code"] == ("Special" if shape == "api" else "")


def test_odata_path_has_an_odata_shaped_error_by_default(caller, control):
    control.add_fault("server_error")
    assert caller.page().json["error"].keys() == {"code", "message"}


def test_busy_says_when_to_come_back_in_seconds(caller, control):
    control.add_fault("too_many_requests", seconds=7)
    assert caller.get(EMPLOYEES).headers["Retry-After"] == "7"


def test_busy_says_when_to_come_back_as_a_date(caller, control):
    control.add_fault("too_many_requests_date", seconds=90)
    later = parsedate_to_datetime(caller.get(EMPLOYEES).headers["Retry-After"])
    assert timedelta(seconds=80) < later - datetime.now(UTC) < timedelta(seconds=95)


def test_nightly_refresh_names_a_time_only_if_told(caller, control):
    control.add_fault("unavailable")
    assert "Retry-After" not in caller.get(EMPLOYEES).headers
    control.add_fault("unavailable", seconds=30)
    assert caller.get(EMPLOYEES).headers["Retry-After"] == "30"


def test_revoked_tokens_need_a_new_sign_in(caller, control):
    control.add_fault("revoke_tokens", after=1, endpoint="time_records")
    assert [caller.page().status for _ in range(3)] == [200, 401, 401]
    assert caller.sign_in().page().status == 200


# Bodies that are not what they should be


def test_html_with_status_200(caller, control):
    control.add_fault("html")
    reply = caller.page()
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"<html>" in reply.body


def test_empty_body_with_status_200(caller, control):
    control.add_fault("empty")
    reply = caller.page()
    assert (reply.status, reply.body) == (200, b"")


@pytest.mark.parametrize("body", [[], {"value": "none"}, None, 7, {"items": {}}])
def test_json_of_the_shape_that_was_given(caller, control, body):
    control.add_fault("wrong_shape", body=body)
    assert caller.page().json == body


def test_json_of_a_wrong_shape_by_default(caller, control):
    control.add_fault("wrong_shape")
    assert caller.page().json == {"data": {"rows": []}}


@pytest.mark.parametrize("declared", [True, False])
def test_huge_body_is_streamed(caller, control, declared):
    control.add_fault("huge_body", megabytes=3, declared=declared)
    reply = caller.page()
    assert len(reply.body) == 3_000_000
    assert ("Content-Length" in reply.headers) is declared
    assert caller.page().status == 200


def test_huge_body_can_be_left_in_the_middle(caller, control):
    control.add_fault("huge_body")
    caller.connection.request("GET", EMPLOYEES, headers=caller.headers)
    response = caller.connection.getresponse()
    assert len(response.read(5_000_000)) == 5_000_000
    response.close()
    caller.connection.close()
    assert caller.get(EMPLOYEES).status == 200


def test_redirect_goes_to_another_host(caller, control):
    control.add_fault("redirect")
    reply = caller.get(EMPLOYEES)
    assert (reply.status, reply.headers["Location"]) == (302, f"http://redirected.invalid{EMPLOYEES}")
    control.add_fault("redirect", location="https://evil.invalid/")
    assert caller.get(EMPLOYEES).headers["Location"] == "https://evil.invalid/"


# The right answer, delivered badly


def test_reset_in_mid_body(caller, control):
    control.add_fault("reset")
    caller.connection.request("GET", "/odata/DwTimeRecords", headers=caller.headers)
    with pytest.raises(ConnectionResetError):
        caller.connection.getresponse().read()


def test_cut_short_sends_half_of_what_was_promised(caller, control):
    whole = caller.page().body
    control.add_fault("cut_short")
    with pytest.raises(IncompleteRead) as caught:
        caller.page()
    assert whole.startswith(caught.value.partial)
    assert len(caught.value.partial) == len(whole) // 2


@pytest.mark.parametrize("midway", [False, True])
def test_read_timeout_holds_the_answer(caller, control, midway):
    control.add_fault("read_timeout", seconds=60, midway=midway)
    impatient = Caller(caller.base_url, timeout=0.3)
    impatient.headers = caller.headers
    impatient.connection.request("GET", EMPLOYEES, headers=caller.headers)
    if midway:
        response = impatient.connection.getresponse()
        assert len(response.read(20)) == 20
        with pytest.raises(TimeoutError):
            response.read()
    else:
        with pytest.raises(TimeoutError):
            impatient.connection.getresponse()
    assert caller.get(EMPLOYEES).status == 200


def test_held_answer_comes_whole_in_the_end(caller, control):
    whole = caller.get(EMPLOYEES).body
    control.add_fault("read_timeout", seconds=0.1, midway=True)
    assert caller.get(EMPLOYEES).body == whole


def test_closing_does_not_wait_for_held_answers():
    with running(people=1, days=1) as caller:
        caller.control.add_fault("read_timeout", seconds=60)
        caller.connection.request("GET", EMPLOYEES, headers=caller.headers)
        begun = time.monotonic()
    assert time.monotonic() - begun < 30


def test_slow_delays_each_page(caller, control):
    control.add_fault("slow", milliseconds=120, times=None, endpoint="employees")
    begun = time.monotonic()
    assert [caller.get(EMPLOYEES).status for _ in range(2)] == [200, 200]
    assert time.monotonic() - begun >= 0.24


@pytest.mark.parametrize("seconds", [3600, -3600])
def test_clock_is_an_hour_off(caller, control, seconds):
    control.add_fault("clock_skew", seconds=seconds)
    reply = caller.login()
    there = parsedate_to_datetime(reply.headers["Date"])
    off = (there - datetime.now(UTC)).total_seconds()
    assert abs(off - seconds) < 10
    expires = datetime.fromisoformat(reply.json["expiresAt"])
    assert abs((expires - there).total_seconds() - 3600) < 10


# Lists that are not steady


def test_count_changes_between_pages(caller, control):
    true_count = caller.page(top=1).json["@odata.count"]
    control.add_fault("count_changes", times=2, by=3)
    assert [caller.page(top=9, skip=skip).json["@odata.count"] - true_count for skip in (0, 9, 18)] == [3, 6, 0]


def test_count_of_a_rest_list_changes_too(caller, control):
    control.add_fault("count_changes")
    assert caller.get(EMPLOYEES).json["totalCount"] == 9


def test_same_record_on_two_pages(caller, control):
    first = caller.page(top=10).json["value"]
    control.add_fault("repeated_record", after=1)
    assert caller.page(top=10).json["value"] == first
    second = caller.page(top=10, skip=10).json["value"]
    assert second[0] == first[-1]
    assert len(second) == 10


def test_page_repeated_forever(caller, control):
    first = caller.page(top=10).json["value"]
    control.add_fault("repeated_page", times=None)
    assert all(caller.page(top=10, skip=skip).json["value"] == first for skip in (10, 20, 100_000))


def test_rest_page_repeated_forever(caller, control):
    first = caller.get(EMPLOYEES, pageSize=3).json["items"]
    control.add_fault("repeated_page", times=None)
    assert caller.get(EMPLOYEES, page=7, pageSize=3).json["items"] == first


# Records that are not right

LISTS = {
    EMPLOYEES: "lastName",
    LOCATIONS: "name",
    COST_CODES: "name",
    PAY_PERIODS: "StartDate",
    APPROVALS: "PersonId",
    "/odata/DwTimeRecords": "Minutes",
}


def items_of(reply):
    return reply.json["value"] if "value" in reply.json else reply.json["items"]


@pytest.mark.parametrize(("path", "name"), LISTS.items())
@pytest.mark.parametrize("kind", ["missing_property", "null_property", "mistyped_property"])
def test_one_record_is_not_right(caller, control, path, name, kind):
    right = items_of(caller.get(path))
    control.add_fault(kind, index=1)
    wrong = items_of(caller.get(path))
    assert wrong[0] == right[0]
    assert wrong[2:] == right[2:]
    if kind == "missing_property":
        assert wrong[1] == {key: value for key, value in right[1].items() if key != name}
    elif kind == "null_property":
        assert wrong[1] == right[1] | {name: None}
    else:
        assert type(wrong[1][name]) is not type(right[1][name])


def test_named_property_gets_the_value_that_was_given(caller, control):
    control.add_fault("mistyped_property", property="IsOpen", value="no")
    assert items_of(caller.page())[0]["IsOpen"] == "no"


@pytest.mark.parametrize("path", LISTS)
def test_every_record_has_one_property_more(caller, control, path):
    right = items_of(caller.get(path))
    control.add_fault("unknown_property")
    odd = items_of(caller.get(path))
    assert all("zzNewProperty" in item for item in odd)
    assert [{name: item[name] for name in right[0]} for item in odd] == right


@pytest.mark.parametrize(("path", "name"), [(EMPLOYEES, "lastName"), (LOCATIONS, "name"), (COST_CODES, "name")])
def test_odd_names_in_every_style(caller, control, path, name):
    control.add_fault("odd_names")
    names = [item[name] for item in items_of(caller.get(path))][:4]
    assert "Ñ" in names[0]
    assert "👷" in names[1]
    assert len(names[2]) == 255
    assert names[3].startswith("=")


def test_odd_names_in_one_style(caller, control):
    control.add_fault("odd_names", style="formula")
    assert all(item["Comment"].startswith("=") for item in items_of(caller.page(top=5)))


@pytest.mark.parametrize(("path", "name"), [(EMPLOYEES, "personId"), ("/odata/DwTimeRecords", "TimeRecordId")])
def test_id_is_used_again_with_other_content(caller, control, path, name):
    right = items_of(caller.get(path))
    control.add_fault("reused_id")
    assert items_of(caller.get(path))[:2] == [right[0], right[1] | {name: right[0][name]}]


# When


def test_after_and_times(caller, control):
    control.add_fault("server_error", after=2, times=2)
    assert [caller.get(EMPLOYEES).status for _ in range(6)] == [200, 200, 500, 500, 200, 200]


def test_forever_until_cleared(caller, control):
    control.add_fault("server_error", times=None)
    assert {caller.get(EMPLOYEES).status for _ in range(5)} == {500}
    assert control.clear_faults() == {"cleared": 1}
    assert caller.get(EMPLOYEES).status == 200


def test_only_one_endpoint_or_path(caller, control):
    control.add_fault("server_error", endpoint="locations", times=None)
    control.add_fault("bad_gateway", path="/odata/", times=None)
    statuses = [caller.get(path).status for path in (EMPLOYEES, LOCATIONS, PAY_PERIODS)]
    assert statuses == [200, 500, 502]


def test_only_one_company(caller, control):
    control.post("/faults", kind="server_error", company="Fresh", times=None)
    fresh = Caller(caller.base_url)
    assert fresh.login("sync@fresh.test", "fresh-password", "fresh").status == 500
    assert caller.get(EMPLOYEES).status == 200
    assert caller.login().status == 200


def test_rate_is_the_same_for_the_same_seed(caller, control):
    def statuses():
        control.clear_faults()
        control.add_fault("server_error", times=None, rate=0.4, seed=3)
        return [caller.get(EMPLOYEES).status for _ in range(30)]

    first = statuses()
    assert statuses() == first
    assert 3 < first.count(500) < 25


def test_faults_add_up(caller, control):
    control.add_fault("slow", milliseconds=50)
    control.add_fault("count_changes")
    control.add_fault("null_property", property="Comment")
    page = caller.page(top=1).json
    assert page["value"][0]["Comment"] is None
    assert page["@odata.count"] == caller.page(top=1).json["@odata.count"] + 1


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"kind": "sneeze"},
        {"kind": "slow", "seconds": 3},
        {"kind": "slow", "endpoint": "everything"},
        {"kind": "slow", "params": {"ms": 5}},
        {"kind": "slow", "params": []},
        {"kind": "server_error", "params": {"shape": "round"}},
    ],
)
def test_unknown_faults_are_refused_by_name(control, fault):
    with pytest.raises(SandboxRefused, match="400"):
        control.post("/faults", **fault)


def test_list_of_faults_shows_those_that_wait_and_explains_all_kinds(caller, control):
    control.add_fault("server_error", after=1)
    caller.get(EMPLOYEES)
    listed = control.faults()
    assert [(fault["kind"], fault["seen"], fault["fired"]) for fault in listed["faults"]] == [("server_error", 1, 0)]
    assert {kind["kind"] for kind in listed["kinds"]} == {str(kind) for kind in FaultKind}
    assert all(kind["description"] for kind in listed["kinds"])


def test_control_path_never_misbehaves(caller, control):
    control.add_fault("reset", times=None)
    assert control.info()["companies"]


def test_half_a_request_does_not_hold_up_others(caller):
    with socket.create_connection(urlsplit(caller.base_url).netloc.split(":")) as idle:
        idle.sendall(b"GET /v1")
        assert json.loads(caller.get(EMPLOYEES).body)
