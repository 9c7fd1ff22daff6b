"""The company's pay rules with their dates."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

from propay.rules.state_overtime import CALIFORNIA, COVERED_STATES
from protiv.accounts.models import Company, PayPolicy
from protiv.kit.us_states import US_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """One pay policy, the last day on which it applies, and whether it is in effect today or comes later."""

    policy: PayPolicy
    last_day: date | None
    is_current: bool
    is_coming: bool

    @property
    def is_californian(self) -> bool:
        return self.policy.state == CALIFORNIA

    @property
    def state_not_covered(self) -> str:
        """The state, if only federal overtime is calculated there because no one looked at its law."""
        return not_covered(self.policy.state)


def policy_rows(company: Company, today: date) -> list[PolicyRow]:
    """The latest first."""
    policies = sorted(PayPolicy.objects.filter(company=company), key=lambda one: one.first_day)
    current = max((one for one in policies if one.first_day <= today), key=lambda one: one.first_day)
    rows = [
        PolicyRow(
            policy=one,
            last_day=following.first_day - timedelta(days=1) if following else None,
            is_current=one == current,
            is_coming=one.first_day > today,
        )
        for one, following in zip_longest(policies, policies[1:])
    ]
    return rows[::-1]


def not_covered(state: str) -> str:
    """The state's name if the product doesn't know its overtime law, so that it calculates federal overtime."""
    return US_STATES[state] if state and state not in COVERED_STATES else ""
