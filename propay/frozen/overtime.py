"""The overtime rules as plain JSON data and back: what a paid statement keeps. Pure.

Version 4 has every policy of the company with its first day, the state in place of a rule, and the divisor. Version 3
has one policy with the hour at which a workday begins; its divisor is the week. Before it, overtime went by work dates,
and statements paid then stay that way. Statements from before 2026-12 have no version; otherwise their data are version
2's.
"""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from propay.rules.policies import Divisor, OvertimePolicy, Policies, StateMethod
from propay.rules.state_overtime import CALIFORNIA

VERSION = 4
# The rule's name until version 3.
STATES = {"FEDERAL": None, "CALIFORNIA": CALIFORNIA}


def as_data(policies: Policies) -> dict[str, Any]:
    """Return what `Statement.overtime_policy` keeps."""
    return {"version": VERSION, "policies": [_row_as_data(row) for row in policies.rows]}


def kept_policies(data: Mapping[str, Any]) -> Policies:
    """Return what `as_data` was given."""
    return Policies(tuple(map(_row_of, data.get("policies", [data]))))


def _row_as_data(row: OvertimePolicy) -> dict[str, Any]:
    return {
        "from_date": row.from_date and row.from_date.isoformat(),
        "state": row.state,
        "method": row.method.value,
        "divisor": row.divisor.value,
        "first_weekday": row.first_weekday,
        "workday_start": row.workday_start and f"{row.workday_start:%H:%M}",
    }


def _row_of(data: Mapping[str, Any]) -> OvertimePolicy:
    start, first_day = data.get("workday_start"), data.get("from_date")
    return OvertimePolicy(
        from_date=None if first_day is None else date.fromisoformat(first_day),
        state=data["state"] if "state" in data else STATES[data["rule"]],
        method=StateMethod(data["method"]),
        divisor=Divisor(data.get("divisor", Divisor.WEEK)),
        first_weekday=data["first_weekday"],
        workday_start=None if start is None else time.fromisoformat(start),
    )
