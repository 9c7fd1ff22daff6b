"""Bonus plans: which version is in effect, what a ProPay takes from it, and what can still be changed."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.models import BonusPlan, PlanVersion, ProPay
from propay.rules.budgets import BudgetType
from propay.rules.states import ProPayStatus
from propay.rules.terms import Distribution
from protiv.accounts.models import AuditEvent
from tests.make import factories
from tests.make.propays import NOW, START, make_propay

pytestmark = pytest.mark.django_db
LATER = date(2026, 12, 1)


@pytest.fixture
def plan(company, admin) -> BonusPlan:
    return services.create_plan(
        company=company,
        actor=admin,
        name="Standard",
        start_date=START,
        split_percent=Decimal(60),
        lead_percent=Decimal(20),
        distribution=Distribution.EQUAL,
        budget_type=BudgetType.PERCENT_OF_CONTRACT,
        labor_percent=Decimal(30),
    )


@pytest.fixture
def set_terms(company, admin, plan):
    def set_terms(start_date=LATER, **terms) -> PlanVersion:
        return services.set_plan_terms(company=company, plan_id=plan.pk, start_date=start_date, actor=admin, **terms)

    return set_terms


# Creating


def test_create_plan_has_a_first_version_and_an_audit_event(company, admin, plan):
    version = PlanVersion.objects.get(plan=plan)

    assert (version.company, version.start_date, version.created_by) == (company, START, admin)
    assert (version.split_percent, version.crew_percent, version.lead_percent) == (60, 80, 20)
    event = AuditEvent.objects.get(company=company)
    assert (event.actor, event.action, event.target) == (admin, "plan.created", f"plan:{plan.pk}")


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"name": "Standard"}, "name"),
        ({"crew_percent": Decimal(90), "lead_percent": Decimal(20)}, "crew_percent"),
        ({"lead_percent": Decimal(60), "company_percent": Decimal(60)}, "crew_percent"),
        ({"budget_type": BudgetType.PERCENT_OF_CONTRACT}, "labor_percent"),
    ],
)
def test_create_plan_refuses_what_does_not_fit(company, admin, plan, terms, field):
    with pytest.raises(ValidationError) as refusal:
        services.create_plan(**{"company": company, "actor": admin, "name": "New", "start_date": START, **terms})

    assert list(refusal.value.message_dict) == [field]
    assert BonusPlan.objects.count() == 1


def test_two_companies_can_use_the_same_plan_name(plan, stranger):
    other = stranger.memberships.get().company

    services.create_plan(company=other, actor=stranger, name="Standard", start_date=START)

    assert BonusPlan.objects.filter(name="Standard").count() == 2


# Which version is in effect


def test_version_in_effect_is_the_latest_that_has_started(company, plan, set_terms):
    first = PlanVersion.objects.get()
    second = set_terms(LATER, split_percent=Decimal(70))

    in_force = {
        day: services.version_in_force(company=company, plan=plan, day=day)
        for day in (date(2026, 9, 30), START, date(2026, 11, 30), LATER, date(2030, 1, 1))
    }

    assert list(in_force.values()) == [None, first, first, second, second]


def test_version_in_effect_knows_no_plan_of_another_company(plan, stranger):
    other = stranger.memberships.get().company

    assert services.version_in_force(company=other, plan=plan, day=LATER) is None


def test_a_propay_takes_the_numbers_of_its_version_and_keeps_them(company, admin, plan, set_terms):
    version = services.version_in_force(company=company, plan=plan, day=START)
    propay = services.create_propay(
        company=company,
        actor=admin,
        now=NOW,
        job=factories.make_job(company, synced_contract_amount=Decimal(10_000)),
        title="Kitchen",
        start_date=START,
        **services.terms_of_version(version),
    )

    set_terms(START, split_percent=Decimal(10), labor_percent=Decimal(40))

    propay.refresh_from_db()
    assert propay.plan_version == version
    assert (propay.split_percent, propay.lead_percent, propay.crew_percent) == (60, 20, 80)
    assert (propay.distribution, propay.budget_type, propay.labor_percent) == ("EQUAL", "PERCENT_OF_CONTRACT", 30)


def test_terms_of_version_omit_the_budget_if_the_plan_has_none(company, admin):
    plan = services.create_plan(company=company, actor=admin, name="Open", start_date=START)
    version = services.version_in_force(company=company, plan=plan, day=START)

    terms = services.terms_of_version(version)

    assert "budget_type" not in terms
    assert "labor_percent" not in terms


# Changing


def test_set_plan_terms_adds_a_version_from_a_new_day_on(company, plan, set_terms):
    version = set_terms(LATER, split_percent=Decimal(70))

    assert [one.split_percent for one in plan.versions.order_by("start_date")] == [60, 70]
    assert version.crew_percent == 100
    assert AuditEvent.objects.filter(action="plan.version_added", target=f"plan:{plan.pk}").count() == 1


def test_set_plan_terms_corrects_the_version_of_that_day(plan, set_terms):
    set_terms(START, split_percent=Decimal(55))

    assert plan.versions.get().split_percent == 55
    assert AuditEvent.objects.filter(action="plan.version_corrected").count() == 1


def test_set_plan_terms_that_change_nothing_leave_no_audit_event(plan, set_terms):
    set_terms(START, split_percent=Decimal("60.00"), lead_percent=Decimal(20))

    assert not AuditEvent.objects.filter(action="plan.version_corrected").exists()


@pytest.mark.parametrize("status", [ProPayStatus.APPROVED, ProPayStatus.PAID])
def test_set_plan_terms_refuses_to_correct_what_an_approved_propay_used(company, plan, set_terms, status):
    make_propay(factories.make_job(company), plan_version=plan.versions.get(), status=status)

    with pytest.raises(ValidationError, match="1 approved ProPay used"):
        set_terms(START, split_percent=Decimal(55))

    assert plan.versions.get().split_percent == 60


def test_set_plan_terms_corrects_what_only_open_propays_took_and_leaves_them_alone(company, plan, set_terms):
    propay = make_propay(factories.make_job(company), plan_version=plan.versions.get(), split_percent=Decimal(60))

    set_terms(START, split_percent=Decimal(55))

    propay.refresh_from_db()
    assert propay.split_percent == 60


def test_remove_plan_version_deletes_an_unused_one(company, admin, plan, set_terms):
    version = set_terms(LATER, split_percent=Decimal(70))

    services.remove_plan_version(company=company, version_id=version.pk, actor=admin)

    assert services.version_in_force(company=company, plan=plan, day=LATER).split_percent == 60
    assert AuditEvent.objects.filter(action="plan.version_removed").count() == 1


def test_remove_plan_version_refuses_one_that_a_propay_took(company, admin, plan, set_terms):
    version = set_terms(LATER)
    make_propay(factories.make_job(company), plan_version=version, status=ProPayStatus.CANCELED)

    with pytest.raises(ValidationError, match="A ProPay uses this version, so it can't be removed."):
        services.remove_plan_version(company=company, version_id=version.pk, actor=admin)


def test_remove_plan_version_refuses_the_only_one(company, admin, plan):
    with pytest.raises(ValidationError, match="only version"):
        services.remove_plan_version(company=company, version_id=plan.versions.get().pk, actor=admin)


def test_rename_plan_refuses_a_name_that_is_taken(company, admin, plan):
    other = services.create_plan(company=company, actor=admin, name="Other", start_date=START)

    with pytest.raises(ValidationError, match="already"):
        services.rename_plan(company=company, plan_id=other.pk, name="Standard", actor=admin)
    services.rename_plan(company=company, plan_id=other.pk, name="Small jobs", actor=admin)

    assert set(BonusPlan.objects.values_list("name", flat=True)) == {"Standard", "Small jobs"}
    assert AuditEvent.objects.get(action="plan.renamed").summary == "Renamed the bonus plan “Other” to “Small jobs”."


def test_set_plan_active_leaves_the_propays_alone(company, admin, plan):
    propay = make_propay(factories.make_job(company), plan_version=plan.versions.get())

    for is_active in (False, False, True):
        services.set_plan_active(company=company, plan_id=plan.pk, is_active=is_active, actor=admin)

    assert ProPay.objects.get().plan_version == propay.plan_version
    actions = AuditEvent.objects.filter(target=f"plan:{plan.pk}").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["plan.created", "plan.deactivated", "plan.activated"]


@pytest.mark.parametrize(
    "change",
    [
        lambda company, plan, actor: services.rename_plan(company=company, plan_id=plan.pk, name="X", actor=actor),
        lambda company, plan, actor: services.set_plan_active(
            company=company, plan_id=plan.pk, is_active=False, actor=actor
        ),
        lambda company, plan, actor: services.set_plan_terms(
            company=company, plan_id=plan.pk, start_date=LATER, actor=actor
        ),
    ],
    ids=["rename", "deactivate", "set terms"],
)
def test_a_stranger_changes_no_plan(plan, stranger, change):
    with pytest.raises(BonusPlan.DoesNotExist):
        change(stranger.memberships.get().company, plan, stranger)
