"""From when which rules for overtime on a bonus apply (bonus.md 11.4). For admins."""

from datetime import date, datetime, time
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.queries.overtime import policies_of
from propay.services.refreshing import refresh_with_overtime
from propay.services.shared import lock, record_event
from propay.services.take_back import follow_take_back
from propay.services.true_ups import update_all_true_ups
from protiv.accounts.models import Company, PayPolicy, User


class PolicyValues(TypedDict):
    """The rules of one pay policy."""

    workweek_start: str
    workday_start: time
    state: str
    method: str
    divisor: str
    take_back: str


def save_pay_policy(
    *, company: Company, from_date: date | None, actor: User, now: datetime, **values: Unpack[PolicyValues]
) -> PayPolicy:
    """Apply these rules from a date on, or from the beginning; a policy that starts then is replaced.

    Overtime on bonuses that aren't locked or paid is recalculated. Raises ValidationError if the policies can't follow
    each other.
    """
    with transaction.atomic():
        company = lock(company)
        policy, _is_new = PayPolicy.objects.update_or_create(
            company=company, from_date=from_date, defaults={**values}, create_defaults={**values, "created_by": actor}
        )
        policy.full_clean()
        try:
            policies_of(company)
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from refusal
        since = f"from {from_date:%b %-d, %Y} on" if from_date else "from the beginning"
        summary = f"Set the pay rules {since}: {_in_words(policy)}."
        record_event(company.pk, actor, "pay_policy.saved", f"company:{company.pk}", summary)
        update_all_true_ups(company=company, now=now)
        follow_take_back(company=company)
        refresh_with_overtime(company=company, now=now)
    return policy


def _in_words(policy: PayPolicy) -> str:
    return ", ".join(
        (
            f"workweek from {policy.get_workweek_start_display()} {policy.workday_start:%H:%M}",
            policy.get_state_display() or "federal rule only",
            policy.get_method_display(),
            policy.get_divisor_display(),
            f"taking money back: {policy.get_take_back_display()}",
        )
    )
