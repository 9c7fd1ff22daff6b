"""Bonuses that include their overtime (bonus.md 11.6 and 11.7): from the terms to the statement, to the cent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from propay import services
from propay.figures import terms_of
from propay.models import BonusPlan, BonusSettings, LineKind, PlanVersion, ProPay, Share, Snapshot, StatementLine
from propay.pages.overtime import overtime_of
from propay.queries.bonus_overtime import bonus_overtime_of
from propay.queries.propays import with_terms
from propay.rules.terms import Distribution
from protiv.accounts.models import Membership, PayPolicy
from protiv.timekeeping.models import TimeEntry, Worker
from tests.make import factories
from tests.make.propays import NOW, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
LATER = NOW + timedelta(hours=1)
INCLUDES = {"pool_includes_overtime": True}
BY_EARNINGS = {"distribution": Distribution.TOTAL_EARNINGS}


@pytest.fixture
def people(company, ana):
    ben = factories.make_worker(company, "Ben Ortiz")
    factories.make_wage(ben, "20.00")
    return ana, ben


@pytest.fixture
def jobs(company):
    return factories.make_job(company, "Kitchen"), factories.make_job(company, "Shop")


def work(worker, job, hours, *, day=0):
    return factories.make_entry(worker, job, hours * 60, MONDAY + timedelta(day))


def make(job, **terms):
    """All of a saving of 500.00 (N19) or what `fixed_amount` makes of it is the pool."""
    return make_propay(job, **{"start_date": MONDAY, "split_percent": 100, "fixed_amount": Decimal("1500.00"), **terms})


@pytest.fixture
def with_room(company, people, jobs):
    """Case N19: 30 of Ana's 50 hours and 20 of Ben's 40 are on it."""
    kitchen, shop = jobs
    for worker, on_it, elsewhere in zip(people, (30, 20), (20, 20), strict=True):
        work(worker, kitchen, on_it)
        work(worker, shop, elsewhere, day=3)
    propay = make(kitchen, **INCLUDES)
    services.refresh(company=company, now=NOW)
    return propay


@pytest.fixture
def by_earnings(company, people, jobs):
    """Case N18: Ana's 50 and Ben's 40 hours, all on it, with a pool of 1,000.00."""
    kitchen, _shop = jobs
    for worker, hours in zip(people, (50, 40), strict=True):
        work(worker, kitchen, hours)
    propay = make(kitchen, fixed_amount=Decimal("2800.00"), **BY_EARNINGS)
    services.refresh(company=company, now=NOW)
    return propay


def shares(propay):
    rows = Share.objects.filter(propay=propay, amount__isnull=False).order_by("worker")
    return [str(amount) for amount in rows.values_list("amount", flat=True)]


def loaded(propay):
    return with_terms(ProPay.objects.select_related("company")).get(pk=propay.pk)


def approve(company, admin, propay):
    answers = {propay.pk: {"checked_time": True}}
    outcome = services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], answers=answers, now=NOW)
    assert outcome.refusals == {}


def true_ups(company):
    lines = StatementLine.objects.filter(company=company, kind=LineKind.TRUE_UP)
    return [str(line.federal_amount) for line in lines]


def change(company, entry, minutes):
    """As a sync run does that finds other hours."""
    run_id = 7
    TimeEntry.objects.filter(pk=entry.pk).update(minutes=minutes, changed_run_id=run_id)
    dates = (entry.work_date, entry.work_date + timedelta(1))
    services.follow_hours_of_run(company=company, run_id=run_id, dates=dates, now=LATER)


def test_pool_that_includes_its_overtime_pays_no_more_than_the_pool(as_admin, company, admin, with_room):
    assert shares(with_room) == ["283.02", "188.68"]
    page = overtime_of(loaded(with_room))
    preview = as_admin.get(reverse("propay_approve", args=[with_room.pk])).context["preview"]
    assert [row.federal for row in page.rows] == [preview.true_up_amount] == [Decimal("28.30")]

    approve(company, admin, with_room)

    assert true_ups(company) == ["28.30"]
    with_room.refresh_from_db()
    assert (with_room.crew_amount, with_room.company_amount) == (Decimal("471.70"), Decimal("0.00"))
    assert overtime_of(loaded(with_room)) == page


def test_open_shares_follow_hours_on_another_job(company, with_room, jobs):
    change(company, TimeEntry.objects.filter(job=jobs[1]).first(), 10 * 60)
    assert shares(with_room) == ["300.00", "200.00"]


def test_approved_shares_stay_and_only_the_overtime_follows_hours_on_another_job(company, admin, with_room, jobs):
    approve(company, admin, with_room)
    change(company, TimeEntry.objects.filter(job=jobs[1]).first(), 10 * 60)
    with_room.refresh_from_db()
    assert (shares(with_room), with_room.drifted_at) == (["283.02", "188.68"], None)
    assert true_ups(company) == []


def test_drift_is_calculated_under_the_policy_that_was_approved(company, admin, with_room, jobs):
    approve(company, admin, with_room)
    assert Snapshot.objects.get().terms["overtime_policy"]["policies"]
    entry = TimeEntry.objects.get(job=jobs[0], minutes=20 * 60)
    TimeEntry.objects.filter(pk=entry.pk).update(minutes=21 * 60)
    services.refresh(company=company, job_ids=[jobs[0].pk], now=LATER)
    drift = services.drift_of(company=company, propay_id=with_room.pk)
    assert drift.exists
    assert drift.amount == ProPay.objects.get(pk=with_room.pk).drift_amount != 0


def test_total_earnings_contain_their_overtime(as_admin, company, admin, by_earnings):
    assert shares(by_earnings) == ["578.95", "421.05"]
    page = overtime_of(loaded(by_earnings))
    preview = as_admin.get(reverse("propay_approve", args=[by_earnings.pk])).context["preview"]
    assert (page.rows, preview.true_up_amount) == ([], Decimal("0.00"))
    approve(company, admin, by_earnings)
    assert true_ups(company) == []


def test_what_else_someone_gets_beside_total_earnings_has_its_true_up(company, admin, people, jobs):
    work(people[0], jobs[0], 50)
    lead = {"crew_percent": 60, "lead_percent": 40, "lead": people[0], "lead_also_shares": True}
    propay = make(jobs[0], **BY_EARNINGS, **lead)
    services.refresh(company=company, now=NOW)
    approve(company, admin, propay)
    assert (shares(propay), true_ups(company)) == (["300.00", "200.00"], ["20.00"])


def test_hours_of_the_weeks_are_frozen_and_a_change_on_another_job_is_drift(company, admin, by_earnings, people, jobs):
    elsewhere = work(people[1], jobs[1], 1, day=4)
    services.refresh(company=company, now=NOW)
    approve(company, admin, by_earnings)
    frozen = Snapshot.objects.get()
    ana, ben = (worker.pk for worker in people)
    assert frozen.figures["weeks"] == [
        [ana, "2026-10-05", 3000, 600, 0],
        [ben, "2026-10-05", 2460, 60, 0],
    ]

    change(company, elsewhere, 11 * 60)

    by_earnings.refresh_from_db()
    assert by_earnings.drifted_at == LATER
    drift = services.drift_of(company=company, propay_id=by_earnings.pk)
    assert (drift.exists, drift.amount) == (True, Decimal("0.00"))
    services.resolve_drift_by_adjusting(
        company=company, propay_id=by_earnings.pk, actor=admin, note="", seen=drift.worked.digest, now=LATER
    )
    assert not services.drift_of(company=company, propay_id=by_earnings.pk).exists
    assert sum(line.amount for line in StatementLine.objects.filter(company=company)) == Decimal("1000.00")


@pytest.mark.parametrize("terms", [INCLUDES, BY_EARNINGS], ids=["includes", "earnings"])
def test_both_are_fixed_before_the_first_minute_counts(company, admin, people, jobs, terms):
    name = next(iter(terms))
    common = {"company": company, "actor": admin, "now": NOW}
    new = {"job": jobs[0], "title": "New", "start_date": MONDAY, "budget_type": "AMOUNT", "fixed_amount": Decimal(900)}
    propay = services.create_propay(**common, **new, **terms)
    services.edit_propay(**common, propay_id=propay.pk, **{name: type(propay)._meta.get_field(name).default})
    services.edit_propay(**common, propay_id=propay.pk, **terms)
    work(people[0], jobs[0], 8)
    services.refresh(company=company, now=NOW)
    services.edit_propay(**common, propay_id=propay.pk, split_percent=Decimal(60))
    with pytest.raises(ValidationError) as refusal:
        services.edit_propay(**common, propay_id=propay.pk, **{name: ProPay._meta.get_field(name).default})
    assert "fixed before the first minute" in refusal.value.message_dict[name][0]

    work(people[0], jobs[1], 8)
    with pytest.raises(ValidationError, match="fixed before the first minute"):
        services.create_propay(**common, **{**new, "job": jobs[1]}, **terms)
    plan = BonusPlan.objects.create(company=company, name="Standard")
    version = PlanVersion.objects.create(company=company, plan=plan, start_date=MONDAY, **terms)
    known = services.create_propay(**common, **{**new, "job": jobs[1]}, **terms, plan_version=version)
    assert known.actual_minutes == 480


def test_plan_turns_it_on_only_for_propays_without_time(company, admin, people, jobs):
    plan = services.create_plan(company=company, actor=admin, name="Standard")
    old = PlanVersion.objects.get(plan=plan)
    with_time, without = (make(job, plan_version=old) for job in jobs)
    work(people[0], jobs[0], 8)
    services.refresh(company=company, now=NOW)
    version = services.set_plan_terms(
        company=company, plan_id=plan.pk, start_date=MONDAY, actor=admin, split_percent=Decimal(100), **INCLUDES
    )
    effects = {one.propay_id: one for one in services.effects_of_version(company=company, version=version)}
    assert "fixed before the first minute" in effects[with_time.pk].refusal
    assert effects[without.pk].refusal == ""


def test_amounts_that_are_entered_leave_no_room_for_overtime(company, admin, jobs):
    with pytest.raises(ValidationError, match="leave no room"):
        services.create_plan(company=company, actor=admin, name="Both", distribution="MANUAL", **INCLUDES)
    with pytest.raises(ValidationError, match="leave no room"):
        services.create_propay(
            company=company,
            actor=admin,
            now=NOW,
            job=jobs[0],
            title="Both",
            start_date=MONDAY,
            budget_type="AMOUNT",
            fixed_amount=Decimal(900),
            distribution="MANUAL",
            **INCLUDES,
        )


def test_hours_are_loaded_only_for_terms_that_need_them(company, with_room, jobs, django_assert_num_queries):
    other = make(jobs[1])
    terms = {propay.pk: terms_of(loaded(propay)) for propay in (with_room, other)}
    with django_assert_num_queries(0):
        assert bonus_overtime_of(company, {other.pk: terms[other.pk], 0: None}) == {}
    assert bonus_overtime_of(company, terms).keys() == {with_room.pk}


def test_admin_confirms_total_earnings_under_californias_rule(company, admin, manager, by_earnings):
    PayPolicy.objects.filter(company=company).update(state="CA")
    BonusSettings.objects.update_or_create(company=company, defaults={"managers_approve": True})
    services.refresh(company=company, now=NOW)
    common = {"company": company, "propay_ids": [by_earnings.pk], "now": NOW}
    checked, told = {"checked_time": True}, {"checked_time": True, "told_earnings": True}

    for actor, answers in ((admin, checked), (manager, told)):
        outcome = services.approve_propays(**common, actor=actor, answers={by_earnings.pk: answers})
        assert "An admin confirms" in outcome.refusals[by_earnings.pk]
    outcome = services.approve_propays(**common, actor=admin, answers={by_earnings.pk: told})

    assert outcome.refusals == {}
    confirmed = {one["question"]: one["answers"] for one in Snapshot.objects.get().figures["confirmed"]}
    assert confirmed["total_earnings"] == {"told_earnings": True}


@pytest.mark.parametrize("fixture", ["with_room", "by_earnings"])
def test_pages_explain_the_shares_and_tell_workers_no_wages(
    request, as_admin, as_worker, company, admin, people, worker_user, fixture
):
    propay = request.getfixturevalue(fixture)
    Worker.objects.filter(pk=people[0].pk).update(membership=Membership.objects.get(user=worker_user))
    for address in (reverse("propay_detail", args=[propay.pk]), reverse("propay_crew", args=[propay.pk])):
        assert as_admin.get(address).status_code == 200
    approve(company, admin, propay)
    assert as_admin.get(reverse("propay_detail", args=[propay.pk])).status_code == 200
    own = as_worker.get(reverse("propay_detail", args=[propay.pk])).content.decode()
    assert ("by each worker&#x27;s earnings" in own) == (fixture == "by_earnings")
    assert ("471.70 ×" in own) == (fixture == "with_room")
    for client in (as_worker, as_admin):
        assert client.get(reverse("bonuses")).status_code == 200
