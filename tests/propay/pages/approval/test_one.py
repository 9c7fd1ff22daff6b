"""Approving, unapproving, and completing a ProPay, and its page once it is approved."""

from datetime import date
from decimal import Decimal

import pytest

from propay import services
from propay.models import BonusSettings, LineKind, StatementLine
from tests.make import factories
from tests.make.propays import NOW, put
from tests.propay.pages.approval.reading import MONDAY, at, seen_of, status_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db


# Approving one


def test_the_approval_page_shows_who_gets_what_on_which_statement(as_manager, company, crew, propay):
    factories.make_entry(crew[0], factories.make_job(company), minutes=40 * 60, work_date=date(2026, 10, 6))

    text = text_of(as_manager.get(at("propay_approve", propay)))

    assert "Ana Ruiz Crew Nov 2 – Nov 15, 2026 $250.00" in text
    assert "Total $500.00" in text
    # 50 hours: 0.5 × 250 / 50 × 10.
    assert "Plus overtime true-up, based on today's hours $25.00" in text


def test_the_approval_page_tells_that_the_work_is_not_marked_complete(as_manager, propay):
    assert "This ProPay isn't marked complete." in text_of(as_manager.get(at("propay_approve", propay)))
    as_manager.post(at("propay_complete", propay))
    assert "isn't marked complete" not in text_of(as_manager.get(at("propay_approve", propay)))


def test_approving_from_the_page_books_and_shows_what_was_frozen(as_manager, manager, propay):
    page = as_manager.get(at("propay_approve", propay))

    response = as_manager.post(at("propay_approve", propay), {"seen": seen_of(page)}, follow=True)

    text = text_of(response)
    assert "Approved “Kitchen”" in text
    assert f"Approved by {manager.email}" in text
    assert "Unapprove…" in text
    assert "Complete" not in text.split("Budget vs. actual")[0]
    assert StatementLine.objects.filter(kind=LineKind.SHARE).count() == 2


def test_changed_figures_are_not_approved(as_admin, crew, propay):
    seen = seen_of(as_admin.get(at("propay_approve", propay)))
    factories.make_entry(crew[0], propay.job, minutes=60, work_date=MONDAY)

    response = as_admin.post(at("propay_approve", propay), {"seen": seen}, follow=True)

    assert "changed while you were reviewing" in text_of(response)
    assert response.redirect_chain[-1][0] == at("propay_approve", propay)
    assert status_of(propay) == "STARTED"


@pytest.mark.parametrize("seen", ["", "nonsense"])
def test_nothing_is_approved_unseen(as_admin, propay, seen):
    as_admin.post(at("propay_approve", propay), {"seen": seen})
    assert status_of(propay) == "STARTED"


def test_the_second_person_is_told_who_approved(as_admin, as_manager, manager, propay):
    seen = seen_of(as_admin.get(at("propay_approve", propay)))
    as_manager.post(at("propay_approve", propay), {"seen": seen})
    response = as_admin.post(at("propay_approve", propay), {"seen": seen}, follow=True)
    assert f"It's already approved ({manager.email})." in text_of(response)


def test_a_propay_that_is_not_done_says_why_and_has_no_button(as_admin, make):
    propay = make(completion_percent=Decimal(80))
    response = as_admin.get(at("propay_approve", propay))
    assert "You can't approve this now. It's 80% complete." in text_of(response)
    assert '<button class="btn btn-primary" disabled>' in response.content.decode()


def test_a_loss_says_what_approving_it_means(as_admin, make):
    text = text_of(as_admin.get(at("propay_approve", make(budget="100.00"))))
    assert "pays no bonus and takes nothing from hourly pay" in text
    assert "No one gets a share." in text


@pytest.mark.parametrize("status", ["APPROVED", "PAID", "CANCELED"])
def test_a_propay_that_is_not_open_has_no_approval_page(as_admin, propay, status):
    put(propay, status)
    assert as_admin.get(at("propay_approve", propay)).url == at("propay_detail", propay)


# Unapproving


def test_unapproving_requires_a_reason(as_manager, approved):
    assert "from open statements" in text_of(as_manager.get(at("propay_unapprove", approved)))
    response = as_manager.post(at("propay_unapprove", approved), {"reason": " "})
    assert response.context["form"].errors["reason"]
    response = as_manager.post(at("propay_unapprove", approved), {"reason": "Wrong job"}, follow=True)
    assert "Unapproved." in text_of(response)
    assert "Unapproved" in text_of(response)
    assert status_of(approved) == "STARTED"


def test_unapproving_a_paid_propay_is_refused_on_the_page(as_manager, approved):
    statement = StatementLine.objects.first().statement
    type(statement).objects.filter(pk=statement.pk).update(
        status="PAID", pay_date=date(2026, 11, 13), paid_amount=Decimal("250.00")
    )
    response = as_manager.post(at("propay_unapprove", approved), {"reason": "Wrong job"})
    assert "already paid" in text_of(response)
    assert status_of(approved) == "APPROVED"


def test_a_propay_that_is_not_approved_cannot_be_unapproved(as_manager, propay):
    assert as_manager.get(at("propay_unapprove", propay)).url == at("propay_detail", propay)


# Complete and reopen


def test_a_manager_completes_and_reopens_from_the_page(as_manager, propay):
    response = as_manager.post(at("propay_complete", propay), follow=True)
    assert "Marked complete. Ready for approval." in text_of(response)
    assert "Reopen" in text_of(response)
    response = as_manager.post(at("propay_reopen", propay), follow=True)
    assert status_of(propay) == "STARTED"
    assert "can be reopened" in text_of(as_manager.post(at("propay_reopen", propay), follow=True))


# The page of an approved one


def test_buttons_are_only_for_allowed_roles(as_manager, company, propay):
    assert "Approve…" in text_of(as_manager.get(at("propay_detail", propay)))
    BonusSettings.objects.create(company=company, managers_approve=False)
    text = text_of(as_manager.get(at("propay_detail", propay)))
    assert "Approve…" not in text
    assert "Mark complete" in text


def test_the_page_shows_the_approved_figures_even_if_the_time_changes(as_manager, drifted):
    text = text_of(as_manager.get(at("propay_detail", drifted)))
    assert "Bonus pool $500.00" in text
    assert "With today's time, shares would be $50.00 higher." in text
    assert "Changed after approval: $50.00" in text_of(as_manager.get(at("propay_list"), {"tab": "approved"}))


def test_the_budget_of_the_job_is_copied_at_approval(as_manager, company, admin, make):
    propay = make(budget_type="HOURS", fixed_amount=None)
    type(propay.job).objects.update(synced_budget_minutes=3000)
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    type(propay.job).objects.update(synced_budget_minutes=6000)
    assert "50:00 hours As of approval." in text_of(as_manager.get(at("propay_detail", propay)))
    services.unapprove_propay(company=company, propay_id=propay.pk, actor=admin, reason="No", now=NOW)
    propay.refresh_from_db()
    assert propay.budget_minutes is None
