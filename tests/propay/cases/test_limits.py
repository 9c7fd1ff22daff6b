"""How large a what-if may be: room for any contractor's case, and one line for what is larger, before any work."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from propay.cases import solving
from propay.cases.solving import CaseError

MONDAY = date(2026, 11, 2)
BUDGET = {"type": "AMOUNT", "amount": "9000000.00"}
OTHERS = {"crew": "50", "lead": "0", "manager": "0", "company": "0", "other": "50"}


def entry(number: int = 0, *, people: int = 1, weeks: int = 1) -> dict[str, object]:
    day = MONDAY - timedelta(weeks=number % weeks)
    return {"worker": f"w{number % people}", "date": day.isoformat(), "minutes": 600, "wage": "20.00"}


def case(entries: int = 1, *, people: int = 1, weeks: int = 1, **changes: object) -> dict[str, Any]:
    time = [entry(number, people=people, weeks=weeks) for number in range(entries)]
    return {"budget": BUDGET, "time": time, "overtime": {}, **changes}


def refusal(data: object) -> str:
    with pytest.raises(CaseError) as caught:
        solving.run(data)
    return str(caught.value)


@pytest.fixture
def no_work(monkeypatch) -> None:
    """Fails the test where anything is calculated."""
    monkeypatch.setattr(solving, "calculate", None)


def test_a_case_with_every_list_at_its_limit_is_calculated() -> None:
    """10,000 entries of 1,000 people in 520 weeks."""
    result: Any = solving.run(case(10_000, people=1_000, weeks=520))
    assert len(result["shares"]) == 1_000
    assert len({row["week_start"] for row in result["overtime_true_up"]}) == 520


def test_ten_thousand_hours_fit_in_one_entry() -> None:
    result: Any = solving.run(case(time=[entry() | {"minutes": 600_000}]))
    assert result["actual_minutes"] == 600_000


def test_twenty_thousand_cases_are_one_list() -> None:
    small = {"budget": {"type": "AMOUNT", "amount": "1.00"}}
    assert len(solving.run([small] * 20_000)) == 20_000  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (case(20_001), "time: must have at most 20,000 items, not 20,001"),
        (
            case(overtime={"all_time": [entry()] * 20_001}),
            "overtime.all_time: must have at most 20,000 items, not 20,001",
        ),
        (case(time=[entry() | {"minutes": 1_000_001}]), "time[0].minutes: must be between -1,000,000 and 1,000,000"),
        (case(workers=[{"id": str(one)} for one in range(2_001)]), "workers: must have at most 2,000 items, not 2,001"),
        (case(others=[str(one) for one in range(2_001)]), "others: must have at most 2,000 items, not 2,001"),
        (case(2_000, people=2_000, lead="x"), "people: must be at most 2,000 in one case, not 2,001"),
        (case(1_041, weeks=1_041), "weeks: with time must be at most 1,040 in one case, not 1,041"),
        (case(penalties=["1.00"] * 1_001), "penalties: must have at most 1,000 items, not 1,001"),
        (
            case(budget={"type": "TASKS", "tasks": [{"cost_code": str(one), "hours": "1"} for one in range(1_001)]}),
            "budget.tasks: must have at most 1,000 items, not 1,001",
        ),
    ],
    ids=lambda value: value.partition(":")[0] if isinstance(value, str) else "",
)
def test_a_larger_case_is_refused_with_its_field_and_the_limit(no_work, data, message) -> None:
    assert refusal(data) == f"case 1: {message}"
    assert refusal([data]) == f"case 1 (index 0): {message}"


def test_more_cases_than_a_list_takes_are_refused_before_the_first_is_read(no_work) -> None:
    assert refusal([{}] * 20_001) == "case 1: input: must have at most 20,000 cases, not 20,001"


def test_weeks_of_people_without_time_are_counted_over_all_cases(monkeypatch) -> None:
    """Each of them has a row for every week of the crew, though no list names more than a few."""
    monkeypatch.setattr(solving, "MAX_TRUE_UPS", 60)
    one = case(10, weeks=10, others=["x", "y"], pool=OTHERS)
    beside = [{**entry(number, weeks=10), "worker": person} for number in range(10) for person in ("x", "y")]
    one["overtime"] = {"all_time": [*one["time"], *beside]}
    assert [len(result["overtime_true_up"]) for result in solving.run([one, one])] == [30, 30]  # type: ignore[attr-defined]
    told = "case 3 (index 2): overtime: must come to at most 60 true-ups in all cases together"
    assert refusal([one, one, one]) == told
    assert refusal(case(10, weeks=10, others=[str(place) for place in range(6)], pool=OTHERS)).startswith("case 1: ")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('"1e999999999"', "must be a number in a string"),
        ("1e999999999", "must be a number in a string"),
        ('"' + "9" * 1_000_000 + '"', "must be a number in a string"),
        ("9" * 1_000_000, "is not valid JSON: the number 99999999999999999999... has more than 20 digits"),
        ('"' + "x" * 1_000_000 + '"', "must be a number in a string"),
        ("[" * 200_000, "is not valid JSON: too many lists and objects inside each other"),
        ('"\\ud800"', "must be a number in a string"),
    ],
    ids=["exponent", "float", "digits", "number", "text", "nested", "surrogate"],
)
def test_a_hostile_value_is_refused_in_one_short_line(value: str, message: str) -> None:
    text = f'{{"budget": {{"type": "AMOUNT", "amount": {value}}}}}'
    with pytest.raises(CaseError, match=message) as caught:
        solving.run(solving.load(text))
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_the_calendar_is_refused(day: str) -> None:
    told = refusal(case(time=[entry() | {"date": day}]))
    assert told == "case 1: time[0].date: must be between the years 1900 and 2199"


def test_a_long_key_given_twice_is_named_in_short() -> None:
    key = "k" * 100_000
    with pytest.raises(CaseError, match="appears twice") as caught:
        solving.load(f'{{"{key}": 1, "{key}": 2}}')
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("explains", [False, True])
def test_the_command_ends_with_two_and_one_line_that_names_the_limit(tmp_path, explains) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps([case(), case(20_001)]))
    with pytest.raises(CommandError) as caught:
        call_command("propay_whatif", str(file), explain=explains)
    assert caught.value.returncode == 2
    assert str(caught.value) == "case 2 (index 1): time: must have at most 20,000 items, not 20,001"


def test_the_command_reads_no_more_of_a_file_than_is_allowed(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("propay.management.commands.propay_whatif.MAX_BYTES", 100)
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case(5)))
    with pytest.raises(CommandError, match="input: must be at most 100 bytes") as caught:
        call_command("propay_whatif", str(file))
    assert caught.value.returncode == 2
