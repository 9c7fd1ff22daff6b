"""A what-if is saved as the ProPay's terms and plan, or discarded."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from propay import services
from propay.models import (
    BonusPlan,
    CrewTerm,
    PlanVersion,
    ProPay,
)
from propay.rules.budgets import BudgetType
from protiv.accounts.models import AuditEvent
from protiv.timekeeping.models import TimeEntry
from tests.make import factories
from tests.make.propays import NOW, make_approved, make_propay
from tests.propay.pages.what_if.scenario import MONDAY, address, filled, tried
from tests.reading import text_of

pytestmark = pytest.mark.django_db


# Plans


def test_choosing_a_plan_offers_every_version_and_keeps_it_when_saved(as_manager, company, propay):
    plan = BonusPlan.objects.create(company=company, name="Crew plan")
    later = PlanVersion.objects.create(company=company, plan=plan, start_date=date(2027, 1, 1), split_percent=80)
    page = as_manager.get(address(propay))
    assert "Crew plan (effective Jan 1, 2027)" in text_of(page)
    changes = {"plan_version": str(later.pk), "split_percent": "80"}
    as_manager.post(address(propay), filled(page) | changes | {"save": "1"})
    propay.refresh_from_db()
    assert (propay.plan_version, propay.split_percent, propay.pool_amount) == (later, 80, Decimal("800.00"))


# Saving and discarding


def rows_of_everything(company):
    return [list(model.objects.filter(company=company).values()) for model in (ProPay, CrewTerm, TimeEntry, AuditEvent)]


def test_a_what_if_stores_nothing(as_manager, company, propay):
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


def test_a_worker_who_never_gets_a_bonus_gets_no_terms_here(as_manager, crew, propay):
    crew[0].no_bonus = True
    crew[0].save()
    as_manager.post(address(propay), filled(as_manager.get(address(propay))) | {"split_percent": "60", "save": "1"})
    assert not propay.crew_terms.exists()


def test_saving_is_refused_if_someone_else_changed_it(as_manager, propay):
    data = filled(as_manager.get(address(propay)))
    ProPay.objects.update(split_percent=Decimal(10))
    response = as_manager.post(address(propay), data | {"fixed_amount": "3000", "save": "1"})
    assert "Someone else changed this ProPay while you were editing." in text_of(response)
    propay.refresh_from_db()
    assert propay.fixed_amount == Decimal("2600.00")


def test_saving_shares_that_do_not_add_up_stores_nothing_at_all(as_manager, propay):
    data = filled(as_manager.get(address(propay)))
    changes = {"distribution": "MANUAL", "crew_share": ["1", "2"], "crew_hours": ["10", "20:00"], "save": "1"}
    response = as_manager.post(address(propay), data | changes)
    assert response.status_code == 200
    propay.refresh_from_db()
    assert (propay.distribution, propay.crew_terms.count()) == ("PER_HOUR", 0)


def test_approved_propay_shows_what_it_would_have_been_and_cannot_be_saved(as_manager, company, propay):
    from propay.figures import terms_of
    from propay.frozen.terms import freeze
    from propay.models import Snapshot

    entries = dict.fromkeys(TimeEntry.objects.all(), "20.00")
    terms = terms_of(ProPay.objects.select_related("job").get(pk=propay.pk))
    make_approved(propay, {}, entries)
    Snapshot.objects.update(terms=freeze(terms))
    page = as_manager.get(address(propay))
    assert "It's approved and can't be changed" in text_of(page)
    assert "Save to this ProPay" not in text_of(page)
    assert "Savings 3,000.00 - 1,400.00 $1,200.00 $1,600.00 +$400.00" in tried(
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
