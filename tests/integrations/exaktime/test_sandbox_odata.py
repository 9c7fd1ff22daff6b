"""The strict reading of query options."""

import pytest

from integrations.exaktime.sandbox import odata

END = odata.LAST_DAY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, (odata.FIRST_DAY, END)),
        ("WorkDate ge 2026-11-01", ("2026-11-01", END)),
        ("WorkDate gt 2026-11-01", ("2026-11-02", END)),
        ("WorkDate lt 2026-11-08", (odata.FIRST_DAY, "2026-11-08")),
        ("WorkDate le 2026-11-08", (odata.FIRST_DAY, "2026-11-09")),
        ("WorkDate eq 2026-12-31", ("2026-12-31", "2027-01-01")),
        ("  WorkDate  ge 2026-11-01 and WorkDate lt 2026-11-08 ", ("2026-11-01", "2026-11-08")),
        ("WorkDate ge 2026-11-08 and WorkDate lt 2026-11-01", ("2026-11-08", "2026-11-01")),
    ],
)
def test_day_range_is_half_open(text, expected):
    assert odata.day_range(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "and",
        "WorkDate",
        "workdate ge 2026-11-01",
        "WorkDate ne 2026-11-01",
        "WorkDate ge '2026-11-01'",
        "WorkDate ge 2026-11-01T00:00:00Z",
        "WorkDate ge 2026-02-30",
        "WorkDate le 9999-12-31",
        "WorkDate ge 2026-11-01 or WorkDate lt 2026-11-08",
        "(WorkDate ge 2026-11-01)",
        "WorkDate ge 2026-11-01 and",
    ],
)
def test_day_range_refuses_anything_else(text):
    with pytest.raises(odata.BadQuery):
        odata.day_range(text)


@pytest.mark.parametrize(
    ("text", "expected"), [(None, None), ("PayPeriodId eq 'a'", "a"), ("PayPeriodId eq 'a''b'", "a'b")]
)
def test_period_of_reads_a_quoted_id(text, expected):
    assert odata.period_of(text) == expected


@pytest.mark.parametrize("text", ["PayPeriodId eq a", "PayPeriodId eq 'a'b'", "PayPeriodId ne 'a'", ""])
def test_period_of_refuses_anything_else(text):
    with pytest.raises(odata.BadQuery):
        odata.period_of(text)


def test_options_refuse_a_repeated_name():
    with pytest.raises(odata.BadQuery, match="more than once"):
        odata.options("$top=1&$top=2", frozenset({"$top"}))


def test_order_takes_blanks_and_asc():
    assert odata.order("WorkDate asc, TimeRecordId", ("WorkDate", "TimeRecordId")) == ["WorkDate", "TimeRecordId"]
