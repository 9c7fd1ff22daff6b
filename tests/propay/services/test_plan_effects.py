"""What a version of a plan would change about open ProPays: shown without storing, applied only as it was shown."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from propay import services
from propay.frozen.terms import thaw
from propay.models import LIVE_STATUSES, ProPay
from propay.rules.budgets import BudgetType
from propay.rules.states import ProPayStatus
from propay.services import plan_effects
from protiv.accounts.models import AuditEvent
from protiv.timekeeping.records import EntryKind
from tests.make import factories
from tests.make.propays import NOW, START, checked, make_approved, put
from tests.make.threads import at_once

pytestmark = pytest.mark.django_db
LATER = date(2026, 12, 1)


@pytest.fixture
def worker(company):
    worker = factories.make_worker(company)
    factories.make_wage(worker, "25.00")
    return worker


@pytest.fixture
def plan(company, admin):
    return services.create_plan(company=company, actor=admin, name="Standard", start_date=START)


@pytest.fixture
def make(company, admin, plan, worker):
    """An open ProPay that took the plan, with a day of work: 5,000.00 - 200.00 saved, half of it is the pool."""

    def make(title="Kitchen", start_date=START, **terms) -> ProPay:
        job = factories.make_job(company, title)
        factories.make_entry(worker, job, work_date=max(start_date, factories.WORK_DATE))
        version = services.version_in_force(company=company, plan=plan, day=start_date)
        return services.create_propay(
            company=company,
            actor=admin,
            now=NOW,
            **{
                "job": job,
                "title": title,
                "start_date": start_date,
                "budget_type": BudgetType.AMOUNT,
                "fixed_amount": Decimal(5000),
                **services.terms_of_version(version),
                **terms,
            },
        )

    return make


@pytest.fixture
def set_terms(company, admin, plan):
    def set_terms(start_date=START, **terms):
        return services.set_plan_terms(company=company, plan_id=plan.pk, start_date=start_date, actor=admin, **terms)

    return set_terms


@pytest.fixture
def effects(company):
    return lambda version: services.effects_of_version(company=company, version=version)


@pytest.fixture
def apply(company, admin):
    def apply(version, seen):
        return services.apply_version_to(company=company, version_id=version.pk, seen=seen, actor=admin, now=NOW)

    return apply


# Showing


def test_effects_show_each_pool_before_and_after_and_store_nothing(make, set_terms, effects):
    propay = make()
    version = set_terms(split_percent=Decimal(60))

    (effect,) = effects(version)

    assert (effect.propay_id, effect.changes) == (propay.pk, (("split_percent", Decimal(50), Decimal(60)),))
    assert (effect.pool_before, effect.pool_after) == (Decimal("2400.00"), Decimal("2880.00"))
    propay.refresh_from_db()
    assert (propay.split_percent, propay.pool_amount) == (50, Decimal("2400.00"))


def test_effects_count_drive_time_as_the_version_says(make, set_terms, effects, worker):
    propay = make()
    factories.make_entry(worker, propay.job, kind=EntryKind.TRAVEL)

    (effect,) = effects(set_terms(include_travel=True))

    assert effect.changes == (("include_travel", None, True),)
    assert effect.pool_after == Decimal("2300.00")


def test_effects_exclude_propays_that_already_match(make, set_terms, effects):
    make()

    assert effects(set_terms(LATER)) == []


def test_effects_exclude_approved_paid_and_canceled_propays(make, set_terms, effects):
    for status in set(ProPayStatus) - set(LIVE_STATUSES):
        put(make(status), status)

    assert effects(set_terms(LATER, split_percent=Decimal(60))) == []


def test_effects_exclude_propays_of_another_plan_and_of_none(company, admin, make, set_terms, effects):
    other = services.create_plan(company=company, actor=admin, name="Other", start_date=START)
    make("Other", plan_version=other.versions.get())
    make("None", plan_version=None)

    assert effects(set_terms(split_percent=Decimal(60))) == []


def test_effects_say_whether_the_version_is_in_effect_on_the_first_day(make, set_terms, effects):
    make("Before")
    make("After", start_date=LATER)

    found = {effect.title: effect.is_in_force for effect in effects(set_terms(LATER, split_percent=Decimal(60)))}

    assert found == {"Before": False, "After": True}


def test_effects_exclude_propays_with_a_later_version(make, set_terms, effects):
    set_terms(LATER, split_percent=Decimal(70))
    make("After", start_date=LATER)
    make("Before")

    assert [effect.title for effect in effects(set_terms(split_percent=Decimal(60)))] == ["Before"]


def test_effects_change_the_labor_percentage_of_a_price_and_no_other_budget(company, make, set_terms, effects):
    make("Dollars")
    make(
        "Price",
        budget_type=BudgetType.PERCENT_OF_CONTRACT,
        contract_amount=Decimal(10_000),
        labor_percent=Decimal(30),
    )

    (effect,) = effects(set_terms(budget_type=BudgetType.HOURS, labor_percent=Decimal(40)))

    assert (effect.title, effect.changes) == ("Price", (("labor_percent", Decimal(30), Decimal(40)),))
    assert (effect.pool_before, effect.pool_after) == (Decimal("1400.00"), Decimal("1900.00"))


def test_effects_refuse_a_part_of_others_where_no_one_is_named(make, set_terms, effects, apply):
    propay = make()
    version = set_terms(other_percent=Decimal(10))

    (effect,) = effects(version)
    applied = apply(version, {propay.pk: effect.seen})

    assert "No one is named" in effect.refusal
    assert effect.pool_after is None
    assert applied.propay_ids == ()
    assert applied.refused == (("Kitchen", effect.refusal),)


def test_effects_take_the_same_few_queries_for_many_propays(make, set_terms, effects, django_assert_max_num_queries):
    for number in range(20):
        make(f"Job {number}")
    version = set_terms(split_percent=Decimal(60))

    with django_assert_max_num_queries(9):
        assert len(effects(version)) == 20


def test_effects_show_a_limited_number(make, set_terms, effects, monkeypatch):
    monkeypatch.setattr(plan_effects, "SHOWN_AT_MOST", 2)
    for number in range(3):
        make(f"Job {number}")

    assert len(effects(set_terms(split_percent=Decimal(60)))) == 2


# Applying


def test_apply_changes_only_the_selected_propays(make, set_terms, effects, apply, admin):
    picked, left = make("Picked"), make("Left")
    version = set_terms(LATER, split_percent=Decimal(60))
    seen = {effect.propay_id: effect.seen for effect in effects(version)}

    applied = apply(version, {picked.pk: seen[picked.pk]})

    picked.refresh_from_db()
    left.refresh_from_db()
    assert applied == services.Applied(propay_ids=(picked.pk,), refused=())
    assert (picked.split_percent, picked.pool_amount, picked.plan_version) == (60, Decimal("2880.00"), version)
    assert (left.split_percent, left.pool_amount) == (50, Decimal("2400.00"))
    assert AuditEvent.objects.get(action="propay.edited").target == f"propay:{picked.pk}"
    assert AuditEvent.objects.get(action="propay.edited").summary == (
        "Edited the ProPay “Picked”. It now uses the rules of plan “Standard” effective Dec 1, 2026."
    )
    assert AuditEvent.objects.get(action="plan.applied").summary == (
        "Applied the rules of plan “Standard” effective Dec 1, 2026 to 1 open ProPay."
    )


def test_apply_gives_the_labor_percentage_to_budgets_by_price_only(make, set_terms, effects, apply):
    price = {"budget_type": BudgetType.PERCENT_OF_CONTRACT, "contract_amount": Decimal(10_000)}
    by_price, by_amount = make("Price", labor_percent=Decimal(30), **price), make("Dollars")
    version = set_terms(LATER, split_percent=Decimal(60), labor_percent=Decimal(40))

    applied = apply(version, {effect.propay_id: effect.seen for effect in effects(version)})

    by_price.refresh_from_db()
    by_amount.refresh_from_db()
    assert len(applied.propay_ids) == 2
    assert (by_price.labor_percent, by_price.fixed_amount, by_price.pool_amount) == (40, None, Decimal("2280.00"))
    assert (by_amount.labor_percent, by_amount.fixed_amount, by_amount.pool_amount) == (None, 5000, Decimal("2880.00"))


def test_apply_takes_few_queries_for_many_propays(make, set_terms, effects, apply, django_assert_max_num_queries):
    for number in range(20):
        make(f"Job {number}")
    version = set_terms(split_percent=Decimal(60))
    seen = {effect.propay_id: effect.seen for effect in effects(version)}

    with django_assert_max_num_queries(34):
        assert len(apply(version, seen).propay_ids) == 20


def test_apply_refuses_what_was_changed_in_the_meantime(company, admin, make, set_terms, effects, apply):
    propay = make()
    version = set_terms(split_percent=Decimal(60))
    (effect,) = effects(version)
    services.edit_propay(company=company, propay_id=propay.pk, actor=admin, now=NOW, fixed_amount=Decimal(6000))

    applied = apply(version, {propay.pk: effect.seen})

    propay.refresh_from_db()
    assert applied.propay_ids == ()
    assert applied.refused == (("Kitchen", plan_effects.CHANGED_MEANWHILE),)
    assert propay.split_percent == 50


def test_apply_refuses_a_version_that_was_changed_in_the_meantime(make, set_terms, effects, apply):
    propay = make()
    (effect,) = effects(set_terms(split_percent=Decimal(60)))
    version = set_terms(split_percent=Decimal(90))

    assert apply(version, {propay.pk: effect.seen}).propay_ids == ()


def test_apply_never_changes_an_approved_propay(make, set_terms, effects, apply, worker):
    propay = make()
    version = set_terms(split_percent=Decimal(60))
    (effect,) = effects(version)
    make_approved(propay, {})

    applied = apply(version, {propay.pk: effect.seen})

    propay.refresh_from_db()
    assert applied.propay_ids == ()
    assert (propay.split_percent, propay.pool_amount) == (50, Decimal("2400.00"))


def test_apply_knows_no_propay_of_another_company(make, set_terms, apply, stranger):
    other = stranger.memberships.get().company
    foreign = ProPay.objects.create(
        company=other,
        job=factories.make_job(other),
        title="Foreign",
        budget_type=BudgetType.AMOUNT,
        fixed_amount=1,
        start_date=START,
    )

    applied = apply(set_terms(split_percent=Decimal(60)), {foreign.pk: "x"})

    assert applied == services.Applied(propay_ids=(), refused=())


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_applying_while_approving_keeps_the_frozen_terms(company, admin, make, set_terms, effects, apply):
    propays = [make(f"Job {number}") for number in range(4)]
    version = set_terms(split_percent=Decimal(60))
    seen = {effect.propay_id: effect.seen for effect in effects(version)}

    def approve(propay):
        services.approve_propays(
            company=company, actor=admin, propay_ids=[propay.pk], answers=checked(propay), seen=None, now=NOW
        )

    for propay in propays:
        picked = {propay.pk: seen[propay.pk]}
        outcomes = at_once(partial(apply, version, picked), partial(approve, propay))

        propay.refresh_from_db()
        assert outcomes == [None, None]
        assert propay.status == ProPayStatus.APPROVED
        assert thaw(propay.snapshots.get().terms).split_percent == propay.split_percent
        assert propay.pool_amount == Decimal("4800.00") * propay.split_percent / 100
