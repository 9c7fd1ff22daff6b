"""What the reading makes of the published cases, the worked cases of the rules, and each number in the text of 11."""

import json
import re
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.given import Refused
from tests.oracle.money import cents, text
from tests.oracle.reading import read

RULES = Path(__file__).parents[2] / "docs" / "rules" / "bonus.md"
BLOCK = re.compile(r"^\*\*([A-Z]\d+)\*\*\n\n```json\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
PAY_LAW = json.loads(Path(__file__).with_name("pay_law_cases.json").read_text())
MONDAY = date(2026, 11, 2)
CALIFORNIA = {"rule": "CALIFORNIA"}


def documented() -> list[Any]:
    """The worked cases whose budget and distribution the reading knows."""
    found = [(number, json.loads(block)) for number, block in BLOCK.findall(RULES.read_text())]
    return [
        pytest.param(block["case"], block["expected"], id=number)
        for number, block in found
        if block["case"]["budget"]["type"] == "AMOUNT" and "distribution" not in block["case"]
        if {"shares", "federal", "state_extra", "statements"} & block["expected"].keys()
    ]


@pytest.mark.parametrize(("case", "expected"), documented())
def test_reads_the_worked_cases_of_the_rules(case: dict[str, Any], expected: dict[str, Any]) -> None:
    result = read(case)
    rows = result["overtime_true_up"]
    found = {
        "shares": {share["worker"]: share["amount"] for share in result["shares"]},
        "federal": [row["federal"] for row in rows],
        "state_extra": [row["state_extra"] for row in rows],
        "statements": result.get("statements"),
    }
    assert {key: found[key] for key in expected.keys() & found.keys()} == {
        key: value for key, value in expected.items() if key in found
    }


@pytest.mark.parametrize("law", PAY_LAW, ids=lambda law: law["id"])
def test_reads_the_published_cases(law: dict[str, Any]) -> None:
    rows = read(law["case"])["overtime_true_up"]
    assert {key: _sum(rows, key) for key in law["expected"]} == law["expected"]


def _sum(rows: list[dict[str, str]], *keys: str) -> str:
    return text(sum(cents(row[key]) for row in rows for key in keys))


# The numbers in the text of 11


def days(worker: str, hours: list[float], first: date = MONDAY, **more: object) -> list[dict[str, Any]]:
    """Entries of consecutive days; a day of 0 hours has none."""
    return [
        {"worker": worker, "date": str(first + timedelta(days=n)), "minutes": int(h * 60), "wage": "20.00"} | more
        for n, h in enumerate(hours)
        if h
    ]


def case(bonus: str, time: list[dict[str, Any]], elsewhere: list[dict[str, Any]] = [], **more: Any) -> dict[str, Any]:  # noqa: B006
    """A case whose pool is `bonus`, with what was worked elsewhere in `all_time` only."""
    cost = sum(Fraction(entry["minutes"], 60) * Fraction(entry["wage"]) for entry in time)
    overtime = more.pop("overtime", {})
    budget = {"type": "AMOUNT", "amount": text(cents(cost + Fraction(bonus)))}
    return {
        "budget": budget,
        "split_percent": "100",
        "time": time,
        "overtime": overtime | {"all_time": [*time, *elsewhere]},
    } | more


def weeks(*of: list[float]) -> list[dict[str, Any]]:
    return [entry for n, hours in enumerate(of) for entry in days("a", hours, MONDAY + timedelta(weeks=n))]


FIVE_TENS = [10.0] * 5
FOUR_TENS = [10.0] * 4
FORTY_ONE = [8.0, 8, 8, 8, 9]
EXEMPT_NEXT = [{"id": "a", "exempt": [{"from_date": "2026-11-09", "federal": True, "state": True}]}]
FOUR_BY_TEN = [{"id": "a", "schedule": dict.fromkeys(["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY"], "10")}]


def thursday(first: str) -> dict[str, Any]:
    return {"policies": [{"from_date": first, "workweek_start": "THURSDAY"}]}


def two_weeks_of_fifty(divisor: str) -> dict[str, Any]:
    on, off = weeks([10], [10, 10]), [e for n in (0, 7) for e in days("a", [0, 0, 10, 10, 10], MONDAY + timedelta(n))]
    off += days("a", [0, 10])
    return case("120.00", on, off, overtime=CALIFORNIA | {"divisor": divisor})


def n11(divisor: str) -> dict[str, Any]:
    return case(
        "120.00", weeks([10], [8, 8, 4]), days("a", [0, 10, 10, 10, 10]), overtime=CALIFORNIA | {"divisor": divisor}
    )


def in_between(divisor: str) -> dict[str, Any]:
    off = days("a", FIVE_TENS, MONDAY + timedelta(7))
    return case("240.00", weeks([8] * 5, [], [8] * 5), off, overtime=CALIFORNIA | {"divisor": divisor})


def deducted(**more: Any) -> dict[str, Any]:
    return case(
        "200.00", days("a", FIVE_TENS), deductions=[{"worker": "a", "amount": "230.00", "category": "ADVANCE"}], **more
    )


TRUE_UPS = {
    "11.3 salaried from the next Monday": (case("300.00", days("a", [9] * 5), workers=EXEMPT_NEXT), "16.67", "0.00"),
    "11.4 Thursday weeks": (case("74.00", weeks([10] * 5, [8] * 3), overtime=thursday("2026-11-05")), "5.00", "0.00"),
    "11.4 moved afterwards": (case("100.00", days("a", FIVE_TENS), overtime=thursday("2026-11-12")), "10.00", "0.00"),
    "11.5 period": (two_weeks_of_fifty("PERIOD"), "12.00", "33.00"),
    "11.5 greater": (two_weeks_of_fifty("GREATER"), "12.00", "33.00"),
    "11.5 three weeks of 41": (
        case("100.00", weeks(FORTY_ONE, FORTY_ONE, FORTY_ONE, [8] * 5), overtime=CALIFORNIA | {"divisor": "PERIOD"}),
        "0.93",
        "1.89",
    ),
    "11.5 in between": (in_between("PERIOD"), "0.00", "30.00"),
    "11.5 in between, greater": (in_between("GREATER"), "0.00", "30.00"),
    "11.5 in between, weekly": (in_between("WEEK"), "0.00", "0.00"),
    "N11 weekly": (n11("WEEK"), "4.00", "11.00"),
    "N11 period": (n11("PERIOD"), "4.00", "26.00"),
    "N11 greater": (n11("GREATER"), "4.00", "26.00"),
    "11.8 on leave": (
        case(
            "100.00",
            weeks([8], [8]),
            days("m", FIVE_TENS, MONDAY + timedelta(7)),
            pool={"crew": "0", "manager": "100"},
            manager="m",
        ),
        "10.00",
        "0.00",
    ),
    "11.10 four tens and a Friday": (
        case("98.00", days("a", [10, 10, 10, 10, 9]), overtime=CALIFORNIA, workers=FOUR_BY_TEN),
        "9.00",
        "25.30",
    ),
    "11.10 four tens": (case("98.00", days("a", FOUR_TENS), overtime=CALIFORNIA, workers=FOUR_BY_TEN), "0.00", "0.00"),
    "11.11 two states": (
        case(
            "80.00", days("a", [10, 10], state="CA") + days("a", [0, 0, 10, 10], state="AK"), overtime={"state": "AK"}
        ),
        "0.00",
        "19.00",
    ),
}


# Rules whose text has no number: figures of our own.


def exempt(federal: bool, state: bool) -> dict[str, Any]:
    rows = [{"from_date": "2026-01-01", "federal": federal, "state": state}]
    return case("40.00", days("a", FIVE_TENS), overtime=CALIFORNIA, workers=[{"id": "a", "exempt": rows}])


def with_break(kind: str, minutes: int) -> dict[str, Any]:
    """44 hours and a break of the last day: 0.5 x 100.00 / H x (H - 40)."""
    extra = days("a", [0, 0, 0, 0, minutes / 60], kind=kind)
    return case("100.00", days("a", [8, 8, 8, 10, 10]), extra)


def in_state(state: str, hours: list[float], **more: object) -> dict[str, Any]:
    return case("80.00", days("a", hours, **more), overtime={"state": state})


OWN = {
    "11.3 not exempt": (exempt(False, False), "4.00", "11.00"),
    "11.3 federally exempt": (exempt(True, False), "0.00", "15.00"),
    "11.3 exempt by the state": (exempt(False, True), "4.00", "0.00"),
    "11.3 exempt": (exempt(True, True), "0.00", "0.00"),
    "11.9 no break": (with_break("commute", 60), "4.55", "0.00"),
    "11.9 paid break": (with_break("paid_break", 60), "5.56", "0.00"),
    "11.9 break of 20 minutes": (with_break("meal_break", 20), "4.89", "0.00"),
    "11.9 break of 21 minutes": (with_break("meal_break", 21), "4.55", "0.00"),
    "11.11 Colorado, 12 a day": (in_state("CO", [14, 13, 13]), "0.00", "4.00"),
    "11.11 Colorado, 40 a week": (in_state("CO", [13, 10, 10, 12]), "4.44", "0.00"),
    "11.11 Colorado, 12 consecutive": (
        case(
            "80.00",
            days("a", [14], start="2026-11-02T17:00", stop="2026-11-03T07:00"),
            overtime={"state": "CO"},
        ),
        "0.00",
        "5.71",
    ),
    "11.11 Nevada below the ceiling": (in_state("NV", FOUR_TENS, wage="17.99"), "0.00", "8.00"),
    "11.11 Nevada at the ceiling": (in_state("NV", FOUR_TENS, wage="18.00"), "0.00", "0.00"),
    "11.11 Pennsylvania, hourly": (in_state("PA", FIVE_TENS), "8.00", "0.00"),
    "11.11 without a rule": (in_state("TX", FIVE_TENS), "8.00", "0.00"),
}


@pytest.mark.parametrize(
    ("given", "federal", "state_extra"), [*TRUE_UPS.values(), *OWN.values()], ids=[*TRUE_UPS, *OWN]
)
def test_reads_the_true_ups_in_the_text(given: dict[str, Any], federal: str, state_extra: str) -> None:
    rows = read(given)["overtime_true_up"]
    assert (_sum(rows, "federal"), _sum(rows, "state_extra")) == (federal, state_extra)


def test_lists_the_week_in_between() -> None:
    rows = read(in_between("PERIOD"))["overtime_true_up"]
    assert [(row["bonus"], row["state_extra"]) for row in rows] == [
        ("120.00", "0.00"),
        ("0.00", "30.00"),
        ("120.00", "0.00"),
    ]


SHARES = {
    "11.6": (
        case("1000.00", days("a", FIVE_TENS) + days("b", FOUR_TENS), distribution="TOTAL_EARNINGS"),
        ["578.95", "421.05"],
        ["0.00", "0.00"],
    ),
    "11.7 of 500.00": (
        case(
            "500.00",
            days("a", [10] * 3) + days("b", [10] * 2),
            days("a", [0, 0, 0, 10, 10]) + days("b", [0, 0, 10, 10]),
            pool_includes_overtime=True,
        ),
        ["283.02", "188.68"],
        ["28.30", "0.00"],
    ),
    "11.7 of 897.00": (
        case(
            "897.00",
            days("a", [8, 7]) + days("b", [10, 10, 6]),
            days("a", [0, 0, 8, 8, 8, 2]) + days("b", [0, 0, 0, 10, 10, 3]),
            pool_includes_overtime=True,
        ),
        ["308.81", "535.26"],
        ["3.77", "49.16"],
    ),
}


@pytest.mark.parametrize(("given", "shares", "federal"), SHARES.values(), ids=SHARES)
def test_reads_the_shares_in_the_text(given: dict[str, Any], shares: list[str], federal: list[str]) -> None:
    result = read(given)
    assert [share["amount"] for share in result["shares"]] == shares
    assert [row["federal"] for row in result["overtime_true_up"]] == federal


@pytest.mark.parametrize(
    ("given", "paid", "not_collected"),
    [
        (deducted(take_back="YES"), "20.00", "30.00"),
        (deducted(take_back="NEVER"), "220.00", "230.00"),
        (deducted(take_back="WITH_CONSENT", consents=["a"]), "20.00", "30.00"),
        (deducted(take_back="WITH_CONSENT", consents=["b"]), "220.00", "230.00"),
    ],
)
def test_reads_the_statements_in_the_text(given: dict[str, Any], paid: str, not_collected: str) -> None:
    [statement] = read(given)["statements"]
    assert (statement["paid"], statement["not_collected"]) == (paid, not_collected)


@pytest.mark.parametrize(
    "given",
    [
        case("74.00", days("a", FIVE_TENS), overtime=thursday("2026-11-06")),
        case("74.00", days("a", FIVE_TENS), overtime={"state": "ZZ"}),
        case("74.00", days("a", FIVE_TENS), distribution="TOTAL_EARNINGS") | {"overtime": None},
        case("74.00", days("a", FIVE_TENS), pool_includes_overtime=True) | {"overtime": None},
    ],
)
def test_refuses_what_the_rules_refuse(given: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        read(given)
