import datetime
from decimal import Decimal

import pytest

from protiv.accounts.models import AuditEvent, Role
from protiv.kit.refused import Refused
from protiv.timekeeping import selectors, services
from protiv.timekeeping.models import Wage
from protiv.timekeeping.services import NewWage, PlannedWage, WagesSet
from tests.make import factories

NOV_2 = datetime.date(2026, 11, 2)
JAN_1 = datetime.date(2026, 1, 1)


def wages_of(worker):
    rows = Wage.objects.filter(worker=worker).order_by("start_date")
    return [(row.start_date, str(row.hourly_amount)) for row in rows]


def events(action):
    return [event.summary for event in AuditEvent.objects.filter(action=action).order_by("pk")]


def test_set_wage_adds_records_and_refreshes(company, admin, ana, now, refreshed):
    done = services.set_wage(
        company=company, worker=ana, start_date=NOV_2, hourly_amount=Decimal("25.00"), actor=admin, now=now
    )
    assert done == WagesSet(added=1)
    assert wages_of(ana) == [(NOV_2, "25.00")]
    event = AuditEvent.objects.get(action="wage.set")
    assert (event.company, event.actor, event.target) == (company, admin, f"worker:{ana.pk}")
    assert event.summary == "Set Ana Maria Ruiz's wage to $25.00 from Nov 2, 2026."
    assert refreshed == [{"company": company, "job_ids": None, "worker_ids": {ana.pk}, "now": now}]


def test_set_wage_on_the_same_day_corrects_it(company, admin, ana, now, refreshed):
    factories.make_wage(ana, "24.00", NOV_2)
    done = services.set_wage(
        company=company, worker=ana, start_date=NOV_2, hourly_amount=Decimal("25.00"), actor=admin, now=now
    )
    assert done == WagesSet(changed=1)
    assert wages_of(ana) == [(NOV_2, "25.00")]
    assert events("wage.set") == ["Set Ana Maria Ruiz's wage to $25.00 from Nov 2, 2026 (was $24.00)."]


def test_set_wage_with_the_same_amount_writes_nothing(company, admin, ana, now, refreshed):
    factories.make_wage(ana, "25.00", NOV_2)
    done = services.set_wage(
        company=company, worker=ana, start_date=NOV_2, hourly_amount=Decimal("25.00"), actor=admin, now=now
    )
    assert done == WagesSet(unchanged=1)
    assert not events("wage.set")
    assert not refreshed


@pytest.mark.parametrize("amount", ["0", "-1", "1000.01", "25.00005"])
def test_set_wage_refuses_an_amount(company, ana, now, refreshed, amount):
    with pytest.raises(Refused):
        services.set_wage(
            company=company, worker=ana, start_date=NOV_2, hourly_amount=Decimal(amount), actor=None, now=now
        )
    assert wages_of(ana) == []


@pytest.mark.parametrize("day", [datetime.date(1999, 12, 31), datetime.date(2028, 1, 1)])
def test_set_wage_refuses_a_day(company, ana, now, refreshed, day):
    with pytest.raises(Refused):
        services.set_wage(company=company, worker=ana, start_date=day, hourly_amount=Decimal(25), actor=None, now=now)


def test_set_wages_sets_all_or_none(company, stranger, ana, bo, now, refreshed):
    theirs = factories.make_worker(stranger.memberships.get().company)
    with pytest.raises(Refused):
        services.set_wages(
            company=company,
            wages=[NewWage(ana.pk, NOV_2, Decimal(25)), NewWage(theirs.pk, NOV_2, Decimal(25))],
            actor=None,
            now=now,
        )
    with pytest.raises(Refused):
        services.set_wages(
            company=company,
            wages=[NewWage(ana.pk, NOV_2, Decimal(25)), NewWage(bo.pk, NOV_2, Decimal(0))],
            actor=None,
            now=now,
        )
    assert not Wage.objects.exists()
    assert not AuditEvent.objects.exists()
    assert not refreshed
    done = services.set_wages(
        company=company,
        wages=[NewWage(ana.pk, NOV_2, Decimal(25)), NewWage(bo.pk, NOV_2, Decimal(26))],
        actor=None,
        now=now,
    )
    assert done == WagesSet(added=2)
    assert refreshed[0]["worker_ids"] == {ana.pk, bo.pk}


def test_set_wages_takes_the_same_number_of_queries_for_many(company, now, refreshed, django_assert_max_num_queries):
    wages = [NewWage(factories.make_worker(company).pk, NOV_2, Decimal(25)) for _ in range(120)]
    with django_assert_max_num_queries(8):
        services.set_wages(company=company, wages=wages, actor=None, now=now)


def test_a_wage_is_not_kept_where_the_refresh_fails(company, ana, now, settings):
    settings.REFRESH_BONUSES = "tests.timekeeping.recorder.fail"
    with pytest.raises(RuntimeError):
        services.set_wage(company=company, worker=ana, start_date=NOV_2, hourly_amount=Decimal(25), actor=None, now=now)
    assert not Wage.objects.exists()
    assert not AuditEvent.objects.exists()


def test_import_wages_applies_what_was_shown(company, ana, bo, now, refreshed):
    factories.make_wage(ana, "24.00", NOV_2)
    plan = [
        PlannedWage(ana.pk, NOV_2, Decimal("25.00"), Decimal("24.00")),
        PlannedWage(bo.pk, NOV_2, Decimal("26.00"), None),
    ]
    assert services.import_wages(company=company, wages=plan, actor=None, now=now) == WagesSet(added=1, changed=1)
    assert wages_of(ana) == [(NOV_2, "25.00")]
    assert services.import_wages(company=company, wages=plan, actor=None, now=now) == WagesSet(unchanged=2)
    assert len(refreshed) == 1


@pytest.mark.parametrize("meanwhile", ["24.50", None])
def test_import_wages_refuses_where_a_wage_changed_since(company, ana, bo, now, refreshed, meanwhile):
    if meanwhile:
        factories.make_wage(ana, meanwhile, NOV_2)
    plan = [
        PlannedWage(bo.pk, NOV_2, Decimal("26.00"), None),
        PlannedWage(ana.pk, NOV_2, Decimal("25.00"), Decimal("24.00")),
    ]
    with pytest.raises(Refused, match="since the preview"):
        services.import_wages(company=company, wages=plan, actor=None, now=now)
    assert wages_of(bo) == []
    assert not refreshed


def test_correct_wage_moves_and_changes_it(company, admin, ana, now, refreshed):
    wage = factories.make_wage(ana, "24.00", JAN_1)
    services.correct_wage(
        company=company, wage=wage, start_date=NOV_2, hourly_amount=Decimal("25.00"), actor=admin, now=now
    )
    assert wages_of(ana) == [(NOV_2, "25.00")]
    assert events("wage.corrected") == [
        "Corrected Ana Maria Ruiz's wage: $24.00 from Jan 1, 2026 became $25.00 from Nov 2, 2026."
    ]
    assert [call["worker_ids"] for call in refreshed] == [{ana.pk}]


def test_correct_wage_refuses_the_day_of_another_one(company, ana, now, refreshed):
    factories.make_wage(ana, "24.00", JAN_1)
    wage = factories.make_wage(ana, "25.00", NOV_2)
    with pytest.raises(Refused, match="another wage from Jan 1, 2026"):
        services.correct_wage(
            company=company, wage=wage, start_date=JAN_1, hourly_amount=Decimal(25), actor=None, now=now
        )
    assert wages_of(ana) == [(JAN_1, "24.00"), (NOV_2, "25.00")]


def test_remove_wage_records_and_refreshes(company, admin, ana, now, refreshed):
    wage = factories.make_wage(ana, "24.00", JAN_1)
    services.remove_wage(company=company, wage=wage, actor=admin, now=now)
    assert wages_of(ana) == []
    assert events("wage.removed") == ["Removed Ana Maria Ruiz's wage of $24.00 from Jan 1, 2026."]
    with pytest.raises(Refused):
        services.remove_wage(company=company, wage=Wage(pk=wage.pk or 1, worker=ana), actor=admin, now=now)
    assert len(refreshed) == 1


def test_set_job_budget_overrides_and_resets(company, admin, now, refreshed):
    job = factories.make_job(company, "Maple", synced_budget_minutes=19200, synced_contract_amount=Decimal(9000))
    assert services.set_job_budget(
        company=company, job=job, budget_minutes=18000, contract_amount=None, actor=admin, now=now
    )
    job.refresh_from_db()
    assert (job.budget_minutes, job.contract_amount) == (18000, Decimal(9000))
    assert events("job.budget_set") == ["Set the budget of Maple: 300:00 hours, contract price: the synced price."]
    assert refreshed == [{"company": company, "job_ids": {job.pk}, "worker_ids": None, "now": now}]
    assert not services.set_job_budget(
        company=company, job=job, budget_minutes=18000, contract_amount=None, actor=admin, now=now
    )
    assert len(refreshed) == 1
    services.set_job_budget(company=company, job=job, budget_minutes=None, contract_amount=None, actor=admin, now=now)
    job.refresh_from_db()
    assert job.budget_minutes == 19200


def test_link_worker_links_and_unlinks(company, admin, ana, worker_membership, now):
    assert services.link_worker(company=company, worker=ana, membership=worker_membership, actor=admin, now=now)
    assert selectors.linked_worker(worker_membership) == ana
    assert not services.link_worker(company=company, worker=ana, membership=worker_membership, actor=admin, now=now)
    assert services.link_worker(company=company, worker=ana, membership=None, actor=admin, now=now)
    assert selectors.linked_worker(worker_membership) is None
    assert events("worker.linked") == [
        "Linked Ana Maria Ruiz to worker@acme.test.",
        "Unlinked Ana Maria Ruiz.",
    ]


def test_link_worker_refuses_linked_members_other_roles_and_strangers(
    company, manager, stranger, ana, bo, worker_membership, now
):
    services.link_worker(company=company, worker=ana, membership=worker_membership, actor=None, now=now)
    elsewhere = factories.make_member(stranger.memberships.get().company, Role.WORKER)
    for membership in (worker_membership, manager.memberships.get(), elsewhere):
        with pytest.raises(Refused) as refused:
            services.link_worker(company=company, worker=bo, membership=membership, actor=None, now=now)
        assert refused.value.field == "membership"


def test_wages_on_gives_the_wage_in_effect(company, ana, bo):
    factories.make_wage(ana, "24.00", JAN_1)
    factories.make_wage(ana, "25.00", NOV_2)
    day = datetime.timedelta(days=1)
    assert selectors.wages_on(company=company, day=NOV_2 - day) == {ana.pk: Decimal("24.00")}
    assert selectors.wages_on(company=company, day=NOV_2) == {ana.pk: Decimal("25.00")}
    assert selectors.wages_on(company=company, day=JAN_1 - day) == {}
    assert selectors.count_without_wage(company=company, day=NOV_2) == 1
