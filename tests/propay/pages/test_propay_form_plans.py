"""A bonus plan on the form of a ProPay: which are offered on which day, and what choosing one fills in."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from propay.models import BonusPlan, PlanVersion, ProPay
from tests.make import factories
from tests.make.filled import CREATE, errors, filled
from tests.make.propays import make_propay
from tests.reading import text_of

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


def test_the_version_in_effect_on_the_first_day_is_offered_and_no_other(as_manager, company, old, new):
    make_version(make_plan(company, "Out of use", is_active=False))
    make_version(make_plan(factories.make_company(), "Foreign plan"))
    address = reverse("propay_plan_choices")

    for day, versions in (("2025-12-31", []), ("2026-01-01", [old.pk]), ("2026-11-01", [new.pk]), ("soon", [])):
        assert offered(as_manager.get(address, {"start_date": day})) == versions


def test_plans_that_start_later_are_named_with_their_day(as_manager, company, old, new):
    later = make_plan(company, "December")
    for day in (date(2027, 1, 1), date(2026, 12, 1)):
        make_version(later, day)
    make_version(make_plan(company, "Out of use", is_active=False), date(2026, 12, 1))
    make_version(make_plan(factories.make_company(), "Foreign plan"), date(2026, 12, 1))
    words = "Plans that start after the start date can't be chosen yet: December (effective Dec 1, 2026)."

    for day, is_told in (("2026-10-01", True), ("2026-12-01", False), ("soon", False)):
        page = text_of(as_manager.get(reverse("propay_plan_choices"), {"start_date": day}))
        assert (words in page, "can't be chosen yet" in page) == (is_told, is_told), day


def test_a_company_whose_only_plan_starts_later_is_told_so(as_manager, job, plan):
    make_version(plan, date(2126, 1, 1))

    assert "can't be chosen yet: Standard (effective Jan 1, 2126)." in text_of(as_manager.get(CREATE))


def test_a_company_without_a_plan_in_effect_is_not_asked_for_one(as_manager):
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

    assert "Filled in from “Standard”" in response.content.decode()
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
        "pool_includes_overtime": False,
        "lead_weight": "1.25",
        "include_travel": "no",
        "burden_percent": "12.5",
        "budget_type": "PERCENT_OF_CONTRACT",
        "labor_percent": "30.00",
    }


def test_a_plan_without_a_budget_keeps_the_one_entered(as_manager, old):
    response = as_manager.get(reverse("propay_plan_numbers"), {"plan_version": old.pk})

    assert not {"budget_type", "labor_percent"} & set(json.loads(response["HX-Trigger"])["planChosen"])


@pytest.mark.parametrize("asked", ["", "x", "999999"])
def test_choosing_no_plan_changes_nothing(as_manager, asked):
    response = as_manager.get(reverse("propay_plan_numbers"), {"plan_version": asked})

    assert response.content.decode().strip() == ""
    assert "HX-Trigger" not in response


def test_the_numbers_of_another_companys_plan_are_not_shown(as_stranger, old):
    assert "HX-Trigger" not in as_stranger.get(reverse("propay_plan_numbers"), {"plan_version": old.pk})


def test_entered_values_override_the_plan_which_stays_named(as_manager, job, old):
    as_manager.post(CREATE, filled(job, plan_version=old.pk, split_percent="33"))

    propay = ProPay.objects.get()
    assert (propay.plan_version, propay.split_percent) == (old, Decimal(33))
    assert "Standard" in as_manager.get(reverse("propay_detail", args=[propay.pk])).content.decode()


def test_a_plan_not_in_effect_on_the_first_day_is_refused(as_manager, job, old, new):
    response = as_manager.post(CREATE, filled(job, plan_version=new.pk, start_date="2026-10-31"))

    problem = (
        "These rules of “Standard” start on Nov 1, 2026, after the start date. "
        "Choose “Standard (effective Jan 1, 2026)”, or a start date on or after Nov 1, 2026."
    )
    assert errors(response) == {"plan_version": [problem]}
    assert offered(response) == [old.pk, new.pk]
    assert f'<option value="{new.pk}" selected>' in response.content.decode()
    assert not ProPay.objects.exists()


STARTS_LATER = (
    "“Standard” starts on Nov 1, 2026, after the start date. Choose a start date on or after Nov 1, 2026, choose "
    "another plan, or ask an admin to start the plan earlier in Settings → Plans."
)


def test_a_chosen_plan_stays_and_says_why_it_does_not_fit_another_first_day(as_manager, new):
    asked = {"start_date": "2026-10-31", "plan_version": new.pk}

    page = as_manager.get(reverse("propay_plan_choices"), asked).content.decode()

    assert f'<option value="{new.pk}" selected>' in page
    assert STARTS_LATER in page


def test_a_chosen_plan_that_applies_needs_no_warning(as_manager, new):
    asked = {"start_date": "2026-11-01", "plan_version": new.pk}

    page = as_manager.get(reverse("propay_plan_choices"), asked).content.decode()

    assert f'<option value="{new.pk}" selected>' in page
    assert "field-error" not in page


def test_newer_rules_of_the_chosen_plan_are_named(as_manager, old, new):
    asked = {"start_date": "2026-11-02", "plan_version": old.pk}

    page = as_manager.get(reverse("propay_plan_choices"), asked).content.decode()

    assert f'<option value="{old.pk}" selected>' in page
    assert "newer rules in effect on the start date. Choose “Standard (effective Nov 1, 2026)”" in page


def test_a_plan_that_was_archived_in_the_meantime_stays_and_is_refused(as_manager, job, plan, old):
    BonusPlan.objects.update(is_active=False)

    response = as_manager.post(CREATE, filled(job, plan_version=old.pk))

    assert "is archived" in errors(response)["plan_version"][0]
    assert f'<option value="{old.pk}" selected>' in response.content.decode()
    assert not ProPay.objects.exists()


def test_a_copy_keeps_the_plan_visible_that_does_not_fit_its_first_day(as_manager, job, old, new):
    original = make_propay(job, plan_version=old, end_date=date(2026, 11, 5))

    page = as_manager.get(CREATE, {"copy": original.pk}).content.decode()

    assert f'<option value="{old.pk}" selected>' in page
    assert "has newer rules in effect on the start date" in page


def test_another_companys_plan_is_neither_shown_nor_accepted(as_manager, job):
    foreign = make_version(make_plan(factories.make_company(), "Foreign plan"))

    response = as_manager.post(CREATE, filled(job, plan_version=foreign.pk))

    assert "There is no such plan" in errors(response)["plan_version"][0]
    assert "Foreign plan" not in response.content.decode()


def test_rules_from_the_start_fit_every_first_day(as_admin, as_manager, job):
    terms = {"split_percent": "50", "lead_percent": "0", "manager_percent": "0", "company_percent": "0"}
    more = {"other_percent": "0", "distribution": "PER_HOUR", "lead_weight": "1.5", "burden_percent": "0"}
    as_admin.post(reverse("plan_create"), {"name": "Always", "start_date": "", **terms, **more})
    version = PlanVersion.objects.get()

    as_manager.post(CREATE, filled(job, plan_version=version.pk, start_date="2000-01-01"))

    assert ProPay.objects.get().plan_version == version
    assert "Always (effective the start)" in as_manager.get(CREATE).content.decode()
    assert "The start" in as_admin.get(reverse("plan_detail", args=[version.plan_id])).content.decode()


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
def test_workers_and_anonymous_users_have_no_access(as_worker, anonymous, name):
    assert as_worker.get(reverse(name)).status_code == 403
    assert anonymous.get(reverse(name)).status_code == 302
