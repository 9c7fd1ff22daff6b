"""What every kind of object shares."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.exaktime.finality import Approval
from integrations.exaktime.parsing import (
    parse_approvals,
    parse_cost_codes,
    parse_pay_periods,
    parse_workers,
)
from protiv.timekeeping.records import CostCodeRecord, JobRecord, PayPeriodRecord, SetAside, TimeRecord, WorkerRecord
from tests.integrations.exaktime.parsing.reading import one, parse_locations, parse_time, refused
from tests.integrations.exaktime.samples import (
    APPROVAL,
    CODE_IN,
    COST_CODE,
    EMPLOYEE,
    LOCATION,
    PAY_PERIOD,
    TIME_RECORD,
    changed,
    without,
)

KINDS = [
    pytest.param(parse_workers, EMPLOYEE, "personId", "worker", id="worker"),
    pytest.param(parse_locations, LOCATION, "locationId", "job", id="job"),
    pytest.param(parse_cost_codes, COST_CODE, "costCodeId", "cost_code", id="cost_code"),
    pytest.param(parse_pay_periods, PAY_PERIOD, "PayPeriodId", "pay_period", id="pay_period"),
    pytest.param(parse_time, TIME_RECORD, "TimeRecordId", "time_record", id="time_record"),
]


def test_worker():
    assert one(parse_workers([EMPLOYEE])) == WorkerRecord(
        "p-101", "1042", "Rosa", "", "Diaz", "rosa@example.com", True, "Hourly"
    )


def test_job():
    assert one(parse_locations([LOCATION])) == JobRecord(
        "l-7", "24-118", "Maple Ridge Lot 12", True, "Denver", "CO", 19200, Decimal("48500.00")
    )


def test_cost_code():
    assert one(parse_cost_codes([COST_CODE])) == CostCodeRecord("c-3", "03-300", "Formwork", True, False)
    assert one(parse_cost_codes([CODE_IN])) == CostCodeRecord("c-in", "", "In", True, True)


def test_pay_period():
    assert one(parse_pay_periods([PAY_PERIOD])) == PayPeriodRecord(
        "2026-23", date(2026, 11, 2), date(2026, 11, 15), False
    )


def test_approval():
    assert one(parse_approvals([APPROVAL])) == Approval("2026-23", "p-101", True)
    for kind in ("Employee", "Supervisor", "signoff", "SignOffRequested"):
        assert not one(parse_approvals([changed(APPROVAL, ApprovalType=kind)])).is_sign_off


def test_time_record():
    assert one(parse_time([TIME_RECORD])) == TimeRecord(
        external_id="8f0c",
        worker_external_id="p-101",
        job_external_id="l-7",
        cost_code_external_id="c-3",
        work_date=date(2026, 11, 3),
        start_date=date(2026, 11, 3),
        start_time=time(7),
        stop_date=date(2026, 11, 3),
        stop_time=time(12),
        minutes=300,
        regular_minutes=240,
        ot1_minutes=60,
        ot2_minutes=0,
        kind="work",
        is_open=False,
        is_final=False,
        comment="",
        modified_at=datetime(2026, 11, 3, 18, 22, 5, tzinfo=UTC),
    )


@pytest.mark.parametrize(("parse", "good", "id_name", "object_type"), KINDS)
def test_unknown_property_is_ignored(parse, good, id_name, object_type):
    assert parse([changed(good, zzNew={"since": [1, None]})]) == parse([good])


@pytest.mark.parametrize(("parse", "good", "id_name", "object_type"), KINDS)
@pytest.mark.parametrize(
    ("bad_id", "shown"),
    [
        (None, ""),
        ("", ""),
        (7, ""),
        (True, ""),
        (["x"], ""),
        (" ", ""),
        ("x" * 65, "x" * 64),
        ("a\x00b", "ab"),
        ("a\nb", "a b"),
        ("a\ud800", "a"),
        ("a\u202eb", "ab"),
    ],
)
def test_bad_id_sets_aside(parse, good, id_name, object_type, bad_id, shown):
    set_aside = refused(parse([changed(good, **{id_name: bad_id})]))
    assert (set_aside.object_type, set_aside.external_id) == (object_type, shown)
    assert id_name in set_aside.reason


@pytest.mark.parametrize(("parse", "good", "id_name", "object_type"), KINDS)
def test_missing_id_sets_aside(parse, good, id_name, object_type):
    assert refused(parse([without(good, id_name)])) == SetAside(object_type, "", f"ExakTime didn't send {id_name}.")


@pytest.mark.parametrize(("parse", "good", "id_name", "object_type"), KINDS)
@pytest.mark.parametrize("item", [None, 7, "text", [], True])
def test_no_object_sets_aside(parse, good, id_name, object_type, item):
    assert refused(parse([item])) == SetAside(object_type, "", "ExakTime sent a record in a format we can't read.")


@pytest.mark.parametrize(("parse", "good", "id_name", "object_type"), KINDS)
def test_one_bad_item_leaves_the_others(parse, good, id_name, object_type):
    read = parse([good, changed(good, **{id_name: 7}), changed(good, **{id_name: "other"})])
    assert [record.external_id for record in read.records] == [good[id_name], "other"]
    assert len(read.set_aside) == 1


@pytest.mark.parametrize(("parse", "good", "id_name", "object_type"), KINDS)
def test_id_of_64_characters_is_kept_as_it_is(parse, good, id_name, object_type):
    assert one(parse([changed(good, **{id_name: "Ñ" * 64})])).external_id == "Ñ" * 64


NEEDED = [
    *[(parse_workers, EMPLOYEE, name) for name in ("personId", "isActive")],
    *[(parse_locations, LOCATION, name) for name in ("locationId", "name", "isActive")],
    *[(parse_cost_codes, COST_CODE, name) for name in ("costCodeId", "name", "isActive")],
    *[(parse_pay_periods, PAY_PERIOD, name) for name in PAY_PERIOD],
    *[(parse_approvals, APPROVAL, name) for name in ("PayPeriodId", "PersonId", "ApprovalType")],
    *[
        (parse_time, TIME_RECORD, name)
        for name in TIME_RECORD
        if name not in ("StartTime", "StopTime", "Comment", "LastModifiedUtc", "EntryMethod")
    ],
]


@pytest.mark.parametrize(("parse", "good", "name"), NEEDED)
def test_needed_property_missing_or_null(parse, good, name):
    for item in (without(good, name), changed(good, **{name: None})):
        assert refused(parse([item])).reason == f"ExakTime didn't send {name}."


MISTYPED = [
    *NEEDED,
    *[(parse_workers, EMPLOYEE, name) for name in ("employeeNumber", "firstName", "middleName", "lastName", "payType")],
    *[(parse_locations, LOCATION, name) for name in ("identifier", "city", "state")],
    *[(parse_cost_codes, COST_CODE, name) for name in ("identifier", "displayOption")],
    *[(parse_time, TIME_RECORD, name) for name in ("StartTime", "StopTime", "Comment")],
]


@pytest.mark.parametrize(("parse", "good", "name"), MISTYPED)
@pytest.mark.parametrize("value", [["x"], {"x": 1}, 1.5])
def test_mistyped_property(parse, good, name, value):
    reason = refused(parse([changed(good, **{name: value})])).reason
    assert reason.startswith(f"{name} should be ")
    assert reason.endswith(("but is a list.", "but is an object.", "but is a decimal number."))


OPTIONAL = [
    *[(parse_workers, EMPLOYEE, name) for name in ("employeeNumber", "firstName", "lastName", "email", "payType")],
    *[(parse_locations, LOCATION, name) for name in ("identifier", "city", "state", "customFields", "latitude")],
    *[(parse_cost_codes, COST_CODE, name) for name in ("identifier", "displayOption")],
    *[(parse_time, TIME_RECORD, name) for name in ("StartTime", "StopTime", "Comment", "LastModifiedUtc")],
]


@pytest.mark.parametrize(("parse", "good", "name"), OPTIONAL)
def test_optional_property_missing_or_null(parse, good, name):
    assert one(parse([without(good, name)])) == one(parse([changed(good, **{name: None})]))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
@pytest.mark.parametrize(("parse", "good", "id_name", "object_type"), KINDS)
def test_any_value_in_any_property_never_raises(parse, good, id_name, object_type, data):
    name = data.draw(st.sampled_from(sorted(good)))
    read = parse([changed(good, **{name: data.draw(JSON_VALUES)})])
    assert len(read.records) + len([one for one in read.set_aside if one.object_type != "budget"]) == 1
    for set_aside in read.set_aside:
        assert set_aside.reason
        assert len(set_aside.reason) <= 500
        assert len(set_aside.external_id) <= 64


@given(JSON_VALUES)
@pytest.mark.parametrize("parse", [parse_workers, parse_locations, parse_cost_codes, parse_pay_periods, parse_time])
def test_any_item_never_raises(parse, item):
    assert len(refused(parse([item])).reason) <= 500
