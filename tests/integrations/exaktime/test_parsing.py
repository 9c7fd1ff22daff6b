import json
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.exaktime.budgets import BudgetFields
from integrations.exaktime.finality import Approval, Finality
from integrations.exaktime.parsing import (
    TimeRecordParser,
    ids_without_work,
    parse_approvals,
    parse_cost_codes,
    parse_jobs,
    parse_pay_periods,
    parse_workers,
)
from protiv.timekeeping.records import CostCodeRecord, JobRecord, PayPeriodRecord, SetAside, TimeRecord, WorkerRecord
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

FIELDS = BudgetFields("Budget Hours", "Contract Price")
MOST_MINUTES = 10_080
IN_CODES = frozenset({"c-in", "c-out"})


def parse_locations(items):
    return parse_jobs(items, FIELDS)


def parse_time(items, finality=None):
    return TimeRecordParser(codes_without_work=IN_CODES, finality=finality or Finality([]))(items)


def one(read):
    assert read.set_aside == []
    (record,) = read.records
    return record


def refused(read):
    assert read.records == []
    (set_aside,) = read.set_aside
    return set_aside


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
        start_time=time(7),
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


# What every kind shares


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


# Names


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Núñez-Žižek O'Neill", "Núñez-Žižek O'Neill"),
        ("Crew 👷🏽‍♀️ 🏗️", "Crew 👷🏽‍♀️ 🏗️"),
        ("می‌خواهم", "می‌خواهم"),
        ('=HYPERLINK("http://evil.invalid","x")', '=HYPERLINK("http://evil.invalid","x")'),
        ("<script>", "<script>"),
        ("two\r\nlines\tand tab", "two lines and tab"),
        ("a\u2028b\x85c", "a b c"),
        ("nul\x00l", "null"),
        ("\ud83d half", "half"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("  spaced  ", "spaced"),
        ("x" * 255, "x" * 255),
        ("x" * 256, "x" * 255),
        ("no\u00a0break", "no\u00a0break"),
    ],
)
def test_name_as_we_can_store_it(sent, kept):
    assert one(parse_workers([changed(EMPLOYEE, lastName=sent)])).last_name == kept


@given(st.text())
def test_any_name_can_be_stored(name):
    kept = one(parse_workers([changed(EMPLOYEE, lastName=name)])).last_name
    kept.encode()
    assert "\x00" not in kept
    assert "\n" not in kept
    assert len(kept) <= 255


def test_worker_needs_a_name_of_some_kind():
    nameless = changed(EMPLOYEE, firstName=None, lastName=" ")
    assert refused(parse_workers([nameless])).reason == "ExakTime sent neither a first nor a last name."
    assert one(parse_workers([changed(EMPLOYEE, firstName="Madonna", lastName=None)])).last_name == ""


def test_numbers_are_cut_at_what_the_column_holds():
    assert one(parse_workers([changed(EMPLOYEE, employeeNumber="9" * 70)])).number == "9" * 64


@pytest.mark.parametrize(("number", "shown"), [("24-118", "24-118"), (None, "l-7")])
def test_blank_job_name_falls_back_to_something_to_show(number, shown):
    assert one(parse_locations([changed(LOCATION, name=" ", identifier=number)])).name == shown


@pytest.mark.parametrize("value", [1, 0, "true", "Yes", 1.0])
def test_only_true_and_false_are_flags(value):
    assert refused(parse_workers([changed(EMPLOYEE, isActive=value)])).external_id == "p-101"


# Budgets


def budgets_of(custom):
    read = parse_locations([changed(LOCATION, customFields=custom)])
    (job,) = read.records
    return job.budget_minutes, job.contract_amount, read.set_aside


@pytest.mark.parametrize("custom", [None, {}, {"Budget Hours": None, "Contract Price": ""}, {"budget hours": "5"}])
def test_no_budget(custom):
    assert budgets_of(custom) == (None, None, [])


def test_unreadable_budget_keeps_the_job_and_the_other_budget():
    minutes, amount, set_aside = budgets_of({"Budget Hours": "about 300", "Contract Price": "$1,000"})
    assert (minutes, amount) == (None, Decimal("1000.00"))
    (issue,) = set_aside
    assert (issue.object_type, issue.external_id) == ("budget", "l-7")
    assert issue.reason.startswith("Budget Hours: The field must contain only a number of hours")


def test_two_unreadable_budgets_are_one_issue():
    _minutes, _amount, (issue,) = budgets_of({"Budget Hours": "x", "Contract Price": "y"})
    assert "Budget Hours: " in issue.reason
    assert "Contract Price: " in issue.reason


@pytest.mark.parametrize("custom", [{"": "5", "Budget Hours": "about 300"}, ["x"]])
def test_without_names_no_budget_is_read(custom):
    read = parse_jobs([changed(LOCATION, customFields=custom)], BudgetFields("", ""))
    assert [(job.budget_minutes, job.contract_amount) for job in read.records] == [(None, None)]
    assert read.set_aside == []


def test_custom_fields_of_the_wrong_type():
    assert budgets_of(["x"]) == (
        None,
        None,
        [
            SetAside(
                "budget", "l-7", "The job's custom fields aren't in a format we can read, so no budget was imported."
            )
        ],
    )


def test_budget_fields_are_configurable():
    location = changed(LOCATION, customFields={"Labor": "10", "Price": "5"})
    job = one(parse_jobs([location], BudgetFields("Labor", "Price")))
    assert (job.budget_minutes, job.contract_amount) == (600, Decimal("5.00"))


def test_budget_of_a_refused_job_is_not_reported():
    location = changed(LOCATION, isActive=None, customFields={"Budget Hours": "x"})
    assert refused(parse_locations([location])).object_type == "job"


# Pay periods


def test_pay_period_that_ends_before_it_starts():
    assert "ends before it starts" in refused(parse_pay_periods([changed(PAY_PERIOD, EndDate="2026-11-01")])).reason
    assert one(parse_pay_periods([changed(PAY_PERIOD, EndDate="2026-11-02")])).end_date == date(2026, 11, 2)


NO_DATES = ["", "2026-11-3", "20261103", "2026-W45-2", "2026-02-30", "2026-11-03T00:00:00", "03/11/2026", "٢٠٢٦-١١-٠٣"]


@pytest.mark.parametrize("value", [*NO_DATES, " 2026-11-03", "2026-11-03\n", "0000-01-01"])
def test_date_must_be_iso(value):
    assert "WorkDate isn't a date" in refused(parse_time([changed(TIME_RECORD, WorkDate=value)])).reason


# Time


@pytest.mark.parametrize("kind", ["work", "travel", "meal_break", "auto_lunch", "time_off"])
def test_known_kinds(kind):
    assert one(parse_time([changed(TIME_RECORD, RecordType=kind)])).kind == kind


@pytest.mark.parametrize("kind", ["", "Work", "standby", "work\x00"])
def test_unknown_kind_is_set_aside(kind):
    assert "don't know the record type" in refused(parse_time([changed(TIME_RECORD, RecordType=kind)])).reason


MINUTE_NAMES = ("Minutes", "RegularMinutes", "Ot1Minutes", "Ot2Minutes")


@pytest.mark.parametrize("name", MINUTE_NAMES)
@pytest.mark.parametrize(
    "value", [300.0, 300.5, "300", True, False, [300], MOST_MINUTES + 1, -MOST_MINUTES - 1, 10**30]
)
def test_minutes_must_be_whole_and_sane(name, value):
    assert name in refused(parse_time([changed(TIME_RECORD, **{name: value})])).reason


@pytest.mark.parametrize("minutes", [0, 1, -30, -480, 1440, 2000, MOST_MINUTES, -MOST_MINUTES])
def test_minutes_are_signed(minutes):
    assert one(parse_time([changed(TIME_RECORD, Minutes=minutes)])).minutes == minutes


def test_minutes_are_the_authority_over_the_buckets():
    record = one(parse_time([changed(TIME_RECORD, Minutes=300, RegularMinutes=0, Ot1Minutes=0)]))
    assert (record.minutes, record.regular_minutes) == (300, 0)


def test_float_minutes_from_the_wire_are_not_whole():
    (item,) = json.loads(json.dumps([changed(TIME_RECORD, Minutes=300.0)]))
    assert "a decimal number" in refused(parse_time([item])).reason


@pytest.mark.parametrize("name", MINUTE_NAMES)
def test_open_record_may_not_know_its_minutes_yet(name):
    record = one(parse_time([changed(TIME_RECORD, IsOpen=True, StopTime=None, **{name: None})]))
    assert record.is_open
    assert getattr(record, "minutes" if name == "Minutes" else f"{name.removesuffix('Minutes').lower()}_minutes") == 0


def test_open_record_with_mistyped_minutes_is_set_aside():
    assert "Minutes" in refused(parse_time([changed(TIME_RECORD, IsOpen=True, Minutes="300")])).reason


@pytest.mark.parametrize("value", [None, ""])
def test_only_time_off_can_have_no_job(value):
    item = changed(TIME_RECORD, LocationId=value, CostCodeId=value)
    record = one(parse_time([changed(item, RecordType="time_off")]))
    assert (record.job_external_id, record.cost_code_external_id) == ("", "")
    for kind in ("work", "travel", "meal_break", "auto_lunch"):
        assert "LocationId" in refused(parse_time([changed(item, RecordType=kind)])).reason


def test_time_off_with_a_mistyped_job_is_set_aside():
    assert "LocationId" in refused(parse_time([changed(TIME_RECORD, RecordType="time_off", LocationId=7)])).reason


@pytest.mark.parametrize(
    ("value", "clock"),
    [
        ("2026-11-03T07:00:00", time(7)),
        ("2026-11-04T02:30:15", time(2, 30, 15)),
        ("2026-11-03T07:00", time(7)),
        ("2026-11-03T07:00:00.250", time(7, 0, 0, 250000)),
        (None, None),
    ],
)
def test_wall_clock(value, clock):
    assert one(parse_time([changed(TIME_RECORD, StartTime=value)])).start_time == clock


@pytest.mark.parametrize(
    "value",
    ["", "07:00", "2026-11-03", "2026-11-03 07:00:00", "2026-11-03T07:00:00Z", "2026-11-03T07:00:00-07:00", "x" * 30],
)
@pytest.mark.parametrize("name", ["StartTime", "StopTime"])
def test_anything_but_a_local_time_is_set_aside(name, value):
    assert f"{name} isn't a local date" in refused(parse_time([changed(TIME_RECORD, **{name: value})])).reason


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-03T18:22:05Z", datetime(2026, 11, 3, 18, 22, 5, tzinfo=UTC)),
        ("2026-11-03T18:22:05", datetime(2026, 11, 3, 18, 22, 5, tzinfo=UTC)),
        ("2026-11-03T11:22:05-07:00", datetime(2026, 11, 3, 18, 22, 5, tzinfo=UTC)),
        ("0001-01-01T00:00:00+05:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_modified_at_is_not_needed_for_pay(value, moment):
    assert one(parse_time([changed(TIME_RECORD, LastModifiedUtc=value)])).modified_at == moment


def test_comment_is_cut():
    assert one(parse_time([changed(TIME_RECORD, Comment="a\nb" + "x" * 2000)])).comment == "a b" + "x" * 997


# In and Out


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({}, {"c-in"}),
        ({"name": "OUT"}, {"c-in"}),
        ({"name": "Clock in", "identifier": "In"}, {"c-in"}),
        ({"name": "Meal Break"}, set()),
        ({"displayOption": "Default"}, set()),
        ({"displayOption": None}, set()),
    ],
)
def test_ids_without_work(changes, ids):
    assert ids_without_work(parse_cost_codes([changed(CODE_IN, **changes)]).records) == ids


@pytest.mark.parametrize("minutes", [0, None])
def test_mark_without_minutes_is_dropped_silently(minutes):
    mark = changed(TIME_RECORD, CostCodeId="c-in", Minutes=minutes, LocationId=None, RegularMinutes=None)
    read = parse_time([mark])
    assert (read.records, read.set_aside) == ([], [])


@pytest.mark.parametrize("minutes", [1, -1, 480, 0.0, "0", True, False])
def test_mark_with_minutes_is_set_aside(minutes):
    set_aside = refused(parse_time([changed(TIME_RECORD, CostCodeId="c-out", Minutes=minutes)]))
    assert set_aside.external_id == "8f0c"


def test_meal_break_under_its_system_code_is_kept():
    code = changed(CODE_IN, costCodeId="c-meal", name="Meal Break")
    parser = TimeRecordParser(
        codes_without_work=ids_without_work(parse_cost_codes([code]).records), finality=Finality([])
    )
    record = one(parser([changed(TIME_RECORD, CostCodeId="c-meal", RecordType="meal_break")]))
    assert (record.kind, record.minutes) == ("meal_break", 300)


def test_code_id_that_cannot_be_compared_is_set_aside():
    assert "CostCodeId" in refused(parse_time([changed(TIME_RECORD, CostCodeId=["c-in"])])).reason


# Final


def period(name, start, end, *, is_closed=False):
    return PayPeriodRecord(name, date(2026, 11, start), date(2026, 11, end), is_closed)


def test_closed_period_is_final_for_everyone_from_first_to_last_day():
    finality = Finality([period("a", 2, 15, is_closed=True)])
    assert [finality.is_final("p", date(2026, 11, day)) for day in (1, 2, 15, 16)] == [False, True, True, False]


def test_open_period_is_final_for_those_signed_off():
    finality = Finality([period("a", 2, 15)])
    assert not finality.is_final("p-101", date(2026, 11, 3))
    finality.learn("a", ["p-101"])
    assert finality.is_final("p-101", date(2026, 11, 3))
    assert not finality.is_final("p-102", date(2026, 11, 3))


@pytest.mark.parametrize(
    ("closed", "signed", "is_final"),
    [
        ((True, True), {}, True),
        ((True, False), {}, False),
        ((True, False), {"b": ["p"]}, True),
        ((False, False), {"a": ["p"]}, False),
        ((False, False), {"a": ["p"], "b": ["p"]}, True),
    ],
)
def test_overlapping_periods_must_all_agree(closed, signed, is_final):
    finality = Finality([period("a", 2, 15, is_closed=closed[0]), period("b", 2, 8, is_closed=closed[1])])
    for name, people in signed.items():
        finality.learn(name, people)
    assert finality.is_final("p", date(2026, 11, 3)) is is_final


def test_only_open_periods_in_the_window_need_sign_offs():
    periods = [period("a", 1, 7), period("b", 8, 14), period("c", 15, 21), period("d", 8, 14, is_closed=True)]
    finality = Finality(periods)
    assert finality.periods_to_learn(date(2026, 11, 7), date(2026, 11, 8)) == ["a"]
    assert finality.periods_to_learn(date(2026, 11, 7), date(2026, 11, 9)) == ["a", "b"]
    assert finality.periods_to_learn(date(2026, 11, 14), date(2026, 11, 15)) == ["b"]
    finality.learn("b", [])
    assert finality.periods_to_learn(date(2026, 11, 7), date(2026, 11, 16)) == ["a", "c"]


def test_time_record_carries_finality():
    finality = Finality([period("a", 2, 15)])
    finality.learn("a", ["p-101"])
    other = changed(TIME_RECORD, TimeRecordId="x", PersonId="p-102")
    assert [record.is_final for record in parse_time([TIME_RECORD, other], finality).records] == [True, False]


# Anything at all

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
