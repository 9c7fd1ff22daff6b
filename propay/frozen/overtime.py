"""The overtime rules as plain JSON data and back: what a paid statement keeps. Pure.

Version 3 has the hour at which a workday begins. Before it, overtime went by work dates, and statements paid
then stay that way. Statements from before 2026-12 have no version; otherwise their data are version 2's.
"""

from collections.abc import Mapping
from datetime import time
from typing import Any

from propay.rules.overtime import OvertimePolicy, OvertimeRule, StateMethod

VERSION = 3


def as_data(policy: OvertimePolicy) -> dict[str, Any]:
    """Return what `Statement.overtime_policy` keeps."""
    return {
        "version": VERSION,
        "rule": policy.rule.value,
        "method": policy.method.value,
        "first_weekday": policy.first_weekday,
        "workday_start": policy.workday_start and f"{policy.workday_start:%H:%M}",
    }


def policy_of(data: Mapping[str, Any]) -> OvertimePolicy:
    """Return what `as_data` was given."""
    start = data.get("workday_start")
    return OvertimePolicy(
        rule=OvertimeRule(data["rule"]),
        method=StateMethod(data["method"]),
        first_weekday=data["first_weekday"],
        workday_start=None if start is None else time.fromisoformat(start),
    )
