"""Wages propose the first day with hours, and a wage that starts after the first hours is said until it is moved."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse

from propay.services import refresh
from protiv.accounts.models import AuditEvent
from protiv.timekeeping.models import Wage
from protiv.timekeeping.selectors import late_wages
from tests.make import factories
from tests.make.propays import NOW, make_propay
from tests.reading import text_of

pytestmark = pytest.mark.django_db
FIRST, LATER, TODAY = date(2026, 9, 1), date(2026, 10, 14), date(2026, 11, 29)
MANY, TEAM, START = reverse("wage_set_many"), reverse("worker_list"), reverse("wage_start_late")


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel("2026-11-29T19:00:00Z", tick=False):
        yield


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen", typed_budget_minutes=6000)


@pytest.fixture
def ana(company, job):
    """Hours since September 1, no wage."""
    worker = factories.make_worker(company, "Ana Ruiz")
    factories.make_entry(worker, job, work_date=FIRST)
    return worker


@pytest.fixture
def ben(company, job):
    worker = factories.make_worker(company, "Ben Cole")
    factories.make_entry(worker, job, work_date=LATER)
    return worker


@pytest.fixture
def late(ana, ben):
    """Both have a wage since today only."""
    return [factories.make_wage(worker, "25.00", TODAY) for worker in (ana, ben)]


def starts(worker) -> list[date]:
    return sorted(wage.start_date for wage in Wage.objects.filter(worker=worker))


# What the forms propose


def test_many_wages_start_on_the_first_day_with_hours(as_admin, ana, ben):
    page = as_admin.get(MANY)

    assert page.context["form"]["start_date"].value() == FIRST
    assert "The first hours without a wage are on Sep 1, 2026." in text_of(page)


def test_a_raise_for_those_who_have_wages_begins_today(as_admin, ana):
    factories.make_wage(ana, "25.00", FIRST)

    assert as_admin.get(MANY).context["form"]["start_date"].value() == TODAY


def test_a_company_without_hours_begins_today(as_admin, company):
    factories.make_worker(company)

    assert as_admin.get(MANY).context["form"]["start_date"].value() == TODAY


@pytest.mark.parametrize("entry", [{"voided": True}, {"is_open": True}, {"kind": "time_off"}, {"minutes": 0}])
def test_only_hours_that_cost_something_need_a_wage(as_admin, company, job, entry):
    factories.make_entry(factories.make_worker(company), job, work_date=FIRST, **entry)

    assert as_admin.get(MANY).context["form"]["start_date"].value() == TODAY


def test_a_worker_s_first_wage_begins_with_the_first_hours(as_admin, ana):
    page = as_admin.get(reverse("worker_detail", args=[ana.pk]))

    assert page.context["wage_form"]["start_date"].value() == FIRST


def test_a_refused_form_shows_the_first_day_again(as_admin, ana, ben):
    factories.make_wage(ben, "25.00", TODAY)
    typed = {"start_date": "2026-09-01", "hourly_amount": "twenty"}
    many = {**typed, "worker": [ana.pk], f"pick_{ana.pk}": "on"}

    for address, sent in ((MANY, many), (reverse("wage_set", args=[ana.pk]), typed)):
        assert "The first hours without a wage are on Sep 1, 2026." in text_of(as_admin.post(address, sent)), address
    assert "wage starts after its worker's first hours" in text_of(as_admin.post(MANY, many))


def test_a_list_of_those_without_a_wage_ends_with_the_last_wage_and_continues(as_admin, ana):
    filtered = f"{MANY}?show=no_wage"

    page = as_admin.post(
        filtered, {"start_date": "2026-09-01", "worker": [ana.pk], f"wage_{ana.pk}": "25"}, follow=True
    )

    assert "Wages saved: 1 new." in text_of(page)
    assert "Every worker has a wage" in text_of(page)
    assert "Go to Dashboard" in text_of(page)
    assert "Every worker has a wage" in text_of(as_admin.get(TEAM, {"show": "no_wage"}))
    assert "No wage starts too late" in text_of(as_admin.get(TEAM, {"show": "late_wage"}))
    for search in ({"show": "no_wage", "q": "zoe"}, {"show": "inactive"}):
        assert "No workers found" in text_of(as_admin.get(TEAM, search))


def test_the_file_to_fill_in_holds_the_first_day_with_hours(as_admin, company, ana):
    paid = factories.make_worker(company, "Pat Paid")
    factories.make_wage(paid, "30.00", FIRST)
    lines = b"".join(as_admin.get(reverse("wage_template"))).decode("utf-8-sig").splitlines()

    assert lines[1].endswith("Pat Paid,30.00,,")
    assert lines[2].endswith("Ana Ruiz,,2026-09-01,")


def test_the_preview_of_a_file_says_whose_hours_stay_without_a_wage(as_admin, ana, ben):
    text = f"worker_external_id,start_date,wage\n{ana.external_id},2026-11-29,25\n{ben.external_id},2026-10-14,25\n"

    page = text_of(as_admin.post(reverse("wage_import"), {"text": text}))

    assert "1 worker has hours before the first wage." in page
    assert "Ana Ruiz: hours from Sep 1, 2026, wage from Nov 29, 2026" in page
    assert "Ben Cole: hours" not in page


def test_people_who_left_with_unpaid_hours_are_counted_and_listed(as_admin, company, job):
    gone = factories.make_worker(company, "Gone Home", is_active=False)
    factories.make_entry(gone, job, work_date=FIRST)
    factories.make_worker(company, "Never Worked", is_active=False)

    assert "1 worker has no wage." in text_of(as_admin.get(TEAM))
    assert [worker.name for worker in as_admin.get(TEAM, {"show": "no_wage"}).context["page_obj"]] == ["Gone Home"]


@pytest.mark.parametrize("late_wage", [None, LATER], ids=["no wage", "a late wage"])
def test_set_wages_lists_people_who_left_until_their_hours_have_a_wage(as_admin, company, job, late_wage):
    gone = factories.make_worker(company, "Gone Home", is_active=False)
    factories.make_entry(gone, job, work_date=FIRST)
    factories.make_worker(company, "Never Worked", is_active=False)
    if late_wage:
        factories.make_wage(gone, "20.00", late_wage)
    page = as_admin.get(MANY)
    assert [worker.name for worker in page.context["form"].workers] == ["Gone Home"]
    assert "Inactive</span>" in page.content.decode()

    values = {"worker": gone.pk, f"wage_{gone.pk}": "25", "start_date": page.context["form"]["start_date"].value()}
    as_admin.post(MANY, values)

    assert not as_admin.get(MANY).context["form"].workers


# The warning


def warned(client, address) -> bool:
    return "start after their workers' first hours" in text_of(client.get(address))


def test_the_warning_stays_on_each_page_until_the_cause_is_gone(as_admin, late, job):
    propay = make_propay(job, start_date=FIRST)
    refresh(company=job.company, job_ids=[job.pk], now=NOW)
    pages = [TEAM, MANY, reverse("dashboard"), reverse("propay_detail", args=[propay.pk])]
    assert [warned(as_admin, page) for page in pages] == [True] * 4

    as_admin.post(START, {"start_date": "2026-09-01"})

    assert [warned(as_admin, page) for page in pages] == [False] * 4


def test_the_list_shows_whose_wages_start_late(as_admin, late, company):
    factories.make_wage(factories.make_worker(company, "Pat Paid"))

    names = [worker.name for worker in as_admin.get(TEAM, {"show": "late_wage"}).context["page_obj"]]

    assert names == ["Ben Cole", "Ana Ruiz"]


def test_a_manager_reads_it_and_has_no_button(as_manager, late):
    page = as_manager.get(TEAM)

    assert "An admin can start them earlier." in text_of(page)
    assert START not in page.content.decode()


# One click


def test_one_click_starts_the_wages_with_the_first_hours(as_admin, admin, late, ana, ben):
    factories.make_wage(ana, "27.00", date(2026, 12, 1))

    answer = as_admin.post(START, {"start_date": "2026-09-01", "next": "/team/?show=late_wage"})

    assert answer.url == "/team/?show=late_wage"
    assert "2 wages now start on Sep 1, 2026." in str(next(iter(get_messages(answer.wsgi_request))))
    assert (starts(ana), starts(ben)) == ([FIRST, date(2026, 12, 1)], [FIRST])
    events = AuditEvent.objects.filter(action="wage.corrected", actor=admin)
    assert events.count() == 2
    assert "on Sep 1, 2026 instead of Nov 29, 2026" in events.first().summary


def test_the_bonuses_are_recalculated_with_the_wages(as_admin, late, job):
    propay = make_propay(job, start_date=FIRST)

    as_admin.post(START, {"start_date": "2026-09-01"})

    propay.refresh_from_db()
    assert propay.actual_amount == Decimal("400.00")


def test_another_company_s_wages_stay(as_stranger, late, ana):
    as_stranger.post(START, {"start_date": "2026-09-01"})

    assert starts(ana) == [TODAY]


@pytest.mark.parametrize("typed", ["", "soon", "2026-09-02", "1999-01-01"])
def test_a_day_that_is_not_the_first_one_changes_nothing(as_admin, late, ana, typed):
    answer = as_admin.post(START, {"start_date": typed}, follow=True)

    assert starts(ana) == [TODAY]
    assert "alert-danger" in answer.content.decode()


@pytest.mark.parametrize("address", ["https://elsewhere.test/", "//elsewhere.test/", "javascript:alert(1)"])
def test_it_redirects_to_no_other_site(as_admin, late, address):
    assert as_admin.post(START, {"start_date": "2026-09-01", "next": address}).url == TEAM


def test_only_admins_may(as_manager, as_worker, anonymous, late, ana):
    assert as_manager.post(START, {"start_date": "2026-09-01"}).status_code == 403
    assert as_worker.post(START, {"start_date": "2026-09-01"}).status_code == 403
    assert anonymous.post(START, {"start_date": "2026-09-01"}).status_code == 302
    assert starts(ana) == [TODAY]


def test_the_question_costs_one_query(company, late, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = late_wages(company)
    assert (found.count, found.start_date) == (2, FIRST)
