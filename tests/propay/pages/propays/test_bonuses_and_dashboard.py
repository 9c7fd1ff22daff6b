"""The bonuses by worker, and the dashboard."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from propay import services
from propay.models import Share
from tests.make import factories
from tests.make.propays import NOW, make_propay, put
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_bonuses_add_up_by_worker_over_live_propays_only(as_manager, company, crew, propay):
    job = factories.make_job(company)
    make_propay(job)
    factories.make_entry(crew[0], job, minutes=60)
    services.refresh(company=company, now=NOW)
    for status in ("APPROVED", "CANCELED"):
        other = make_propay(factories.make_job(company))
        Share.objects.create(company=company, propay=other, worker=crew[0], minutes=60, amount=Decimal("777.00"))
        put(other, status)

    text = text_of(as_manager.get("/bonuses/"))

    assert "Ana Ruiz 2 31:00 $2,725.98" in text
    assert "Ben Odermatt 1 20:00 $157.32" in text
    assert "To date, not yet approved $2,883.30" in text


def test_bonuses_find_workers_by_name(as_manager, propay):
    rows = as_manager.get("/bonuses/", {"q": "ben oder"}).context["page_obj"]

    assert [row["worker__first_name"] for row in rows] == ["Ben"]


def test_bonuses_say_how_many_shares_have_no_figure(as_manager, company, propay):
    factories.make_entry(factories.make_worker(company, "Dee Lo"), propay.job)
    services.refresh(company=company, now=NOW)

    assert "Dee Lo 1 missing a wage or budget 1 8:00 —" in text_of(as_manager.get("/bonuses/"))


@time_machine.travel(NOW)
def test_the_dashboard_counts_statuses_hours_and_bonuses(as_manager, company, crew, propay):
    """NOW is Monday, November 9: the five entries are of last week."""
    make_propay(factories.make_job(company), title="Too dear", status="STARTED", is_over_budget=True)
    factories.make_entry(crew[0], None, minutes=480, kind="time_off", work_date=date(2026, 11, 9))
    factories.make_entry(crew[0], propay.job, minutes=90, work_date=date(2026, 11, 9))
    factories.make_entry(crew[0], propay.job, minutes=60, work_date=date(2026, 11, 9), voided=True)

    text = text_of(as_manager.get("/"))

    assert "Hours this week 1:30" in text
    assert "Hours last week 50:00" in text
    assert "Bonuses to date $393.30" in text
    assert "0 pending 2 started" in text
    assert text.count("Too dear") == 2


@time_machine.travel(NOW)
def test_the_dashboard_says_what_to_do_next(as_manager, company):
    assert "Connect your time tracking" in text_of(as_manager.get("/"))

    worker = factories.make_worker(company)
    text = text_of(as_manager.get("/"))
    assert "Enter wages" in text
    assert "Create your first ProPay" in text

    factories.make_wage(worker)
    make_propay(factories.make_job(company))
    text = text_of(as_manager.get("/"))
    assert "Enter wages" not in text
    assert "Create your first ProPay" not in text
