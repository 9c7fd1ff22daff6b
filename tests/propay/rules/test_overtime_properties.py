"""What holds of true-ups whatever was worked, where, and under which policies (bonus.md 11.3 to 11.5 and 11.11)."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from propay.rules.days import DayMinutes
from propay.rules.overtime import true_ups
from propay.rules.policies import Divisor, OvertimePolicy, Policies, StateMethod, next_first_day
from propay.rules.state_overtime import COVERED_STATES
from propay.rules.worker_status import ExemptStatus, Statuses, WorkerStatus

MONDAY = date(2026, 11, 2)
WEEKS = 4
FEDERAL = Policies()

states = st.sampled_from([None, *COVERED_STATES, *["CA"] * 8])
bonuses = st.integers(min_value=0, max_value=200_000).map(lambda cents: Decimal(cents) / 100)
policies = st.builds(
    OvertimePolicy,
    state=states,
    method=st.sampled_from(StateMethod),
    divisor=st.sampled_from(Divisor),
    first_weekday=st.integers(min_value=0, max_value=6),
)
hours = st.lists(st.sampled_from([0, 0, 240, 480, 481, 600, 720, 840]), min_size=7, max_size=7 * WEEKS)


def days_of(minutes, *, on_propay=None):
    return [
        DayMinutes(worker_id="a", work_date=MONDAY + timedelta(days=place), minutes=value, wage=Decimal("20.00"))
        for place, value in enumerate(minutes)
        if value and (on_propay is None or on_propay[place % len(on_propay)])
    ]


def weeks_of(rows, bonus, worked, counted=None, *, status=None):
    statuses = Statuses({"a": status} if status else {})
    found = true_ups(
        rows, {"a": bonus}, counted=worked if counted is None else counted, worked=worked, statuses=statuses
    )
    return {one.week_start: (one.federal, one.state_extra) for one in found.true_ups}


def total(weeks):
    return sum((federal + extra for federal, extra in weeks.values()), Decimal(0))


@given(policies, bonuses, hours, st.lists(st.booleans(), min_size=1, max_size=5))
def test_no_states_law_pays_less_than_the_federal_one(policy, bonus, minutes, on_propay):
    worked, counted = days_of(minutes), days_of(minutes, on_propay=on_propay)
    federal = OvertimePolicy(first_weekday=policy.first_weekday)
    assert total(weeks_of(Policies((policy,)), bonus, worked, counted)) >= total(
        weeks_of(Policies((federal,)), bonus, worked, counted)
    )


@given(bonuses, hours, st.lists(st.booleans(), min_size=1, max_size=5))
def test_the_greater_of_two_divisors_is_never_less_than_either(bonus, minutes, on_propay):
    worked, counted = days_of(minutes), days_of(minutes, on_propay=on_propay)
    week, period, greater = (
        total(weeks_of(Policies((OvertimePolicy(state="CA", divisor=divisor),)), bonus, worked, counted))
        for divisor in Divisor
    )
    assert greater == max(week, period)


@given(policies, policies, bonuses, hours, st.integers(min_value=0, max_value=60))
def test_a_later_policy_changes_no_week_that_was_over(before, after, bonus, minutes, later):
    """The period of a flat sum is one whole, so only what was earned before as a whole can be compared with it."""
    worked = days_of(minutes)
    start = next_first_day(MONDAY + timedelta(days=len(minutes) + 7 + later), after.first_weekday)
    changed = OvertimePolicy(
        from_date=start,
        state=after.state,
        method=after.method,
        divisor=after.divisor,
        first_weekday=after.first_weekday,
    )
    assert weeks_of(Policies((before, changed)), bonus, worked) == weeks_of(Policies((before,)), bonus, worked)


@given(states, st.sampled_from(StateMethod), bonuses, hours, st.integers(min_value=0, max_value=7 * WEEKS))
def test_within_a_bonus_a_later_policy_changes_only_weeks_after_it(state, method, bonus, minutes, day):
    worked = days_of(minutes)
    start = next_first_day(MONDAY + timedelta(days=day), 3)
    before = OvertimePolicy(state=state, method=method)
    changed = weeks_of(Policies((before, OvertimePolicy(from_date=start, state="CA", first_weekday=3))), bonus, worked)
    unchanged = weeks_of(Policies((before,)), bonus, worked)
    assert [(week, found) for week, found in changed.items() if week + timedelta(days=7) <= start] == [
        (week, found) for week, found in unchanged.items() if week + timedelta(days=7) <= start
    ]


@given(policies, bonuses, hours, st.integers(min_value=0, max_value=7 * WEEKS), st.booleans(), st.booleans())
def test_a_promotion_takes_no_overtime_of_the_weeks_before(policy, bonus, minutes, day, federal, state):
    """A week's own figure; by the period, an exempt week still has its part of the divisor."""
    worked = days_of(minutes)
    row = ExemptStatus(from_date=MONDAY + timedelta(days=day), federal=federal, state=state)
    rows = Policies((OvertimePolicy(state=policy.state, method=policy.method, first_weekday=policy.first_weekday),))
    promoted = weeks_of(rows, bonus, worked, status=WorkerStatus(exempt=(row,)))
    for week, found in weeks_of(rows, bonus, worked).items():
        assert promoted[week] == found or week >= row.from_date
