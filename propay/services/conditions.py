"""Penalties and disqualifiers: what a company checks before it approves, and which of them a ProPay failed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.models import AppliedCondition, Condition, ConditionKind, ProPay
from propay.rules.trace import dollars
from propay.services.refreshing import refreshed
from propay.services.shared import get_propay, lock, record, record_event, refuse_unless_live
from protiv.accounts.models import Company, User

LARGEST_AMOUNT = Decimal("9999999.99")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A condition that a ProPay failed: a penalty's dollars (None: its default), and why."""

    condition_id: int
    amount: Decimal | None = None
    note: str = ""


# The company's own list


def save_condition(
    *, company: Company, actor: User, name: str, kind: str, amount: Decimal | None, condition_id: int | None = None
) -> Condition:
    """Add a condition, or change its name or amount. ProPays that already have it keep their amount.

    Refused (ValidationError): a name that is taken, an invalid amount, or a change of kind if ProPays already use it.
    """
    with transaction.atomic():
        company = lock(company)
        condition = Condition.objects.get(company=company, pk=condition_id) if condition_id else Condition()
        is_used = bool(condition_id) and AppliedCondition.objects.filter(condition=condition).exists()
        if is_used and kind != condition.kind:
            raise ValidationError({"kind": "This condition is already used on ProPays. Archive it and add a new one."})
        condition.company, condition.name, condition.kind = company, name.strip(), kind
        condition.amount = _checked(amount) if kind == ConditionKind.PENALTY else None
        taken = Condition.objects.filter(company=company, name__iexact=condition.name).exclude(pk=condition.pk)
        if not condition.name or taken.exists():
            said = "A condition with this name already exists." if condition.name else "Enter a name for the condition."
            raise ValidationError({"name": said})
        condition.save()
        action, verb = ("condition.edited", "Changed") if condition_id else ("condition.added", "Added")
        usual = f", {dollars(condition.amount)}" if condition.amount is not None else ""
        summary = f"{verb} the condition “{condition.name}” ({condition.kind.lower()}{usual})."
        record_event(company.pk, actor, action, f"condition:{condition.pk}", summary)
        return condition


def set_condition_active(*, company: Company, actor: User, condition_id: int, is_active: bool) -> Condition:
    """Archive or restore a condition. ProPays that already have it keep it."""
    with transaction.atomic():
        company = lock(company)
        condition = Condition.objects.get(company=company, pk=condition_id)
        if condition.is_active != is_active:
            condition.is_active = is_active
            condition.save(update_fields=["is_active"])
            verb = "Restored" if is_active else "Archived"
            action = "condition.activated" if is_active else "condition.retired"
            summary = f"{verb} the condition “{condition.name}”."
            record_event(company.pk, actor, action, f"condition:{condition.pk}", summary)
        return condition


# On a ProPay


def apply_condition(
    *,
    company: Company,
    propay_id: int,
    condition_id: int,
    actor: User,
    amount: Decimal | None = None,
    note: str = "",
    now: datetime,
) -> ProPay:
    """Record that a live ProPay failed a condition, and recalculate it. If already applied, it gets the new amount."""
    failed = Failed(condition_id=condition_id, amount=amount, note=note)
    with transaction.atomic():
        company = lock(company)
        propay = get_propay(company, propay_id)
        others = [one for one in failed_conditions(propay) if one.condition_id != condition_id]
        return set_conditions(company=company, propay_id=propay_id, actor=actor, failed=[*others, failed], now=now)


def remove_condition(*, company: Company, propay_id: int, condition_id: int, actor: User, now: datetime) -> ProPay:
    """Remove a condition from a live ProPay."""
    with transaction.atomic():
        company = lock(company)
        propay = get_propay(company, propay_id)
        others = [one for one in failed_conditions(propay) if one.condition_id != condition_id]
        return set_conditions(company=company, propay_id=propay_id, actor=actor, failed=others, now=now)


def failed_conditions(propay: ProPay) -> list[Failed]:
    """The conditions applied to a ProPay."""
    rows = AppliedCondition.objects.filter(propay=propay).order_by("pk")
    return [Failed(condition_id=one.condition_id, amount=one.amount, note=one.note) for one in rows]


def set_conditions(
    *, company: Company, propay_id: int, actor: User, failed: Collection[Failed], now: datetime
) -> ProPay:
    """Set all conditions that a live ProPay failed, and recalculate it; the others are removed.

    Refused (ValidationError): a condition of another company or since archived, or a penalty without an amount.
    """
    with transaction.atomic():
        company = lock(company)
        propay = get_propay(company, propay_id)
        refuse_unless_live(propay, "changed")
        stored = {one.condition_id: one for one in AppliedCondition.objects.filter(propay=propay)}
        conditions = Condition.objects.in_bulk({*stored, *(one.condition_id for one in failed)})
        wanted = {one.condition_id: _wanted(company, conditions, stored, one) for one in failed}
        for pk in stored.keys() - wanted.keys():
            stored[pk].delete()
            record(propay, actor, "propay.condition_removed", f"Removed “{conditions[pk].name}” from")
        for pk, one in wanted.items():
            _store(propay, conditions[pk], stored.get(pk), one, actor)
        return refreshed(company, propay, now)


def _wanted(
    company: Company, conditions: Mapping[int, Condition], stored: Mapping[int, AppliedCondition], failed: Failed
) -> Failed:
    """The same with the effective amount."""
    condition = conditions.get(failed.condition_id)
    if condition is None or condition.company_id != company.pk:
        raise ValidationError("One of the conditions isn't your company's. Reload the page.")
    if not condition.is_active and condition.pk not in stored:
        raise ValidationError(f"The condition “{condition.name}” was archived while you were working. Reload the page.")
    if condition.kind == ConditionKind.DISQUALIFIER:
        return Failed(condition_id=condition.pk, note=failed.note.strip())
    amount = condition.amount if failed.amount is None else failed.amount
    if amount is None:
        raise ValidationError(f"Enter the amount of the penalty “{condition.name}”.", code="amount")
    return Failed(condition_id=condition.pk, amount=_checked(amount), note=failed.note.strip())


def _store(propay: ProPay, condition: Condition, stored: AppliedCondition | None, failed: Failed, actor: User) -> None:
    if stored and (stored.amount, stored.note) == (failed.amount, failed.note):
        return
    applied = stored or AppliedCondition(company_id=propay.company_id, propay=propay, condition=condition)
    applied.amount, applied.note, applied.created_by = failed.amount, failed.note, actor
    applied.save()
    size = "no bonus" if failed.amount is None else f"{dollars(failed.amount)} from the pool"
    detail = f"{size.capitalize()}. {failed.note}".strip()
    record(propay, actor, "propay.condition_applied", f"Applied “{condition.name}” to", detail)


def _checked(amount: Decimal | None) -> Decimal | None:
    """A penalty's default dollars; None: it is entered each time."""
    if amount is not None and not 0 < amount <= LARGEST_AMOUNT:
        raise ValidationError({"amount": "Enter an amount above 0, like 50.00."})
    return amount
