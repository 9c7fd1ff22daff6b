"""Completing and reopening ProPays (bonus.md 7)."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.models import ProPay
from propay.rules import states
from propay.services.refreshing import refreshed
from propay.services.shared import get_propay, lock, record
from protiv.accounts.models import Company, User

WHOLE = Decimal(100)


def complete_propay(*, company: Company, propay_id: int, actor: User, now: datetime) -> ProPay:
    """Mark the work as completed. Time that still arrives counts until approval.

    Refused (ValidationError) before there is time, and below 100 % complete.
    """
    with transaction.atomic():
        company = lock(company)
        propay = get_propay(company, propay_id)
        if not states.COMPLETE.starts_from(propay.status):
            raise ValidationError(
                f"This ProPay is {propay.get_status_display().lower()}. Only a started one can be marked complete."
            )
        if propay.completion_percent != WHOLE:
            raise ValidationError(
                f"This ProPay is {propay.completion_percent.normalize():f}% complete. Edit it and set percent "
                "complete to 100 first; the earned budget depends on it."
            )
        propay.status, propay.completed_at = states.COMPLETE.target, now
        propay.save(update_fields=["status", "completed_at"])
        record(propay, actor, "propay.completed", "Completed")
        return propay


def reopen_propay(*, company: Company, propay_id: int, actor: User, now: datetime) -> ProPay:
    """Reopen a completed ProPay."""
    with transaction.atomic():
        company = lock(company)
        propay = get_propay(company, propay_id)
        if not states.REOPEN.starts_from(propay.status):
            raise ValidationError("Only a ProPay that was marked complete can be reopened.")
        propay.status, propay.completed_at = states.REOPEN.target, None
        propay.save(update_fields=["status", "completed_at"])
        record(propay, actor, "propay.reopened", "Reopened")
        return refreshed(company, propay, now)
