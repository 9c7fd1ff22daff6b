"""A bonus plan on the form of a ProPay: which are offered on which day, and what choosing one fills in."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from propay.models import BonusPlan, PlanVersion, ProPay
from tests import factories
from tests.propay.filled import CREATE, errors, filled
from tests.propay.rows import make_propay

pytestmark = pytest.mark.django_db
OLD_DAY, NEW_DAY = date(2026, 1, 1), date(2026, 11, 1)


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen")


def make_plan(company, name="Standard", **fields):
    return BonusPlan.objects.create(company=company, name=name, **fields)


def make_version(plan, start_date=OLD_DAY, **terms):
    return PlanVersion.objects.create(company=plan.company, plan=plan, start_date=start_date, **terms)


@pytest.fixture
def plan(company):
    return make_plan(company)


@pytest.fixture
def old(plan):
    return make_version(plan, OLD_DAY, split_percent=Decimal(40))


@pytest.fixture
def new(plan):
    return make_version(plan, NEW_DAY, split_percent=Decimal(60))


def offered(response) -> list[int]:
    return [version.pk for version in response.context["form"].fields["plan_version"].queryset]


def test_the_version_in_force_on_the_first_day_is_offered_and_no_other(as_manager, company, old, new):
    make_version(make_plan(company, "Out of use", is_active=False))
    make_version(make_plan(factories.make_company(), "Foreign plan"))
    address = reverse("propay_plan_choices")

    for day, versions in (("2025-12-31", []), ("2026-01-01", [old.pk]), ("2026-11-01", [new.pk]), ("soon", [])):
        assert offered(as_manager.get(address, {"start_date": day})) == versions


def test_a_company_without_a_plan_in_force_is_not_asked_for_one(as_manager):
    assert "plan_version" not in as_manager.get(CREATE).content.decode().replace("id_plan_version", "")


def test_choosing_a_plan_brings_its_numbers_and_names_it(as_manager, plan):
    version = make_version(
        plan,
        crew_percent=Decimal(70),
        lead_percent=Decimal(30),
        lead_weight=Decimal("1.25"),
        lead_also_shares=True,
        include_travel=False,
        burden_percent=Decimal("12.5"),
        budget_type="PERCENT_OF_CONTRACT",
        labor_percent=Decimal(30),
    )

    response = as_manager.get(reverse("propay_plan_numbers"), {"plan_version": version.pk})

    assert "The numbers of “Standard” stand below" in response.content.decode()
    numbers = json.loads(response["HX-Trigger"])["planChosen"]
    assert numbers == {
        "split_percent": "50.00",
        "crew_percent": "70.00",
        "lead_percent": "30.00",
        "manager_percent": "0.00",
        "company_percent": "0.00",
        "other_percent": "0.00",
        "distribution": "PER_HOUR",
        "lead_also_shares": True,
        "include_overtime_cost": False,
        "lead_weight": "1.25",
        "include_travel": "no",
        "burden_percent": "12.5",
        "budget_type": "PERCENT_OF_CONTRACT",
        "labor_percent": "30.00",
    }


def test_a_plan_that_leaves_the_budget_open_leaves_it_as_typed(as_manager, old):
    response = as_manager.get(reverse("propay_plan_numbers"), {"plan_version": old.pk})

    assert not {"budget_type", "labor_percent"} & set(json.loads(response["HX-Trigger"])["planChosen"])


@pytest.mark.parametrize("asked", ["", "x", "999999"])
def test_choosing_no_plan_changes_nothing(as_manager, asked):
    response = as_manager.get(reverse("propay_plan_numbers"), {"plan_version": asked})

    assert response.content.decode().strip() == ""
    assert "HX-Trigger" not in response


def test_the_numbers_of_a_foreign_plan_are_not_told(as_stranger, old):
    assert "HX-Trigger" not in as_stranger.get(reverse("propay_plan_numbers"), {"plan_version": old.pk})


def test_what_is_typed_wins_over_the_plan_which_stays_named(as_manager, job, old):
    as_manager.post(CREATE, filled(job, plan_version=old.pk, split_percent="33"))

    propay = ProPay.objects.get()
    assert (propay.plan_version, propay.split_percent) == (old, Decimal(33))
    assert "Standard" in as_manager.get(reverse("propay_detail", args=[propay.pk])).content.decode()


def test_a_plan_not_in_force_on_the_first_day_is_refused(as_manager, job, old, new):
    response = as_manager.post(CREATE, filled(job, plan_version=new.pk, start_date="2026-10-31"))

    assert errors(response) == {"plan_version": ["That plan is not in force on the first day. Choose again."]}
    assert offered(response) == [old.pk]


def test_a_propay_keeps_the_version_that_it_took_when_a_newer_one_comes(as_manager, job, plan, old):
    propay = make_propay(job, plan_version=old)
    make_version(plan, date(2026, 9, 1))
    address = reverse("propay_edit", args=[propay.pk])

    response = as_manager.post(address, filled(job, plan_version=old.pk, title="Other"))

    assert response.status_code == 302
    propay.refresh_from_db()
    assert (propay.title, propay.plan_version) == ("Other", old)


def test_a_change_of_the_plan_alone_is_a_change(as_manager, job, old):
    as_manager.post(CREATE, filled(job))
    propay = ProPay.objects.get()

    as_manager.post(reverse("propay_edit", args=[propay.pk]), filled(job, plan_version=old.pk))

    propay.refresh_from_db()
    assert propay.plan_version == old


@pytest.mark.parametrize("name", ["propay_plan_choices", "propay_plan_numbers"])
def test_workers_and_people_without_a_sign_in_are_kept_out(as_worker, anonymous, name):
    assert as_worker.get(reverse(name)).status_code == 403
    assert anonymous.get(reverse(name)).status_code == 302
