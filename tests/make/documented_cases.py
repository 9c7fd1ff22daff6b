"""The case that the docs show, with every key, and a small one."""

from typing import Any

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


def small_entry(**changes: object) -> dict[str, object]:
    return SMALL["time"][0] | changes
