"""The pages of bonus plans: access, refusals, and the question about open ProPays."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from propay import services
from propay.models import BonusPlan, PlanVersion, ProPay
from propay.rules.budgets import BudgetType
from tests.make import factories
from tests.make.propays import NOW, START, make_approved, make_propay
from tests.reading import markup_of

pytestmark = pytest.mark.django_db
LATER = date(2027, 2, 1)
TERMS = {
    "start_date": "2027-02-01",
    "split_percent": "60",
    "crew_percent": "",
    "lead_percent": "10",
    "manager_percent": "0",
    "company_percent": "0",
    "other_percent": "0",
    "distribution": "EQUAL",
    "lead_weight": "1.5",
    "budget_type": "",
    "labor_percent": "",
    "include_travel": "",
    "burden_percent": "0",
}


@pytest.fixture
def plan(company, admin) -> BonusPlan:
    return services.create_plan(company=company, actor=admin, name="Standard", start_date=START)


@pytest.fixture
def version(plan) -> PlanVersion:
    return plan.versions.get()


@pytest.fixture
def propay(company, admin, version) -> ProPay:
    """Open, on the plan: 5,000.00 less a day at 25.00 is 4,800.00 saved, half of it the pool."""
    worker = factories.make_worker(company)
    factories.make_wage(worker)
    job = factories.make_job(company, "Kitchen")
    factories.make_entry(worker, job)
    return services.create_propay(
        company=company,
        actor=admin,
        now=NOW,
        job=job,
        title="Kitchen",
        start_date=START,
        **{
            **services.terms_of_version(version),
            "budget_type": BudgetType.AMOUNT,
            "fixed_amount": Decimal(5000),
        },
    )


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def errors(response) -> dict[str, list[str]]:
    assert response.status_code == 200
    return {name: list(messages) for name, messages in response.context["form"].errors.items()}


# Access


@pytest.fixture
def pages(plan, version):
    """(method, path) of every page."""
    return [
        ("get", reverse("plan_list")),
        ("get", reverse("plan_create")),
        ("post", reverse("plan_create")),
        ("get", reverse("plan_detail", args=[plan.pk])),
        ("post", reverse("plan_rename", args=[plan.pk])),
        ("post", reverse("plan_activate", args=[plan.pk])),
        ("get", reverse("plan_edit", args=[plan.pk])),
        ("post", reverse("plan_edit", args=[plan.pk])),
        ("get", reverse("plan_apply", args=[version.pk])),
        ("post", reverse("plan_apply", args=[version.pk])),
        ("post", reverse("plan_version_remove", args=[version.pk])),
    ]


def test_managers_and_workers_are_refused(pages, as_manager, as_worker):
    for client in (as_manager, as_worker):
        for method, path in pages:
            assert getattr(client, method)(path).status_code == 403, path


def test_a_stranger_finds_nothing(pages, as_stranger):
    for method, path in pages[3:]:
        assert getattr(as_stranger, method)(path).status_code == 404, path
    assert "Standard" not in markup_of(as_stranger.get(reverse("plan_list")))


def test_anonymous_users_are_sent_to_sign_in(pages, anonymous):
    for method, path in pages:
        assert getattr(anonymous, method)(path)["Location"].startswith("/login/"), path


def test_an_admin_sees_each_page(pages, as_admin):
    for method, path in pages:
        if method == "get":
            assert as_admin.get(path).status_code == 200, path


@pytest.mark.parametrize("name", ["plan_rename", "plan_activate"])
def test_changes_require_posts(as_admin, plan, name):
    assert as_admin.get(reverse(name, args=[plan.pk])).status_code == 405


# The list and one plan


def test_the_list_says_what_to_do_while_there_is_no_plan(as_admin):
    response = as_admin.get(reverse("plan_list"))

    assert "No bonus plans yet" in markup_of(response)


def test_the_list_shows_what_each_plan_says_today(as_admin, company, admin, plan, propay):
    services.create_plan(
        company=company, actor=admin, name="Next year", start_date=timezone.now().date() + timedelta(days=400)
    )

    text = markup_of(as_admin.get(reverse("plan_list")))

    assert "50% of the savings · 100% crew · divided by hours worked" in text
    assert '<td data-label="Open ProPays" class="number">1</td>' in text
    assert text.count(":</div>") == 1


def test_the_list_takes_few_queries_for_many_plans(as_admin, company, admin, django_assert_max_num_queries):
    for number in range(20):
        services.create_plan(company=company, actor=admin, name=f"Plan {number}", start_date=START)

    with django_assert_max_num_queries(9):
        as_admin.get(reverse("plan_list"))


def test_the_page_of_a_plan_shows_its_versions_and_who_took_them(as_admin, company, admin, plan, propay):
    services.set_plan_terms(
        company=company,
        plan_id=plan.pk,
        start_date=LATER,
        actor=admin,
        labor_percent=Decimal(30),
        budget_type=BudgetType.PERCENT_OF_CONTRACT,
        include_travel=False,
        include_overtime_cost=True,
        burden_percent=Decimal("12.5"),
    )

    text = markup_of(as_admin.get(reverse("plan_detail", args=[plan.pk])))

    assert (
        "labor 30% of the contract price · drive time doesn't count · overtime premium in labor cost · labor "
        "burden 12.5%"
    ) in text
    assert "1 open" in text
    assert reverse("propay_detail", args=[propay.pk]) in text


def test_the_page_of_a_plan_offers_no_correction_of_what_an_approved_propay_used(as_admin, plan, version, propay):
    make_approved(propay, {})

    text = markup_of(as_admin.get(reverse("plan_detail", args=[plan.pk])))

    assert "0 open, 1 approved" in text
    assert f"?version={version.pk}" not in text


# Creating and changing


def test_create_stores_the_plan_and_leads_to_its_page(as_admin, company):
    response = as_admin.post(reverse("plan_create"), {**TERMS, "name": "Small jobs", "include_travel": "yes"})

    plan = BonusPlan.objects.get(name="Small jobs")
    version = plan.versions.get()
    assert response["Location"] == reverse("plan_detail", args=[plan.pk])
    assert (version.company, version.start_date, version.split_percent) == (company, LATER, 60)
    assert (version.crew_percent, version.lead_percent, version.include_travel) == (90, 10, True)
    assert (version.budget_type, version.labor_percent, version.distribution) == ("", None, "EQUAL")


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"name": ""}, "name", "Enter a name for the plan, like Standard or Small jobs."),
        ({"name": "Standard"}, "name", "already"),
        ({"start_date": "tomorrow"}, "start_date", "Enter a date"),
        ({"start_date": "0026-02-01"}, "start_date", "Check the year"),
        ({"split_percent": "120"}, "split_percent", "at most 100"),
        ({"split_percent": ""}, "split_percent", "required"),
        ({"crew_percent": "80", "lead_percent": "10"}, "crew_percent", "must total 100"),
        ({"lead_percent": "60", "company_percent": "60"}, "crew_percent", "must total 100"),
        ({"lead_percent": "12.345"}, "lead_percent", "two decimals"),
        ({"distribution": "LUCK"}, "distribution", "valid choice"),
        ({"distribution": "LEAD_WEIGHTED", "lead_weight": "0"}, "lead_weight", "Enter a number from"),
        (
            {"budget_type": "PERCENT_OF_CONTRACT"},
            "labor_percent",
            "Enter the labor percentage of the contract price, like 30.",
        ),
        ({"labor_percent": "0"}, "labor_percent", "at least"),
        ({"include_travel": "maybe"}, "include_travel", "valid choice"),
        ({"burden_percent": "-1"}, "burden_percent", "Enter a number from"),
    ],
)
def test_create_refuses_what_does_not_fit(as_admin, plan, typed, field, words):
    response = as_admin.post(reverse("plan_create"), {**TERMS, "name": "New", **typed})

    assert list(errors(response)) == [field]
    assert words in errors(response)[field][0]
    assert BonusPlan.objects.count() == 1


def test_a_hidden_weight_is_ignored(as_admin):
    as_admin.post(reverse("plan_create"), {**TERMS, "name": "New", "lead_weight": "x"})

    assert PlanVersion.objects.get().lead_weight == Decimal("1.5")


def test_a_new_plan_always_applies_unless_a_day_is_entered(as_admin):
    page = as_admin.get(reverse("plan_create"))
    assert page.context["form"]["start_date"].value() is None

    as_admin.post(reverse("plan_create"), {**TERMS, "name": "New", "start_date": ""})

    assert PlanVersion.objects.get().is_from_the_start


def test_edit_corrects_rules_that_no_propay_took(as_admin, plan):
    form = as_admin.get(reverse("plan_edit", args=[plan.pk])).context["form"]

    assert form["start_date"].value() == START


def test_edit_of_rules_from_the_start_begins_without_a_day(as_admin, company, admin):
    plan = services.create_plan(company=company, actor=admin, name="Standard")

    form = as_admin.get(reverse("plan_edit", args=[plan.pk])).context["form"]

    assert form["start_date"].value() is None


def test_edit_begins_with_the_rules_in_effect_and_today(as_admin, company, plan, propay):
    form = as_admin.get(reverse("plan_edit", args=[plan.pk])).context["form"]

    assert form["start_date"].value() == company.local_date(timezone.now())
    assert form["split_percent"].value() == "50.00"


def test_edit_of_a_version_begins_with_its_day(as_admin, plan, version):
    form = as_admin.get(reverse("plan_edit", args=[plan.pk]), {"version": version.pk}).context["form"]

    assert form["start_date"].value() == START


@pytest.mark.parametrize("key", ["", "x", "99999999", "9" * 30])
def test_edit_of_no_such_version_is_not_found(as_admin, plan, key):
    assert as_admin.get(reverse("plan_edit", args=[plan.pk]), {"version": key}).status_code == 404


def test_edit_without_open_propays_leads_to_the_plan(as_admin, plan):
    response = as_admin.post(reverse("plan_edit", args=[plan.pk]), TERMS)

    assert response["Location"] == reverse("plan_detail", args=[plan.pk])
    assert plan.versions.count() == 2


def test_edit_refuses_to_correct_what_an_approved_propay_used(as_admin, plan, propay):
    make_approved(propay, {})

    response = as_admin.post(reverse("plan_edit", args=[plan.pk]), {**TERMS, "start_date": START.isoformat()})

    assert "1 approved ProPay used" in errors(response)["start_date"][0]
    assert plan.versions.get().split_percent == 50


def test_rename_saves_the_name_or_says_why_not(as_admin, company, admin, plan):
    services.create_plan(company=company, actor=admin, name="Other", start_date=START)
    path = reverse("plan_rename", args=[plan.pk])

    for name, words in (
        ("Other", "already"),
        ("", "Enter a name for the plan, like Standard or Small jobs."),
        ("x" * 121, "at most 120"),
    ):
        assert words in markup_of(as_admin.post(path, {"name": name}))
    as_admin.post(path, {"name": "Large jobs"})

    plan.refresh_from_db()
    assert plan.name == "Large jobs"


def test_a_plan_is_archived_and_restored(as_admin, plan):
    path = reverse("plan_activate", args=[plan.pk])

    for is_active in (False, True):
        as_admin.post(path, {"is_active": "1" if is_active else "0"})
        plan.refresh_from_db()
        assert plan.is_active is is_active


def test_remove_deletes_an_unused_version_and_refuses_the_only_one(as_admin, company, admin, plan, version):
    later = services.set_plan_terms(company=company, plan_id=plan.pk, start_date=LATER, actor=admin)

    as_admin.post(reverse("plan_version_remove", args=[later.pk]))
    response = as_admin.post(reverse("plan_version_remove", args=[version.pk]))

    assert plan.versions.get() == version
    assert "This is the plan's only version. Archive the plan instead." in told(response)


# Asking about open ProPays


def test_edit_asks_before_it_changes_open_propays(as_admin, plan, propay):
    response = as_admin.post(reverse("plan_edit", args=[plan.pk]), {**TERMS, "start_date": START.isoformat()})

    version = plan.versions.get()
    propay.refresh_from_db()
    assert response["Location"] == reverse("plan_apply", args=[version.pk])
    assert (version.split_percent, propay.split_percent, propay.pool_amount) == (60, 50, Decimal("2400.00"))
    text = markup_of(as_admin.get(response["Location"]))
    assert "Split: 50% → 60%" in text
    assert "Crew's part: by hours worked → equally" in text
    assert '<td data-label="Current pool" class="number">$2,400.00</td>' in text
    assert '<td data-label="New pool" class="number">$2,880.00</td>' in text
    assert '<td data-label="Difference" class="number">$480.00</td>' in text


@pytest.fixture
def changed(as_admin, plan, propay) -> str:
    """The page that asks, once the plan's split became 60%."""
    terms = {**TERMS, "start_date": START.isoformat(), "lead_percent": "0", "distribution": "PER_HOUR"}
    return as_admin.post(reverse("plan_edit", args=[plan.pk]), terms)["Location"]


def pick_of(response) -> str:
    (line,) = response.context["lines"]
    return f"{line.effect.propay_id}:{line.effect.seen}"


def test_apply_changes_the_selected_propays(as_admin, changed, plan, propay):
    response = as_admin.post(changed, {"pick": pick_of(as_admin.get(changed))})

    propay.refresh_from_db()
    assert response["Location"] == reverse("plan_detail", args=[plan.pk])
    assert (propay.split_percent, propay.pool_amount) == (60, Decimal("2880.00"))
    assert told(response) == ["Applied the rules to 1 open ProPay and recalculated it."]
    assert "No open ProPay would change" in markup_of(as_admin.get(changed))


def test_apply_with_nothing_selected_changes_nothing(as_admin, changed, propay):
    response = as_admin.post(changed)

    propay.refresh_from_db()
    assert propay.split_percent == 50
    assert told(response)[-1] == "Nothing was selected, so no ProPay changed."


def test_apply_leaves_what_changed_in_the_meantime_and_shows_it_again(as_admin, company, admin, changed, propay):
    pick = pick_of(as_admin.get(changed))
    services.edit_propay(company=company, propay_id=propay.pk, actor=admin, now=NOW, split_percent=Decimal(40))

    response = as_admin.post(changed, {"pick": pick})

    propay.refresh_from_db()
    assert response["Location"] == changed
    assert propay.split_percent == 40
    assert "“Kitchen” wasn't changed. It changed while you were reviewing it. Review it again." in told(response)


def test_apply_never_changes_an_approved_propay(as_admin, changed, propay):
    pick = pick_of(as_admin.get(changed))
    make_approved(propay, {})

    as_admin.post(changed, {"pick": pick})

    propay.refresh_from_db()
    assert (propay.split_percent, propay.pool_amount) == (50, Decimal("2400.00"))


@pytest.mark.parametrize("pick", ["", "x", "1", "1:", "x:ab", "1:zz", f"{'9' * 30}:ab", "99999:ab"])
def test_apply_survives_nonsense(as_admin, changed, propay, pick):
    assert as_admin.post(changed, {"pick": pick}).status_code == 302

    propay.refresh_from_db()
    assert propay.split_percent == 50


def test_propays_that_started_before_the_version_are_not_selected(as_admin, company, admin, plan, propay):
    version = services.set_plan_terms(
        company=company, plan_id=plan.pk, start_date=LATER, actor=admin, split_percent=Decimal(60)
    )

    text = markup_of(as_admin.get(reverse("plan_apply", args=[version.pk])))

    assert 'name="pick"' in text
    assert "checked" not in text


def test_a_propay_that_cannot_take_the_rules_has_no_checkbox(as_admin, company, admin, plan, propay):
    version = services.set_plan_terms(
        company=company, plan_id=plan.pk, start_date=START, actor=admin, other_percent=Decimal(10)
    )

    text = markup_of(as_admin.get(reverse("plan_apply", args=[version.pk])))

    assert 'name="pick"' not in text
    assert "No one is named for the “Others” part." in text


def test_a_propay_of_another_plan_is_not_asked_about(as_admin, company, changed):
    make_propay(factories.make_job(company, "Bath"), title="Bath")

    assert "Bath" not in markup_of(as_admin.get(changed))
