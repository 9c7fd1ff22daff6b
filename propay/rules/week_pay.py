"""What each workweek's part of a bonus adds to overtime pay, by federal and state law (bonus.md 6, 11.5). Pure.

Exact dollars. The total of a week is made of what each day's law comes to; the federal figure is its floor.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from propay.rules.policies import Divisor, OvertimePolicy, StateMethod, Week
from propay.rules.state_overtime import HALF_TIME, Base, StateRule
from propay.rules.week_hours import FEDERAL, WEEK_LIMIT, WeekHours
from protiv.kit.money import ZERO, round_cents

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonus:
    """A bonus in exact dollars, and how much of it already contains its overtime (bonus.md 11.6)."""

    amount: Fraction
    included: Fraction = NOTHING

    @property
    def owes(self) -> Fraction:
        """The part on which overtime is due."""
        return self.amount - self.included

    def part(self, weight: int, total: int) -> "Bonus":
        """What falls on a week with this weight."""
        if not weight:
            return Bonus(amount=NOTHING)
        return Bonus(amount=self.amount * weight / total, included=self.included * weight / total)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedWeek:
    """One week of a person: its part of the bonus, its hours, and whether federal and state law exempt the person."""

    week: Week
    policy: OvertimePolicy
    bonus: Bonus
    hours: WeekHours
    is_exempt: tuple[bool, bool] = (False, False)

    @property
    def has_flat_sum(self) -> bool:
        """Whether the law of some day divides a flat sum by non-overtime hours."""
        return any(one.rule.base == Base.NON_OVERTIME for one in self.hours.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningPeriod:
    """A flat sum, and the minutes of the time in which it was earned that divide it (bonus.md 11.5)."""

    bonus: Fraction
    minutes: int

    @classmethod
    def of(cls, weeks: Sequence[EarnedWeek]) -> "EarningPeriod":
        straight = sum(one.hours.straight for one in weeks)
        minutes = straight if straight > 0 else sum(one.hours.worked for one in weeks)
        return cls(bonus=sum((one.bonus.owes for one in weeks), NOTHING), minutes=minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class LawPay:
    """What one law comes to in a week: (factor × overtime + double factor × double time) × `divided` / `minutes`."""

    rule: StateRule
    divided: Fraction
    minutes: int
    factor: Fraction
    double_factor: Fraction
    overtime: int
    double_time: int

    @property
    def amount(self) -> Fraction:
        if self.minutes <= 0:
            return NOTHING
        return self.divided / self.minutes * (self.factor * self.overtime + self.double_factor * self.double_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPay:
    """One week's true-up. `laws` are what a state's total is made of, federal part included; none without a state.

    `total` is the unrounded true-up, which is never below the federal one; so its cents aren't either.
    """

    earned: EarnedWeek
    federal: Fraction
    laws: tuple[LawPay, ...]
    total: Fraction
    is_by_period: bool

    @property
    def federal_amount(self) -> Decimal:
        return round_cents(self.federal)

    @property
    def amount(self) -> Decimal:
        return round_cents(self.total)


def week_pays(weeks: Sequence[EarnedWeek]) -> list[WeekPay]:
    """The true-ups of a person's weeks. Where the policy leaves the divisor open, the greater way for all of them."""
    by_week = _week_pays(weeks, {Divisor.PERIOD})
    if all(one.policy.divisor != Divisor.GREATER for one in weeks):
        return by_week
    return max(by_week, _week_pays(weeks, {Divisor.PERIOD, Divisor.GREATER}), key=amount_of)


def _week_pays(weeks: Sequence[EarnedWeek], divisors: Collection[Divisor]) -> list[WeekPay]:
    """The weeks whose policy has one of these divisors by the period that they make, the others by themselves."""
    own = [one for one in weeks if one.policy.divisor in divisors and one.policy.method == StateMethod.FLAT_SUM]
    if not any(one.has_flat_sum for one in own):
        return [_week_pay(one, None) for one in weeks]
    period = EarningPeriod.of(own)
    return [_week_pay(one, period if one in own else None) for one in weeks]


def amount_of(weeks: Sequence[WeekPay]) -> Decimal:
    """What these weeks pay, in cents."""
    return sum((one.amount for one in weeks), ZERO)


def federal_true_up(bonus: Fraction, hours: WeekHours) -> Fraction:
    """Half of what the bonus adds to the regular rate, for each hour over 40; divided by ALL hours worked."""
    return bonus / hours.worked / 2 * hours.over_forty if hours.over_forty else NOTHING


def overtime_pay(wages: Fraction, hours: WeekHours) -> Fraction:
    """What a week's overtime adds to its straight-time `wages`, from their average per hour (29 CFR 778.115)."""
    if hours.worked <= 0:
        return NOTHING
    premium = sum((HALF_TIME * one.overtime + one.double_time for one in hours.days), NOTHING)
    return wages / hours.worked * premium


def _week_pay(earned: EarnedWeek, period: EarningPeriod | None) -> WeekPay:
    federal_exempt, state_exempt = earned.is_exempt
    federal = NOTHING if federal_exempt else federal_true_up(earned.bonus.owes, earned.hours)
    rules = [] if state_exempt or earned.hours.worked <= 0 or earned.hours.is_federal else earned.hours.rules
    laws = tuple(_law_pay(earned, rule, period) for rule in rules if rule is not FEDERAL or not federal_exempt)
    total = max(sum((law.amount for law in laws), NOTHING), federal) if laws else federal
    return WeekPay(earned=earned, federal=federal, laws=laws, total=total, is_by_period=period is not None)


def _law_pay(earned: EarnedWeek, rule: StateRule, period: EarningPeriod | None) -> LawPay:
    """A flat sum is divided by non-overtime hours, a production bonus by all hours."""
    hours, divided, minutes = earned.hours, earned.bonus.owes, earned.hours.worked
    factor, double_factor = rule.factor, rule.double_factor
    if rule.base == Base.FORTY:
        minutes = WEEK_LIMIT
    elif rule.base == Base.NON_OVERTIME and earned.policy.method == StateMethod.PRODUCTION:
        factor, double_factor = HALF_TIME, Fraction(1)
    elif rule.base == Base.NON_OVERTIME and period is not None:
        divided, minutes = period.bonus, period.minutes
    elif rule.base == Base.NON_OVERTIME and hours.straight > 0:
        minutes = hours.straight
    overtime, double_time = hours.of(rule)
    return LawPay(
        rule=rule,
        divided=divided,
        minutes=minutes,
        factor=factor,
        double_factor=double_factor,
        overtime=overtime,
        double_time=double_time,
    )
