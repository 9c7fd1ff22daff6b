"""The what-if: JSON case in, JSON result out, bad input named; and its command (bonus.md 9)."""

import copy
import json
import subprocess
import sys
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from propay.cases import solving
from propay.cases.solving import CaseError

ROOT = Path(__file__).parents[3]

DOCUMENTED: dict[str, Any] = {
    "budget": {"type": "PERCENT_OF_CONTRACT", "contract_amount": "10000.00", "percent": "30"},
    "adjustment": None,
    "completion_percent": "100",
    "split_percent": "50",
    "pool": {"crew": "60", "lead": "20", "manager": "10", "company": "10", "other": "0"},
    "distribution": "EQUAL",
    "lead_weight": "1.5",
    "lead_also_shares": False,
    "include_travel": False,
    "include_overtime_cost": False,
    "burden_percent": "0",
    "penalties": [],
    "disqualified": False,
    "lead": "l",
    "manager": "m",
    "others": [],
    "workers": [{"id": "a", "no_bonus": False, "fixed_percent": None, "manual_amount": None, "exempt": False}],
    "time": [
        {
            "worker": worker,
            "date": "2026-11-03",
            "minutes": 2400,
            "ot1_minutes": 0,
            "ot2_minutes": 0,
            "wage": "20.00",
            "kind": "work",
            "cost_code": None,
        }
        for worker in ("a", "b", "c")
    ],
    "overtime": {
        "rule": "FEDERAL",
        "method": "FLAT_SUM",
        "workweek_start": "MONDAY",
        "all_time": [
            {"worker": "a", "date": "2026-11-03", "minutes": 3000, "kind": "work"},
            {"worker": "b", "date": "2026-11-03", "minutes": 2400, "kind": "work"},
            {"worker": "c", "date": "2026-11-03", "minutes": 2400, "kind": "work"},
        ],
    },
}

SMALL: dict[str, Any] = {
    "budget": {"type": "AMOUNT", "amount": "300.00"},
    "time": [{"worker": "a", "date": "2026-11-03", "minutes": 600, "wage": "20.00"}],
}


def run(**changes: object) -> Any:
    return solving.run(SMALL | changes)


def entry(**changes: object) -> dict[str, object]:
    return SMALL["time"][0] | changes


# The result


def test_result_has_the_documented_shape() -> None:
    result: Any = solving.run(DOCUMENTED)
    true_ups = result.pop("overtime_true_up")
    assert result == {
        "budget_minutes": None,
        "budget_amount": "3000.00",
        "actual_minutes": 7200,
        "actual_amount": "2400.00",
        "saving": "600.00",
        "pool": "300.00",
        "parts": {"crew": "180.00", "lead": "60.00", "manager": "30.00", "company": "30.00", "other": "0.00"},
        "shares": [
            {"worker": "a", "role": "CREW", "amount": "60.00"},
            {"worker": "b", "role": "CREW", "amount": "60.00"},
            {"worker": "c", "role": "CREW", "amount": "60.00"},
            {"worker": "l", "role": "LEAD", "amount": "60.00"},
            {"worker": "m", "role": "MANAGER", "amount": "30.00"},
        ],
        "warnings": [],
    }
    assert true_ups[0] == {
        "worker": "a",
        "week_start": "2026-11-02",
        "bonus": "60.00",
        "hours": "50.00",
        "overtime_hours": "10.00",
        "federal": "6.00",
        "state_extra": "0.00",
    }
    assert [week["worker"] for week in true_ups] == ["a", "b", "c", "l", "m"]


def test_keys_left_out_take_the_documented_defaults() -> None:
    assert run() == run(
        adjustment=None,
        completion_percent="100",
        split_percent="50",
        pool={"crew": "100", "lead": "0", "manager": "0", "company": "0", "other": "0"},
        distribution="PER_HOUR",
        lead_weight="1.5",
        lead_also_shares=False,
        include_travel=False,
        include_overtime_cost=False,
        burden_percent="0",
        penalties=[],
        disqualified=False,
        lead=None,
        manager=None,
        others=[],
        workers=[],
        overtime=None,
    )


def test_list_of_cases_gives_a_list_of_results() -> None:
    assert solving.run([SMALL, DOCUMENTED]) == [solving.run(SMALL), solving.run(DOCUMENTED)]
    assert solving.run([]) == []


def test_hours_budget_without_counted_time_has_no_figure() -> None:
    result = run(budget={"type": "HOURS", "hours": "80"}, time=[])
    assert (result["budget_minutes"], result["budget_amount"], result["saving"]) == (4800, None, None)
    assert (result["actual_minutes"], result["actual_amount"], result["pool"]) == (0, "0.00", "0.00")
    assert set(result["parts"].values()) == {"0.00"}
    assert result["shares"] == []


def test_worker_found_only_in_time_is_an_ordinary_worker() -> None:
    listed = run(time=[entry(), entry(worker="b")], workers=[{"id": "a"}, {"id": "b"}])
    assert run(time=[entry(), entry(worker="b")], workers=[{"id": "b"}]) == listed


def test_eligible_workers_are_listed_at_nothing_too() -> None:
    assert run(budget={"type": "AMOUNT", "amount": "1"})["shares"] == [
        {"worker": "a", "role": "CREW", "amount": "0.00"}
    ]


def test_kinds_that_do_not_count_are_left_out() -> None:
    time = [entry(), entry(kind="auto_lunch", minutes=-30), entry(kind="meal_break"), entry(kind="time_off")]
    assert run(time=time)["actual_minutes"] == 570
    assert run(time=[*time, entry(kind="travel", minutes=60)])["actual_minutes"] == 570
    assert run(time=[*time, entry(kind="travel", minutes=60)], include_travel=True)["actual_minutes"] == 630


def test_missing_wage_is_incomplete_and_names_the_worker() -> None:
    result = run(time=[entry(), entry(worker="b", wage=None)])
    assert (result["actual_amount"], result["saving"], result["pool"], result["shares"]) == (None, None, "0.00", [])
    assert "no wage for b" in result["warnings"][0]


@pytest.mark.parametrize("kind", ["meal_break", "time_off", "travel"])
def test_wage_may_be_missing_where_the_time_does_not_count(kind: str) -> None:
    assert run(time=[entry(), entry(worker="b", wage=None, kind=kind)])["warnings"] == []


def test_entry_of_no_minutes_needs_no_wage() -> None:
    assert run(time=[entry(), entry(worker="b", minutes=0, wage=None)]) == run()


def test_hours_of_the_week_count_travel_and_lunches_but_not_breaks_and_time_off() -> None:
    kinds = {"work": 2700, "travel": 120, "auto_lunch": -60, "meal_break": 500, "time_off": 480}
    all_time = [entry(kind=kind, minutes=minutes) for kind, minutes in kinds.items()]
    (week,) = run(overtime={"all_time": all_time})["overtime_true_up"]
    assert (week["hours"], week["overtime_hours"]) == ("46.00", "6.00")


def test_all_time_left_out_means_that_nothing_else_was_worked() -> None:
    time = [entry(minutes=3000, wage="1.00"), entry(kind="travel", minutes=60)]
    (week,) = run(time=time, overtime={})["overtime_true_up"]
    assert week["hours"] == "51.00"


def test_all_time_that_lacks_the_counted_time_is_pointed_out() -> None:
    result = run(overtime={"all_time": []})
    assert "worked less in the week of 2026-11-02" in result["warnings"][0]


def test_workweek_starts_where_the_case_says() -> None:
    (week,) = run(overtime={"workweek_start": "SUNDAY"})["overtime_true_up"]
    assert week["week_start"] == "2026-11-01"


def test_exempt_worker_keeps_the_bonus_without_true_up() -> None:
    time = [entry(minutes=3600, wage="1.00")]
    (week,) = run(time=time, workers=[{"id": "a", "exempt": True}], overtime={})["overtime_true_up"]
    assert (week["federal"], week["bonus"]) == ("0.00", "120.00")


def test_running_a_case_leaves_it_as_it_was() -> None:
    before = copy.deepcopy(DOCUMENTED)
    solving.run(DOCUMENTED)
    assert before == DOCUMENTED


# Bad input


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
    ({"pool": {"crew": "90"}}, "pool", "must add up to 100, not to 90"),
    ({"pool": {"boss": "90"}}, "pool", "unknown key 'boss'"),
    ({"pool": {"crew": "90", "other": "10"}}, "others", "must name somebody"),
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
    ({"time": [entry(minutes=True)]}, "time[0].minutes", "whole minutes, not true"),
    ({"time": [entry(minutes=1.0)]}, "time[0].minutes", "whole minutes, not 1.0"),
    ({"time": [entry(minutes="60")]}, "time[0].minutes", "whole minutes"),
    ({"time": [entry(minutes=10**9)]}, "time[0].minutes", "must be between"),
    ({"time": [entry(kind="auto_lunch")]}, "time[0].minutes", "takes minutes away"),
    ({"time": [entry(ot1_minutes=400, ot2_minutes=201)]}, "time[0].ot1_minutes", "part of minutes"),
    ({"time": [entry(ot1_minutes=-1)]}, "time[0].ot1_minutes", "part of minutes"),
    ({"time": [entry(date="2026-11-31")]}, "time[0].date", "date of the calendar"),
    ({"time": [entry(date="20261103")]}, "time[0].date", "must be a date such as"),
    ({"time": [entry(date="0001-01-01")]}, "time[0].date", "between the years"),
    ({"time": [entry(kind="lunch")]}, "time[0].kind", "must be one of work"),
    ({"time": [entry(wage=20)]}, "time[0].wage", "in a string"),
    ({"time": [entry(worker="a\nb")]}, "time[0].worker", "printable characters, not 'a\\nb'"),
    ({"overtime": {"rule": "TEXAS"}}, "overtime.rule", "must be one of FEDERAL, CALIFORNIA"),
    ({"overtime": {"workweek_start": "monday"}}, "overtime.workweek_start", "must be one of MONDAY"),
    ({"overtime": {"all_time": [{"worker": "a", "minutes": 1}]}}, "overtime.all_time[0].date", "is required"),
    ({"distribution": "FIXED_PERCENT"}, "workers.fixed_percent", "add up to 0, not 100"),
    ({"distribution": "MANUAL"}, "workers.manual_amount", "add up to 0.00, not to 50.00"),
]


@pytest.mark.parametrize(("changes", "field", "message"), BAD_CASES)
def test_bad_input_names_the_field(changes: dict[str, object], field: str, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        run(**changes)
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


# The command


def command(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "manage.py", "propay_whatif", *arguments]
    environment = {"DEBUG": "true", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
    return subprocess.run(
        line, cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True, check=False, timeout=60
    )


def test_command_reads_standard_input_and_needs_no_database() -> None:
    done = command(stdin=json.dumps(DOCUMENTED))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == solving.run(DOCUMENTED)


def test_command_ends_with_two_and_one_line_on_bad_input() -> None:
    done = command(stdin=json.dumps([SMALL, SMALL | {"time": [entry(minutes=1.5)]}]))
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "case 2 (index 1): time[0].minutes: must be whole minutes, not 1.5" in line


def thousand_cases() -> list[dict[str, Any]]:
    return [DOCUMENTED | {"split_percent": str(Decimal(place) / 10)} for place in range(1000)]


def test_command_works_out_a_list_of_a_thousand_cases_in_order() -> None:
    done = command(stdin=json.dumps(thousand_cases()))
    assert (done.returncode, done.stderr) == (0, "")
    pools = [result["pool"] for result in json.loads(done.stdout)]
    assert pools == [f"{Decimal(place) * 600 / 1000:.2f}" for place in range(1000)]


@pytest.mark.parametrize("explains", [False, True])
def test_command_names_the_one_bad_case_of_a_thousand_in_a_file(tmp_path: Path, explains: bool) -> None:
    cases = thousand_cases()
    cases[499] = DOCUMENTED | {"pool": {"crew": "60", "lead": "30"}}
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(cases))
    done = command(str(file), *(["--explain"] if explains else []))
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "case 500 (index 499): pool: must add up to 100, not to 90" in line


def test_command_reads_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_bytes(json.dumps([SMALL]).encode("utf-8-sig"))
    out = StringIO()
    call_command("propay_whatif", str(file), stdout=out)
    assert json.loads(out.getvalue()) == [solving.run(SMALL)]


def test_command_explains_each_case_step_by_step(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps([SMALL, DOCUMENTED | {"time": []}]))
    out = StringIO()
    call_command("propay_whatif", str(file), "--explain", stdout=out)
    first, second = out.getvalue().split("\n\n")
    assert first.splitlines()[:3] == [
        "Case 1",
        "Counted time: a 10 h = 10 h",
        "Labor cost of a: 10 h × 20.00 = 200.00",
    ]
    assert "Share of a (by minutes): 50.00 × 600 / 600 = 50.00" in first
    assert "Warning: Nobody is eligible for the crew part: it goes to the company part." in second


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "No such file"), (b"\xff\xfe{", "is not UTF-8"), (b"{", "is not valid JSON"), (b"{}", "budget")],
)
def test_command_refuses_a_file_it_can_not_read(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "case.json"
    if content is not None:
        file.write_bytes(content)
    out = StringIO()
    with pytest.raises(CommandError, match=message) as caught:
        call_command("propay_whatif", str(file), stdout=out)
    assert (caught.value.returncode, out.getvalue()) == (2, "")
