"""Bad input is named: by its field, in one line (bonus.md 9)."""

import pytest

from propay.cases import solving
from propay.cases.solving import CaseError
from tests.make.documented_cases import SMALL, small_entry

BAD_CASES: list[tuple[dict[str, object], str, str]] = [
    ({"budgit": {}}, "", "unknown key 'budgit'"),
    ({"budget": None}, "budget", "must be an object, not null"),
    ({"budget": {}}, "budget.type", "is required"),
    ({"budget": {"type": "GUESS"}}, "budget.type", "must be one of HOURS, AMOUNT"),
    ({"budget": {"type": ["HOURS"]}}, "budget.type", "must be one of"),
    ({"budget": {"type": "HOURS"}}, "budget.hours", "is required"),
    ({"budget": {"type": "HOURS", "hours": "80", "amount": "1"}}, "budget", "unknown key 'amount'"),
    ({"budget": {"type": "AMOUNT", "amount": 5000}}, "budget.amount", "in a string"),
    ({"budget": {"type": "AMOUNT", "amount": 5000.5}}, "budget.amount", "in a string"),
    ({"budget": {"type": "AMOUNT", "amount": None}}, "budget.amount", "in a string"),
    ({"budget": {"type": "AMOUNT", "amount": "NaN"}}, "budget.amount", "in a string"),
    ({"budget": {"type": "AMOUNT", "amount": "Infinity"}}, "budget.amount", "in a string"),
    ({"budget": {"type": "AMOUNT", "amount": "1e5"}}, "budget.amount", "in a string"),
    ({"budget": {"type": "AMOUNT", "amount": "5,000.00"}}, "budget.amount", "in a string"),
    ({"budget": {"type": "AMOUNT", "amount": "٣"}}, "budget.amount", "in a string"),
    ({"budget": {"type": "AMOUNT", "amount": "1\n"}}, "budget.amount", "in a string"),
    ({"budget": {"type": "AMOUNT", "amount": "-1"}}, "budget.amount", "must be between 0"),
    ({"budget": {"type": "AMOUNT", "amount": "10000000000"}}, "budget.amount", "must be between 0"),
    ({"budget": {"type": "TASKS", "tasks": []}}, "budget.tasks", "at least one line"),
    ({"budget": {"type": "TASKS", "tasks": [{"cost_code": "x"}]}}, "budget.tasks[0]", "one of the two"),
    (
        {"budget": {"type": "TASKS", "tasks": [{"cost_code": "x", "hours": "1"}, {"cost_code": "x", "hours": "1"}]}},
        "budget.tasks[1].cost_code",
        "listed twice",
    ),
    ({"adjustment": {"type": "PERCENT", "value": "-101"}}, "adjustment.value", "must be between -100"),
    ({"adjustment": {"type": "PERCENT"}}, "adjustment.value", "is required"),
    ({"completion_percent": "100.5"}, "completion_percent", "must be between 0 and 100"),
    ({"split_percent": 50}, "split_percent", "in a string"),
    ({"pool": {"crew": "90"}}, "pool", "must total 100, not 90"),
    ({"pool": {"boss": "90"}}, "pool", "unknown key 'boss'"),
    ({"pool": {"crew": "90", "other": "10"}}, "others", "must name someone"),
    ({"distribution": "FAIR"}, "distribution", "must be one of"),
    ({"lead_weight": "0"}, "lead_weight", "must be between"),
    ({"include_travel": "yes"}, "include_travel", "must be true or false"),
    ({"penalties": "5.00"}, "penalties", "must be a list"),
    ({"penalties": ["5.00", "5.001"]}, "penalties[1]", "at most 2 decimals"),
    ({"lead": 7}, "lead", "must be a string"),
    ({"lead": ""}, "lead", "must be a string"),
    ({"others": ["x", "x"]}, "others[1]", "listed twice"),
    ({"workers": [{"id": "a"}, {"id": "a"}]}, "workers[1].id", "listed twice"),
    ({"workers": ["a"]}, "workers[0]", "must be an object"),
    ({"workers": [{"id": "a", "fixed_percent": "100.01"}]}, "workers[0].fixed_percent", "must be between"),
    ({"workers": [{"id": "a", "manual_amount": "0.005"}]}, "workers[0].manual_amount", "at most 2 decimals"),
    ({"time": {}}, "time", "must be a list"),
    ({"time": [{"worker": "a"}]}, "time[0].date", "is required"),
    ({"time": [small_entry(minutes=True)]}, "time[0].minutes", "whole minutes, not true"),
    ({"time": [small_entry(minutes=1.0)]}, "time[0].minutes", "whole minutes, not 1.0"),
    ({"time": [small_entry(minutes="60")]}, "time[0].minutes", "whole minutes"),
    ({"time": [small_entry(minutes=10**9)]}, "time[0].minutes", "must be between"),
    ({"time": [small_entry(kind="auto_lunch")]}, "time[0].minutes", "removes minutes"),
    ({"time": [small_entry(ot1_minutes=400, ot2_minutes=201)]}, "time[0].ot1_minutes", "part of minutes"),
    ({"time": [small_entry(ot1_minutes=-1)]}, "time[0].ot1_minutes", "part of minutes"),
    ({"time": [small_entry(date="2026-11-31")]}, "time[0].date", "date of the calendar"),
    ({"time": [small_entry(date="20261103")]}, "time[0].date", "must be a date such as"),
    ({"time": [small_entry(date="0001-01-01")]}, "time[0].date", "between the years"),
    ({"time": [small_entry(kind="lunch")]}, "time[0].kind", "must be one of work"),
    ({"time": [small_entry(wage=20)]}, "time[0].wage", "in a string"),
    ({"time": [small_entry(wage="20.00001")]}, "time[0].wage", "at most 4 decimals"),
    ({"time": [small_entry(worker="a\nb")]}, "time[0].worker", "printable characters, not 'a\\nb'"),
    ({"overtime": {"rule": "TEXAS"}}, "overtime.rule", "must be one of FEDERAL, CALIFORNIA"),
    ({"overtime": {"workweek_start": "monday"}}, "overtime.workweek_start", "must be one of MONDAY"),
    ({"overtime": {"all_time": [{"worker": "a", "minutes": 1}]}}, "overtime.all_time[0].date", "is required"),
    ({"distribution": "FIXED_PERCENT"}, "workers.fixed_percent", "total 0, not 100"),
    ({"distribution": "MANUAL"}, "workers.manual_amount", "total 0.00, not 50.00"),
]


@pytest.mark.parametrize(("changes", "field", "message"), BAD_CASES)
def test_bad_input_names_the_field(changes: dict[str, object], field: str, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        solving.run(SMALL | changes)
    assert caught.value.field == field
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.index is None


@pytest.mark.parametrize("data", [None, "x", 7, [[SMALL]]])
def test_anything_but_an_object_is_refused(data: object) -> None:
    with pytest.raises(CaseError, match="must be an object"):
        solving.run(data)


def test_budget_is_required() -> None:
    with pytest.raises(CaseError, match="budget: is required"):
        solving.run({})


def test_error_in_a_list_names_the_case() -> None:
    with pytest.raises(CaseError, match=r"^case 2 \(index 1\): split_percent: must be") as caught:
        solving.run([SMALL, SMALL | {"split_percent": 5}, {}])
    assert caught.value.index == 1


@pytest.mark.parametrize("text", ["", "{", "{'a': 1}", '{"a": 1, "a": 2}', "[" * 100_000, "1" * 5000])
def test_text_that_is_not_json_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(CaseError, match="is not valid JSON") as caught:
        solving.load(text)
    assert "\n" not in str(caught.value)
