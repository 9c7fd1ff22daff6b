"""Time records."""

import json
from datetime import UTC, date, datetime, time

import pytest

from integrations.exaktime.finality import Finality
from protiv.timekeeping.records import PayPeriodRecord
from tests.integrations.exaktime.parsing.reading import one, parse_time, refused
from tests.integrations.exaktime.samples import (
    TIME_RECORD,
    changed,
)

MOST_MINUTES = 10_080


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
        ("2026-11-03T07:00:00", (date(2026, 11, 3), time(7))),
        ("2026-11-04T02:30:15", (date(2026, 11, 4), time(2, 30, 15))),
        ("2026-11-03T07:00", (date(2026, 11, 3), time(7))),
        ("2026-11-03T07:00:00.250", (date(2026, 11, 3), time(7, 0, 0, 250000))),
        (None, (None, None)),
    ],
)
def test_wall_clock(value, clock):
    start, stop = (one(parse_time([changed(TIME_RECORD, **{name: value})])) for name in ("StartTime", "StopTime"))
    assert (start.start_date, start.start_time) == clock == (stop.stop_date, stop.stop_time)


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


def test_time_record_carries_finality():
    finality = Finality([PayPeriodRecord("a", date(2026, 11, 2), date(2026, 11, 15), False)])
    finality.learn("a", ["p-101"])
    other = changed(TIME_RECORD, TimeRecordId="x", PersonId="p-102")
    assert [record.is_final for record in parse_time([TIME_RECORD, other], finality).records] == [True, False]
