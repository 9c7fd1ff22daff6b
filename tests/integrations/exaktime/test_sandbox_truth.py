"""The sandbox's truth as CSV: what a whole and faithful sync has to end up with."""

import csv
import io

import pytest

from tests.integrations.exaktime.sandbox_caller import running
from tests.make.spoiled_names import spoil_names

COLUMNS = (
    "external_id,worker_external_id,worker,job_external_id,job,cost_code_external_id,cost_code,work_date,minutes,kind,"
    "is_final,voided"
)


@pytest.fixture(scope="module")
def caller():
    with running(people=20, days=60) as caller:
        spoil_names(caller.control)
        yield caller


@pytest.fixture(scope="module")
def lines(caller):
    return read(caller.control.truth_csv())


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_columns_are_those_of_the_product_s_export(caller):
    assert caller.control.truth_csv().splitlines()[0] == COLUMNS


def test_truth_is_everything_served_except_in_and_out_punches(caller, lines):
    served = [record for record in caller.window() if record["CostCodeId"] not in ("c-1", "c-2")]
    assert len(served) < len(caller.window())
    assert [line["external_id"] for line in lines] == [record["TimeRecordId"] for record in served]
    assert [int(line["minutes"]) for line in lines] == [record["Minutes"] for record in served]
    assert [line["kind"] for line in lines] == [record["RecordType"] for record in served]
    assert {line["voided"] for line in lines} == {"false"}


def test_names_are_joined_and_formulas_made_harmless(lines):
    names = {line["worker_external_id"]: line["worker"] for line in lines}
    assert names["p-102"] == "José Muñoz"
    assert names["p-103"] == "'=Sam A. Okafor"
    assert any(line["job"].startswith("'=") for line in lines)
    assert any(int(line["minutes"]) < 0 for line in lines)


def test_time_off_has_no_job(lines):
    off = [line for line in lines if line["kind"] == "time_off"]
    assert off
    assert {(line["job_external_id"], line["job"], line["cost_code"]) for line in off} == {("", "", "")}


def test_both_days_of_the_range_are_in(caller, lines):
    part = read(caller.control.truth_csv("2026-11-02", "2026-11-03"))
    assert part == [line for line in lines if "2026-11-02" <= line["work_date"] <= "2026-11-03"]
    assert {line["work_date"] for line in part} == {"2026-11-02", "2026-11-03"}


def test_final_only_keeps_closed_and_signed_off_time(caller, lines):
    final = read(caller.control.truth_csv(final_only=True))
    assert final == [line for line in lines if line["is_final"] == "true"]
    half = {line["is_final"] for line in lines if "2026-11-02" <= line["work_date"] <= "2026-11-15"}
    assert half == {"true", "false"}
    assert {line["is_final"] for line in lines if line["work_date"] < "2026-11-02"} == {"true"}


def test_quarantined_records_are_not_there(caller, lines):
    assert caller.control.add_record(PersonId="p-101", WorkDate="2026-10-20")["quarantined"]
    assert read(caller.control.truth_csv()) == lines
