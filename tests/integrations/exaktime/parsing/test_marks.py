"""Entries on the cost codes In and Out, which mark a time and are not work."""

import pytest

from integrations.exaktime.finality import Finality
from integrations.exaktime.parsing import (
    TimeRecordParser,
    ids_without_work,
    parse_cost_codes,
)
from tests.integrations.exaktime.parsing.reading import one, parse_time, refused
from tests.integrations.exaktime.samples import (
    CODE_IN,
    TIME_RECORD,
    changed,
)


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
