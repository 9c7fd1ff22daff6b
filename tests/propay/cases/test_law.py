"""What pay law asks of a case: policies, states, exempt statuses, schedules, consents (bonus.md 9 and 11)."""

import pytest

from propay.cases import solving
from propay.cases.solving import CaseError
from tests.make.documented_cases import SMALL, small_entry


def refusal(**changes):
    with pytest.raises(CaseError) as caught:
        solving.run(SMALL | changes)
    return str(caught.value)


def worker(**more):
    return {"workers": [{"id": "a", **more}]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"overtime": {"state": "OR"}}, "overtime.state: must be one of AK, AL, AZ, CA"),
        ({"time": [small_entry(state="Texas")]}, "time[0].state: must be one of"),
        ({"overtime": {"state": "CA", "rule": "CALIFORNIA"}}, "overtime.state: and rule say the same"),
        ({"overtime": {"divisor": "MONTH"}}, "overtime.divisor: must be one of WEEK, PERIOD, GREATER"),
        (
            {"overtime": {"policies": [{"from_date": "2026-11-03", "workweek_start": "THURSDAY"}]}},
            "overtime.policies: can't be used: A policy must start with its own workweek. The next one starts on "
            "2026-11-05.",
        ),
        ({"overtime": {"policies": [{}]}}, "overtime.policies[0].from_date: is required"),
        ({"overtime": {"policies": [{"from": "2026-11-05"}]}}, "overtime.policies[0]: has an unknown key"),
        ({"overtime": {"policies": [{}] * 7}}, "overtime.policies: must have at most 6 items"),
        (worker(exempt="yes"), "workers[0].exempt: must be true or false"),
        (worker(exempt=[{"from_date": "2026-11-02"}] * 2), "workers[0].exempt[1].from_date: "),
        (worker(schedule={"MONDAY": "10:01"}), "workers[0].schedule.MONDAY: "),
        (worker(schedule={"MONDAY": "7.33"}), "workers[0].schedule.MONDAY: must be hours and whole minutes"),
        (worker(schedule={"FUNDAY": "8"}), "workers[0].schedule: has an unknown key"),
        (worker(salaried=1), "workers[0].salaried: must be true or false"),
        ({"distribution": "TOTAL_EARNINGS"}, "overtime: is required, because overtime decides about the shares"),
        ({"pool_includes_overtime": True}, "overtime: is required, because overtime decides about the shares"),
        (
            {"pool_includes_overtime": True, "distribution": "MANUAL", "overtime": {}},
            "pool_includes_overtime: can't go with amounts that are entered by hand",
        ),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(changes, message):
    assert refusal(**changes).startswith(f"case 1: {message}")


@pytest.mark.parametrize(("hours", "overtime"), [("10", "0.00"), ("9:30", "0.50"), ("8", "2.00")])
def test_a_schedule_is_read_in_either_format(hours, overtime):
    case = SMALL | worker(schedule={"TUESDAY": hours}) | {"overtime": {"state": "CA"}}
    assert solving.run(case)["overtime_true_up"][0]["overtime_hours"] == overtime


@pytest.mark.parametrize(
    ("take_back", "consents", "paid"),
    [("YES", [], "0.00"), ("WITH_CONSENT", [], "50.00"), ("WITH_CONSENT", ["a"], "0.00"), ("NEVER", ["a"], "50.00")],
)
def test_a_deduction_needs_the_consent_that_the_company_asks_for(take_back, consents, paid):
    deductions = [{"worker": "a", "amount": "60.00"}]
    case = SMALL | {"deductions": deductions, "take_back": take_back, "consents": consents}
    assert solving.run(case)["statements"][0]["paid"] == paid
