"""The overtime rules as plain JSON data and back: what a paid statement keeps. Pure.

Statements from before 2026-12 have no version; otherwise their data are the same.
"""

from collections.abc import Mapping
from typing import Any

from propay.rules.overtime import OvertimePolicy, OvertimeRule, StateMethod

VERSION = 2


def as_data(policy: OvertimePolicy) -> dict[str, Any]:
    """Return what `Statement.overtime_policy` keeps."""
    return {
        "version": VERSION,
        "rule": policy.rule.value,
        "method": policy.method.value,
        "first_weekday": policy.first_weekday,
    }


def policy_of(data: Mapping[str, Any]) -> OvertimePolicy:
    """Reverse `as_data`."""
    return OvertimePolicy(
        rule=OvertimeRule(data["rule"]), method=StateMethod(data["method"]), first_weekday=data["first_weekday"]
    )
