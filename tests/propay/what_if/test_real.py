"""A ProPay written as a what-if case comes to the figures that are stored of it, to the cent."""

import random
from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from propay import services
from propay.cases import solving
from propay.cases.building import Entry
from propay.cases.parsing import read_case
from propay.cases.writing import as_case, worker_key
from propay.models import (
    AppliedCondition,
    BudgetTask,
    Condition,
    ConditionKind,
    CrewTerm,
    LineKind,
    ProPay,
    Share,
    StatementLine,
)
from propay.pages.overtime import overtime_of
from propay.queries.propays import with_terms
from propay.rules.budgets import Budget, BudgetType
from propay.rules.terms import Distribution, Terms
from propay.what_if.real import real_case
from protiv.accounts.models import Role
from protiv.timekeeping.records import EntryKind
from tests.make import factories
from tests.make.propays import NOW, START, checked, make_approved, make_propay

pytestmark = pytest.mark.django_db
AMOUNTS = ("budget_amount", "actual_amount", "saving_amount", "pool_amount")
PARTS = ("crew", "lead", "manager", "company", "other")


@pytest.fixture
def company():
    return factories.make_company(include_travel=True)


@pytest.fixture
def crew(company):
    """Ten people, so that their ids have more than one length; each gets a raise."""
    people = [factories.make_worker(company) for _ in range(10)]
    for place, worker in enumerate(people):
        factories.make_wage(worker, f"2{place}.35")
        factories.make_wage(worker, f"2{place}.90", START + timedelta(10))
    return people


BUDGETS = [
    {"budget_type": BudgetType.HOURS, "budget_minutes": 620 * 60 + 20},
    {"budget_type": BudgetType.AMOUNT, "fixed_amount": Decimal("15000.01")},
    {
        "budget_type": BudgetType.PERCENT_OF_CONTRACT,
        "contract_amount": Decimal("47123.45"),
        "labor_percent": Decimal("33.33"),
    },
    {"budget_type": BudgetType.RATE, "rate_amount": Decimal("2.1234"), "quantity": Decimal("7000.125")},
    {"budget_type": BudgetType.TASKS},
]
ADJUSTMENTS = [{}, {"adjustment_type": "PERCENT", "adjustment_value": Decimal("-3.5")}]
BY_RULE = [kind for kind in Distribution if kind not in ("FIXED_PERCENT", "MANUAL")]


def add_time(rng, job, crew, codes):
    for worker in crew:
        for _ in range(8):
            minutes = rng.randint(200, 600)
            kind = rng.choice([EntryKind.WORK, EntryKind.WORK, EntryKind.TRAVEL, EntryKind.AUTO_LUNCH])
            if kind == EntryKind.AUTO_LUNCH:
                factories.make_entry(worker, job, -30, START + timedelta(rng.randint(0, 30)), kind)
            else:
                overtime = rng.choice([0, 37])
                factories.make_entry(
                    worker,
                    job,
                    minutes,
                    START + timedelta(rng.randint(0, 30)),
                    kind,
                    ot1_minutes=overtime,
                    ot2_minutes=overtime // 2,
                    cost_code=rng.choice([*codes, None]),
                )


def real(propay):
    return real_case(with_terms(ProPay.objects.select_related("company")).get(pk=propay.pk))


def worked_out(propay):
    """By way of the rows, which must come to the same as by way of JSON: bonus, true-ups, and warnings."""
    case = real(propay)
    solution = solving.solve(case.as_case(), names={pk: worker_key(pk) for pk in case.names})
    found = solving.as_json(solution)
    for row in (*found["shares"], *found["overtime_true_up"]):
        row["worker"] = worker_key(row["worker"])
    assert found == solving.run(case.as_json())
    return solution.result


def assert_same(propay):
    propay.refresh_from_db()
    result = worked_out(propay)
    found = (result.budget_amount, result.actual_amount, result.saving, result.pool)
    assert found == tuple(getattr(propay, name) for name in AMOUNTS)
    assert result.actual_minutes == propay.actual_minutes
    for part in PARTS:
        assert getattr(result.parts, part) == getattr(propay, f"{part}_amount")
    stored = {
        (share.worker_id, share.role): share.amount for share in Share.objects.filter(propay=propay) if share.amount
    }
    assert {(share.worker_id, share.role): share.amount for share in result.shares if share.amount} == stored


@pytest.mark.parametrize("budget", BUDGETS, ids=[budget["budget_type"] for budget in BUDGETS])
@pytest.mark.parametrize("distribution", BY_RULE)
def test_case_of_a_propay_of_every_type_comes_to_the_stored_cents(company, crew, budget, distribution):
    rng = random.Random(f"{budget['budget_type']}{distribution}")
    job = factories.make_job(company)
    codes = [factories.make_cost_code(company) for _ in range(2)]
    add_time(rng, job, crew, codes)
    propay = make_propay(
        job,
        **budget,
        **rng.choice(ADJUSTMENTS),
        distribution=distribution,
        split_percent=Decimal("83.33"),
        crew_percent=Decimal("61.11"),
        lead_percent=Decimal("12.34"),
        manager_percent=Decimal("11.11"),
        company_percent=Decimal("5.00"),
        other_percent=Decimal("10.44"),
        lead=rng.choice([None, crew[3]]),
        lead_also_shares=rng.choice([True, False]),
        paid_manager=factories.make_worker(company),
        include_travel=rng.choice([None, False]),
        include_overtime_cost=True,
        burden_percent=Decimal("7.25"),
    )
    propay.others.set([crew[1], crew[9], factories.make_worker(company)])
    if budget["budget_type"] == BudgetType.TASKS:
        BudgetTask.objects.create(company=company, propay=propay, cost_code=codes[0], minutes=400 * 60 + 20)
        BudgetTask.objects.create(company=company, propay=propay, cost_code=codes[1], amount=Decimal("9000.00"))
    CrewTerm.objects.create(company=company, propay=propay, worker=crew[5], no_bonus=True)
    services.refresh(company=company, now=NOW)
    assert_same(propay)
    assert propay.pool_amount > 0


def test_case_of_fixed_percentages_penalties_and_typed_amounts_comes_out(company, crew):
    job = factories.make_job(company)
    for worker in crew[:2]:
        factories.make_entry(worker, job, minutes=480)
    fixed = make_propay(job, distribution=Distribution.FIXED_PERCENT, end_date=date(2026, 11, 4))
    penalty = Condition.objects.create(company=company, name="Callback", kind=ConditionKind.PENALTY)
    AppliedCondition.objects.create(company=company, propay=fixed, condition=penalty, amount=Decimal("12.34"))
    for worker, percent in zip(crew[:2], ("33.33", "66.67"), strict=True):
        CrewTerm.objects.create(company=company, propay=fixed, worker=worker, fixed_percent=Decimal(percent))
    services.refresh(company=company, now=NOW)
    assert_same(fixed)
    typed = make_propay(
        job, distribution=Distribution.MANUAL, start_date=date(2026, 11, 5), fixed_amount=Decimal("800.00")
    )
    factories.make_entry(crew[0], job, minutes=60, work_date=date(2026, 11, 5))
    pool = (Decimal("800.00") - Decimal("20.90")) / 2
    CrewTerm.objects.create(
        company=company, propay=typed, worker=crew[0], manual_amount=pool.quantize(Decimal("0.01"), "ROUND_HALF_UP")
    )
    services.refresh(company=company, now=NOW)
    assert_same(typed)


def test_case_of_a_disqualified_propay_has_no_pool(company, crew):
    job = factories.make_job(company)
    factories.make_entry(crew[0], job, minutes=480)
    propay = make_propay(job)
    failed = Condition.objects.create(company=company, name="Safety", kind=ConditionKind.DISQUALIFIER)
    AppliedCondition.objects.create(company=company, propay=propay, condition=failed)
    services.refresh(company=company, now=NOW)
    assert_same(propay)
    assert propay.pool_amount == 0


def test_case_of_an_approved_propay_is_what_the_approval_froze(company, crew):
    job = factories.make_job(company)
    entry = factories.make_entry(crew[0], job, minutes=480)
    propay = make_propay(job, include_travel=False)
    services.refresh(company=company, now=NOW)
    propay.refresh_from_db()
    share = Share.objects.get(propay=propay)
    Share.objects.filter(propay=propay).delete()
    make_approved(propay, {crew[0]: str(share.amount)}, {entry: "20.90"})
    type(entry).objects.filter(pk=entry.pk).update(minutes=60)
    crew[0].wages.all().delete()
    assert_same(propay)


NIGHTS = [(time(20), time(6)), (time(18, 30), time(4)), (time(23), time(9, 15))]


@pytest.fixture
def night_shifts(company, crew):
    """A ProPay of a week from Monday 6:00, of people who work at night, one of them under three ids."""
    factories.set_policy(company, workday_start=time(6))
    job, other = factories.make_job(company), factories.make_job(company)
    ana, again, elsewhere, ben, *_ = crew
    type(ana).objects.filter(pk__in=(again.pk, elsewhere.pk)).update(same_person_as=ana)
    for place, (worker, where) in enumerate([(ana, job), (again, job), (ben, job), (elsewhere, other), (ben, other)]):
        start, stop = NIGHTS[place % len(NIGHTS)]
        for number in range(4):
            day = date(2026, 10, 4) + timedelta(days=number + 4 * (where == other))
            clock = {"start_date": day, "start_time": start, "stop_date": day + timedelta(1), "stop_time": stop}
            factories.make_entry(worker, job=where, minutes=570 + place, work_date=day, **clock)
    return make_propay(job, lead=again, crew_percent=80, lead_percent=20, distribution=Distribution.EQUAL)


@pytest.mark.parametrize("is_approved", [False, True], ids=["open", "approved"])
@pytest.mark.parametrize("state", ["", "CA"])
def test_case_of_night_shifts_and_linked_people_has_the_overtime_of_the_page(company, night_shifts, state, is_approved):
    factories.set_policy(company, state=state)
    services.refresh(company=company, now=NOW)
    if is_approved:
        admin = factories.make_member(company, Role.ADMIN).user
        ids, answers = [night_shifts.pk], checked(night_shifts)
        outcome = services.approve_propays(company=company, actor=admin, propay_ids=ids, now=NOW, answers=answers)
        assert outcome.refusals == {}

    assert_same(night_shifts)

    case = real(night_shifts).as_json()
    assert case["overtime"]["workday_start"] == "06:00"
    propay = with_terms(ProPay.objects.select_related("company")).get(pk=night_shifts.pk)
    page = [(worker_key(row.worker_id), row.federal, row.state_extra) for row in overtime_of(propay).rows]
    exported = [
        (row["worker"], Decimal(row["federal"]), Decimal(row["state_extra"]))
        for row in solving.run(case)["overtime_true_up"]
    ]
    assert sorted(page) == sorted(row for row in exported if any(row[1:]))
    assert len(page) > 1
    if is_approved:
        booked = StatementLine.objects.filter(kind=LineKind.TRUE_UP).values_list("federal_amount", "state_extra_amount")
        assert sorted(booked) == sorted(row[1:] for row in page)


def test_case_of_a_propay_without_a_budget_is_none(company):
    job = factories.make_job(company)
    propay = make_propay(job, budget_type=BudgetType.HOURS)
    assert (real(propay).as_case(), real(propay).as_json()) == (None, None)


def test_real_case_counts_all_hours_of_the_weeks_once(company, crew):
    job, elsewhere = factories.make_job(company), factories.make_job(company)
    monday = date(2026, 11, 2)
    factories.make_entry(crew[0], job, minutes=600, work_date=monday)
    factories.make_entry(crew[0], job, minutes=60, work_date=monday, kind=EntryKind.TRAVEL)
    factories.make_entry(crew[0], elsewhere, minutes=1900, work_date=monday + timedelta(2))
    factories.make_entry(crew[0], elsewhere, minutes=500, work_date=monday + timedelta(7))
    factories.make_entry(crew[0], elsewhere, minutes=500, work_date=monday, kind=EntryKind.TIME_OFF)
    propay = make_propay(job, include_travel=False)
    solution = solving.solve(real(propay).as_case())
    (week,) = solution.overtime.true_ups
    assert (week.worked_minutes, week.overtime_minutes) == (2560, 160)
    assert solution.result.actual_minutes == 600


def test_real_case_takes_few_queries_however_many_entries(company, crew, django_assert_max_num_queries):
    job = factories.make_job(company)
    add_time(random.Random(1), job, crew, [])
    propay = make_propay(job)
    with django_assert_max_num_queries(13):
        real(propay)


# Writing a case, without the database


def test_keys_compare_as_text_as_the_ids_do_as_numbers():
    ids = [9, 10, 1, 100, 2**40]
    assert sorted(map(worker_key, ids)) == [worker_key(one) for one in sorted(ids)]


def test_hours_that_have_no_decimals_are_written_as_a_clock_does_and_read_without_loss():
    terms = Terms(budget=Budget(type=BudgetType.HOURS, hours=Fraction(4820, 60)))
    case = as_case(terms, [Entry(worker_id=1, work_date=START, minutes=60, wage=Decimal("20.00"))])
    assert case["budget"] == {"type": "HOURS", "hours": "80:20"}
    assert read_case(case).terms.budget.hours == Fraction(241, 3)


def test_hours_that_are_no_whole_minutes_are_written_as_decimals_or_refused():
    whole = Terms(budget=Budget(type=BudgetType.HOURS, hours=Decimal("0.0001")))
    assert as_case(whole, [])["budget"] == {"type": "HOURS", "hours": "0.0001"}
    with pytest.raises(ValueError, match="no decimals"):
        as_case(Terms(budget=Budget(type=BudgetType.HOURS, hours=Fraction(1, 7))), [])


def test_what_was_netted_lowers_the_pool_of_a_case():
    terms = Terms(budget=Budget(type=BudgetType.AMOUNT, amount=Decimal("100.00")), netted_amount=Decimal("40.00"))
    assert solving.run(as_case(terms, []))["pool"] == "30.00"
