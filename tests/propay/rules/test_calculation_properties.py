"""What must hold for every ProPay, whatever the numbers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from propay.cases import solving
from propay.rules.budgets import Budget, BudgetType, TaskLine
from propay.rules.calculations import calculate
from propay.rules.days import DayMinutes
from propay.rules.overtime import TrueUp, true_ups
from propay.rules.policies import Divisor, OvertimePolicy, Policies, StateMethod
from propay.rules.state_overtime import COVERED_STATES
from propay.rules.terms import (
    PART_NAMES,
    CrewMember,
    Distribution,
    PoolPercents,
    Result,
    ShareRole,
    Terms,
    TimeSlice,
)
from protiv.kit.money import exact, from_cents

WORKERS = ["a", "b", "c", "d"]
CODES = ["x", "y", None]
MONDAY = date(2026, 11, 2)

cents = st.integers(min_value=0, max_value=2_000_000).map(from_cents)
wages = st.integers(min_value=1, max_value=15_000).map(from_cents)
percentages = st.integers(min_value=0, max_value=100).map(Decimal)
people = st.none() | st.sampled_from([*WORKERS, "boss"])


@st.composite
def pools(draw: st.DrawFn) -> PoolPercents:
    cuts = sorted(draw(st.lists(st.integers(min_value=0, max_value=100), min_size=4, max_size=4)))
    edges = [0, *cuts, 100]
    crew, lead, manager, company, other = (Decimal(high - low) for low, high in pairwise(edges))
    return PoolPercents(crew=crew, lead=lead, manager=manager, company=company, other=other)


@st.composite
def slices(draw: st.DrawFn) -> TimeSlice:
    minutes = draw(st.integers(min_value=-120, max_value=3000))
    overtime = draw(st.integers(min_value=0, max_value=max(minutes, 0)))
    return TimeSlice(
        worker_id=draw(st.sampled_from(WORKERS)),
        minutes=minutes,
        wage=draw(wages),
        ot1_minutes=overtime // 2,
        ot2_minutes=overtime - overtime // 2,
        cost_code=draw(st.sampled_from(CODES)),
    )


time_lists = st.lists(slices(), max_size=12)


@st.composite
def budgets(draw: st.DrawFn) -> Budget:
    hours, amount = draw(cents) / 100, draw(cents)
    tasks = (TaskLine(cost_code="x", hours=hours), TaskLine(cost_code="y", amount=amount))
    return draw(
        st.sampled_from(
            [
                Budget(type=BudgetType.HOURS, hours=hours),
                Budget(type=BudgetType.AMOUNT, amount=amount),
                Budget(type=BudgetType.PERCENT_OF_CONTRACT, contract_amount=amount, percent=Decimal("33.3")),
                Budget(type=BudgetType.RATE, rate=Decimal("0.125"), quantity=amount),
                Budget(type=BudgetType.TASKS, tasks=tasks),
            ]
        )
    )


OTHERWISE = (Distribution.FIXED_PERCENT, Distribution.MANUAL, Distribution.TOTAL_EARNINGS)
BY_RULE = [kind for kind in Distribution if kind not in OTHERWISE]


@st.composite
def any_terms(draw: st.DrawFn) -> Terms:
    return Terms(
        budget=draw(budgets()),
        completion_percent=draw(percentages),
        split_percent=draw(percentages),
        pool=draw(pools()),
        distribution=draw(st.sampled_from(BY_RULE)),
        lead=draw(people),
        manager=draw(people),
        others=("d", "friend"),
        lead_also_shares=draw(st.booleans()),
        include_overtime_cost=draw(st.booleans()),
        burden_percent=draw(percentages),
        penalties=tuple(draw(st.lists(cents, max_size=2))),
        crew=(CrewMember(worker_id="b", no_bonus=draw(st.booleans())),),
    )


def total(result: Result, role: ShareRole) -> Decimal:
    return sum((share.amount for share in result.shares if share.role == role), Decimal(0))


@given(any_terms(), time_lists)
def test_parts_add_up_to_the_pool_and_shares_to_their_part(terms: Terms, time: list[TimeSlice]) -> None:
    result = calculate(terms, time)
    parts = result.parts
    assert parts.crew + parts.lead + parts.manager + parts.company + parts.other == result.pool
    assert total(result, ShareRole.CREW) == parts.crew
    assert total(result, ShareRole.LEAD) == parts.lead
    assert total(result, ShareRole.MANAGER) == parts.manager
    assert total(result, ShareRole.OTHER) == parts.other
    assert all(share.amount >= 0 for share in result.shares)
    if result.saving is not None:
        assert result.pool <= max(result.saving, Decimal(0))


@given(any_terms(), time_lists, st.randoms(use_true_random=False))
def test_order_of_the_entries_changes_nothing(terms: Terms, time: list[TimeSlice], random: st.DataObject) -> None:
    shuffled = list(time)
    random.shuffle(shuffled)
    assert calculate(terms, shuffled) == calculate(terms, time)


@given(any_terms(), time_lists.filter(bool), st.integers(min_value=-500, max_value=500))
def test_splitting_an_entry_in_two_changes_nothing(terms: Terms, time: list[TimeSlice], minutes: int) -> None:
    first, *rest = time
    piece = replace(first, minutes=minutes, ot1_minutes=0, ot2_minutes=0)
    remainder = replace(first, minutes=first.minutes - minutes)
    assert calculate(terms, [*rest, piece, remainder]) == calculate(terms, time)


@given(any_terms(), cents, time_lists, st.sampled_from(WORKERS), wages, st.integers(min_value=1, max_value=600))
def test_more_hours_never_raise_the_pool_of_a_fixed_budget(
    terms: Terms, amount: Decimal, time: list[TimeSlice], worker: str, wage: Decimal, minutes: int
) -> None:
    terms = replace(terms, budget=Budget(type=BudgetType.AMOUNT, amount=amount))
    more = TimeSlice(worker_id=worker, minutes=minutes, wage=wage)
    assert calculate(terms, [*time, more]).pool <= calculate(terms, time).pool


@given(any_terms(), time_lists.filter(bool), wages, st.integers(min_value=1, max_value=600))
def test_more_hours_at_one_wage_never_raise_the_pool_of_an_hours_budget(
    terms: Terms, time: list[TimeSlice], wage: Decimal, minutes: int
) -> None:
    hours = Budget(type=BudgetType.HOURS, hours=Decimal(40))
    terms = replace(terms, budget=hours, include_overtime_cost=False)
    at_one_wage = [replace(part, wage=wage, minutes=abs(part.minutes) + 1) for part in time]
    more = TimeSlice(worker_id="a", minutes=minutes, wage=wage)
    assert calculate(terms, [*at_one_wage, more]).pool <= calculate(terms, at_one_wage).pool


@given(any_terms(), time_lists, st.integers(min_value=1, max_value=50))
def test_scaling_all_wages_scales_the_cost(terms: Terms, time: list[TimeSlice], factor: int) -> None:
    scaled = [replace(part, wage=(part.wage or Decimal(0)) * factor) for part in time]
    costs = [worker.cost for worker in calculate(terms, time).workers]
    assert [worker.cost for worker in calculate(terms, scaled).workers] == [(cost or 0) * factor for cost in costs]


@given(any_terms(), time_lists, st.integers(min_value=1, max_value=50))
def test_scaling_all_wages_scales_all_amounts(terms: Terms, time: list[TimeSlice], factor: int) -> None:
    """With the dollars of the terms scaled as well; each rounded figure may be off by what its rounding cut."""
    terms = replace(terms, penalties=())
    scaled = calculate(_scaled(terms, factor), [replace(part, wage=(part.wage or 0) * factor) for part in time])
    before = calculate(terms, time)
    # In cents. A figure is off by its own rounding, at most half a cent (a part by one), before and after scaling, and
    # by what the figure before it was off.
    rounding = Fraction(factor + 1, 2)
    assert _off(before.actual_amount, scaled.actual_amount, factor) <= rounding
    assert _off(before.budget_amount, scaled.budget_amount, factor) <= rounding
    assert _off(before.saving, scaled.saving, factor) <= 3 * rounding
    assert _off(before.pool, scaled.pool, factor) <= 4 * rounding
    for name in PART_NAMES:
        assert _off(getattr(before.parts, name), getattr(scaled.parts, name), factor) <= 8 * rounding
    for small, large in zip(before.shares, scaled.shares, strict=True):
        assert (small.worker_id, small.role) == (large.worker_id, large.role)
        assert _off(small.amount, large.amount, factor) <= 10 * rounding


def _scaled(terms: Terms, factor: int) -> Terms:
    """The same terms with every dollar in the budget times the factor; hours stay."""
    budget = terms.budget
    names = [name for name in ("amount", "contract_amount", "rate") if getattr(budget, name) is not None]
    tasks = tuple(task if task.amount is None else replace(task, amount=task.amount * factor) for task in budget.tasks)
    dollars = {name: getattr(budget, name) * factor for name in names}
    return replace(terms, budget=replace(budget, tasks=tasks, **dollars))


def _off(before: Decimal | None, after: Decimal | None, factor: int) -> Fraction:
    """By how many cents `after` misses `before` times the factor."""
    assert (before is None) == (after is None)
    return abs(exact(after or 0) - factor * exact(before or 0)) * 100


@given(any_terms(), time_lists)
def test_no_one_gets_more_for_less_time_when_paid_by_the_hour(terms: Terms, time: list[TimeSlice]) -> None:
    result = calculate(replace(terms, distribution=Distribution.PER_HOUR), time)
    minutes = {worker.worker_id: worker.minutes for worker in result.workers}
    crew = sorted(
        (share for share in result.shares if share.role == ShareRole.CREW), key=lambda s: minutes[s.worker_id]
    )
    for less, more in pairwise(crew):
        assert less.amount <= more.amount or minutes[less.worker_id] == minutes[more.worker_id]


# The true-up


@st.composite
def worked_days(draw: st.DrawFn) -> list[DayMinutes]:
    minutes = draw(st.lists(st.integers(min_value=0, max_value=1000), min_size=1, max_size=21))
    return [
        DayMinutes(worker_id="a", work_date=MONDAY + timedelta(days=day), minutes=value)
        for day, value in enumerate(minutes)
    ]


policies = st.builds(
    OvertimePolicy,
    state=st.sampled_from([None, *COVERED_STATES]),
    divisor=st.sampled_from(Divisor),
    method=st.sampled_from(StateMethod),
    first_weekday=st.integers(min_value=0, max_value=6),
)


def weeks_of(policy: OvertimePolicy, bonus: Decimal, worked: Sequence[DayMinutes]) -> tuple[TrueUp, ...]:
    return true_ups(Policies((policy,)), {"a": bonus}, counted=worked, worked=worked).true_ups


@given(policies, cents, cents, worked_days())
def test_true_up_is_additive_before_rounding(
    policy: OvertimePolicy, one: Decimal, other: Decimal, worked: list[DayMinutes]
) -> None:
    together = [week.exact_total for week in weeks_of(policy, one + other, worked)]
    apart = zip(weeks_of(policy, one, worked), weeks_of(policy, other, worked), strict=True)
    assert together == [first.exact_total + second.exact_total for first, second in apart]


@given(policies, cents, worked_days())
def test_bonus_is_spread_without_loss_and_the_state_never_reduces_it(
    policy: OvertimePolicy, bonus: Decimal, worked: list[DayMinutes]
) -> None:
    weeks = weeks_of(policy, bonus, worked)
    assert sum((week.exact_bonus for week in weeks), Fraction(0)) == (bonus if weeks else 0)
    for week in weeks:
        assert week.federal >= 0
        assert week.state_extra >= 0
        assert week.federal + week.state_extra == from_cents(int(week.exact_total * 100 + Fraction(1, 2)))


@given(policies, cents, worked_days())
def test_week_without_overtime_adds_nothing(policy: OvertimePolicy, bonus: Decimal, worked: list[DayMinutes]) -> None:
    for week in weeks_of(policy, bonus, worked):
        if not week.overtime_minutes:
            assert week.exact_total == 0


@given(policies, cents, worked_days(), st.randoms(use_true_random=False))
def test_order_and_splitting_of_worked_time_change_no_true_up(
    policy: OvertimePolicy, bonus: Decimal, worked: list[DayMinutes], random: st.DataObject
) -> None:
    pieces = [replace(part, minutes=value) for part in worked for value in (7, part.minutes - 7)]
    random.shuffle(pieces)
    assert weeks_of(policy, bonus, pieces) == weeks_of(policy, bonus, worked)


# The whole door: entries as JSON, with the true-up


@st.composite
def entries(draw: st.DrawFn) -> dict[str, object]:
    kind = draw(st.sampled_from(["work", "work", "work", "auto_lunch", "travel", "time_off"]))
    minutes = draw(st.integers(min_value=1, max_value=900))
    return {
        "worker": draw(st.sampled_from(WORKERS)),
        "date": str(MONDAY + timedelta(days=draw(st.integers(min_value=0, max_value=13)))),
        "minutes": -minutes // 10 if kind == "auto_lunch" else minutes,
        "wage": "21.37",
        "kind": kind,
    }


@st.composite
def json_cases(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "budget": draw(st.sampled_from([{"type": "HOURS", "hours": "90"}, {"type": "AMOUNT", "amount": "2500.00"}])),
        "distribution": draw(st.sampled_from([kind.value for kind in BY_RULE])),
        "include_travel": draw(st.booleans()),
        "lead": draw(st.sampled_from([None, "a"])),
        "pool": {"crew": "83", "lead": "10", "manager": "7"},
        "time": draw(st.lists(entries(), min_size=1, max_size=12)),
        "overtime": {"rule": draw(st.sampled_from(["FEDERAL", "CALIFORNIA"]))},
    }


@given(json_cases(), st.data())
def test_splitting_an_entry_in_two_changes_nothing_in_the_what_if(case: dict[str, Any], data: st.DataObject) -> None:
    first, *rest = case["time"]
    low, high = sorted((0, first["minutes"]))
    piece = data.draw(st.integers(min_value=low, max_value=high))
    halves = [{**first, "minutes": piece}, {**first, "minutes": first["minutes"] - piece}]
    assert solving.run(case | {"time": [*rest, *halves]}) == solving.run(case)


@given(json_cases())
def test_the_whole_pool_is_in_the_weeks_of_the_true_up(case: dict[str, Any]) -> None:
    result: Any = solving.run(case)
    # Else there is no week to spread it over, and a warning says so.
    assume(not any("no workweek" in warning or "earlier" in warning for warning in result["warnings"]))
    assert sum(Decimal(part) for part in result["parts"].values()) == Decimal(result["pool"])
    shared = sum((Decimal(share["amount"]) for share in result["shares"]), Decimal(0))
    weeks = result["overtime_true_up"]
    # Each week's part is shown to cents, so that the sum may be half a cent off per week.
    assert abs(shared - sum((Decimal(week["bonus"]) for week in weeks), Decimal(0))) <= Decimal("0.005") * len(weeks)
    assert all(Decimal(week["federal"]) == 0 for week in weeks if Decimal(week["hours"]) <= 40)
