"""What must hold for bonuses that include their overtime, whatever the numbers (bonus.md 11.6 and 11.7)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from propay.rules.bonus_overtime import BonusOvertime
from propay.rules.budgets import Budget, BudgetType
from propay.rules.calculations import calculate
from propay.rules.days import DayMinutes
from propay.rules.policies import Divisor, OvertimePolicy, Policies, StateMethod
from propay.rules.terms import Distribution, PoolPercents, Terms, TimeSlice
from protiv.kit.money import CENT, exact, from_cents, round_cents

MONDAY = date(2026, 11, 2)
FEDERAL = Policies()
PARTS = PoolPercents(crew=Decimal(60), lead=Decimal(20), manager=Decimal(10), company=Decimal(10))
wages = st.integers(min_value=1_000, max_value=9_000).map(from_cents)
policies = st.builds(
    OvertimePolicy,
    state=st.sampled_from([None, "CA"]),
    method=st.sampled_from(StateMethod),
    divisor=st.sampled_from(Divisor),
).map(lambda row: Policies((row,)))
# Everyone's wage, and minutes on the ProPay and elsewhere of each week.
weeks = st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 1_500)), min_size=1, max_size=3)
crews = st.lists(st.tuples(wages, weeks), min_size=1, max_size=50)
Crew = list[tuple[Decimal, list[tuple[int, int]]]]


def hours_of(crew: Crew, law: Policies) -> tuple[list[TimeSlice], BonusOvertime]:
    """Everyone's time, on one day of each week."""
    counted = [
        DayMinutes(worker_id=str(place), work_date=MONDAY + timedelta(weeks=week), minutes=on_it, wage=wage)
        for place, (wage, own) in enumerate(crew)
        for week, (on_it, _elsewhere) in enumerate(own)
    ]
    elsewhere = [
        DayMinutes(worker_id=str(place), work_date=MONDAY + timedelta(days=1, weeks=week), minutes=minutes)
        for place, (_wage, own) in enumerate(crew)
        for week, (_on_it, minutes) in enumerate(own)
    ]
    slices = [TimeSlice(worker_id=part.worker_id, minutes=part.minutes, wage=part.wage) for part in counted]
    return slices, BonusOvertime(policies=law, counted=counted, worked=[*counted, *elsewhere])


def terms_for(slices: list[TimeSlice], saving: Decimal, **terms: Any) -> Terms:
    """A budget with this saving, all of which is the pool."""
    cost = sum((exact(one.wage or 0) * one.minutes / 60 for one in slices), Fraction(0))
    budget = Budget(type=BudgetType.AMOUNT, amount=round_cents(cost) + saving)
    return Terms(budget=budget, split_percent=Decimal(100), **terms)


@given(
    crews,
    policies,
    st.integers(min_value=0, max_value=500_000).map(from_cents),
    st.sampled_from([Distribution.PER_HOUR, Distribution.EQUAL, Distribution.TOTAL_EARNINGS]),
)
def test_pool_that_includes_its_overtime_adds_up_to_the_cent(
    crew: Crew, law: Policies, pool: Decimal, distribution: Distribution
) -> None:
    slices, overtime = hours_of(crew, law)
    terms = terms_for(slices, pool, pool=PARTS, lead="0", manager="boss", distribution=distribution)
    plain = calculate(terms, slices, overtime=overtime)
    with_room = replace(terms, pool_includes_overtime=True)
    result = calculate(with_room, slices, overtime=overtime)
    due = overtime.true_ups(with_room, result.shares).amount
    bonuses = sum((share.amount for share in result.shares), Decimal(0))
    assert bonuses + due + result.parts.company == result.pool == plain.pool
    assert result.parts.company >= plain.parts.company
    assert all(share.amount >= 0 for share in result.shares)


@given(crews, st.integers(min_value=0, max_value=500_000).map(from_cents))
def test_total_earnings_are_a_percentage_of_gross_earnings(crew: Crew, pool: Decimal) -> None:
    alone: Crew = [(wage, [(on_it, 0) for on_it, _elsewhere in own]) for wage, own in crew]
    slices, overtime = hours_of(alone, FEDERAL)
    terms = terms_for(slices, pool, distribution=Distribution.TOTAL_EARNINGS)
    result = calculate(terms, slices, overtime=overtime)
    gross = {
        str(place): sum(
            (exact(wage) * (on_it + Fraction(max(0, on_it - 2_400), 2)) for on_it, _none in own), Fraction(0)
        )
        for place, (wage, own) in enumerate(alone)
    }
    total = sum(gross.values())
    for share in result.shares:
        assert abs(exact(share.amount) - exact(result.pool) * gross[str(share.worker_id)] / total) < exact(CENT)
    assert (
        overtime.true_ups(terms_for(slices, pool, distribution=Distribution.TOTAL_EARNINGS), result.shares).amount == 0
    )
