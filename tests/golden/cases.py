"""What-if cases of every kind, the same for the same seed: budgets, adjustments, distributions, overtime rules."""

import random
from datetime import date, timedelta
from typing import Any

Json = dict[str, Any]
MONDAY = date(2026, 11, 2)
PEOPLE = "abcdefgh"
CODES = ("roof", "siding", None)
KINDS = ("work",) * 6 + ("travel", "auto_lunch", "meal_break", "time_off")
DISTRIBUTIONS = ("PER_HOUR", "EQUAL", "HOURS_TIMES_WAGE", "WAGE", "LEAD_WEIGHTED", "FIXED_PERCENT", "MANUAL")
POOLS: tuple[Json, ...] = (
    {"crew": "100", "lead": "0", "manager": "0", "company": "0", "other": "0"},
    {"crew": "70", "lead": "20", "manager": "10", "company": "0", "other": "0"},
    {"crew": "60", "lead": "15", "manager": "10", "company": "5", "other": "10"},
    {"crew": "33.33", "lead": "33.33", "manager": "33.34", "company": "0", "other": "0"},
)


def make_cases(count: int, *, seed: int = 1) -> list[Json]:
    """So many cases; a few are refused as they should be (percentages of people who have no counted time)."""
    rng = random.Random(seed)
    return [_case(rng, index) for index in range(count)]


def _case(rng: random.Random, index: int) -> Json:
    crew = PEOPLE[: rng.randint(1, 6)]
    time = [_entry(rng, worker) for worker in crew for _ in range(rng.randint(0, 12))]
    pool = POOLS[index % len(POOLS)]
    distribution = DISTRIBUTIONS[index % len(DISTRIBUTIONS)]
    return {
        "budget": _budget(rng, index),
        "adjustment": rng.choice((None, None, *_adjustments(rng))),
        "completion_percent": rng.choice(("100", "100", "62.5")),
        "split_percent": rng.choice(("50", "50", "100", "33.3")),
        "pool": pool,
        "distribution": distribution,
        "lead_weight": rng.choice(("1.5", "2")),
        "lead_also_shares": rng.random() < 0.3,
        "include_travel": rng.random() < 0.5,
        "include_overtime_cost": rng.random() < 0.3,
        "burden_percent": rng.choice(("0", "0", "18.5")),
        "penalties": rng.choice(([], [], ["10.00"], ["25.00", "4.50"])),
        "disqualified": rng.random() < 0.05,
        "lead": rng.choice((None, crew[0], "z")),
        "manager": rng.choice((None, "m")),
        "others": ["y", "z"] if pool["other"] != "0" else [],
        "workers": [_worker(rng, worker, crew, distribution) for worker in crew],
        "time": time,
        "overtime": _overtime(rng, crew, time),
    }


def _entry(rng: random.Random, worker: str) -> Json:
    kind = rng.choice(KINDS)
    minutes = -30 if kind == "auto_lunch" else rng.randint(30, 780)
    ot1 = rng.choice((0, 0, 60)) if minutes > 120 else 0
    return {
        "worker": worker,
        "date": str(MONDAY + timedelta(days=rng.randint(0, 20))),
        "minutes": minutes,
        "ot1_minutes": ot1,
        "ot2_minutes": rng.choice((0, 0, 30)) if ot1 else 0,
        "wage": rng.choice(("20.00", "22.55", "31.75", "18.333"[:5])),
        "kind": kind,
        "cost_code": rng.choice(CODES),
    }


def _budget(rng: random.Random, index: int) -> Json:
    return (
        {"type": "HOURS", "hours": str(rng.randint(20, 300))},
        {"type": "AMOUNT", "amount": f"{rng.randint(500, 9000)}.00"},
        {"type": "PERCENT_OF_CONTRACT", "contract_amount": f"{rng.randint(2000, 30000)}.00", "percent": "30"},
        {"type": "RATE", "rate": "2.50", "quantity": str(rng.randint(200, 3000))},
        {
            "type": "TASKS",
            "tasks": [
                {"cost_code": "roof", "hours": str(rng.randint(5, 120))},
                {"cost_code": "paint", "amount": f"{rng.randint(100, 2000)}.00"},
            ],
        },
    )[index % 5]


def _adjustments(rng: random.Random) -> tuple[Json, ...]:
    return (
        {"type": "PERCENT", "value": rng.choice(("15", "-10"))},
        {"type": "MULTIPLY", "value": "1.25"},
        {"type": "AMOUNT", "value": "4321.00"},
        {"type": "HOURS", "value": "144.5"},
    )


def _worker(rng: random.Random, worker: str, crew: str, distribution: str) -> Json:
    member: Json = {"id": worker, "no_bonus": rng.random() < 0.1, "exempt": rng.random() < 0.1}
    if distribution == "FIXED_PERCENT":
        part = 100 // len(crew)
        member |= {"no_bonus": False, "fixed_percent": str(100 - part * (len(crew) - 1) if worker == crew[0] else part)}
    return member


def _overtime(rng: random.Random, crew: str, time: list[Json]) -> Json | None:
    rule = rng.choice((None, "FEDERAL", "CALIFORNIA", "CALIFORNIA"))
    if rule is None:
        return None
    elsewhere = [
        {
            "worker": worker,
            "date": str(MONDAY + timedelta(days=day)),
            "minutes": rng.randint(240, 720),
            "kind": rng.choice(("work", "work", "travel", "time_off")),
        }
        for worker in crew
        for day in range(21)
        if rng.random() < 0.4
    ]
    return {
        "rule": rule,
        "method": rng.choice(("FLAT_SUM", "PRODUCTION")),
        "workweek_start": rng.choice(("MONDAY", "SUNDAY", "WEDNESDAY")),
        "all_time": [{key: one[key] for key in ("worker", "date", "minutes", "kind")} for one in time] + elsewhere,
    }
