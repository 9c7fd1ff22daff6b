"""The first day of a ProPay: the form's suggestion, the time it excludes, and where that is shown."""

import re
from datetime import date

import pytest
import time_machine
from django.urls import reverse

from propay.rules.states import ProPayStatus
from tests.make import factories
from tests.make.filled import CREATE, filled
from tests.make.propays import make_propay
from tests.reading import text_of

pytestmark = pytest.mark.django_db
FIRST, LAST, TODAY = date(2026, 9, 1), date(2026, 10, 14), date(2026, 11, 29)
FACTS, CHOICES = reverse("propay_job_facts"), reverse("propay_plan_choices")


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel("2026-11-29T19:00:00Z", tick=False):
        yield


@pytest.fixture
def job(company):
    """Three days of eight hours from September 1 to October 14."""
    job, worker = factories.make_job(company, "Kitchen"), factories.make_worker(company)
    for day in (FIRST, date(2026, 10, 1), LAST):
        factories.make_entry(worker, job, work_date=day)
    return job


def start_of(page) -> date:
    return page.context["form"]["start_date"].value()


# What the form proposes


def test_the_first_day_with_time_is_proposed(as_manager, job):
    assert start_of(as_manager.get(CREATE, {"job": job.pk})) == FIRST


def test_a_job_without_time_begins_today(as_manager, company):
    assert start_of(as_manager.get(CREATE, {"job": factories.make_job(company).pk})) == TODAY


def test_time_that_a_propay_claims_is_passed_over(as_manager, job):
    make_propay(job, start_date=FIRST, end_date=date(2026, 9, 30))
    make_propay(job, start_date=date(2026, 10, 1), status=ProPayStatus.CANCELED)

    assert start_of(as_manager.get(CREATE, {"job": job.pk})) == date(2026, 10, 1)


def test_a_propay_of_some_cost_codes_does_not_claim_all_time(as_manager, company, job):
    make_propay(job, start_date=FIRST).cost_codes.add(factories.make_cost_code(company))

    assert start_of(as_manager.get(CREATE, {"job": job.pk})) == FIRST


def test_a_copy_begins_with_the_first_time_after_the_original(as_manager, job):
    original = make_propay(job, start_date=FIRST, end_date=date(2026, 9, 30))

    assert start_of(as_manager.get(CREATE, {"copy": original.pk})) == date(2026, 10, 1)


def test_choosing_a_job_brings_its_first_day_and_the_plans_of_that_day(as_manager, job):
    asked = {"job": job.pk, "start_date": "2026-11-29", "proposed_start": "2026-11-29", "plan_version": ""}

    page = as_manager.get(FACTS, asked).content.decode()

    assert 'value="2026-09-01"' in page
    assert 'id="plan-choice" hx-swap-oob="true"' in page
    assert re.search('<input[^>]*name="start_date"[^>]*hx-swap-oob="true"', page)


@pytest.mark.parametrize("more", [{"start_date": "2026-10-01"}, {"propay": "own"}])
def test_a_chosen_first_day_stays(as_manager, job, more):
    propay = make_propay(job, start_date=TODAY)
    asked = {"job": job.pk, "start_date": "2026-11-29", "proposed_start": "2026-11-29"} | more
    if "propay" in more:
        asked["propay"] = propay.pk

    page = as_manager.get(FACTS, asked).content.decode()

    assert "id_start_date" not in page
    assert 'id="proposed_start" value="2026-11-29"' in page


# What is shown about the job


def test_the_job_box_shows_its_time(as_manager, job):
    assert "24:00 hours from Sep 1 to Oct 14, 2026" in text_of(as_manager.get(FACTS, {"job": job.pk}))
    assert "24:00 hours from Sep 1 to Oct 14, 2026" in text_of(as_manager.get(CREATE, {"job": job.pk}))


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (False, "24:00 hours from Aug 31 to Oct 14, 2026, without 1:30 hours of drive time Budget"),
        (True, "25:30 hours from Aug 31 to Oct 14, 2026 Budget"),
    ],
)
def test_the_job_box_tells_the_time_that_the_propay_will_count(as_manager, company, job, counts, words):
    type(company).objects.update(include_travel=counts)
    worker = job.time_entries.first().worker
    factories.make_entry(worker, job, work_date=date(2026, 8, 31), kind="travel", minutes=90)
    propay = make_propay(job, start_date=LAST)

    assert words in text_of(as_manager.get(FACTS, {"job": job.pk}))
    assert words in text_of(as_manager.get(reverse("propay_edit", args=[propay.pk])))
    before = "17:30 hours on this job, since Aug 31, 2026" if counts else "16:00 hours on this job, since Sep 1, 2026"
    for address in ("propay_edit", "propay_detail"):
        assert before in text_of(as_manager.get(reverse(address, args=[propay.pk])))


def test_a_propay_s_own_choice_of_drive_time_wins(as_manager, job):
    worker = job.time_entries.first().worker
    factories.make_entry(worker, job, work_date=FIRST, kind="travel", minutes=90)
    propay = make_propay(job, start_date=FIRST, include_travel=True)

    assert "25:30 hours from Sep 1 to Oct 14, 2026 Budget" in text_of(
        as_manager.get(reverse("propay_edit", args=[propay.pk]))
    )


def test_the_job_box_of_a_job_without_time_says_so(as_manager, company):
    assert "Time on the job none yet" in text_of(as_manager.get(FACTS, {"job": factories.make_job(company).pk}))


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-29", "24:00 hours on this job, since Sep 1, 2026, are before the start date"),
        ("2026-10-01", "8:00 hours on this job, since Sep 1, 2026, are before the start date"),
        ("2026-09-01", ""),
        ("soon", ""),
        ("", ""),
    ],
)
def test_another_first_day_says_what_it_excludes(as_manager, job, day, words):
    page = text_of(as_manager.get(CHOICES, {"job": job.pk, "start_date": day}))

    assert words in page
    assert bool(words) == ("before the start date" in page)


def test_time_that_another_propay_claims_is_not_excluded(as_manager, job):
    make_propay(job, start_date=FIRST, end_date=date(2026, 9, 30))

    assert "before the start date" not in text_of(as_manager.get(CHOICES, {"job": job.pk, "start_date": "2026-10-01"}))


def test_a_refused_form_also_says_what_is_excluded(as_manager, job):
    page = text_of(as_manager.post(CREATE, filled(job, start_date="2026-11-29", split_percent="x")))

    assert "24:00 hours on this job, since Sep 1, 2026, are before the start date" in page


def test_the_edit_form_says_what_is_excluded(as_manager, job):
    propay = make_propay(job, start_date=LAST)

    page = text_of(as_manager.get(reverse("propay_edit", args=[propay.pk])))

    assert "16:00 hours on this job, since Sep 1, 2026, are before the start date" in page


def test_another_companys_job_shows_nothing(as_stranger, job):
    assert "24:00" not in text_of(as_stranger.get(FACTS, {"job": job.pk}))
    assert "24:00" not in text_of(as_stranger.get(CHOICES, {"job": job.pk, "start_date": "2026-11-29"}))


# What the page of a ProPay says


def detail(client, propay) -> str:
    return text_of(client.get(reverse("propay_detail", args=[propay.pk])))


def test_a_propay_that_starts_after_all_time_says_so(as_manager, job):
    page = detail(as_manager, make_propay(job, start_date=TODAY))

    assert (
        "24:00 hours on this job, since Sep 1, 2026, are before its start date, Nov 29, 2026, and don't count." in page
    )
    assert "Change the start date" in page


def test_a_propay_that_ends_before_all_time_says_where_it_is(as_manager, job):
    page = detail(as_manager, make_propay(job, start_date=date(2026, 8, 1), end_date=date(2026, 8, 31)))

    assert "The job has 24:00 hours from Sep 1, 2026 to Oct 14, 2026, but none within this ProPay's dates" in page


def test_a_job_without_time_says_that_no_one_clocked_any(as_manager, company):
    page = detail(as_manager, make_propay(factories.make_job(company)))

    assert "Time appears at the next sync after someone clocks in on this job." in page


def test_a_propay_that_counts_all_time_says_nothing(as_manager, job):
    assert "before its start date" not in detail(as_manager, make_propay(job, start_date=FIRST))


def test_an_approved_propay_is_not_asked_to_change(as_manager, job):
    page = detail(as_manager, make_propay(job, start_date=TODAY, status=ProPayStatus.CANCELED))

    assert "Change the start date" not in page
