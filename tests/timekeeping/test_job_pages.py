import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from protiv.timekeeping.models import Job
from tests.make import factories
from tests.make.connections import make_connection

JOBS = "/jobs/"


def page_of(job):
    return reverse("job_detail", args=[job.pk])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Maple Street 12", "Oak Lane"]),
        ("q=maple", ["Maple Street 12"]),
        ("q=J-1", ["Maple Street 12"]),
        ("q=denver+oak", ["Oak Lane"]),
        ("q=none", []),
        ("show=inactive", ["Old barn"]),
        ("show=all", ["Maple Street 12", "Oak Lane", "Old barn"]),
        ("show=x", []),
        ("q=%00", []),
    ],
)
def test_jobs_are_searched(as_manager, company, job, query, found):
    factories.make_job(company, "Oak Lane", city="Denver")
    factories.make_job(company, "Old barn", is_active=False)
    response = as_manager.get(f"{JOBS}?{query}")
    assert response.status_code == 200
    assert [one.name for one in response.context["page_obj"]] == found


def test_the_list_says_which_budgets_are_synced_and_which_entered(as_manager, company):
    factories.make_job(
        company, "Maple", synced_budget_minutes=19200, typed_budget_minutes=18000, synced_contract_amount=Decimal(9000)
    )
    text = as_manager.get(JOBS).content.decode()
    assert "300:00" in text
    assert "320:00" not in text
    assert "$9,000.00" in text
    assert text.count("entered</span>") == 1
    assert text.count("synced</span>") == 1


def test_the_list_takes_the_same_queries_for_one_and_for_many(as_manager, company, job):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert as_manager.get(JOBS).status_code == 200
        return len(captured)

    before = queries()
    for _ in range(40):
        factories.make_job(company)
    assert queries() == before


def test_the_empty_list_says_what_to_do(as_manager, company):
    text = as_manager.get(JOBS).content.decode()
    assert "Connect your time tracking" in text
    assert "/integrations/" in text


def test_an_entered_budget_wins_and_the_synced_one_stays_visible(as_manager, job, refreshed):
    synced = {"synced_budget_minutes": 19200, "synced_contract_amount": Decimal("9000.00")}
    Job.objects.update(connection_id=make_connection(job.company).pk, **synced)
    response = as_manager.post(page_of(job), {"budget_minutes": "300", "contract_amount": "$10,000"}, follow=True)
    text = response.content.decode()
    assert "Budget saved." in text
    assert "ExakTime: 320:00 hours. Your entry of 300:00 hours is used." in text
    assert "ExakTime: $9,000.00. Your entry of $10,000.00 is used." in text
    assert [call["job_ids"] for call in refreshed] == [{job.pk}]
    form = response.context["form"]
    assert (form["budget_minutes"].value(), form["contract_amount"].value()) == ("300:00", "10,000.00")

    as_manager.post(page_of(job), {"budget_minutes": "", "contract_amount": ""})
    job.refresh_from_db()
    assert (job.budget_minutes, job.contract_amount) == (19200, Decimal("9000.00"))
    assert "No changes" in as_manager.post(page_of(job), {}, follow=True).content.decode()
    assert len(refreshed) == 2


@pytest.mark.parametrize("minutes", [1, 30, 18001, 18018])
@pytest.mark.parametrize("hours_format", ["CLOCK", "DECIMAL"])
def test_saving_what_the_form_shows_changes_nothing(as_manager, company, job, refreshed, minutes, hours_format):
    company.hours_format = hours_format
    company.save()
    Job.objects.update(typed_budget_minutes=minutes)
    form = as_manager.get(page_of(job)).context["form"]
    as_manager.post(page_of(job), {"budget_minutes": form["budget_minutes"].value(), "contract_amount": ""})
    job.refresh_from_db()
    assert job.typed_budget_minutes == minutes
    assert not refreshed


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("budget_minutes", "many", "a number of hours. Use"),
        ("budget_minutes", "0", "more than 0"),
        ("budget_minutes", "-3", "a number of hours. Use"),
        ("budget_minutes", "10000000", "at most 1,000,000"),
        ("contract_amount", "ten", "an amount. Use"),
        ("contract_amount", "0", "more than 0"),
        ("contract_amount", "10000000000", "at most 9,999,999,999.99"),
        ("contract_amount", "1.005", "more than two decimals"),
    ],
)
def test_an_invalid_budget_is_shown_at_its_field(as_manager, job, refreshed, field, value, says):
    response = as_manager.post(page_of(job), {field: value})
    assert response.status_code == 200
    assert says in str(response.context["form"].errors[field])
    job.refresh_from_db()
    assert (job.typed_budget_minutes, job.typed_contract_amount) == (None, None)


def test_the_page_of_a_job_adds_up_hours_per_worker(as_manager, job, ana, bo):
    nov_3 = datetime.date(2026, 11, 3)
    factories.make_entry(ana, job, 480, nov_3)
    factories.make_entry(ana, job, -30, nov_3, "auto_lunch")
    factories.make_entry(ana, job, 60, nov_3 + datetime.timedelta(days=1), "travel")
    factories.make_entry(bo, job, 240, nov_3)
    for ignored in ({"voided": True}, {"is_open": True}, {"kind": "meal_break"}):
        factories.make_entry(bo, job, 60, nov_3, **ignored)
    factories.make_entry(bo, factories.make_job(job.company), 60)
    response = as_manager.get(page_of(job))
    assert [(one.name, one.minutes) for one in response.context["crew"]] == [("Ana Maria Ruiz", 510), ("Bo Lind", 240)]
    text = response.content.decode()
    assert "12:30" in text
    assert "Nov 3, 2026 – Nov 4, 2026" in text


def test_the_page_of_a_job_without_time_says_so(as_manager, job):
    assert "No one has worked on this job yet" in as_manager.get(page_of(job)).content.decode()


@pytest.mark.parametrize(("can", "told"), [(["budgets"], 2), (["finality"], 0)])
def test_a_connection_without_budgets_does_not_mention_them(as_manager, job, can, told):
    Job.objects.update(connection_id=make_connection(job.company, capabilities=can).pk)
    text = as_manager.get(page_of(job)).content.decode()
    assert text.count("ExakTime: not set.") == told
    assert ("Your entry overrides ExakTime" in text) is bool(told)
    assert "ExakTime ID" in text
