"""ProPays that make themselves: for which jobs, with which terms and budget, and what is left out and why."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.models import (
    AutomationExclusion,
    AutomationMoment,
    AutomationRule,
    BudgetType,
    ExclusionKind,
    ProPay,
    ProPayStatus,
)
from propay.services.automation import fits
from protiv.accounts.models import AuditEvent
from protiv.timekeeping.models import EntryKind
from tests import factories
from tests.propay.rows import NOW, make_propay
from tests.propay.test_services_terms import at_once, needs_connections

pytestmark = pytest.mark.django_db
GO_LIVE = date(2026, 11, 1)
SYNCED_HOURS = {"synced_budget_minutes": 600}
SYNCED_PRICE = {"synced_contract_amount": 9000}
BEFORE = GO_LIVE - timedelta(days=1)


@pytest.fixture
def worker(company):
    worker = factories.make_worker(company)
    factories.make_wage(worker, "25.00")
    return worker


@pytest.fixture
def plan(company, admin):
    return services.create_plan(
        company=company, actor=admin, name="Standard", start_date=GO_LIVE, split_percent=Decimal(60)
    )


@pytest.fixture
def switch_on(company, admin, plan):
    def switch_on(**values) -> AutomationRule:
        return services.save_automation_rule(
            company=company,
            actor=admin,
            **{
                "is_on": True,
                "plan": plan,
                "moment": AutomationMoment.FIRST_TIME,
                "go_live_date": GO_LIVE,
                **values,
            },
        )

    return switch_on


@pytest.fixture
def automate(company):
    return lambda now=NOW: services.automate(company=company, now=now)


@pytest.fixture
def exclude(company, admin):
    def exclude(kind, **what):
        return services.add_exclusion(company=company, actor=admin, kind=kind, **what)

    return exclude


@pytest.fixture
def worked(company, worker):
    """A job with 80 budget hours and a day of work."""

    def worked(name="Kitchen", work_date=factories.WORK_DATE, **fields):
        entry = {key: fields.pop(key) for key in ("cost_code", "kind", "minutes") if key in fields}
        job = factories.make_job(company, name, **{"synced_budget_minutes": 4800, **fields})
        factories.make_entry(worker, job, work_date=work_date, **entry)
        return job

    return worked


def reasons(automated) -> dict[str, str]:
    return {one.job.name: one.reason for one in automated.left_out}


# Making them


def test_automate_makes_a_propay_with_the_plans_terms_and_its_first_figures(company, plan, switch_on, automate, worked):
    switch_on()
    job = worked(number="17")

    automated = automate()

    propay = ProPay.objects.get()
    assert automated == services.Automated(propay_ids=(propay.pk,))
    assert (propay.company, propay.job, propay.title, propay.is_automatic) == (company, job, "Kitchen", True)
    assert (propay.plan_version, propay.split_percent) == (plan.versions.get(), 60)
    assert (propay.start_date, propay.end_date, propay.budget_type) == (GO_LIVE, None, BudgetType.HOURS)
    # 80 h × 25.00 - 8 h × 25.00 = 1,800.00, of which 60 %
    assert (propay.status, propay.pool_amount) == (ProPayStatus.STARTED, Decimal("1080.00"))


def test_automate_says_who_made_it(company, admin, switch_on, automate, worked):
    switch_on()
    worked("Kitchen")
    automate()
    worked("Bath")
    services.automate(company=company, actor=admin, now=NOW)

    events = AuditEvent.objects.filter(action="propay.created").order_by("pk")
    assert [event.actor for event in events] == [None, admin]
    assert events[0].summary == "Created the ProPay “Kitchen”. The automation did, from the plan “Standard”."
    assert events[0].target == f"propay:{ProPay.objects.get(title='Kitchen').pk}"


def test_automate_makes_each_propay_once(switch_on, automate, worked):
    switch_on()
    worked()

    assert len(automate().propay_ids) == 1
    assert automate() == services.Automated()
    assert ProPay.objects.count() == 1


def test_automate_makes_nothing_where_it_is_off_or_was_never_set_up(switch_on, automate, worked):
    worked()

    assert automate() == services.Automated()
    switch_on(is_on=False)
    assert automate() == services.Automated()


def test_automate_makes_nothing_for_another_company(stranger, switch_on, worked):
    switch_on()
    worked()

    assert services.automate(company=stranger.memberships.get().company, now=NOW) == services.Automated()
    assert not ProPay.objects.exists()


def test_automate_leaves_inactive_jobs_alone(switch_on, automate, worked):
    switch_on()
    worked(is_active=False)

    assert automate() == services.Automated()


def test_automate_never_makes_a_canceled_propay_again(company, admin, switch_on, automate, worked):
    switch_on()
    worked()
    (propay_id,) = automate().propay_ids
    services.cancel_propay(company=company, propay_id=propay_id, actor=admin)

    automated = automate()

    assert automated.propay_ids == ()
    (left_out,) = automated.left_out
    assert "was canceled" in left_out.reason
    assert left_out.propay_id == propay_id


def test_automate_takes_the_version_in_force_when_the_job_first_had_time(
    company, admin, plan, switch_on, automate, worked
):
    switch_on()
    december = services.set_plan_terms(
        company=company, plan_id=plan.pk, start_date=date(2026, 12, 1), actor=admin, split_percent=Decimal(70)
    )
    worked("Old")
    worked("New", work_date=date(2026, 12, 8))

    automate(datetime(2026, 12, 9, 15, tzinfo=UTC))

    old, new = ProPay.objects.order_by("-title")
    assert (old.split_percent, old.start_date) == (60, GO_LIVE)
    assert (new.plan_version, new.split_percent, new.start_date) == (december, 70, date(2026, 12, 1))


def test_time_that_comes_in_late_counts_on_an_automatic_propay(company, worker, switch_on, automate, worked):
    switch_on()
    job = worked()
    automate()

    factories.make_entry(worker, job, minutes=60, work_date=factories.WORK_DATE - timedelta(days=1))
    services.refresh(company=company, job_ids=[job.pk], now=NOW)

    assert ProPay.objects.get().actual_minutes == 540


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


def test_automate_makes_a_propay_for_a_known_job_once_it_has_time(company, worker, switch_on, automate):
    job = factories.make_job(company, "Was there")
    switch_on(moment=AutomationMoment.JOB_APPEARS)
    factories.make_entry(worker, job)

    assert len(automate().propay_ids) == 1


def test_automate_makes_nothing_before_the_go_live_day(company, switch_on, automate):
    switch_on(moment=AutomationMoment.JOB_APPEARS, go_live_date=date(2026, 12, 1))
    factories.make_job(company)

    assert automate() == services.Automated()


def test_automate_leaves_out_a_job_with_time_before_the_go_live_day(switch_on, automate, worker, worked):
    switch_on()
    job = worked("Test", work_date=BEFORE)
    factories.make_entry(worker, job, work_date=GO_LIVE)

    automated = automate()

    assert automated.propay_ids == ()
    assert reasons(automated) == {
        "Test": "It has time from Oct 31, 2026, before the go-live day. Its ProPay is for a person to make."
    }


def test_automate_forgets_voided_and_open_time_before_the_go_live_day(switch_on, automate, worker, worked):
    switch_on()
    job = worked()
    factories.make_entry(worker, job, work_date=BEFORE, voided=True)
    factories.make_entry(worker, job, work_date=BEFORE, is_open=True)

    assert len(automate().propay_ids) == 1


# Budgets


@pytest.mark.parametrize(
    ("plan_says", "job_says", "budget_type", "labor_percent", "has_budget"),
    [
        ({"budget_type": "HOURS"}, SYNCED_HOURS, "HOURS", None, True),
        ({"budget_type": "HOURS"}, SYNCED_PRICE, "HOURS", None, False),
        ({"budget_type": "PERCENT_OF_CONTRACT", "labor_percent": 30}, SYNCED_PRICE, "PERCENT_OF_CONTRACT", 30, True),
        ({"budget_type": "PERCENT_OF_CONTRACT", "labor_percent": 30}, SYNCED_HOURS, "PERCENT_OF_CONTRACT", 30, False),
        ({"labor_percent": 30}, SYNCED_HOURS | SYNCED_PRICE, "HOURS", None, True),
        ({"labor_percent": 30}, SYNCED_PRICE, "PERCENT_OF_CONTRACT", 30, True),
        ({}, SYNCED_PRICE, "HOURS", None, False),
        ({"budget_type": "AMOUNT"}, {"typed_budget_minutes": 600}, "HOURS", None, True),
        ({"labor_percent": 30}, {"typed_contract_amount": 9000}, "PERCENT_OF_CONTRACT", 30, True),
    ],
)
def test_automate_takes_the_budget_from_the_job(
    company, admin, plan, switch_on, automate, worked, plan_says, job_says, budget_type, labor_percent, has_budget
):
    services.set_plan_terms(company=company, plan_id=plan.pk, start_date=GO_LIVE, actor=admin, **plan_says)
    switch_on()
    worked(**{"synced_budget_minutes": None, **job_says})

    automated = automate()

    propay = ProPay.objects.get()
    assert (propay.budget_type, propay.labor_percent) == (budget_type, labor_percent)
    assert (propay.budget_minutes, propay.contract_amount) == (None, None)
    assert (propay.pool_amount is not None) is has_budget
    assert automated.without_budget == (() if has_budget else (propay.pk,))


def test_a_budget_that_comes_later_brings_the_figures(company, switch_on, automate, worked):
    switch_on()
    job = worked(synced_budget_minutes=None)
    automate()
    assert "budget is missing" in ProPay.objects.get().figure_note

    job.synced_budget_minutes = 4800
    job.save()
    services.refresh(company=company, job_ids=[job.pk], now=NOW)

    assert ProPay.objects.get().pool_amount == Decimal("1080.00")


# Left out


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
def test_a_pattern_fits_as_the_page_says(pattern, text, is_fitting):
    assert fits(pattern, text) is is_fitting


def test_automate_leaves_excluded_jobs_out_and_says_why(company, switch_on, automate, exclude, worked):
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
        "Warranty 12": "Its name or number fits “warranty”.",
        "Roof": "Its name or number fits “warranty”.",
        "Shop": "All its time so far is on excluded cost codes.",
    }


def test_automate_makes_the_propay_once_there_is_time_on_a_cost_code_that_counts(
    company, worker, switch_on, automate, exclude, worked
):
    switch_on()
    shop = factories.make_cost_code(company, "Shop")
    exclude(ExclusionKind.COST_CODE, cost_code=shop)
    job = worked(cost_code=shop)
    assert automate().propay_ids == ()

    factories.make_entry(worker, job)

    assert len(automate().propay_ids) == 1


def test_automate_leaves_a_job_to_the_propay_that_it_has(switch_on, automate, worked):
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
    assert all("claims some of its dates or cost codes" in one.reason for one in automated.left_out)


def test_automate_leaves_all_out_where_the_plan_came_to_give_a_part_to_others(
    company, admin, plan, switch_on, automate, worked
):
    switch_on()
    services.set_plan_terms(
        company=company, plan_id=plan.pk, start_date=GO_LIVE, actor=admin, other_percent=Decimal(10)
    )
    worked()

    assert "must be named" in reasons(automate())["Kitchen"]


# Setting it up


def test_save_automation_rule_refuses_a_go_live_day_before_the_plan_starts(switch_on):
    with pytest.raises(ValidationError) as refusal:
        switch_on(go_live_date=BEFORE)

    assert refusal.value.message_dict == {
        "go_live_date": ["The plan “Standard” starts on Nov 1, 2026. Choose that day or a later one."]
    }


def test_save_automation_rule_refuses_a_plan_that_is_not_offered_or_foreign(company, admin, stranger, plan, switch_on):
    services.set_plan_active(company=company, plan_id=plan.pk, is_active=False, actor=admin)
    other = stranger.memberships.get().company
    foreign = services.create_plan(company=other, actor=stranger, name="Foreign", start_date=GO_LIVE)

    for refused in (plan, foreign):
        with pytest.raises(ValidationError, match="not offered any more"):
            switch_on(plan=refused)


def test_save_automation_rule_refuses_a_plan_with_a_part_for_others(company, admin, plan, switch_on):
    services.set_plan_terms(
        company=company, plan_id=plan.pk, start_date=date(2027, 1, 1), actor=admin, other_percent=Decimal(10)
    )

    with pytest.raises(ValidationError, match="must be named"):
        switch_on()


def test_save_automation_rule_leaves_an_audit_event_where_something_changed(switch_on):
    switch_on()
    switch_on()
    switch_on(is_on=False)

    summaries = AuditEvent.objects.filter(action="automation.set").order_by("pk").values_list("summary", flat=True)
    assert list(summaries) == [
        "Set the automation on: from the plan “Standard”, when a job first has time, since Nov 1, 2026.",
        "Set the automation off: from the plan “Standard”, when a job first has time, since Nov 1, 2026.",
    ]


def test_a_plan_that_the_automation_uses_stays_active(company, admin, plan, switch_on):
    switch_on()

    with pytest.raises(ValidationError, match="Choose another plan there first"):
        services.set_plan_active(company=company, plan_id=plan.pk, is_active=False, actor=admin)


def test_exclusions_are_added_once_and_taken_back(company, admin, switch_on, automate, exclude, worked):
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
        "Excluded no longer: jobs by name or number: “warranty”.",
    ]


def test_exclusions_take_nothing_of_another_company(stranger, exclude):
    other = stranger.memberships.get().company

    with pytest.raises(ValidationError, match="this company's"):
        exclude(ExclusionKind.JOB, job=factories.make_job(other))
    with pytest.raises(ValidationError, match="this company's"):
        exclude(ExclusionKind.COST_CODE, cost_code=factories.make_cost_code(other))
    assert not AutomationExclusion.objects.exists()


# Proposing, and many


def test_propose_shows_what_automate_then_does_and_makes_nothing(company, switch_on, automate, worked):
    rule = switch_on(is_on=False)
    worked("Kitchen")
    worked("Before", work_date=BEFORE)
    factories.make_job(company, "Waits")

    proposal = services.propose(company=company, rule=rule, now=NOW)

    assert [one.job.name for one in proposal.planned] == ["Kitchen"]
    assert [one.job.name for one in proposal.left_out] == ["Before"]
    assert proposal.waiting == 1
    assert not ProPay.objects.exists()
    switch_on()
    assert len(automate().propay_ids) == 1


def test_automate_takes_few_queries_for_many_jobs(switch_on, automate, worked, django_assert_max_num_queries):
    switch_on()
    for number in range(60):
        worked(f"Job {number}")

    with django_assert_max_num_queries(32):
        assert len(automate().propay_ids) == 60
    with django_assert_max_num_queries(12):
        automate()


# At once


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_of_two_runs_at_once_each_propay_is_made_by_one(switch_on, automate, worked):
    switch_on()
    for number in range(5):
        worked(f"Job {number}")

    assert at_once(*[automate] * 3) == [None] * 3

    assert sorted(ProPay.objects.values_list("title", flat=True)) == [f"Job {number}" for number in range(5)]


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_of_a_run_and_a_person_at_once_one_makes_the_propay(company, admin, switch_on, automate, worked):
    switch_on()
    for number in range(4):
        job = worked(f"Job {number}")

        def create(job=job):
            services.create_propay(
                company=company,
                actor=admin,
                now=NOW,
                job=job,
                title="By hand",
                start_date=GO_LIVE,
                budget_type=BudgetType.HOURS,
            )

        outcomes = at_once(automate, create)

        assert ProPay.objects.filter(job=job).count() == 1
        assert [type(one) for one in outcomes if one is not None] in ([], [ValidationError])
