"""The jobs for which the automation creates ProPays, when, and the excluded jobs with the reason."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.models import (
    AutomationExclusion,
    AutomationMoment,
    ExclusionKind,
    ProPay,
)
from propay.rules.states import ProPayStatus
from propay.services.automation import fits
from protiv.accounts.models import AuditEvent
from protiv.timekeeping.records import EntryKind
from tests.make import factories
from tests.make.propays import make_propay
from tests.propay.services.automation.dates import BEFORE, GO_LIVE

pytestmark = pytest.mark.django_db


def reasons(automated) -> dict[str, str]:
    return {one.job.name: one.reason for one in automated.left_out}


# When


@pytest.mark.parametrize(
    "entry",
    [{"kind": EntryKind.TIME_OFF}, {"kind": EntryKind.MEAL_BREAK}, {"minutes": 0}],
    ids=["time off", "meal break", "no minutes"],
)
def test_automate_waits_for_time_that_is_work(switch_on, automate, worked, entry):
    switch_on()
    worked(**entry)

    assert automate().propay_ids == ()


def test_automate_waits_for_the_first_time_unless_the_job_appeared(company, switch_on, automate):
    factories.make_job(company, "Was there")
    switch_on(moment=AutomationMoment.JOB_APPEARS)
    factories.make_job(company, "Appeared", synced_budget_minutes=600)

    automated = automate()

    propay = ProPay.objects.get()
    assert automated.propay_ids == (propay.pk,)
    assert (propay.title, propay.status) == ("Appeared", ProPayStatus.PENDING)


def test_automate_creates_a_propay_for_a_known_job_once_it_has_time(company, worker, switch_on, automate):
    job = factories.make_job(company, "Was there")
    switch_on(moment=AutomationMoment.JOB_APPEARS)
    factories.make_entry(worker, job)

    assert len(automate().propay_ids) == 1


def test_automate_creates_nothing_before_the_go_live_date(company, switch_on, automate):
    switch_on(moment=AutomationMoment.JOB_APPEARS, go_live_date=date(2026, 12, 1))
    factories.make_job(company)

    assert automate() == services.Automated()


def test_automate_excludes_a_job_with_time_before_the_go_live_date(switch_on, automate, worker, worked):
    switch_on()
    job = worked("Test", work_date=BEFORE)
    factories.make_entry(worker, job, work_date=GO_LIVE)

    automated = automate()

    assert automated.propay_ids == ()
    assert reasons(automated) == {
        "Test": "It has time from Oct 31, 2026, before the go-live date. Create its ProPay manually."
    }


def test_automate_ignores_voided_and_open_time_before_the_go_live_date(switch_on, automate, worker, worked):
    switch_on()
    job = worked()
    factories.make_entry(worker, job, work_date=BEFORE, voided=True)
    factories.make_entry(worker, job, work_date=BEFORE, is_open=True)

    assert len(automate().propay_ids) == 1


# Excluded


@pytest.mark.parametrize(
    ("pattern", "text", "is_fitting"),
    [
        ("test", "My TEST house", True),
        ("Straße", "STRASSE 5", True),
        ("test", "Kitchen", False),
        ("test*", "Test house", True),
        ("test*", "My test house", False),
        ("*test*", "My test house", True),
        ("job-?", "JOB-7", True),
        ("job-?", "JOB-77", False),
        ("[x]", "Roof [X]", True),
        ("a.c*", "abc", False),
    ],
)
def test_a_pattern_matches_as_documented_on_the_page(pattern, text, is_fitting):
    assert fits(pattern, text) is is_fitting


def test_automate_skips_excluded_jobs_and_says_why(company, switch_on, automate, exclude, worked):
    switch_on()
    shop = factories.make_cost_code(company, "Shop")
    exclude(ExclusionKind.NAME_PATTERN, pattern="warranty")
    exclude(ExclusionKind.COST_CODE, cost_code=shop)
    exclude(ExclusionKind.JOB, job=worked("House"))
    worked("Warranty 12")
    worked("Roof", number="WARRANTY-3")
    worked("Shop", cost_code=shop)
    worked("Kitchen")

    automated = automate()

    assert ProPay.objects.get().title == "Kitchen"
    assert reasons(automated) == {
        "House": "This job is excluded.",
        "Warranty 12": "Its name or number matches “warranty”.",
        "Roof": "Its name or number matches “warranty”.",
        "Shop": "All its time to date is on excluded cost codes.",
    }


def test_automate_creates_the_propay_once_there_is_counted_time(company, worker, switch_on, automate, exclude, worked):
    switch_on()
    shop = factories.make_cost_code(company, "Shop")
    exclude(ExclusionKind.COST_CODE, cost_code=shop)
    job = worked(cost_code=shop)
    assert automate().propay_ids == ()

    factories.make_entry(worker, job)

    assert len(automate().propay_ids) == 1


def test_automate_skips_a_job_that_has_a_propay(switch_on, automate, worked):
    switch_on()
    make_propay(worked())

    assert automate() == services.Automated()


def test_automate_lists_a_job_of_which_a_propay_claims_a_part(company, switch_on, automate, worked):
    switch_on()
    make_propay(worked("Ended"), end_date=GO_LIVE)
    make_propay(worked("By code"), cost_codes=[factories.make_cost_code(company)])

    automated = automate()

    assert automated.propay_ids == ()
    assert set(reasons(automated)) == {"Ended", "By code"}
    assert all("covers some of its dates or cost codes" in one.reason for one in automated.left_out)


def test_automate_skips_all_if_the_plan_now_has_a_part_for_others(company, admin, plan, switch_on, automate, worked):
    switch_on()
    services.set_plan_terms(
        company=company, plan_id=plan.pk, start_date=GO_LIVE, actor=admin, other_percent=Decimal(10)
    )
    worked()

    assert "must be named" in reasons(automate())["Kitchen"]


def test_exclusions_are_added_once_and_removed(company, admin, switch_on, automate, exclude, worked):
    switch_on()
    worked("Warranty 12")
    exclusion = exclude(ExclusionKind.NAME_PATTERN, pattern="warranty")
    assert exclude(ExclusionKind.NAME_PATTERN, pattern="warranty") == exclusion
    assert automate().propay_ids == ()

    services.remove_exclusion(company=company, exclusion_id=exclusion.pk, actor=admin)

    assert len(automate().propay_ids) == 1
    actions = AuditEvent.objects.filter(action__startswith="automation.", target="automation").order_by("pk")
    assert [event.summary for event in actions][1:] == [
        "Excluded jobs by name or number: “warranty”.",
        "No longer excluded: jobs by name or number: “warranty”.",
    ]


def test_exclusions_take_nothing_of_another_company(stranger, exclude):
    other = stranger.memberships.get().company

    with pytest.raises(ValidationError, match="belong to your company"):
        exclude(ExclusionKind.JOB, job=factories.make_job(other))
    with pytest.raises(ValidationError, match="belong to your company"):
        exclude(ExclusionKind.COST_CODE, cost_code=factories.make_cost_code(other))
    assert not AutomationExclusion.objects.exists()
