"""Pseudo-bonus warnings over real data: the warnings above the statements before they are paid."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from propay import services
from propay.models import ProPay
from protiv.timekeeping.models import Wage
from tests.make import factories
from tests.make.propays import NOW, make_propay
from tests.reading import text_of

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 12)
WEEKS = [MONDAY + timedelta(weeks=place) for place in range(3)]


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ana(company):
    worker = factories.make_worker(company, "Ana Ruiz")
    factories.make_wage(worker, "4.80")
    return worker


@pytest.fixture
def approve(company, admin, ana):
    """Approve a ProPay of one workweek of Ana's: so many hours, and a budget that leaves all of the saving to her."""

    def approve(monday: date, hours: int, budget: str, **fields) -> ProPay:
        job = factories.make_job(company)
        for day in range(5):
            factories.make_entry(ana, job, minutes=hours * 12, work_date=monday + timedelta(day))
        propay = make_propay(job, fixed_amount=Decimal(budget), **{"split_percent": Decimal(100), **fields})
        services.refresh(company=company, job_ids=[job.pk], now=NOW)
        approval = services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
        assert approval.refusals == {}
        return propay

    return approve


def shown(client) -> str:
    return text_of(client.get(reverse("statement_pseudo_bonuses")))


def test_the_regulations_illustration_is_shown_above_the_statements(approve, as_manager):
    # 300.00 every week, whatever the hours: 4.80 an hour and overtime, and the rest called a bonus (29 CFR 778.502(c)).
    for monday, hours, bonus in zip(WEEKS, (40, 45, 50), ("108.00", "72.00", "36.00"), strict=True):
        straight = Decimal("4.80") * hours
        approve(monday, hours, str(straight + Decimal(bonus)))

    text = shown(as_manager)

    assert (
        "Ana Ruiz's wages plus bonus total 300.00 in each of the 3 workweeks from Oct 12, 2026 to Oct 26, 2026" in text
    )
    assert "This isn't legal advice" in text
    assert reverse("statement_pseudo_bonuses") in as_manager.get(reverse("statement_list")).content.decode()


def test_a_crew_that_gets_all_of_fixed_budgets_and_works_on_nothing_else_is_shown(approve, as_manager):
    for monday, hours, budget in zip(WEEKS, (30, 35, 38), ("400", "410", "450"), strict=True):
        approve(monday, hours, budget)

    assert "Ana Ruiz spent at least 90% of the hours on fixed-budget ProPays" in shown(as_manager)


def test_nothing_is_shown_where_a_week_has_other_work_or_terms_that_leave_less(approve, as_manager, ana, company):
    factories.make_entry(ana, factories.make_job(company), minutes=240, work_date=WEEKS[1])
    for monday, hours, budget in zip(WEEKS, (30, 35, 38), ("400", "410", "450"), strict=True):
        approve(monday, hours, budget)
    assert shown(as_manager).strip() == ""


def test_a_split_below_100_percent_shows_no_warning(approve, as_manager):
    for monday, hours, budget in zip(WEEKS, (30, 35, 38), ("400", "410", "450"), strict=True):
        approve(monday, hours, budget, split_percent=Decimal(50))
    assert shown(as_manager).strip() == ""


def test_an_exempt_worker_shows_no_warning(approve, as_manager, ana):
    for monday, hours, budget in zip(WEEKS, (30, 35, 38), ("400", "410", "450"), strict=True):
        approve(monday, hours, budget)
    for worker in type(ana).objects.all():
        factories.set_exempt(worker)
    assert shown(as_manager).strip() == ""


def test_a_week_without_a_wage_has_no_total(approve, as_manager):
    for monday, hours, bonus in zip(WEEKS, (40, 45, 50), ("108.00", "72.00", "36.00"), strict=True):
        approve(monday, hours, str(Decimal("4.80") * hours + 2 * Decimal(bonus)), split_percent=Decimal(50))
    Wage.objects.update(start_date=WEEKS[1])
    assert shown(as_manager).strip() == ""


def test_warnings_are_for_the_office(approve, as_worker, as_stranger, anonymous):
    approve(MONDAY, 30, "400")
    assert as_worker.get(reverse("statement_pseudo_bonuses")).status_code == 403
    assert shown(as_stranger).strip() == ""
    assert anonymous.get(reverse("statement_pseudo_bonuses")).status_code == 302


def test_warnings_take_as_many_queries_for_many_as_for_few(approve, as_manager):
    def count():
        with CaptureQueriesContext(connection) as queries:
            shown(as_manager)
        return len(queries)

    approve(WEEKS[0], 30, "400")
    few = count()
    for monday in WEEKS[1:]:
        approve(monday, 35, "500")
    assert count() == few


def test_work_under_another_id_of_the_person_counts(company, approve, as_manager, ana):
    for monday, hours, budget in zip(WEEKS, (30, 35, 38), ("400", "410", "450"), strict=True):
        approve(monday, hours, budget)
    assert "Ana Ruiz spent at least 90% of the hours on fixed-budget ProPays" in shown(as_manager)

    second = factories.make_worker(company, "Ana Ruiz", same_person_as=ana)
    factories.make_wage(second, "4.80")
    factories.make_entry(second, factories.make_job(company, "Shop"), minutes=60, work_date=WEEKS[1])

    assert "worked only on fixed-budget ProPays" not in shown(as_manager)
