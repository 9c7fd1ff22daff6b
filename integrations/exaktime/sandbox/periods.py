"""Two-week pay periods and their sign-offs (exaktime.md 4.3, 5.10)."""

import random
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

# A Monday from which every fortnight is counted, whatever range is asked for.
ANCHOR = date(2024, 1, 1)
FORTNIGHT = 14
APPROVAL_TYPES = ("Employee", "Supervisor", "SignOff")


def period_start(day: date) -> date:
    return day - timedelta(days=(day - ANCHOR).days % FORTNIGHT)


def period_id(start: date) -> str:
    """Year and number, by the year in which the period ends."""
    end = start + timedelta(days=FORTNIGHT - 1)
    return f"{end.year}-{(end.timetuple().tm_yday - 1) // FORTNIGHT + 1:02d}"


def make_periods(start: date, today: date) -> list[dict[str, Any]]:
    """From the one that holds `start` to the one that holds `today`: closed, but the last two."""
    current, begin, periods = period_start(today), period_start(start), []
    while begin <= current:
        periods.append(
            {
                "PayPeriodId": period_id(begin),
                "StartDate": begin.isoformat(),
                "EndDate": (begin + timedelta(days=FORTNIGHT - 1)).isoformat(),
                "IsClosed": (current - begin).days > FORTNIGHT,
            }
        )
        begin += timedelta(days=FORTNIGHT)
    return periods


def make_approvals(
    rng: random.Random, periods: list[dict[str, Any]], present: Mapping[str, Iterable[str]]
) -> list[dict[str, Any]]:
    """Everyone's in closed periods, some people's in the one before the current, none in the current one."""
    approvals = []
    for period in periods[:-1]:
        for person_id in sorted(present.get(period["PayPeriodId"], ())):
            draw = 0.0 if period["IsClosed"] else rng.random()
            types = APPROVAL_TYPES if draw < 0.6 else APPROVAL_TYPES[:1] if draw < 0.85 else ()
            approvals += [_approval(rng, period, person_id, kind) for kind in types]
    return approvals


def _approval(rng: random.Random, period: dict[str, Any], person_id: str, kind: str) -> dict[str, Any]:
    day = date.fromisoformat(period["EndDate"]) + timedelta(days=1)
    return {
        "PayPeriodId": period["PayPeriodId"],
        "PersonId": person_id,
        "ApprovalType": kind,
        "ApprovedAtUtc": f"{day}T{14 + APPROVAL_TYPES.index(kind)}:{rng.randrange(60):02d}:{rng.randrange(60):02d}Z",
    }
