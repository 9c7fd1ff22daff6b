"""How overtime on a bonus works in a company: its pay rules in effect, with an example (bonus.md 6 and 11)."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal

from propay.queries.overtime import policies_of
from propay.rules.days import DayMinutes
from propay.rules.labor import MINUTES_PER_HOUR
from propay.rules.overtime import TrueUp, true_ups
from propay.rules.policies import MIDNIGHT, Policies, StateMethod
from propay.rules.state_overtime import Base, StateRule, state_rule
from propay.rules.week_hours import UNSCHEDULED_OVERTIME
from protiv.accounts.models import Company
from protiv.kit.money import exact, round_cents

# The example: as many days of as many minutes, and a bonus in dollars.
DAYS, MINUTES_A_DAY, BONUS = 5, 600, Decimal("100.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeRules:
    """What applies today. `law` is the state's, None where only the federal rule counts; hours are whole numbers.

    `example` is what the rules themselves make of five days of ten hours and a bonus of $100.00.
    """

    week_start: date
    workday_start: time
    law: StateRule | None
    is_flat_sum: bool
    example: TrueUp

    @property
    def daily_hours(self) -> int:
        return (self.law.daily_over or 0) // MINUTES_PER_HOUR if self.law else 0

    @property
    def double_hours(self) -> int:
        return (self.law.daily_double_over or 0) // MINUTES_PER_HOUR if self.law else 0

    @property
    def consecutive_hours(self) -> int:
        return (self.law.consecutive_over or 0) // MINUTES_PER_HOUR if self.law else 0

    @property
    def seventh_day_hours(self) -> int:
        """After how many hours the seventh day has double time."""
        return UNSCHEDULED_OVERTIME // MINUTES_PER_HOUR

    @property
    def raised_amount(self) -> Decimal:
        """What the example's bonus adds to the regular rate, in dollars an hour."""
        return round_cents(exact(self.example.bonus) * MINUTES_PER_HOUR / self.example.worked_minutes)

    @property
    def total_amount(self) -> Decimal:
        return self.example.federal + self.example.state_extra


def overtime_rules(company: Company, today: date) -> OvertimeRules:
    """The pay rules in effect today, and their example."""
    policy = policies_of(company).on(today)
    law = state_rule(policy.state, today)
    has_law = law is not None and not law.adds_nothing
    week_start = policy.week_start(today)
    worked = [
        DayMinutes(worker_id=0, work_date=week_start + timedelta(days=day), minutes=MINUTES_A_DAY)
        for day in range(DAYS)
    ]
    policies = Policies((replace(policy, from_date=None),))
    (example,) = true_ups(policies, {0: BONUS}, counted=worked, worked=worked, explains=False).true_ups
    return OvertimeRules(
        week_start=week_start,
        workday_start=policy.workday_start or MIDNIGHT,
        law=law if has_law else None,
        is_flat_sum=law is not None and law.base == Base.NON_OVERTIME and policy.method == StateMethod.FLAT_SUM,
        example=example,
    )
