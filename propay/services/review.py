"""Deciding about overtime that today's rules would add to a locked or paid bonus (bonus.md 11.18). For admins."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.models import AdjustmentCategory, ProPay, ReviewAnswer, ReviewDecision, StatementLine
from propay.queries.review import ReviewRow, review_of
from propay.rules.trace import dollars
from propay.services import booking
from propay.services.shared import lock, record_event
from protiv.accounts.models import Company, User

CATEGORY = "Overtime after review"


def decide_review(
    *,
    company: Company,
    actor: User,
    propay_id: int,
    worker_id: int,
    amount: Decimal,
    answer: str,
    reason: str,
    now: datetime,
) -> ReviewDecision:
    """Pay the difference on the person's next open statement, or dismiss it; both with a reason.

    `amount` is what the page showed. Refused (ValidationError) without a reason, or if the difference is another one.
    """
    if not reason.strip():
        raise ValidationError({"reason": "Enter a reason. It is kept with the decision."})
    with transaction.atomic():
        company = lock(company)
        propay = ProPay.objects.get(company=company, pk=propay_id)
        row = next((one for one in review_of(company, [propay]) if one.worker_id == worker_id), None)
        if row is None or row.open_amount != amount:
            raise ValidationError("The difference has changed, so nothing was done. Check the list again.")
        line = _pay(company, actor, row, reason.strip(), now) if answer == ReviewAnswer.PAID else None
        decision = ReviewDecision.objects.create(
            company=company,
            propay=propay,
            worker_id=worker_id,
            answer=answer,
            amount=amount,
            reason=reason.strip(),
            line=line,
            decided_by=actor,
            decided_at=now,
        )
        what = "Paid" if line else "Dismissed"
        summary = (
            f"{what} {dollars(amount)} of overtime for {row.name} on the ProPay “{propay.title}”. {reason.strip()}"
        )
        record_event(company.pk, actor, f"review.{answer.lower()}", f"propay:{propay.pk}", summary)
        return decision


def _pay(company: Company, actor: User, row: ReviewRow, reason: str, now: datetime) -> StatementLine:
    """One line of the bonus column. It is overtime pay, so no overtime is due on it."""
    category, _ = AdjustmentCategory.objects.get_or_create(company=company, name=CATEGORY)
    (line,) = booking.book_adjustment(
        company=company,
        category_id=category.pk,
        worker_ids=[row.worker_id],
        amount=row.open_amount,
        earned=None,
        note=f"{row.propay.title}: {reason}"[:500],
        period=booking.current_period(company=company, day=company.local_date(now)),
        actor=actor,
        now=now,
    )
    return line
