"""Which of a company's hours fall under the law of the state of their job (bonus.md 11.11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from propay.rules.policies import Policies
from propay.rules.state_overtime import STATE_RULES
from protiv.accounts.models import Company
from protiv.kit.us_states import state_code
from protiv.timekeeping.models import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class StateLaw:
    """What the laws of the states in which a company works ask about its hours.

    `by_job`: some jobs are in other states than the company's policies. `asks_wage`, `consecutive_over`: one of the
    laws depends on the hourly wage, or on the minutes worked without a break.
    """

    policies: Policies
    by_job: bool = False
    asks_wage: bool = False
    consecutive_over: int | None = None

    def state_of(self, typed: str, text: str, day: date) -> str | None:
        """The state of a job on a day; None for the company's own, also while only the federal rule applies."""
        return (typed or state_code(text) or None) if self.policies.on(day).state else None


def state_law(company: Company, policies: Policies) -> StateLaw:
    """One query; none for a company that has the federal rule alone."""
    home = {row.state for row in policies.rows if row.state}
    if not home:
        return StateLaw(policies=policies)
    states = home | set(_states_of_jobs(company))
    rules = [rule for rule in STATE_RULES if rule.code in states]
    limits = [rule.consecutive_over for rule in rules if rule.consecutive_over is not None]
    return StateLaw(
        policies=policies,
        by_job=states != home,
        asks_wage=any(rule.wage_ceiling is not None for rule in rules),
        consecutive_over=min(limits, default=None),
    )


def _states_of_jobs(company: Company) -> Iterator[str]:
    jobs = Job.objects.filter(company=company).exclude(state="", typed_state="").order_by()
    for typed, text in jobs.values_list("typed_state", "state").distinct():
        if code := typed or state_code(text):
            yield code
