"""The automation page: access, refusals, the preview, and exclusions."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from propay import services
from propay.models import AutomationExclusion, AutomationRule, BonusPlan, ExclusionKind, ProPay
from tests.make import factories
from tests.reading import markup_of

pytestmark = pytest.mark.django_db
PATH = "/settings/automation/"
GO_LIVE = date(2026, 1, 1)


@pytest.fixture
def plan(company, admin) -> BonusPlan:
    return services.create_plan(company=company, actor=admin, name="Standard", start_date=GO_LIVE)


@pytest.fixture
def rule(company, admin, plan) -> AutomationRule:
    return services.save_automation_rule(
        company=company, actor=admin, is_on=True, plan=plan, moment="FIRST_TIME", go_live_date=GO_LIVE
    )


@pytest.fixture
def worked(company):
    worker = factories.make_worker(company)
    factories.make_wage(worker, "25.00")

    def worked(name, **fields):
        job = factories.make_job(company, name, **{"synced_budget_minutes": 4800, **fields})
        factories.make_entry(worker, job)
        return job

    return worked


@pytest.fixture
def typed(plan):
    return {"is_on": "on", "plan": plan.pk, "moment": "JOB_APPEARS", "go_live_date": "2026-01-01"}


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


# Access


def test_the_pages_are_for_admins(as_admin, as_manager, as_worker, anonymous, company, admin, rule):
    exclusion = services.add_exclusion(company=company, actor=admin, kind=ExclusionKind.NAME_PATTERN, pattern="x")
    pages = [
        ("get", PATH),
        ("post", PATH),
        ("post", reverse("automation_run")),
        ("post", reverse("automation_exclude")),
        ("post", reverse("automation_include", args=[exclusion.pk])),
    ]

    for method, path in pages:
        assert getattr(as_manager, method)(path).status_code == 403, path
        assert getattr(as_worker, method)(path).status_code == 403, path
        assert getattr(anonymous, method)(path)["Location"].startswith("/login/"), path
    assert as_admin.get(PATH).status_code == 200
    assert as_admin.get(reverse("automation_run")).status_code == 405
    assert AutomationExclusion.objects.count() == 1


def test_a_stranger_sees_and_changes_nothing_of_it(as_stranger, company, admin, plan, rule, worked, typed):
    worked("Kitchen")
    exclusion = services.add_exclusion(company=company, actor=admin, kind=ExclusionKind.NAME_PATTERN, pattern="secret")

    text = markup_of(as_stranger.get(PATH))
    assert as_stranger.post(reverse("automation_include", args=[exclusion.pk])).status_code == 404
    as_stranger.post(reverse("automation_run"))
    refused = as_stranger.post(PATH, typed)

    assert "secret" not in text
    assert "is archived" in refused.context["form"].errors["plan"][0]
    assert not ProPay.objects.exists()
    assert AutomationExclusion.objects.exists()


# Setup


def test_without_a_plan_the_page_says_what_to_do(as_admin):
    text = markup_of(as_admin.get(PATH))

    assert "Automatic ProPays" in text
    assert reverse("plan_create") in text


def test_the_form_starts_with_today_as_the_go_live_date(as_admin, company, plan):
    form = as_admin.get(PATH).context["form"]

    assert form["go_live_date"].value() == company.local_date(timezone.now())
    assert not form["is_on"].value()


def test_saving_stores_the_rule(as_admin, company, plan, typed):
    response = as_admin.post(PATH, typed)

    rule = AutomationRule.objects.get()
    assert response["Location"] == PATH
    assert (rule.company, rule.plan, rule.is_on) == (company, plan, True)
    assert (rule.moment, rule.go_live_date) == ("JOB_APPEARS", GO_LIVE)
    form = as_admin.get(PATH).context["form"]
    assert (form["plan"].value(), form["is_on"].value(), form["moment"].value()) == (plan.pk, True, "JOB_APPEARS")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"plan": ""}, "Choose the plan"),
        ({"plan": "99999"}, "is archived"),
        ({"plan": "x"}, "is archived"),
        ({"moment": "NEVER"}, "valid choice"),
        ({"moment": ""}, "required"),
        ({"go_live_date": ""}, "required"),
        ({"go_live_date": "soon"}, "Enter a date"),
        ({"go_live_date": "2025-12-31"}, "starts on Jan 1, 2026"),
    ],
)
def test_wrong_input_is_refused_at_its_field(as_admin, typed, wrong, words):
    (field,) = wrong
    response = as_admin.post(PATH, {**typed, **wrong})

    assert words in response.context["form"].errors[field][0]
    assert f'id="id_{field}_error"' in response.text
    assert not AutomationRule.objects.exists()


def test_an_archived_plan_cannot_be_chosen(as_admin, company, admin, plan, typed):
    services.set_plan_active(company=company, plan_id=plan.pk, is_active=False, actor=admin)

    response = as_admin.post(PATH, typed)

    assert "is archived" in response.context["form"].errors["plan"][0]
    assert not AutomationRule.objects.exists()


# The lists


def test_the_page_previews_propays_and_creates_none(as_admin, rule, worked):
    worked("Kitchen")
    worked("Bath", synced_budget_minutes=None)

    text = markup_of(as_admin.get(PATH))

    assert "80:00 hours" in text
    assert "no bonus until the job has budget hours" in text
    assert not ProPay.objects.exists()


def test_the_page_shows_excluded_jobs_and_the_reason(as_admin, company, admin, rule, worked):
    worked("Warranty 12")
    services.add_exclusion(company=company, actor=admin, kind=ExclusionKind.NAME_PATTERN, pattern="warranty")

    text = markup_of(as_admin.get(PATH, {"show": "left-out"}))

    assert "Its name or number matches “warranty”." in text


def test_the_page_lists_the_automatic_propays_whose_budget_is_missing(as_admin, company, admin, rule, worked):
    hours, both = worked("Bath", synced_budget_minutes=None), worked("Kitchen")
    services.automate(company=company, now=timezone.now())

    text = markup_of(as_admin.get(PATH, {"show": "missing"}))
    assert "Budget hours of the job" in text
    assert reverse("job_detail", args=[hours.pk]) in text
    assert reverse("job_detail", args=[both.pk]) not in text

    hours.typed_budget_minutes = 600
    hours.save()
    assert "Every automatic ProPay has its budget." in markup_of(as_admin.get(PATH, {"show": "missing"}))


@pytest.mark.parametrize("asked", [{"show": "nonsense"}, {"page": "99"}, {"page": "x"}])
def test_the_page_survives_nonsense(as_admin, rule, worked, asked):
    worked("Kitchen")

    assert "Kitchen" in markup_of(as_admin.get(PATH, asked))


def test_the_page_takes_few_queries_for_many_jobs(as_admin, rule, worked, django_assert_max_num_queries):
    for number in range(60):
        worked(f"Job {number}")

    with django_assert_max_num_queries(23):
        as_admin.get(PATH)


@pytest.mark.parametrize(("go_live_date", "warns"), [("2026-11-03", True), ("2026-11-04", False)])
def test_the_page_warns_if_jobs_under_way_look_like_new_ones(as_admin, typed, rule, worked, go_live_date, warns):
    worked("Kitchen")  # time on November 3

    as_admin.post(PATH, {**typed, "go_live_date": go_live_date})

    assert ("Your imported time starts on Nov 3, 2026" in markup_of(as_admin.get(PATH))) is warns


# Run now


def test_run_now_creates_them_and_says_how_many(as_admin, admin, rule, worked):
    worked("Kitchen")
    worked("Bath", synced_budget_minutes=None)

    first, second = as_admin.post(reverse("automation_run")), as_admin.post(reverse("automation_run"))

    assert ProPay.objects.filter(is_automatic=True).count() == 2
    assert told(first) == ["Created 2 ProPays. Without a budget: 1. See Missing budget."]
    assert told(second)[-1] == "No ProPays to create."


def test_run_now_creates_nothing_while_it_is_off(as_admin, company, admin, plan, rule, worked):
    services.save_automation_rule(
        company=company, actor=admin, is_on=False, plan=plan, moment="FIRST_TIME", go_live_date=GO_LIVE
    )
    worked("Kitchen")

    response = as_admin.post(reverse("automation_run"))

    assert told(response) == ["Automation is off, so nothing was created. Turn it on first."]
    assert "Run now" not in markup_of(as_admin.get(PATH))
    assert not ProPay.objects.exists()


# Exclusions


def test_jobs_are_excluded_by_name_by_cost_code_and_one_by_one(as_admin, company, rule):
    code, job = factories.make_cost_code(company, "Shop"), factories.make_job(company, "House")
    path = reverse("automation_exclude")

    for sent in (
        {"kind": "NAME_PATTERN", "pattern": " TEST-* ", "job": job.pk},
        {"kind": "COST_CODE", "cost_code": code.pk},
        {"kind": "JOB", "job": job.pk},
    ):
        assert as_admin.post(path, sent)["Location"] == PATH

    found = list(AutomationExclusion.objects.order_by("pk").values_list("kind", "pattern", "cost_code", "job"))
    assert found == [
        ("NAME_PATTERN", "TEST-*", None, None),
        ("COST_CODE", "", code.pk, None),
        ("JOB", "", None, job.pk),
    ]
    text = markup_of(as_admin.get(PATH))
    assert "TEST-*" in text
    assert "House" in text


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({}, "kind", "required"),
        ({"kind": "ALL"}, "kind", "valid choice"),
        ({"kind": "NAME_PATTERN"}, "pattern", "Enter part of the name or number, like warranty or TEST-*."),
        (
            {"kind": "NAME_PATTERN", "pattern": "  "},
            "pattern",
            "Enter part of the name or number, like warranty or TEST-*.",
        ),
        ({"kind": "NAME_PATTERN", "pattern": "x" * 121}, "pattern", "at most 120"),
        ({"kind": "COST_CODE"}, "cost_code", "Choose the cost code"),
        ({"kind": "COST_CODE", "cost_code": "99999"}, "cost_code", "no such cost code"),
        ({"kind": "JOB", "pattern": "x"}, "job", "Choose the job"),
        ({"kind": "JOB", "job": "x"}, "job", "no such job"),
    ],
)
def test_an_exclusion_without_effect_is_refused(as_admin, rule, sent, field, words):
    response = as_admin.post(reverse("automation_exclude"), sent)

    assert words in response.context["exclusion_form"].errors[field][0]
    assert not AutomationExclusion.objects.exists()


def test_nothing_of_another_company_is_excluded(as_admin, rule, stranger):
    other = stranger.memberships.get().company

    response = as_admin.post(
        reverse("automation_exclude"), {"kind": "JOB", "job": factories.make_job(other, "Foreign").pk}
    )

    assert "no such job" in response.context["exclusion_form"].errors["job"][0]


def test_an_exclusion_is_removed(as_admin, company, admin, rule, worked):
    job = worked("House")
    exclusion = services.add_exclusion(company=company, actor=admin, kind=ExclusionKind.JOB, job=job)

    response = as_admin.post(reverse("automation_include", args=[exclusion.pk]))

    assert told(response) == ["No longer excluded: “House”. The next sync may create ProPays for these jobs."]
    assert not AutomationExclusion.objects.exists()
    assert as_admin.post(reverse("automation_include", args=[exclusion.pk])).status_code == 404


def test_a_price_is_shown_with_the_plans_percentage(as_admin, company, admin, plan, rule, worked):
    services.set_plan_terms(
        company=company,
        plan_id=plan.pk,
        start_date=GO_LIVE + timedelta(1),
        actor=admin,
        budget_type="PERCENT_OF_CONTRACT",
        labor_percent=Decimal(30),
    )
    worked("Kitchen", synced_contract_amount=Decimal(9000))

    assert "30% of $9,000.00" in markup_of(as_admin.get(PATH))


# Before setup


def test_the_proposed_go_live_date_says_which_jobs_it_excludes(as_admin, plan, worked):
    worked("Kitchen")
    worked("Bath")
    worked("Long gone", is_active=False)

    text = markup_of(as_admin.get(PATH))

    assert "2 jobs have time before today, since Nov 3, 2026." in text
    assert "they get no ProPay automatically" in text


def test_a_company_without_earlier_time_needs_no_warning(as_admin, plan):
    assert "before today" not in markup_of(as_admin.get(PATH))
