"""The what-if: JSON case in, JSON result out (bonus.md 9)."""

import copy
from typing import Any

import pytest

from propay.cases import solving
from tests.make.documented_cases import DOCUMENTED, SMALL, small_entry


def run(**changes: object) -> Any:
    return solving.run(SMALL | changes)


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
        "warnings": [
            f"{person} has no workweek on this ProPay, so no overtime true-up is calculated." for person in ("l", "m")
        ],
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
    assert [week["worker"] for week in true_ups] == ["a", "b", "c"]


def test_wages_have_four_decimals_and_equal_ones_are_the_same_text() -> None:
    """bonus.md 10.6: ten hours at 25.1275 cost 251.28; at 25.13 they would cost 251.30."""
    assert run(time=[small_entry(wage="25.1275")])["actual_amount"] == "251.28"
    texts = {solving.explain(SMALL | {"time": [small_entry(wage=wage)]}) for wage in ("25", "25.00", "25.0000")}
    assert len(texts) == 1
    assert "10 h × 25.00" in texts.pop()


def test_missing_keys_take_the_documented_defaults() -> None:
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
    listed = run(time=[small_entry(), small_entry(worker="b")], workers=[{"id": "a"}, {"id": "b"}])
    assert run(time=[small_entry(), small_entry(worker="b")], workers=[{"id": "b"}]) == listed


def test_eligible_workers_with_nothing_are_listed() -> None:
    assert run(budget={"type": "AMOUNT", "amount": "1"})["shares"] == [
        {"worker": "a", "role": "CREW", "amount": "0.00"}
    ]


def test_kinds_that_do_not_count_are_excluded() -> None:
    time = [
        small_entry(),
        small_entry(kind="auto_lunch", minutes=-30),
        small_entry(kind="meal_break"),
        small_entry(kind="time_off"),
    ]
    assert run(time=time)["actual_minutes"] == 570
    assert run(time=[*time, small_entry(kind="travel", minutes=60)])["actual_minutes"] == 570
    assert run(time=[*time, small_entry(kind="travel", minutes=60)], include_travel=True)["actual_minutes"] == 630


def test_missing_wage_is_incomplete_and_names_the_worker() -> None:
    result = run(time=[small_entry(), small_entry(worker="b", wage=None)])
    assert (result["actual_amount"], result["saving"], result["pool"], result["shares"]) == (None, None, "0.00", [])
    assert "no wage for b" in result["warnings"][0]


@pytest.mark.parametrize("kind", ["meal_break", "time_off", "travel"])
def test_wage_may_be_missing_where_the_time_does_not_count(kind: str) -> None:
    assert run(time=[small_entry(), small_entry(worker="b", wage=None, kind=kind)])["warnings"] == []


def test_an_entry_of_zero_minutes_needs_no_wage() -> None:
    assert run(time=[small_entry(), small_entry(worker="b", minutes=0, wage=None)]) == run()


def test_hours_of_the_week_count_travel_and_lunches_but_not_breaks_and_time_off() -> None:
    kinds = {"work": 2700, "travel": 120, "auto_lunch": -60, "meal_break": 500, "time_off": 480}
    all_time = [small_entry(kind=kind, minutes=minutes) for kind, minutes in kinds.items()]
    (week,) = run(overtime={"all_time": all_time})["overtime_true_up"]
    assert (week["hours"], week["overtime_hours"]) == ("46.00", "6.00")


def test_missing_all_time_means_that_nothing_else_was_worked() -> None:
    time = [small_entry(minutes=3000, wage="1.00"), small_entry(kind="travel", minutes=60)]
    (week,) = run(time=time, overtime={})["overtime_true_up"]
    assert week["hours"] == "51.00"


def test_all_time_that_lacks_the_counted_time_is_pointed_out() -> None:
    result = run(overtime={"all_time": []})
    assert "total hours for the week of Nov 2, 2026 are lower" in result["warnings"][0]


def test_workweek_starts_where_the_case_says() -> None:
    (week,) = run(overtime={"workweek_start": "SUNDAY"})["overtime_true_up"]
    assert week["week_start"] == "2026-11-01"


def test_exempt_worker_keeps_the_bonus_without_true_up() -> None:
    time = [small_entry(minutes=3600, wage="1.00")]
    (week,) = run(time=time, workers=[{"id": "a", "exempt": True}], overtime={})["overtime_true_up"]
    assert (week["federal"], week["bonus"]) == ("0.00", "120.00")


def test_running_a_case_leaves_it_as_it_was() -> None:
    before = copy.deepcopy(DOCUMENTED)
    solving.run(DOCUMENTED)
    assert before == DOCUMENTED


def test_two_ids_of_one_person_have_one_workweek() -> None:
    time = [small_entry(worker=worker, minutes=1500, wage="1.00") for worker in ("a", "b")]
    linked = [{"id": "b", "same_person_as": "a"}]

    (week,) = run(time=time, workers=linked, overtime={})["overtime_true_up"]

    assert (week["worker"], week["hours"], week["overtime_hours"]) == ("a", "50.00", "10.00")
    exempt_under_one_id = [*linked, {"id": "a", "exempt": True}]
    assert run(time=time, workers=exempt_under_one_id, overtime={})["overtime_true_up"] == [week]


@pytest.mark.parametrize(
    "workers",
    [
        [{"id": "a", "same_person_as": "a"}],
        [{"id": "a", "same_person_as": "b"}, {"id": "b", "same_person_as": "c"}],
    ],
)
def test_a_link_leads_to_an_id_that_is_not_linked(workers) -> None:
    with pytest.raises(solving.CaseError, match="isn't linked itself"):
        run(workers=workers)
