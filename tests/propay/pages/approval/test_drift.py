"""The page of a drift: changes in time and wages, adjusted or dismissed."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from propay import services
from propay.models import BonusSettings, LineKind, ProPay, Snapshot, StatementLine
from propay.pages import drift
from protiv.timekeeping.models import TimeEntry
from tests.make import factories
from tests.make.propays import NOW
from tests.propay.pages.approval.reading import MONDAY, at
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_the_drift_page_shows_each_entry_and_each_amount(as_manager, drifted):
    text = text_of(as_manager.get(at("propay_drift", drifted)))
    assert "Changed Ana Ruiz Oct 5, 2026 10:00 → 5:00" in text
    assert "Ana Ruiz Crew $250.00 $183.33 −$66.67" in text
    assert "Total $500.00 $550.00 $50.00" in text
    assert "Promised pay stays unpaid: workers whose share would be higher" in text


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"voided_at": NOW, "voided_run_id": 1}, "Voided: no longer in your time-tracking system"),
        ({"is_open": True}, "Still on the clock"),
        ({"kind": "meal_break"}, "Now meal break, which doesn't count"),
        ({"work_date": date(2026, 9, 1)}, "Moved to Sep 1, outside the ProPay's dates"),
        ({"work_date": date(2026, 10, 7)}, "Oct 5 → Oct 7, 2026"),
        ({"kind": "auto_lunch", "minutes": 540}, "Work → Automatic lunch"),
    ],
)
def test_the_drift_page_says_what_happened_to_an_entry(as_manager, company, approved, values, told):
    TimeEntry.objects.filter(pk=TimeEntry.objects.first().pk).update(**values)
    services.refresh(company=company, job_ids=[approved.job_id], now=NOW)
    assert told in text_of(as_manager.get(at("propay_drift", approved)))


def test_the_drift_page_names_another_job_worker_code_and_wage(as_manager, company, crew, approved):
    first, second = TimeEntry.objects.order_by("pk")
    code = factories.make_cost_code(company, "Tile")
    TimeEntry.objects.filter(pk=first.pk).update(job=factories.make_job(company, "Barn"))
    TimeEntry.objects.filter(pk=second.pk).update(worker=crew[0], cost_code=code)
    crew[0].wages.update(hourly_amount=Decimal("22.00"))
    factories.make_entry(crew[1], approved.job, minutes=60, work_date=MONDAY)
    text = text_of(as_manager.get(at("propay_drift", approved)))
    for told in ("Moved to Barn", "Bob Stone → Ana Ruiz", "No cost code → Tile", "$20.00 → $22.00", "New Bob Stone"):
        assert told in text


def test_the_drift_page_shows_the_first_entries_and_how_many_more_there_are(as_manager, crew, approved, monkeypatch):
    monkeypatch.setattr(drift, "SHOWN_ENTRIES", 1)
    crew[0].wages.update(hourly_amount=Decimal("22.00"))
    factories.make_entry(crew[1], approved.job, minutes=60, work_date=MONDAY)
    text = text_of(as_manager.get(at("propay_drift", approved)))
    assert "$20.00 → $22.00" in text
    assert "And 1 more entry." in text


def test_drift_is_adjusted_from_its_page(as_manager, drifted):
    seen = as_manager.get(at("propay_drift", drifted)).context["page"].seen
    response = as_manager.post(at("propay_drift_adjust", drifted), {"seen": seen, "note": "Left at noon"}, follow=True)
    text = text_of(response)
    assert "Adjusted. The differences are on the workers' next open statements." in text
    assert "Bonus pool $550.00" in text
    assert "Adjusted after approval. These are the adjusted figures" in text
    assert "Left at noon" in text
    assert "Replaced Pool $500.00" in text
    assert "$500.00 adjusted: $550.00" in text_of(as_manager.get(reverse("propay_list"), {"tab": "all"}))
    assert StatementLine.objects.filter(kind=LineKind.DRIFT).count() == 2
    assert "Today's figures match the approved ones." in text_of(as_manager.get(at("propay_drift", drifted)))


def test_drift_is_dismissed_with_a_reason_from_its_page(as_manager, drifted):
    seen = as_manager.get(at("propay_drift", drifted)).context["page"].seen
    response = as_manager.post(at("propay_drift_dismiss", drifted), {"seen": seen, "reason": ""})
    assert response.context["dismiss"].errors["reason"]
    response = as_manager.post(
        at("propay_drift_dismiss", drifted), {"seen": seen, "reason": "Broken clock"}, follow=True
    )
    assert "was dismissed: Broken clock" in text_of(response)
    assert "You can still adjust it." in text_of(as_manager.get(at("propay_drift", drifted)))


@pytest.mark.parametrize("name", ["propay_drift_adjust", "propay_drift_dismiss"])
def test_a_difference_that_was_not_seen_is_not_decided(as_manager, drifted, name):
    response = as_manager.post(at(name, drifted), {"seen": "x", "reason": "Because"})
    assert "Time changed again while you were reviewing." in text_of(response)
    assert Snapshot.objects.count() == 1
    assert ProPay.objects.get().drifted_at is not None


def test_managers_who_may_not_approve_see_the_drift_and_decide_nothing(as_manager, company, drifted):
    BonusSettings.objects.create(company=company, managers_approve=False)
    response = as_manager.get(at("propay_drift", drifted))
    assert response.status_code == 200
    assert 'name="seen"' not in response.content.decode()


def test_drift_without_a_bonus_today_says_why_and_can_only_be_dismissed(as_manager, company, crew, approved):
    crew[0].wages.all().delete()
    services.refresh(company=company, worker_ids=[crew[0].pk], now=NOW)
    assert "With today's time, no bonus can be calculated." in text_of(as_manager.get(at("propay_detail", approved)))
    text = text_of(as_manager.get(at("propay_drift", approved)))
    assert "Missing wages: Ana Ruiz" in text
    assert "Adjust on the next statement" not in text


def test_a_live_propay_has_no_drift_page(as_manager, propay):
    assert as_manager.get(at("propay_drift", propay)).url == at("propay_detail", propay)
    assert as_manager.post(at("propay_drift_adjust", propay)).status_code == 404
