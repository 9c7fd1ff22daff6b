"""The sandbox against the contract, sections 3 and 4, through real sockets."""

import time
from itertools import pairwise

import pytest

from tests.integrations.exaktime.sandbox_caller import (
    APPROVALS,
    COST_CODES,
    EMPLOYEES,
    LOCATIONS,
    PAY_PERIODS,
    TIME_RECORDS,
    Caller,
    running,
)


@pytest.fixture(scope="module")
def caller():
    with running(people=40, days=120) as caller:
        yield caller


def test_login_gives_token_expiry_company_and_zone(caller):
    reply = caller.login(company="ACME")
    assert reply.status == 200
    assert reply.json.keys() == {"token", "expiresAt", "companyId", "companyTimeZone"}
    assert (reply.json["companyId"], reply.json["companyTimeZone"]) == ("acme", "America/Denver")
    assert reply.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(
    ("login", "status", "code"),
    [
        ({"password": "wrong"}, 401, "InvalidCredentials"),
        ({"username": "nobody@acme.test"}, 401, "InvalidCredentials"),
        ({"company": "nowhere"}, 404, "CompanyNotFound"),
        ({"company": "fresh"}, 401, "InvalidCredentials"),
        ({"username": "inactive@acme.test"}, 403, "AccountInactive"),
        ({"username": "noread@acme.test"}, 403, "ReadNotPermitted"),
        ({"username": "mfa@acme.test"}, 403, "MfaRequired"),
    ],
)
def test_login_refuses_with_status_and_code(caller, login, status, code):
    reply = caller.login(**login)
    assert (reply.status, reply.json["error"]["code"]) == (status, code)


@pytest.mark.parametrize("body", ["", "nonsense", "[]", '{"companyId": 7}'])
def test_login_survives_odd_bodies(caller, body):
    assert caller.call("POST", "/v1/auth/login", body).status in (400, 404)


def test_fresh_company_has_a_smaller_world_of_its_own(caller):
    fresh = Caller(caller.base_url).sign_in("sync@fresh.test", "fresh-password", "fresh")
    assert fresh.get(EMPLOYEES).json["totalCount"] == 12


@pytest.mark.parametrize("path", [EMPLOYEES, LOCATIONS, COST_CODES, PAY_PERIODS, APPROVALS, TIME_RECORDS])
def test_lists_need_a_token_and_the_right_verb(caller, path):
    stranger = Caller(caller.base_url)
    assert stranger.get(path).status == 401
    assert caller.call("POST", path).status == 405
    assert caller.get(path).status == 200


def test_token_expires():
    with running(token_seconds=0.3) as caller:
        assert caller.get(EMPLOYEES).status == 200
        time.sleep(0.35)
        assert caller.get(EMPLOYEES).status == 401


def test_unknown_path_is_not_found(caller):
    assert caller.get("/v1/Common/Nothing").status == 404


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (EMPLOYEES, "personId employeeNumber firstName middleName lastName email isActive payType"),
        (LOCATIONS, "locationId identifier name isActive city state latitude longitude customFields"),
        (COST_CODES, "costCodeId identifier name isActive displayOption"),
    ],
)
def test_rest_lists_page_from_one_and_hold_the_contract_s_properties(caller, path, names):
    first, second = (caller.get(path, page=page, pageSize=7).json for page in (1, 2))
    assert first.keys() == {"items", "page", "pageSize", "totalCount"}
    assert (first["page"], second["page"], first["pageSize"], len(first["items"])) == (1, 2, 7, 7)
    assert not [item for item in first["items"] if item in second["items"]]
    assert set(first["items"][0]) == set(names.split())
    whole = caller.get(path, pageSize=100).json
    assert len(whole["items"]) == whole["totalCount"]
    assert caller.get(path, page=99, pageSize=100).json["items"] == []


@pytest.mark.parametrize(
    "query", [{"page": 0}, {"pageSize": 0}, {"pageSize": 101}, {"page": "one"}, {"page": -1}, {"sort": "name"}]
)
def test_rest_lists_refuse_what_the_contract_does_not_name(caller, query):
    reply = caller.get(EMPLOYEES, **query)
    assert (reply.status, reply.json["error"]["code"]) == (400, "BadRequest")


def test_time_records_page_in_order_without_gap_or_repeat(caller):
    whole = caller.window(top=1000)
    paged = caller.window(top=333)
    keys = [(record["WorkDate"], record["TimeRecordId"]) for record in whole]
    assert paged == whole
    assert keys == sorted(set(keys))
    assert caller.page(top=5).json["@odata.count"] == len(whole) > 2000


def test_time_records_have_the_contract_s_properties(caller):
    names = (
        "TimeRecordId PersonId LocationId CostCodeId WorkDate StartTime StopTime Minutes RegularMinutes Ot1Minutes "
        "Ot2Minutes RecordType EntryMethod IsOpen Comment LastModifiedUtc"
    )
    assert set(caller.page(top=1).json["value"][0]) == set(names.split())


def test_time_records_filter_takes_the_first_day_and_leaves_the_last(caller):
    days = {record["WorkDate"] for record in caller.window("2026-10-05", "2026-10-08")}
    assert days == {"2026-10-05", "2026-10-06", "2026-10-07"}


def test_windows_side_by_side_make_the_whole(caller):
    edges = ["2026-01-01", "2026-09-01", "2026-10-11", "2026-11-01", "2027-01-01"]
    parts = [record for since, until in pairwise(edges) for record in caller.window(since, until)]
    assert parts == caller.window()


def test_top_is_capped_at_a_thousand(caller):
    assert len(caller.page(top=5000).json["value"]) == 1000


def test_count_comes_only_when_asked_for(caller):
    assert "@odata.count" not in caller.get(TIME_RECORDS, top=1).json
    assert "@odata.count" not in caller.get(TIME_RECORDS, top=1, count="false").json


def test_options_are_decoded_from_plus_and_percent(caller):
    target = "?%24filter=WorkDate+ge+2026-11-01%20and%20WorkDate+lt%202026-11-08&$count=true&$top=0"
    page = caller.call("GET", TIME_RECORDS + target).json
    assert page == {"@odata.count": len(caller.window("2026-11-01", "2026-11-08")), "value": []}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (TIME_RECORDS, {"filter": "PersonId eq 'p-101'"}),
        (TIME_RECORDS, {"filter": ""}),
        (TIME_RECORDS, {"orderby": "TimeRecordId"}),
        (TIME_RECORDS, {"orderby": "WorkDate desc,TimeRecordId"}),
        (TIME_RECORDS, {"top": "many"}),
        (TIME_RECORDS, {"skip": "-1"}),
        (TIME_RECORDS, {"count": "yes"}),
        (TIME_RECORDS, {"select": "Minutes"}),
        (PAY_PERIODS, {"filter": "IsClosed eq true"}),
        (PAY_PERIODS, {"orderby": "Name"}),
        (APPROVALS, {"filter": "PersonId eq 'p-101'"}),
    ],
)
def test_odata_refuses_what_the_contract_does_not_name(caller, path, query):
    reply = caller.get(path, **query)
    assert reply.status == 400
    assert reply.json["error"]["code"] == ""
    assert reply.json["error"]["message"]


def test_pay_periods_follow_one_another_for_two_weeks_each(caller):
    periods = caller.get(PAY_PERIODS, orderby="StartDate").json["value"]
    assert set(periods[0]) == {"PayPeriodId", "StartDate", "EndDate", "IsClosed"}
    assert [period["IsClosed"] for period in periods[-3:]] == [True, False, False]
    assert periods[-1]["StartDate"] <= "2026-11-23" <= periods[-1]["EndDate"]
    assert {"PayPeriodId": "2026-23", "StartDate": "2026-11-02", "EndDate": "2026-11-15", "IsClosed": False} in periods


def test_sign_offs_are_whole_in_closed_periods_and_some_in_the_one_before_the_current(caller):
    def people(period, kind):
        items = caller.get(APPROVALS, filter=f"PayPeriodId eq '{period}'").json["value"]
        return {item["PersonId"] for item in items if item["ApprovalType"] == kind}

    assert len(people("2026-22", "SignOff")) > 30
    assert 0 < len(people("2026-23", "SignOff")) < len(people("2026-23", "Employee"))
    assert people("2026-24", "Employee") == people("nothing", "SignOff") == set()


def test_narrow_login_sees_one_employee_and_only_that_one_s_time(caller):
    narrow = Caller(caller.base_url).sign_in("narrow@acme.test")
    [employee] = narrow.get(EMPLOYEES).json["items"]
    everybody = caller.window("2026-10-01", "2026-11-01")
    own = [record for record in everybody if record["PersonId"] == employee["personId"]]
    assert narrow.window("2026-10-01", "2026-11-01", top=20) == own
    assert {item["PersonId"] for item in narrow.get(APPROVALS).json["value"]} == {employee["personId"]}


def test_connection_is_kept_alive(caller):
    caller.get(EMPLOYEES)
    before = caller.connection.sock
    caller.get(LOCATIONS)
    assert caller.connection.sock is before is not None
