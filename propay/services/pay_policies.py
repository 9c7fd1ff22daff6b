"""From when which rules for overtime on a bonus apply (bonus.md 11.4). For admins."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.models import LineKind, StatementLine
from propay.queries.overtime import policies_of
from propay.rules.policies import next_first_day
from propay.rules.trace import day as in_words
from propay.services.amount_effects import (
    AmountEffect,
    AmountKey,
    amounts_of,
    effect_of,
    open_lines,
    refuse_unless_reviewed,
)
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


def preview_pay_policy(
    *, company: Company, from_date: date | None, now: datetime, **values: Unpack[PolicyValues]
) -> AmountEffect | None:
    """What `save_pay_policy` would change; None if it needs no review. Nothing is stored.

    A review is needed for days that have begun, once anyone was paid a bonus or is owed one.
    """
    with transaction.atomic():
        company = lock(company)
        effect = _apply(company, from_date, None, now, values)
        transaction.set_rollback(True)
    has_begun = from_date is None or from_date <= company.local_date(now)
    return effect if has_begun and StatementLine.objects.filter(company=company).exists() else None


def save_pay_policy(
    *,
    company: Company,
    from_date: date | None,
    actor: User,
    now: datetime,
    reason: str = "",
    seen: str = "",
    **values: Unpack[PolicyValues],
) -> None:
    """Apply these rules from a date on, or from the beginning; a policy that starts then is replaced.

    Overtime on bonuses that aren't locked or paid is recalculated. For days that have begun, that is a correction: it
    needs the digest of what was `seen` of it, and a reason. Raises ValidationError where they are missing, and if the
    policies can't follow each other.
    """
    with transaction.atomic():
        company = lock(company)
        needed = preview_pay_policy(company=company, from_date=from_date, now=now, **values)
        refuse_unless_reviewed(needed, seen=seen, reason=reason)
        _apply(company, from_date, actor, now, values)
        refresh_with_overtime(company=company, now=now)
        since = f"from {in_words(from_date)} on" if from_date else "from the beginning"
        because = f" Reason: {reason}" if needed else ""
        summary = f"Set the pay rules {since}: {_in_words(values)}.{because}"
        record_event(company.pk, actor, "pay_policy.saved", f"company:{company.pk}", summary)


def remove_pay_policy(*, company: Company, policy_id: int, actor: User, now: datetime) -> None:
    """Remove a policy that isn't in effect yet. Raises ValidationError for any other."""
    with transaction.atomic():
        company = lock(company)
        policy = PayPolicy.objects.get(company=company, pk=policy_id)
        if policy.from_date is None or policy.from_date <= company.local_date(now):
            raise ValidationError("These rules are in effect already. Add new ones from a date on instead.")
        policy.delete()
        _refuse_impossible(company)
        update_all_true_ups(company=company, now=now)
        refresh_with_overtime(company=company, now=now)
        follow_take_back(company=company)
        summary = f"Removed the pay rules from {in_words(policy.from_date)} on."
        record_event(company.pk, actor, "pay_policy.removed", f"company:{company.pk}", summary)


def _apply(
    company: Company, from_date: date | None, actor: User | None, now: datetime, values: PolicyValues
) -> AmountEffect:
    before = _true_ups(company)
    policy, is_new = PayPolicy.objects.get_or_create(
        company=company, from_date=from_date, defaults={**values, "created_by": actor}
    )
    if not is_new:
        PayPolicy.objects.filter(pk=policy.pk).update(**values)
        policy.refresh_from_db()
    _refuse_first_day(policy)
    _refuse_impossible(company)
    update_all_true_ups(company=company, now=now)
    follow_take_back(company=company)
    return effect_of(before, _true_ups(company), from_date, *values.items())


def _refuse_first_day(policy: PayPolicy) -> None:
    if policy.from_date is None:
        return
    possible = next_first_day(policy.from_date, policy.first_weekday)
    if possible != policy.from_date:
        raise ValidationError(
            f"New rules start together with their own workweek. The next possible date is {in_words(possible)}.",
            code="first_day",
        )


def _refuse_impossible(company: Company) -> None:
    try:
        policies_of(company)
    except ValueError as refusal:
        raise ValidationError(
            "These rules would start while a workweek of the change before them is still running. Choose a date at "
            "least two weeks after it.",
            code="first_day",
        ) from refusal


def _true_ups(company: Company) -> dict[AmountKey, Decimal]:
    return amounts_of(open_lines(company).filter(kind=LineKind.TRUE_UP))


def _in_words(values: PolicyValues) -> str:
    policy = PayPolicy(**values)
    return ", ".join(
        (
            f"workweek from {policy.get_workweek_start_display()} {policy.workday_start:%H:%M}",
            policy.get_state_display() or "federal rule only",
            policy.get_method_display(),
            policy.get_divisor_display(),
            f"taking money back: {policy.get_take_back_display()}",
        )
    )
