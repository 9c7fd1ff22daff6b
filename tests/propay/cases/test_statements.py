"""Bonuses and deductions entered by hand in a case: N4 and N10, and what is refused."""

from typing import Any

import pytest

from propay.cases.solving import CaseError, run


def week(minutes: int) -> list[dict[str, Any]]:
    return [{"worker": "a", "date": f"2026-11-{day:02d}", "minutes": minutes, "wage": "20.00"} for day in range(2, 7)]


def case(**more: Any) -> dict[str, Any]:
    """50 hours at 20.00 cost 1,000.00; the share is half of what is saved."""
    time = week(600)
    return {"budget": {"type": "AMOUNT", "amount": "1400.00"}, "time": time, "overtime": {}, **more}


@pytest.mark.parametrize(
    ("take_back", "deducted", "rest", "paid"),
    [({}, "200.00", "30.00", "20.00"), ({"take_back": "NEVER"}, "0.00", "230.00", "220.00")],
)
def test_a_deduction_lowers_only_the_bonus_column(take_back, deducted, rest, paid):
    """N10."""
    deductions = [{"worker": "a", "amount": "230.00", "category": "ADVANCE"}]

    result: Any = run(case(deductions=deductions, **take_back))

    assert result["statements"] == [
        {
            "worker": "a",
            "bonus": "200.00",
            "federal": "20.00",
            "state_extra": "0.00",
            "deducted": deducted,
            "not_collected": rest,
            "paid": paid,
        }
    ]


@pytest.mark.parametrize(("promised", "expected"), [(True, ["0.00", "16.67"]), (False, ["0.00"])])
def test_a_promised_bonus_has_overtime(promised, expected):
    """N4; the ProPay itself saves nothing."""
    typed = {"worker": "a", "amount": "300.00", "promised": promised}
    if promised:
        typed |= {"first_day": "2026-11-02", "last_day": "2026-11-06"}
    data = {"budget": {"type": "AMOUNT", "amount": "0"}, "time": week(540), "overtime": {}, "typed_bonuses": [typed]}

    result: Any = run(data)

    assert [row["federal"] for row in result["overtime_true_up"]] == expected
    assert "statements" not in result


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"typed_bonuses": [{"worker": "a", "amount": "300.00"}]}, r"typed_bonuses\[0\].first_day"),
        ({"deductions": [{"worker": "a", "amount": "-5.00"}]}, r"deductions\[0\].amount"),
        ({"deductions": [{"worker": "a", "amount": "5.00", "category": "TOOLS"}]}, "category"),
        ({"take_back": "MAYBE"}, "take_back"),
    ],
)
def test_what_a_case_cannot_mean_is_refused(more, field):
    with pytest.raises(CaseError, match=field):
        run(case(**more))
