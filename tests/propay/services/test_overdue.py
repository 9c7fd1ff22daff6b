"""Bonuses past their payday are shown in red, and admins get one mail a week (29 CFR 778.106; bonus.md 11.17)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django_q.models import OrmQ

from propay import services
from propay.models import BonusSettings, Statement
from propay.services.overdue import due_dates, mail_overdue, overdue_of, queue_overdue_checks
from tests.make import factories
from tests.make.propays import NOW, make_propay
from tests.reading import text_of

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
# In Denver, 9 in the morning of a Friday; the period of that week ends on Sunday and is paid on the Friday after.
FRIDAY = datetime.fromisoformat("2026-10-09T15:00+00:00")


@pytest.fixture(autouse=True)
def _weekly(company):
    company.pay_period = "WEEKLY"
    company.save()
    BonusSettings.objects.create(company=company, period_anchor_date=MONDAY, payday_days=5)


@pytest.fixture
def propay(company, admin, ana):
    """Completed on Friday, Oct 9."""
    job = factories.make_job(company, "Kitchen")
    factories.make_entry(ana, job, 600, MONDAY)
    propay = make_propay(job, fixed_amount=Decimal("900.00"))
    services.refresh(company=company, now=FRIDAY)
    services.complete_propay(company=company, propay_id=propay.pk, actor=admin, now=FRIDAY)
    return propay


def approve(company, admin, propay, now=FRIDAY) -> Statement:
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=now)
    return Statement.objects.get()


def counts(company, today: date) -> tuple[int, int]:
    found = overdue_of(company, today)
    return found.propays, found.statements


def on(day: str) -> date:
    return date.fromisoformat(f"2026-10-{day}")


def test_a_completed_propay_is_overdue_after_the_payday_of_that_period(company, propay):
    assert counts(company, on("16")) == (0, 0)
    assert counts(company, on("17")) == (1, 0)


def test_an_unpaid_statement_is_overdue_after_its_payday(company, admin, propay):
    statement = approve(company, admin, propay)
    assert statement.end_date == on("11")
    assert counts(company, on("16")) == (0, 0)
    assert counts(company, on("17")) == (0, 1)
    services.pay_statements(
        company=company, actor=admin, statement_ids=[statement.pk], pay_date=on("16"), now=FRIDAY + timedelta(7)
    )
    assert counts(company, on("17")) == (0, 0)


def test_a_reopened_propay_is_not_overdue(company, admin, propay):
    services.reopen_propay(company=company, propay_id=propay.pk, actor=admin, now=FRIDAY)
    assert overdue_of(company, on("30")).propays == 0


def test_the_company_decides_how_long_after_its_period_it_pays(company, propay):
    BonusSettings.objects.update(payday_days=12)
    assert overdue_of(company, on("23")).propays == 0
    assert due_dates(company, on("24")).ended_by == on("11")


def test_lists_dashboard_and_statement_are_red(as_admin, as_manager, company, admin, propay):
    with time_machine.travel(FRIDAY + timedelta(days=8), tick=False):
        assert "Past payday: 1 completed ProPay not approved" in text_of(as_manager.get(reverse("dashboard")))
        assert "Past payday" in text_of(as_manager.get(reverse("propay_list")))
        statement = approve(company, admin, propay, FRIDAY)
        assert "Past payday: 1 statement not marked as paid" in text_of(as_admin.get(reverse("dashboard")))
        assert "Past payday" in text_of(as_admin.get(reverse("statement_list")))
        page = text_of(as_admin.get(reverse("statement_detail", args=[statement.pk])))
        assert "This statement is past its payday." in page
    with time_machine.travel(FRIDAY, tick=False):
        assert "Past payday" not in text_of(as_admin.get(reverse("dashboard")))
        assert "Past payday" not in text_of(as_admin.get(reverse("statement_list")))


def test_admins_get_one_mail_a_week_while_there_are_any(company, admin, manager, propay, settings):
    late = FRIDAY + timedelta(days=8)
    for days in (0, 1, 6):
        queue_overdue_checks(now=late + timedelta(days=days))
        mail_overdue(company_id=company.pk, now=late + timedelta(days=days))
    (sent,) = mail.outbox
    assert sent.to == [admin.email]
    assert "Completed ProPays that aren't approved: 1" in sent.body
    assert f"{settings.SITE_URL}/propays/?tab=complete" in sent.body
    mail_overdue(company_id=company.pk, now=late + timedelta(days=7))
    assert len(mail.outbox) == 2


def test_no_mail_before_the_payday_and_none_without_bonuses(company, admin, propay):
    queue_overdue_checks(now=FRIDAY)
    mail_overdue(company_id=company.pk, now=FRIDAY)
    assert mail.outbox == []


def test_the_tick_queues_one_look_a_day_at_companies_with_unpaid_bonuses(
    company, admin, propay, django_capture_on_commit_callbacks
):
    factories.make_company("Without bonuses")
    for hours, queued in ((0, 1), (1, 1), (25, 2)):
        with django_capture_on_commit_callbacks(execute=True):
            queue_overdue_checks(now=NOW + timedelta(hours=hours))
        assert OrmQ.objects.count() == queued
