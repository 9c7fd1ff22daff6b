"""Who draws from the crew part, and how it is cut (bonus.md 5)."""

from decimal import Decimal

import pytest

from propay.rules.calculations import bonus_per_worker, calculate
from propay.rules.people import PersonLinks
from propay.rules.shares import named_shares
from propay.rules.terms import CrewMember, Distribution, DrawnShare, ShareRole, TimeSlice
from propay.rules.trace import Trace
from tests.make.cases import amounts, fixed, parts, percents, piece

# 5. Shares


def test_a_lead_with_a_lead_part_gets_no_crew_share() -> None:
    terms = fixed("140", pool=percents(crew="90", lead="10"), lead="l")
    result = calculate(terms, [piece("a", 1), piece("l", 1)])
    assert (amounts(result), amounts(result, ShareRole.LEAD)) == ({"a": "90.00"}, {"l": "10.00"})


def test_lead_also_shares_where_the_plan_says_so() -> None:
    terms = fixed("140", pool=percents(crew="90", lead="10"), lead="l", lead_also_shares=True)
    result = calculate(terms, [piece("a", 1), piece("l", 1)])
    assert amounts(result) == {"a": "45.00", "l": "45.00"}
    assert bonus_per_worker(result.shares) == {"a": Decimal("45.00"), "l": Decimal("55.00")}


def test_lead_without_a_lead_part_shares_as_everyone() -> None:
    result = calculate(fixed("140", lead="l"), [piece("a", 1), piece("l", 1)])
    assert amounts(result) == {"a": "50.00", "l": "50.00"}
    assert amounts(result, ShareRole.LEAD) == {}


def test_no_bonus_worker_costs_and_counts_but_the_others_get_the_share() -> None:
    terms = fixed("160", crew=(CrewMember(worker_id="b", no_bonus=True),))
    result = calculate(terms, [piece("a", 1), piece("b", 1), piece("c", 1)])
    assert (str(result.actual_amount), amounts(result)) == ("60.00", {"a": "50.00", "c": "50.00"})


def test_worker_without_minutes_above_zero_costs_but_does_not_share() -> None:
    time = [piece("a", 5), piece("b", 1, "10.00"), piece("b", -1, "30.00")]
    result = calculate(fixed("180"), time)
    assert (str(result.actual_amount), amounts(result)) == ("80.00", {"a": "100.00"})


def test_with_no_one_eligible_the_crew_part_goes_to_the_company() -> None:
    pool = percents(crew="60", lead="30", company="10")
    result = calculate(fixed("120", pool=pool, lead="l"), [piece("l", 1)])
    assert (parts(result), amounts(result, ShareRole.LEAD)) == ({"lead": "30.00", "company": "70.00"}, {"l": "30.00"})
    assert "No one is eligible" in result.warnings[0]


def test_no_one_eligible_does_not_matter_without_a_crew_part() -> None:
    result = calculate(fixed("120", pool=percents(lead="100"), lead="l"), [piece("l", 1)])
    assert (parts(result), result.warnings) == ({"lead": "100.00"}, ())


def test_no_bonus_for_the_crew_part_does_not_affect_a_named_role() -> None:
    crew = (CrewMember(worker_id="l", no_bonus=True),)
    result = calculate(fixed("120", pool=percents(lead="100"), lead="l", crew=crew), [piece("a", 1)])
    assert amounts(result, ShareRole.LEAD) == {"l": "100.00"}
    assert "named for the lead part" in result.warnings[0]


# What a, 2 h at $10 and 2 h at $20, and b, 1 h at $30, get of $90.
DISTRIBUTIONS = [
    (Distribution.PER_HOUR, {"a": "72.00", "b": "18.00"}),
    (Distribution.EQUAL, {"a": "45.00", "b": "45.00"}),
    (Distribution.HOURS_TIMES_WAGE, {"a": "60.00", "b": "30.00"}),
    (Distribution.WAGE, {"a": "30.00", "b": "60.00"}),
    (Distribution.LEAD_WEIGHTED, {"a": "54.00", "b": "36.00"}),
    (Distribution.FIXED_PERCENT, {"a": "30.00", "b": "60.00"}),
    (Distribution.MANUAL, {"a": "89.99", "b": "0.01"}),
]

CREW = (
    CrewMember(worker_id="a", fixed_percent=Decimal("33.333"), manual_amount=Decimal("89.99")),
    CrewMember(worker_id="b", fixed_percent=Decimal("66.667"), manual_amount=Decimal("0.01")),
)


@pytest.mark.parametrize(("distribution", "expected"), DISTRIBUTIONS)
def test_crew_part_is_distributed(distribution: Distribution, expected: dict[str, str]) -> None:
    terms = fixed("180", distribution=distribution, lead="a", crew=CREW)
    time = [piece("a", 2, "10.00"), piece("a", 2, "20.00"), piece("b", 1, "30.00")]
    assert amounts(calculate(terms, time)) == expected


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        (Distribution.HOURS_TIMES_WAGE, {"a": "80.00", "b": "20.00"}),
        (Distribution.WAGE, {"a": "50.00", "b": "50.00"}),
    ],
)
def test_wage_weights_of_nothing_treat_all_wages_alike(distribution: Distribution, expected: dict[str, str]) -> None:
    result = calculate(fixed("100", distribution=distribution), [piece("a", 4, "0.00"), piece("b", 1, "0.00")])
    assert amounts(result) == expected


@pytest.mark.parametrize(
    ("distribution", "message"),
    [
        (Distribution.FIXED_PERCENT, "total 33.333, not 100"),
        (Distribution.MANUAL, "total 89.99, not 90.00"),
    ],
)
def test_fixed_shares_must_add_up_over_those_eligible(distribution: Distribution, message: str) -> None:
    result = calculate(fixed("110", distribution=distribution, crew=CREW), [piece("a", 1)])
    assert (result.shares, str(result.parts.crew), str(result.pool)) == ((), "90.00", "90.00")
    assert message in result.problems[0].message


def test_left_over_cents_go_to_more_minutes_then_to_the_lower_id() -> None:
    time = [piece(9, 1), piece(10, 1), piece(2, 2)]
    terms = fixed("80.02", distribution=Distribution.EQUAL)
    assert amounts(calculate(terms, time)) == {2: "0.01", 9: "0.01", 10: "0.00"}


def test_string_ids_compare_as_strings() -> None:
    terms = fixed("40.01", distribution=Distribution.EQUAL)
    assert amounts(calculate(terms, [piece("9", 1), piece("10", 1)])) == {"10": "0.01", "9": "0.00"}


def test_bonus_per_worker_adds_up_roles() -> None:
    shares = [DrawnShare(worker_id=1, role=role, amount=Decimal("1.10")) for role in ShareRole]
    assert bonus_per_worker(shares) == {1: Decimal("4.40")}


def test_odd_cent_goes_to_a_worker_with_a_number_before_one_who_is_made_up() -> None:
    """A what-if has both: workers by number, and people who were added to the crew by name."""
    result = calculate(fixed("40.01"), [piece("added 0001", 1), piece(12, 1)])
    assert amounts(result) == {12: "0.01", "added 0001": "0.00"}


def test_one_minute_is_enough_to_share() -> None:
    terms = fixed("100.33", distribution=Distribution.EQUAL)
    assert amounts(calculate(terms, [TimeSlice(worker_id="a", minutes=1, wage=Decimal("20.00"))])) == {"a": "100.00"}


@pytest.mark.parametrize("distribution", [Distribution.HOURS_TIMES_WAGE, Distribution.WAGE])
def test_a_lunch_that_outweighs_the_work_weighs_nothing(distribution: Distribution) -> None:
    time = [piece("a", 2, "10.00"), piece("a", -1, "30.00"), piece("b", 1, "20.00")]
    assert amounts(calculate(fixed("100", distribution=distribution), time)) == {"a": "0.00", "b": "90.00"}


@pytest.mark.parametrize(
    ("distribution", "typed"),
    [
        (Distribution.FIXED_PERCENT, {"fixed_percent": Decimal(100)}),
        (Distribution.MANUAL, {"manual_amount": Decimal("60.00")}),
    ],
)
def test_workers_who_are_not_listed_have_no_fixed_share(distribution: Distribution, typed: dict[str, Decimal]) -> None:
    terms = fixed("100", distribution=distribution, crew=(CrewMember(worker_id="a", **typed),))
    assert amounts(calculate(terms, [piece("a", 1), piece("b", 1)])) == {"a": "60.00", "b": "0.00"}


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ({"y": 1}, {"x": "0.00", "y": "0.01"}),
        ({"y": 0}, {"x": "0.01", "y": "0.00"}),
        ({"y": -1}, {"x": "0.01", "y": "0.00"}),
        ({"x": -1}, {"x": "0.00", "y": "0.01"}),
        ({"x": 0}, {"x": "0.01", "y": "0.00"}),
    ],
)
def test_odd_cent_of_a_named_part_goes_to_more_minutes_none_being_zero(
    minutes: dict[str, int], expected: dict[str, str]
) -> None:
    shares = named_shares(ShareRole.OTHER, ["x", "y"], Decimal("0.01"), {**minutes}, PersonLinks(), Trace())
    assert {share.worker_id: str(share.amount) for share in shares} == expected


# One person under two ids (bonus.md 10.2): "a" and "a2" are Ana, who worked 10 and 5 hours; "b" is Bob.
ANA = CrewMember(worker_id="a2", same_person_as="a")
TIME = [piece("a", 10), piece("a2", 5), piece("b", 20)]


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        (Distribution.EQUAL, {"a": "100.00", "a2": "50.00", "b": "150.00"}),
        (Distribution.WAGE, {"a": "100.00", "a2": "50.00", "b": "150.00"}),
        (Distribution.LEAD_WEIGHTED, {"a": "120.00", "a2": "60.00", "b": "120.00"}),
        (Distribution.PER_HOUR, {"a": "85.71", "a2": "42.86", "b": "171.43"}),
    ],
)
def test_a_person_with_two_ids_counts_once(distribution: Distribution, expected: dict[str, str]) -> None:
    terms = fixed("1000", distribution=distribution, lead="a2", crew=(ANA,))

    result = calculate(terms, TIME)

    assert amounts(result) == expected


def test_the_steps_say_how_a_persons_amount_is_divided_among_the_ids():
    result = calculate(fixed("1000", distribution=Distribution.EQUAL, crew=(ANA,)), TIME)

    formulas = {step.key: step.formula for step in result.trace}
    assert formulas["share.CREW.a2"] == "300.00 × 1 / 2 × 300 / 900 of this person's minutes"
    assert formulas["share.CREW.b"] == "300.00 × 1 / 2"


def test_a_lead_paid_under_one_id_draws_no_crew_share_under_the_other():
    result = calculate(fixed("1000", pool=percents(crew="90", lead="10"), lead="a", crew=(ANA,)), TIME)

    assert amounts(result) == {"b": "270.00"}


def test_a_person_named_twice_gets_one_part():
    shares = named_shares(
        ShareRole.OTHER, ["a", "a2", "b"], Decimal("30.00"), {"a": 60}, PersonLinks({"a2": "a"}), Trace()
    )

    assert {share.worker_id: str(share.amount) for share in shares} == {"a": "15.00", "a2": "0.00", "b": "15.00"}
