"""The form of a ProPay: valid input, and what is refused with which message on which field."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from propay import services
from propay.models import ProPay
from propay.rules.budgets import BudgetType
from protiv.accounts.models import HoursFormat, Membership, Role
from tests.make import factories
from tests.make.filled import CREATE, errors, filled, sent_by
from tests.make.propays import START, make_propay, put
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(company):
    return factories.make_job(
        company, "Kitchen", number="17", synced_budget_minutes=4830, synced_contract_amount=Decimal("10000.00")
    )


@pytest.fixture
def typed(job):
    """A form filled in well; whatever a test changes, it passes."""

    def typed(**changes):
        return filled(job, **changes)

    return typed


def test_create_stores_the_propay_and_leads_to_its_page(as_manager, company, job, manager, typed):
    member = Membership.objects.get(user=manager)
    codes = [factories.make_cost_code(company), factories.make_cost_code(company)]
    sent = typed(
        manager=member.pk,
        end_date="2026-12-31",
        include_travel="yes",
        cost_codes=[code.pk for code in codes],
        company_percent="12.5",
    )

    response = as_manager.post(CREATE, sent)

    propay = ProPay.objects.get()
    assert response["Location"] == reverse("propay_detail", args=[propay.pk])
    assert (propay.company, propay.job, propay.title, propay.manager) == (company, job, "Kitchen remodel", member)
    assert (propay.budget_minutes, propay.crew_percent, propay.include_travel) == (4830, Decimal("87.5"), True)
    assert (propay.start_date, propay.end_date) == (date(2026, 10, 1), date(2026, 12, 31))
    assert set(propay.cost_codes.all()) == set(codes)


@pytest.mark.parametrize(("text", "minutes"), [("80", 4800), ("80.5", 4830), ("80:30", 4830), ("1,000", 60000)])
def test_budget_hours_are_read_as_people_write_them(as_manager, typed, text, minutes):
    as_manager.post(CREATE, typed(budget_hours=text))

    assert ProPay.objects.get().budget_minutes == minutes


@pytest.mark.parametrize("text", ["5000", "5,000.00", "$5,000", " 5000.0 "])
def test_dollars_are_read_as_people_write_them(as_manager, typed, text):
    as_manager.post(CREATE, typed(budget_type="AMOUNT", fixed_amount=text))

    assert ProPay.objects.get().fixed_amount == Decimal("5000.00")


def test_an_empty_title_becomes_the_jobs_name(as_manager, typed):
    as_manager.post(CREATE, typed(title="  "))

    assert ProPay.objects.get().title == "Kitchen"


def test_an_empty_budget_means_the_jobs(as_manager, typed):
    as_manager.post(CREATE, typed(budget_hours=""))

    assert ProPay.objects.get().budget_minutes is None


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"job": ""}, "job", "Choose the job"),
        ({"job": "999999"}, "job", "valid choice"),
        ({"job": "9" * 40}, "job", "valid choice"),
        ({"job": "x"}, "job", "valid choice"),
        ({"title": "x" * 256}, "title", "at most 255"),
        ({"manager": "999999"}, "manager", "valid choice"),
        ({"budget_type": ""}, "budget_type", "Choose the labor budget type"),
        ({"budget_type": "BARTER"}, "budget_type", "valid choice"),
        ({"budget_hours": "many"}, "budget_hours", "like 300, 300:30, or 300.5"),
        ({"budget_hours": "0"}, "budget_hours", "more than 0"),
        ({"budget_hours": "-8"}, "budget_hours", "n't a number of hours"),
        ({"budget_hours": "8:75"}, "budget_hours", "n't a number of hours"),
        ({"budget_hours": "9999999"}, "budget_hours", "at most"),
        ({"budget_type": "AMOUNT"}, "fixed_amount", "Enter the budget in dollars"),
        ({"budget_type": "AMOUNT", "fixed_amount": "lots"}, "fixed_amount", "isn't an amount"),
        ({"budget_type": "AMOUNT", "fixed_amount": "0"}, "fixed_amount", "dollar amount must be more than 0"),
        ({"budget_type": "AMOUNT", "fixed_amount": "1.234"}, "fixed_amount", "two decimals"),
        ({"budget_type": "AMOUNT", "fixed_amount": "99999999999"}, "fixed_amount", "at most"),
        ({"budget_type": "PERCENT_OF_CONTRACT"}, "labor_percent", "the labor percentage"),
        ({"budget_type": "PERCENT_OF_CONTRACT", "labor_percent": "0"}, "labor_percent", "at least 0.01"),
        ({"budget_type": "PERCENT_OF_CONTRACT", "labor_percent": "100.01"}, "labor_percent", "at most 100"),
        ({"budget_type": "PERCENT_OF_CONTRACT", "labor_percent": "NaN"}, "labor_percent", "Enter a percentage"),
        (
            {"budget_type": "PERCENT_OF_CONTRACT", "labor_percent": "30", "contract_amount": "-1"},
            "contract_amount",
            "isn't an amount",
        ),
        ({"split_percent": ""}, "split_percent", "required"),
        ({"split_percent": "101"}, "split_percent", "at most 100"),
        ({"split_percent": "-1"}, "split_percent", "at least 0"),
        ({"split_percent": "33.333"}, "split_percent", "two decimals"),
        ({"company_percent": "1e9"}, "company_percent", "at most 100"),
        ({"company_percent": "half"}, "company_percent", "Enter a percentage"),
        ({"start_date": ""}, "start_date", "required"),
        ({"start_date": "yesterday"}, "start_date", "like 2026-11-02"),
        ({"start_date": "2026-02-30"}, "start_date", "like 2026-11-02"),
        ({"start_date": "0026-10-01"}, "start_date", "Check the year"),
        ({"end_date": "9999-12-31"}, "end_date", "Check the year"),
        ({"end_date": "2026-09-30"}, "end_date", "before the start date"),
        ({"cost_codes": ["999999"]}, "cost_codes", "valid choice"),
        ({"cost_codes": ["x"]}, "cost_codes", "not a valid value"),
        ({"include_travel": "maybe"}, "include_travel", "valid choice"),
    ],
)
def test_create_refuses_invalid_input_on_its_field_and_saves_nothing(as_manager, typed, changes, field, words):
    response = as_manager.post(CREATE, typed(**changes))

    assert words in " ".join(errors(response)[field])
    assert list(errors(response)) == [field]
    assert f'aria-describedby="id_{field}' in response.content.decode()
    assert not ProPay.objects.exists()


def test_fields_of_another_budget_are_ignored(as_manager, typed):
    as_manager.post(CREATE, typed(fixed_amount="lots", labor_percent="-5", contract_amount="x"))

    propay = ProPay.objects.get()
    assert (propay.fixed_amount, propay.labor_percent, propay.contract_amount) == (None, None, None)


def test_the_form_offers_nothing_of_another_company(as_manager, company, typed):
    other = factories.make_company()
    foreign_job = factories.make_job(other, "Foreign job")
    foreign_member = factories.make_member(other, Role.MANAGER)
    foreign_code = factories.make_cost_code(other, "Foreign code")
    sent = typed(job=foreign_job.pk, manager=foreign_member.pk, cost_codes=[foreign_code.pk])

    assert set(errors(as_manager.post(CREATE, sent))) == {"job", "manager", "cost_codes"}
    page = as_manager.get(CREATE).content.decode()
    assert "Foreign" not in page
    assert foreign_member.user.email not in page


def test_the_form_offers_no_worker_as_manager_and_no_inactive_job(as_manager, company, worker_user):
    factories.make_job(company, "Long gone", is_active=False)
    factories.make_cost_code(company, "Built in", is_system=True)

    page = as_manager.get(CREATE).content.decode()

    assert worker_user.email not in page
    assert "Long gone" not in page
    assert "Built in" not in page


def test_create_names_the_claiming_propay_and_keeps_the_input(as_manager, job, typed):
    first = make_propay(job, title="First 50% <b>off</b>")

    response = as_manager.post(CREATE, typed(title="Mine"))

    assert "“First 50% <b>off</b>” already counts" in errors(response)["__all__"][0]
    page = response.content.decode()
    assert "First 50% &lt;b&gt;off" in page
    assert 'value="Mine"' in page
    assert f'<a href="{reverse("propay_detail", args=[first.pk])}">View that ProPay</a>' in page


# What is proposed from the job


def test_create_with_a_job_in_the_address_proposes_its_name_and_shows_its_budget(as_manager, job):
    page = as_manager.get(f"{CREATE}?job={job.pk}").content.decode()

    assert 'value="Kitchen"' in page
    assert "80:30 hours" in page
    assert "$10,000.00" in page


@pytest.mark.parametrize("job_id", ["", "x", "9" * 30, "-1"])
def test_create_without_a_known_job_in_the_address_is_an_empty_form(as_manager, job, job_id):
    response = as_manager.get(f"{CREATE}?job={job_id}")

    assert response.status_code == 200
    assert "Choose a job to see" in response.content.decode()


def test_create_for_an_unknown_job_is_not_found(as_manager, job):
    assert as_manager.get(f"{CREATE}?job=999999").status_code == 404


def facts(client, **query) -> str:
    response = client.get("/propays/job-facts/", query)
    assert response.status_code == 200
    return response.content.decode()


def test_choosing_a_job_proposes_the_title_and_shows_the_facts(as_manager, job):
    fragment = facts(as_manager, job=job.pk, title="", proposed_title="")

    assert 'hx-swap-oob="true"' in fragment
    assert 'value="Kitchen"' in fragment
    assert "80:30 hours" in fragment


def test_choosing_another_job_replaces_only_a_proposed_title(as_manager, company, job):
    other = factories.make_job(company, "Bath")

    assert 'name="title"' in facts(as_manager, job=other.pk, title="Kitchen", proposed_title="Kitchen")
    assert 'name="title"' not in facts(as_manager, job=other.pk, title="My own", proposed_title="Kitchen")


def test_choosing_no_job_or_another_companys_shows_nothing(as_manager):
    foreign = factories.make_job(factories.make_company(), "Foreign job")

    for job_id in ("", foreign.pk):
        fragment = facts(as_manager, job=job_id, title="", proposed_title="")
        assert "Choose a job to see" in fragment
        assert "Foreign" not in fragment


# Editing


@pytest.fixture
def propay(job):
    return make_propay(job, title="Kitchen remodel", budget_type=BudgetType.HOURS, budget_minutes=4830)


def test_edit_shows_what_is_stored_and_saving_it_changes_nothing(as_manager, company, propay):
    company.hours_format = HoursFormat.DECIMAL
    company.save()
    code = factories.make_cost_code(company, is_active=False)
    propay.cost_codes.add(code)
    type(propay.job).objects.filter(pk=propay.job_id).update(is_active=False)
    address = reverse("propay_edit", args=[propay.pk])
    form = as_manager.get(address).context["form"]
    before = services.terms_version(propay)
    sent = sent_by(form)
    assert sent["budget_hours"] == "80.50"

    response = as_manager.post(address, sent)

    assert response.status_code == 302
    propay.refresh_from_db()
    assert services.terms_version(propay) == before


@pytest.mark.parametrize(
    "fields",
    [
        {"budget_type": BudgetType.HOURS, "budget_minutes": 20},
        {"budget_type": BudgetType.AMOUNT, "fixed_amount": Decimal("12345.60")},
        {"budget_type": BudgetType.PERCENT_OF_CONTRACT, "labor_percent": Decimal("12.5"), "include_travel": False},
        {"budget_type": BudgetType.HOURS, "end_date": START + timedelta(9), "include_travel": True},
    ],
)
def test_edit_survives_its_own_round_trip(as_manager, job, fields):
    propay = make_propay(job, **fields)
    before = services.terms_version(propay)
    address = reverse("propay_edit", args=[propay.pk])
    form = as_manager.get(address).context["form"]

    assert as_manager.post(address, sent_by(form)).status_code == 302

    propay.refresh_from_db()
    assert services.terms_version(propay) == before


def test_edit_saves_and_says_so(as_manager, propay, typed):
    address = reverse("propay_edit", args=[propay.pk])

    response = as_manager.post(address, typed(title="New title"), follow=True)

    assert "Saved and recalculated." in response.content.decode()
    propay.refresh_from_db()
    assert propay.title == "New title"


def test_edit_refuses_terms_that_someone_else_changed(as_admin, as_manager, propay, typed):
    address = reverse("propay_edit", args=[propay.pk])
    seen = as_manager.get(address).context["form"]["seen"].value()
    as_admin.post(address, typed(title="Theirs", seen=seen))

    response = as_manager.post(address, typed(title="Mine", seen=seen))

    assert "Someone else changed this ProPay while you were editing." in errors(response)["__all__"][0]
    propay.refresh_from_db()
    assert propay.title == "Theirs"


@pytest.mark.parametrize("status", ["APPROVED", "PAID", "CANCELED"])
def test_edit_is_closed_for_propays_that_are_not_open(as_manager, propay, typed, status):
    put(propay, status)
    address = reverse("propay_edit", args=[propay.pk])

    for response in (as_manager.get(address, follow=True), as_manager.post(address, typed(title="New"), follow=True)):
        assert "can&#x27;t be changed" in response.content.decode()
    propay.refresh_from_db()
    assert propay.title == "Kitchen remodel"


# Without a job


def test_create_without_jobs_says_why_and_links_to_the_cause(as_admin, company):
    page = as_admin.get(reverse("propay_create"))

    assert "A ProPay pays for a job. Hours, people, and jobs are imported from your time-tracking" in text_of(page)
    assert f'href="{reverse("integration_list")}"' in page.content.decode()


def test_create_with_inactive_jobs_alone_leads_to_them(as_manager, job):
    job.is_active = False
    job.save()

    page = as_manager.get(reverse("propay_create"))

    assert "all of your jobs are inactive" in text_of(page)
    assert f'href="{reverse("job_list")}"' in page.content.decode()
