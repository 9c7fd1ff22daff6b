"""Whether a plan's rules apply on a ProPay's start date, and what to do if they don't."""

from datetime import date

from propay.figures import plan_day
from propay.models import PlanVersion
from propay.services.plans import version_in_force


def version_label(version: PlanVersion) -> str:
    """A version in a list of choices; `version.plan` must be loaded."""
    label = f"{version.plan.name} (effective {plan_day(version.start_date)})"
    return label if version.plan.is_active else f"{label}, archived"


def why_it_does_not_fit(version: PlanVersion, first_day: date) -> str:
    """Say why these rules don't apply to a ProPay that starts on that day, and what to do; empty if they apply."""
    name, starts = version.plan.name, plan_day(version.start_date)
    if not version.plan.is_active:
        return f"“{name}” is archived. Choose another plan, or ask an admin to restore it."
    fitting = version_in_force(company=version.company, plan=version.plan, day=first_day)
    if fitting == version:
        return ""
    if fitting is None:
        return (
            f"“{name}” starts on {starts}, after the start date. Choose a start date on or after {starts}, choose "
            "another plan, or ask an admin to start the plan earlier in Settings → Plans."
        )
    if first_day < version.start_date:
        return (
            f"These rules of “{name}” start on {starts}, after the start date. Choose “{version_label(fitting)}”, or "
            f"a start date on or after {starts}."
        )
    return (
        f"“{name}” has newer rules in effect on the start date. Choose “{version_label(fitting)}”, or an earlier "
        "start date."
    )
