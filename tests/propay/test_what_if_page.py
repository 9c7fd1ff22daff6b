"""The what-if page: what is, what somebody tries and the difference; saved as a ProPay or thrown away."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from propay import services
from propay.models import (
    AppliedCondition,
    BonusPlan,
    BudgetType,
    Condition,
    ConditionKind,
    CrewTerm,
    PlanVersion,
    ProPay,
    ProPayStatus,
)
from protiv.accounts.models import AuditEvent
from protiv.timekeeping.models import EntryKind, TimeEntry
from tests import factories
from tests.propay.rows import NOW, make_approved, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen", number="17")


@pytest.fixture
def crew(company):
    people = [factories.make_worker(company, name) for name in ("Ana Ruiz", "Ben Ode")]
    for worker, wage in zip(people, ("20.00", "30.00"), strict=True):
        factories.make_wage(worker, wage)
    return people


@pytest.fixture
def propay(company, job, crew):
    """Ana 50 h and Ben 20 h: 1,600.00 of 2,600.00 are used, half of the saving is 500.00: 357.14 + 142.86."""
    for day in range(5):
        factories.make_entry(crew[0], job, minutes=600, work_date=MONDAY + timedelta(day))
    for day in range(2):
        factories.make_entry(crew[1], job, minutes=600, work_date=MONDAY + timedelta(day))
    propay = make_propay(job, title="Kitchen remodel", fixed_amount=Decimal("2600.00"))
    services.refresh(company=company, now=NOW)
    propay.refresh_from_db()
    return propay


def address(propay=None, job=None) -> str:
    query = f"?propay={propay.pk}" if propay else f"?job={job.pk}" if job else ""
    return reverse("what_if") + query


def text_of(response) -> str:
    body = re.sub(r"<svg.*?</svg>|<template.*?</template>", " ", response.content.decode(), flags=re.DOTALL)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))


def filled(response) -> dict[str, list[str]]:
    """What a browser would send of the page's form."""
    form = response.context["form"]
    data: dict[str, list[str]] = {}
    for name in form.fields:
        value = form[name].value()
        if name == "crew":
            people = value or []
            for part in ("key", "name", "hours", "wage", "bonus", "share"):
                data[f"crew_{part}"] = [getattr(person, part) for person in people]
        elif name == "tasks":
            for part in ("code", "hours", "amount"):
                data[f"tasks_{part}"] = [getattr(line, part) for line in value or []]
        elif isinstance(value, bool):
            data |= {name: ["on"]} if value else {}
        elif isinstance(value, list):
            data[name] = [str(one) for one in value]
        elif value is not None:
            data[name] = [str(getattr(value, "pk", value))]
    return data


def tried(client, where, **changes) -> str:
    """The fragment that htmx gets when these fields are changed."""
    data = filled(client.get(where)) | changes
    return text_of(client.post(where, data, headers=HTMX))


# What is


def test_page_starts_with_the_propay_as_it_is(as_manager, propay):
    text = text_of(as_manager.get(address(propay)))
    assert "This is “Kitchen remodel” as it stands" in text
    assert "Bonus pool $500.00 no change" in text
    assert "Saving 2,600.00 - 1,600.00 $1,000.00 $1,000.00 no change" in text
    assert "Ana Ruiz 500.00 × 3000 / 4200 $357.14 true-up $35.71 $357.14 true-up $35.71 no change no change" in text
    assert "Share of Ben Ode (by minutes) 500.00 × 1200 / 4200 = 142.86" in text


def test_form_sent_as_it_is_changes_nothing(as_manager, propay):
    text = tried(as_manager, address(propay))
    assert "Bonus pool $500.00 no change" in text
    assert "+$" not in text
    assert "−$" not in text


def test_page_of_a_propay_without_a_budget_asks_for_one(as_manager, job, crew):
    factories.make_entry(crew[0], job)
    propay = make_propay(job, budget_type=BudgetType.HOURS)
    assert "There is no budget yet" in text_of(as_manager.get(address(propay)))
    text = tried(as_manager, address(propay), budget_hours="10")
    assert "Saving 200.00 - 160.00 $40.00" in text
    assert "As it is" not in text


# What somebody tries


def test_another_budget_shows_the_result_and_the_difference(as_manager, propay):
    text = tried(as_manager, address(propay), fixed_amount="3,000.00")
    assert "Bonus pool $700.00 +$200.00" in text
    assert "Budget 3,000.00 $2,600.00 $3,000.00 +$400.00" in text
    assert "Ana Ruiz 700.00 × 3000 / 4200 $357.14 true-up $35.71 $500.00 true-up $50.00 +$142.86 +$14.29" in text


@pytest.mark.parametrize(
    ("changes", "pool"),
    [
        ({"budget_type": "HOURS", "budget_hours": "80"}, "$114.29 −$385.71"),
        ({"budget_type": "PERCENT_OF_CONTRACT", "contract_amount": "10000", "labor_percent": "30"}, "$700.00 +$200.00"),
        ({"budget_type": "RATE", "rate_amount": "2", "quantity": "1000"}, "$200.00 −$300.00"),
        ({"adjustment_type": "PERCENT", "adjustment_value": "10"}, "$630.00 +$130.00"),
        ({"completion_percent": "50"}, "$0.00 −$500.00"),
        ({"split_percent": "80"}, "$800.00 +$300.00"),
        ({"burden_percent": "10"}, "$420.00 −$80.00"),
    ],
)
def test_every_term_moves_the_pool(as_manager, propay, changes, pool):
    assert f"Bonus pool {pool}" in tried(as_manager, address(propay), **changes)


def test_budget_by_cost_code_is_tried(as_manager, company, propay):
    code = factories.make_cost_code(company, "Framing")
    changes = {"budget_type": "TASKS", "tasks_code": [code.pk], "tasks_hours": [""], "tasks_amount": ["3000"]}
    text = tried(as_manager, address(propay), **changes)
    assert "Bonus pool $700.00 +$200.00" in text
    assert "Budget Framing 3,000.00" in text


def test_parts_and_distribution_and_people_are_tried(as_manager, company, crew, propay):
    manager = factories.make_worker(company, "Mia Boss")
    changes = {
        "crew_percent": "70",
        "lead_percent": "20",
        "manager_percent": "10",
        "lead": str(crew[1].pk),
        "paid_manager": str(manager.pk),
        "distribution": "EQUAL",
    }
    text = tried(as_manager, address(propay), **changes)
    assert "Ana Ruiz 350.00 × 1 / 1 $357.14 true-up $35.71 $350.00 true-up $35.00 −$7.14 −$0.71" in text
    assert "Ben Ode 100.00 / 1 $142.86 $100.00 −$42.86" in text
    assert "Mia Boss 50.00 / 1 $0.00 $50.00 +$50.00" in text


def test_new_payee_is_owed_overtime_on_hours_of_other_jobs(as_manager, company, propay):
    manager = factories.make_worker(company, "Mia Boss")
    other = factories.make_job(company)
    for day in range(5):
        factories.make_entry(manager, other, minutes=600, work_date=MONDAY + timedelta(day))
    changes = {"crew_percent": "90", "manager_percent": "10", "paid_manager": str(manager.pk)}
    text = tried(as_manager, address(propay), **changes)
    assert "Mia Boss 50.00 / 1 $0.00 true-up $0.00 $50.00 true-up $5.00 +$50.00 +$5.00" in text


def test_drive_time_is_tried(as_manager, crew, job, propay):
    factories.make_entry(crew[0], job, minutes=60, work_date=MONDAY, kind=EntryKind.TRAVEL)
    assert "Bonus pool $490.00 −$10.00" in tried(as_manager, address(propay), include_travel="yes")


def test_penalties_stay_on_what_is_tried(as_manager, company, propay):
    penalty = Condition.objects.create(company=company, name="Callback", kind=ConditionKind.PENALTY)
    AppliedCondition.objects.create(company=company, propay=propay, condition=penalty, amount=Decimal("100.00"))
    assert "Bonus pool $600.00 +$200.00" in tried(as_manager, address(propay), fixed_amount="3000")


# The crew


def crew_columns(response, **columns):
    data = filled(response)
    return {f"crew_{name}": data[f"crew_{name}"] + values for name, values in columns.items()}


def test_hours_of_a_real_worker_are_stretched_over_their_days(as_manager, propay):
    text = tried(as_manager, address(propay), crew_hours=["40:00", "20:00"])
    assert "Hours Ana Ruiz 40 h + Ben Ode 20 h 70:00 60:00 −10:00" in text
    assert "Labor cost 800.00 + 600.00 $1,600.00 $1,400.00 −$200.00" in text
    assert "Overtime true-up $0.00 −$35.71" in text


def test_drive_time_that_does_not_count_stays_in_the_week_of_whoevers_hours_are_changed(as_manager, crew, job, propay):
    factories.make_entry(crew[0], job, minutes=600, work_date=MONDAY, kind=EntryKind.TRAVEL)
    text = tried(as_manager, address(propay), include_travel="no", crew_hours=["40", "20:00"])
    assert "0.5 × 400.00 / 50 h × 10 h" in text


def test_hours_are_written_as_the_company_writes_them(as_manager, company, propay):
    company.hours_format = "DECIMAL"
    company.save()
    assert filled(as_manager.get(address(propay)))["crew_hours"] == ["50.00", "20.00"]
    assert "Bonus pool $500.00 no change" in tried(as_manager, address(propay))


def test_wage_of_a_real_worker_is_tried(as_manager, propay):
    assert "Labor cost 1,250.00 + 600.00" in tried(as_manager, address(propay), crew_wage=["25.00", "30.00"])


def test_worker_is_taken_off_and_somebody_added(as_manager, propay):
    page = as_manager.get(address(propay))
    data = filled(page)
    columns = {f"crew_{part}": data[f"crew_{part}"][:1] for part in ("key", "name", "hours", "wage", "bonus", "share")}
    for part, value in {"key": "", "name": "Zoe", "hours": "30", "wage": "10", "bonus": "", "share": ""}.items():
        columns[f"crew_{part}"].append(value)
    text = text_of(as_manager.post(address(propay), data | columns, headers=HTMX))
    assert "Hours Ana Ruiz 50 h + Zoe 30 h" in text
    assert "Ben Ode $142.86 $0.00 −$142.86" in text
    assert "Zoe 650.00 × 1800 / 4800" in text


def test_people_who_are_added_work_as_many_hours_a_week_as_said(as_manager):
    data = {
        "crew_key": ["", ""],
        "crew_name": ["Zoe", ""],
        "crew_hours": ["100", ""],
        "crew_wage": ["10", ""],
        "crew_bonus": ["", ""],
        "crew_share": ["", ""],
        "budget_type": "AMOUNT",
        "fixed_amount": "1400",
        "split_percent": "50",
        "completion_percent": "100",
        "distribution": "PER_HOUR",
        "burden_percent": "0",
        "start_date": "2026-11-04",
        "week_hours": "50",
        **{f"{part}_percent": "0" for part in ("lead", "manager", "company", "other")},
    }
    text = text_of(as_manager.post(address(), data, headers=HTMX))
    assert "Bonus pool $200.00" in text
    assert "Overtime true-up $20.00" in text
    assert "Zoe, week of 2026-11-02" in text
    assert "As it is" not in text


def test_no_bonus_and_typed_shares_are_tried(as_manager, propay):
    assert "Ben Ode 500.00 × 1200 / 1200 $142.86 $500.00 +$357.14" in tried(
        as_manager, address(propay), crew_bonus=["no", ""]
    )
    shares = {"distribution": "FIXED_PERCENT", "crew_share": ["75", "25"]}
    text = tried(as_manager, address(propay), **shares)
    assert "Ana Ruiz 500.00 × 75 / 100 $357.14 true-up $35.71 $375.00 true-up $37.50 +$17.86" in text
    shares = {"distribution": "MANUAL", "crew_share": ["300", "200.00"]}
    text = tried(as_manager, address(propay), **shares)
    assert "Ana Ruiz typed $357.14 true-up $35.71 $300.00 true-up $30.00 −$57.14" in text


def test_typed_shares_that_do_not_add_up_are_told(as_manager, propay):
    shares = {"distribution": "FIXED_PERCENT", "crew_share": ["75", "20"]}
    assert "add up to 95, not 100" in tried(as_manager, address(propay), **shares)


def test_worker_whose_wage_is_missing_can_be_given_one(as_manager, company, job, propay):
    factories.make_entry(factories.make_worker(company, "Cy Poe"), job, minutes=600, work_date=MONDAY)
    assert "no wage for Cy Poe" in tried(as_manager, address(propay))
    text = tried(as_manager, address(propay), crew_wage=["20.00", "30.00", "10"])
    assert "Saving 2,600.00 - 1,700.00" in text


def test_wage_that_changed_meanwhile_stays_exact_where_it_is_left_alone(as_manager, crew, propay):
    factories.make_wage(crew[0], "21.11", MONDAY + timedelta(3))
    assert "Labor cost 1,022.20 + 600.00 $1,622.20 $1,622.20 no change" in tried(as_manager, address(propay))


# Wrong inputs


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"fixed_amount": ""}, "Enter the budget in dollars"),
        ({"fixed_amount": "many"}, "is not an amount"),
        ({"split_percent": "101"}, "at most 100"),
        ({"split_percent": ""}, "required"),
        ({"crew_percent": "90"}, "add up to 90 %"),
        ({"company_percent": "120"}, "at most 100"),
        ({"other_percent": "10"}, "Say who gets the part of others"),
        ({"adjustment_type": "PERCENT", "adjustment_value": "-500"}, "must be between -100"),
        ({"crew_hours": ["x", "20:00"]}, "Ana Ruiz: “x” is not a number of hours"),
        ({"crew_wage": ["", "30.00"]}, "Ana Ruiz: enter the wage"),
        ({"crew_wage": ["0", "30.00"]}, "A wage must be more than 0"),
        ({"crew_key": ["99", ""]}, "not on this crew any more"),
        ({"crew_share": ["x", ""]}, "Ana Ruiz: This is not a number"),
        ({"week_hours": "200"}, "Enter a number from 1 to 120"),
        ({"lead": "999999"}, "Select a valid choice"),
        ({"distribution": "FAIR"}, "Select a valid choice"),
        ({"budget_type": "TASKS"}, "Enter at least one line"),
    ],
)
def test_wrong_input_is_told_instead_of_a_result(as_manager, propay, changes, message):
    text = tried(as_manager, address(propay), **changes)
    assert message in text
    assert "Who gets how much" not in text


def test_somebody_listed_twice_is_refused(as_manager, propay):
    key = filled(as_manager.get(address(propay)))["crew_key"][0]
    assert "listed twice" in tried(as_manager, address(propay), crew_key=[key, key])


# Plans


def test_choosing_a_plan_offers_every_version_and_keeps_it_when_saved(as_manager, company, propay):
    plan = BonusPlan.objects.create(company=company, name="Crew plan")
    later = PlanVersion.objects.create(company=company, plan=plan, start_date=date(2027, 1, 1), split_percent=80)
    page = as_manager.get(address(propay))
    assert "Crew plan (from Jan 1, 2027)" in text_of(page)
    changes = {"plan_version": str(later.pk), "split_percent": "80"}
    as_manager.post(address(propay), filled(page) | changes | {"save": "1"})
    propay.refresh_from_db()
    assert (propay.plan_version, propay.split_percent, propay.pool_amount) == (later, 80, Decimal("800.00"))


# Saving and throwing away


def rows_of_everything(company):
    return [list(model.objects.filter(company=company).values()) for model in (ProPay, CrewTerm, TimeEntry, AuditEvent)]


def test_trying_stores_nothing(as_manager, company, propay):
    before = rows_of_everything(company)
    tried(as_manager, address(propay), fixed_amount="3000", crew_bonus=["no", ""])
    as_manager.post(address(propay), filled(as_manager.get(address(propay))) | {"fixed_amount": "3000"})
    assert rows_of_everything(company) == before


def test_saving_changes_the_terms_and_the_crews_and_never_the_time(as_manager, company, crew, propay):
    times = list(TimeEntry.objects.values())
    data = filled(as_manager.get(address(propay)))
    changes = {"fixed_amount": "3000", "crew_bonus": ["no", ""], "crew_hours": ["10", "20:00"], "save": "1"}
    response = as_manager.post(address(propay), data | changes)
    assert response["Location"] == reverse("propay_detail", args=[propay.pk])
    propay.refresh_from_db()
    assert (propay.title, propay.fixed_amount, propay.pool_amount) == (
        "Kitchen remodel",
        Decimal("3000.00"),
        Decimal("700.00"),
    )
    assert [(term.worker, term.no_bonus) for term in propay.crew_terms.all()] == [(crew[0], True)]
    assert list(TimeEntry.objects.values()) == times
    actions = AuditEvent.objects.filter(company=company).values_list("action", flat=True)
    assert {"propay.edited", "propay.crew_set"} <= set(actions)


def test_saving_keeps_what_the_page_does_not_show(as_manager, company, crew, propay):
    code = factories.make_cost_code(company)
    TimeEntry.objects.update(cost_code=code)
    propay.cost_codes.set([code])
    CrewTerm.objects.create(company=company, propay=propay, worker=crew[1], fixed_percent=Decimal("40.00"))
    as_manager.post(address(propay), filled(as_manager.get(address(propay))) | {"split_percent": "60", "save": "1"})
    propay.refresh_from_db()
    assert (propay.split_percent, propay.start_date, list(propay.cost_codes.all())) == (60, date(2026, 10, 1), [code])
    assert propay.crew_terms.get().fixed_percent == Decimal("40.00")


def test_worker_who_draws_no_bonus_anywhere_gets_no_term_of_this_propay(as_manager, crew, propay):
    crew[0].no_bonus = True
    crew[0].save()
    as_manager.post(address(propay), filled(as_manager.get(address(propay))) | {"split_percent": "60", "save": "1"})
    assert not propay.crew_terms.exists()


def test_saving_is_refused_where_somebody_changed_it_meanwhile(as_manager, propay):
    data = filled(as_manager.get(address(propay)))
    ProPay.objects.update(split_percent=Decimal(10))
    response = as_manager.post(address(propay), data | {"fixed_amount": "3000", "save": "1"})
    assert "Somebody changed this ProPay" in text_of(response)
    propay.refresh_from_db()
    assert propay.fixed_amount == Decimal("2600.00")


def test_saving_shares_that_do_not_add_up_stores_nothing_at_all(as_manager, propay):
    data = filled(as_manager.get(address(propay)))
    changes = {"distribution": "MANUAL", "crew_share": ["1", "2"], "crew_hours": ["10", "20:00"], "save": "1"}
    response = as_manager.post(address(propay), data | changes)
    assert response.status_code == 200
    propay.refresh_from_db()
    assert (propay.distribution, propay.crew_terms.count()) == ("PER_HOUR", 0)


def test_approved_propay_shows_what_it_would_have_been_and_can_not_be_saved(as_manager, company, propay):
    from propay.figures import plan_of
    from propay.frozen import freeze
    from propay.models import Snapshot

    entries = dict.fromkeys(TimeEntry.objects.all(), "20.00")
    plan = plan_of(ProPay.objects.select_related("job").get(pk=propay.pk))
    make_approved(propay, {}, entries)
    Snapshot.objects.update(terms=freeze(plan))
    page = as_manager.get(address(propay))
    assert "It is approved and can't be changed any more" in text_of(page)
    assert "Save to this ProPay" not in text_of(page)
    assert "Saving 3,000.00 - 1,400.00 $1,200.00 $1,600.00 +$400.00" in tried(
        as_manager, address(propay), fixed_amount="3000"
    )
    refused = as_manager.post(address(propay), filled(page) | {"split_percent": "60", "save": "1"})
    assert "is approved and can't be changed" in text_of(refused)


def test_approved_propay_keeps_the_jobs_budget_that_was_frozen(as_manager, company, crew):
    job = factories.make_job(company, synced_budget_minutes=100 * 60)
    entry = factories.make_entry(crew[0], job, minutes=600, work_date=MONDAY)
    propay = make_propay(job, budget_type=BudgetType.HOURS)
    services.refresh(company=company, now=NOW)
    make_approved(propay, {}, {entry: "20.00"})
    type(job).objects.update(synced_budget_minutes=200 * 60)
    assert "Budget 100 h × 20.00 $2,000.00 $2,000.00 no change" in tried(as_manager, address(propay))


# A job without a ProPay, and nothing real


def test_job_with_a_propay_leads_to_it(as_manager, job, propay):
    assert as_manager.get(address(job=job))["Location"] == address(propay)


def test_job_without_a_propay_is_tried_and_saved(as_manager, job, propay):
    ProPay.objects.update(status=ProPayStatus.CANCELED)
    page = as_manager.get(address(job=job))
    assert "has no ProPay yet" in text_of(page)
    data = filled(page)
    assert (data["start_date"], data["title"]) == (["2026-11-02"], ["Kitchen"])
    changes = {"budget_type": "AMOUNT", "fixed_amount": "2600", "crew_bonus": ["no", ""]}
    assert "Ben Ode 500.00 × 1200 / 1200 $500.00" in text_of(
        as_manager.post(address(job=job), data | changes, headers=HTMX)
    )
    as_manager.post(address(job=job), data | changes | {"save": "1"})
    saved = ProPay.objects.get(status="STARTED")
    assert (saved.job, saved.title, saved.pool_amount) == (job, "Kitchen", Decimal("500.00"))
    assert saved.crew_terms.get().no_bonus
    assert saved.manager.user.email == "manager@acme.test"


def test_first_and_last_day_of_a_new_propay_decide_which_time_counts(as_manager, job, propay):
    ProPay.objects.update(status=ProPayStatus.CANCELED)
    changes = {"budget_type": "AMOUNT", "fixed_amount": "2600", "start_date": "2026-11-03", "end_date": "2026-11-04"}
    text = tried(as_manager, address(job=job), **changes)
    assert "Hours Ana Ruiz 20 h + Ben Ode 10 h" in text
    assert "/ 50 h × 10 h" in text  # the week has all of Ana's hours still


@pytest.mark.parametrize(
    ("fields", "budget_type"),
    [({"synced_budget_minutes": 600}, "HOURS"), ({"synced_contract_amount": "1000.00"}, "PERCENT_OF_CONTRACT")],
)
def test_job_begins_with_the_budget_that_it_has(as_manager, company, fields, budget_type):
    job = factories.make_job(company, **fields)
    assert filled(as_manager.get(address(job=job)))["budget_type"] == [budget_type]


@time_machine.travel("2026-11-09T15:00:00Z", tick=False)
def test_typed_case_needs_a_job_to_be_saved(as_manager, job):
    page = as_manager.get(address())
    assert "Start from a job" in text_of(page)
    data = filled(page) | {"fixed_amount": "1400", "save": "1"}
    refused = as_manager.post(address(), data)
    assert "Choose the job that the ProPay is for" in text_of(refused)
    as_manager.post(address(), data | {"job": str(job.pk)})
    saved = ProPay.objects.get()
    assert (saved.job, saved.title, saved.fixed_amount) == (job, "Kitchen", Decimal("1400.00"))


def test_saving_a_new_one_is_refused_where_another_claims_the_time(as_manager, job, propay):
    data = filled(as_manager.get(address())) | {"fixed_amount": "1400", "save": "1", "job": str(job.pk)}
    assert "already claims time on this job" in text_of(as_manager.post(address(), data))
    assert ProPay.objects.count() == 1


def test_propay_its_list_and_its_job_lead_to_the_what_if(as_manager, job, propay):
    pages = {
        reverse("propay_detail", args=[propay.pk]): address(propay),
        reverse("propay_list"): address(),
        reverse("job_detail", args=[job.pk]): address(job=job),
    }
    for page, where in pages.items():
        assert f'href="{where}"' in as_manager.get(page).content.decode()


def test_long_list_of_jobs_says_how_to_start_from_any_other(as_manager, company, monkeypatch):
    monkeypatch.setattr("propay.views.what_if.LISTED_AT_MOST", 1)
    for name in ("Attic", "Bath"):
        factories.make_job(company, name)
    page = text_of(as_manager.get(address()))
    assert "For any other, open its own page" in page
    assert len(as_manager.get(address()).context["jobs"]) == 1


# Who may


def test_who_may_ask_what_if(anonymous, as_worker, as_manager, as_admin, as_stranger, job, propay):
    free = factories.make_job(propay.company)
    for where in (address(), address(propay), address(job=free)):
        assert anonymous.get(where).status_code == 302
        assert as_worker.get(where).status_code == as_worker.post(where).status_code == 403
        assert as_manager.get(where).status_code == as_admin.get(where).status_code == 200
    for where in (address(propay), address(job=job), address(job=free)):
        assert as_stranger.get(where).status_code == as_stranger.post(where).status_code == 404
    assert as_stranger.get(address()).status_code == 200


@pytest.mark.parametrize("query", ["?propay=x", "?propay=", "?propay=99999999", "?job=x", "?job=99999999"])
def test_address_of_nothing_is_not_found(as_manager, query):
    assert as_manager.get(reverse("what_if") + query).status_code == 404


def test_strangers_people_and_plans_are_not_offered_and_not_taken(as_manager, stranger, propay):
    other = stranger.memberships.get().company
    alien = factories.make_worker(other, "Al Ien")
    plan = PlanVersion.objects.create(
        company=other, plan=BonusPlan.objects.create(company=other, name="Theirs"), start_date=MONDAY
    )
    page = text_of(as_manager.get(address(propay)))
    assert "Al Ien" not in page
    assert "Theirs" not in page
    assert "Select a valid choice" in tried(as_manager, address(propay), lead=str(alien.pk))
    assert "Choose again" in tried(as_manager, address(propay), plan_version=str(plan.pk))


def test_answer_takes_few_queries_however_large_the_crew(
    as_manager, company, job, propay, django_assert_max_num_queries
):
    for _ in range(180):
        worker = factories.make_worker(company)
        factories.make_wage(worker)
        factories.make_entry(worker, job, work_date=MONDAY)
    data = filled(as_manager.get(address(propay)))
    with django_assert_max_num_queries(24):
        answer = as_manager.post(address(propay), data, headers=HTMX)
    assert len(answer.context["answer"].people) == 182


# What somebody keeps, to compare with


def kept_in(response) -> str:
    (value,) = re.findall(r'name="kept" id="id_kept" value="([^"]*)"', response.content.decode())
    return unescape(value)


def test_an_outcome_is_kept_to_compare_others_with_where_nothing_is_real(as_manager, job, propay):
    ProPay.objects.update(status=ProPayStatus.CANCELED)
    where = address(job=job)
    data = filled(as_manager.get(where)) | {"budget_type": "AMOUNT", "fixed_amount": "2600"}
    first = as_manager.post(where, data | {"keep": "1"}, headers=HTMX)
    assert "Bonus pool $500.00 no change" in text_of(first)
    second = as_manager.post(where, data | {"kept": kept_in(first), "fixed_amount": "3000"}, headers=HTMX)
    assert "Figure As kept What-if Difference" in text_of(second)
    assert "Bonus pool $700.00 +$200.00" in text_of(second)
    assert "Ana Ruiz 700.00 × 3000 / 4200 $357.14 true-up $35.71 $500.00" in text_of(second)
    assert kept_in(second) == kept_in(first)


def test_what_is_kept_stays_while_something_is_wrong(as_manager, job, propay):
    ProPay.objects.update(status=ProPayStatus.CANCELED)
    where = address(job=job)
    data = filled(as_manager.get(where)) | {"budget_type": "AMOUNT", "fixed_amount": "2600", "keep": "1"}
    kept = kept_in(as_manager.post(where, data, headers=HTMX))
    assert kept_in(as_manager.post(where, data | {"kept": kept, "fixed_amount": "x"})) == kept


@pytest.mark.parametrize("kept", ["x", "[]", "{}", '{"minutes": 1}', "null"])
def test_kept_text_that_is_no_outcome_is_ignored(as_manager, job, propay, kept):
    ProPay.objects.update(status=ProPayStatus.CANCELED)
    where = address(job=job)
    data = filled(as_manager.get(where)) | {"budget_type": "AMOUNT", "fixed_amount": "2600", "kept": kept}
    assert "As kept" not in text_of(as_manager.post(where, data, headers=HTMX))


def test_kept_amounts_that_are_no_numbers_are_ignored(as_manager, job, propay):
    ProPay.objects.update(status=ProPayStatus.CANCELED)
    where = address(job=job)
    data = filled(as_manager.get(where)) | {"budget_type": "AMOUNT", "fixed_amount": "2600", "keep": "1"}
    kept = kept_in(as_manager.post(where, data, headers=HTMX)).replace('"500.00"', '"NaN"')
    del data["keep"]
    assert "As kept" not in text_of(as_manager.post(where, data | {"kept": kept}, headers=HTMX))


def test_a_real_propay_is_always_compared_with_what_it_is(as_manager, propay):
    data = filled(as_manager.get(address(propay))) | {"fixed_amount": "3000", "keep": "1"}
    text = text_of(as_manager.post(address(propay), data, headers=HTMX))
    assert "Bonus pool $700.00 +$200.00" in text
    assert "Compare with this" not in text
