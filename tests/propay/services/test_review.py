"""Overtime that today's rules would add to locked or paid bonuses: listed, and decided by a person (bonus.md 11.18)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from propay import services
from propay.models import LineKind, ReviewAnswer, ReviewDecision, Statement, StatementLine, StatementStatus
from propay.queries.review import propays_to_review, review_of
from propay.rules.pay_periods import Period
from protiv.accounts.models import AuditEvent
from tests.make import factories
from tests.make.browser import Browser
from tests.make.propays import NOW, make_propay
from tests.reading import text_of

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
LATER = NOW + timedelta(days=21)


@pytest.fixture
def paid(company, admin, ana):
    """Paid: 50 hours in one week, and a bonus. Of its overtime half was paid, as an older release did it."""
    job = factories.make_job(company, "Kitchen")
    for offset in range(5):
        factories.make_entry(ana, job, 600, MONDAY + timedelta(offset))
    propay = make_propay(job, fixed_amount=Decimal("1400.00"))
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    line = StatementLine.objects.get(kind=LineKind.TRUE_UP)
    StatementLine.objects.filter(pk=line.pk).update(federal_amount=line.federal_amount / 2)
    Statement.objects.update(federal_amount=line.federal_amount / 2)
    pay(company, admin)
    propay.refresh_from_db()
    return propay


def pay(company, admin) -> None:
    ids = Statement.objects.filter(status=StatementStatus.OPEN).values_list("pk", flat=True)
    services.pay_statements(company=company, actor=admin, statement_ids=ids, pay_date=company.local_date(NOW), now=NOW)


def decide(company, admin, propay, ana, amount: str, answer=ReviewAnswer.PAID, reason="Rule 11.9"):
    return services.decide_review(
        company=company,
        actor=admin,
        propay_id=propay.pk,
        worker_id=ana.pk,
        amount=Decimal(amount),
        answer=answer,
        reason=reason,
        now=LATER,
    )


def test_a_difference_is_listed_with_its_amounts_and_booked_by_no_one(company, paid, ana):
    # A saving of 400.00 pays 200.00; 0.5 × 200.00 / 50 × 10 are due, and half of that was paid.
    (row,) = review_of(company, [paid])
    assert (row.worker_id, row.booked_amount, row.due_amount, row.open_amount) == (
        ana.pk,
        Decimal("10.00"),
        Decimal("20.00"),
        Decimal("10.00"),
    )
    statement = Statement.objects.get()
    assert list(propays_to_review(company, Period(statement.start_date, statement.end_date))) == [paid]


def test_what_is_paid_goes_to_the_next_open_statement_and_leaves_the_list(company, admin, paid, ana):
    decision = decide(company, admin, paid, ana, "10.00")
    statement = Statement.objects.get(status=StatementStatus.OPEN)
    assert (decision.line.statement, decision.line.amount) == (statement, Decimal("10.00"))
    assert statement.total_amount == Decimal("10.00"), "no overtime is due on overtime"
    assert review_of(company, [paid]) == []
    assert AuditEvent.objects.filter(action="review.paid").count() == 1


def test_a_payment_that_is_removed_again_is_no_decision(company, admin, paid, ana):
    decision = decide(company, admin, paid, ana, "10.00")
    services.remove_adjustment(company=company, actor=admin, line_id=decision.line_id, now=LATER)
    assert [row.open_amount for row in review_of(company, [paid])] == [Decimal("10.00")]


def test_what_is_dismissed_leaves_the_list_and_pays_nothing(company, admin, paid, ana):
    decide(company, admin, paid, ana, "10.00", ReviewAnswer.DISMISSED)
    assert review_of(company, [paid]) == []
    assert not Statement.objects.filter(status=StatementStatus.OPEN).exists()


def test_a_decision_needs_a_reason_and_the_amount_that_was_shown(company, admin, paid, ana):
    with pytest.raises(ValidationError, match="Enter a reason"):
        decide(company, admin, paid, ana, "10.00", reason="  ")
    with pytest.raises(ValidationError, match="has changed"):
        decide(company, admin, paid, ana, "9.99")
    decide(company, admin, paid, ana, "10.00")
    with pytest.raises(ValidationError, match="has changed"):
        decide(company, admin, paid, ana, "10.00")


def test_an_open_statement_follows_todays_rules_and_is_not_reviewed(company, admin, ana):
    job = factories.make_job(company, "Deck")
    factories.make_entry(ana, job, 600, MONDAY)
    propay = make_propay(job, fixed_amount=Decimal("1400.00"))
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    assert review_of(company, [propay]) == []


def test_the_page_and_its_file_are_for_admins(as_admin, as_manager, as_worker, as_stranger, paid, ana):
    page = text_of(as_admin.get(reverse("review_list")))
    assert "Kitchen Ana Ruiz $10.00 $20.00 $10.00" in page
    content = b"".join(as_admin.get(reverse("review_file")).streaming_content).decode()
    assert "Kitchen,Ana Ruiz,10.00,20.00,0.00,10.00" in content
    for client in (as_manager, as_worker):
        assert client.get(reverse("review_list")).status_code == 403
        assert client.get(reverse("review_file")).status_code == 403
        assert client.post(reverse("review_decide")).status_code == 403
    assert "Kitchen" not in text_of(as_stranger.get(reverse("review_list")))


def test_the_page_decides_once(as_admin: Browser, as_stranger: Browser, paid, ana):
    asked = {"propay_id": paid.pk, "worker_id": ana.pk, "amount": "10.00", "answer": "PAID", "reason": "Rule 11.9"}
    assert as_stranger.post(reverse("review_decide"), asked).status_code == 404
    assert "Enter a reason" in text_of(as_admin.post(reverse("review_decide"), asked | {"reason": ""}, follow=True))
    said = text_of(as_admin.post(reverse("review_decide"), asked, follow=True))
    assert "Paid. It is on the next open statement." in said
    assert ReviewDecision.objects.get().line.amount == Decimal("10.00")


def test_shares_that_contain_their_overtime_are_not_listed(company, admin, ana):
    job = factories.make_job(company, "Shop")
    factories.make_entry(ana, job, 3000, MONDAY)
    propay = make_propay(job, fixed_amount=Decimal("1400.00"), distribution="TOTAL_EARNINGS")
    answers = {propay.pk: {"checked_time": True}}
    outcome = services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], answers=answers, now=NOW)
    assert outcome.approved == (propay.pk,)
    pay(company, admin)
    propay.refresh_from_db()
    assert review_of(company, [propay]) == []
