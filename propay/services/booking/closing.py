"""Locks, unlocks, and pays statements: what each column pays is settled first (bonus.md 10.5, 10.7, and 11.1)."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError

from propay.models import PayRun, Statement, StatementLine, StatementStatus
from propay.queries.settings import bonus_settings
from propay.queries.statements import PAYABLE
from propay.rules import statement_states
from propay.services.booking.adjustments import refuse_unanswered
from propay.services.booking.totals import WRITTEN_OFF, retotal, set_against, sum_up, uncollected
from protiv.accounts.models import Company, User
from protiv.kit.bulk import BulkSyncQuerySet
from protiv.kit.money import ZERO


def lock_statements(
    *, company: Company, open_ones: Collection[Statement], overtime_policy: dict[str, Any], now: datetime
) -> None:
    """Lock these statements under the rules of this moment; refused (ValidationError) if any is no longer open."""
    ids = [one.pk for one in open_ones]
    is_written_off = _settle_columns(company, ids)
    still_open = Statement.objects.filter(pk__in=ids, status__in=statement_states.LOCK.before)
    count = still_open.update(status=statement_states.LOCK.target, locked_at=now, overtime_policy=overtime_policy)
    if count != len(open_ones):
        raise ValidationError("Someone else just locked or paid some of these statements. Reload the page.")
    if is_written_off:
        sum_up(set_against(ids))


def unlock_statements(*, locked_ones: Collection[Statement]) -> None:
    """Open these statements again, under the rules of today; refused (ValidationError) if any isn't locked."""
    ids = [one.pk for one in locked_ones]
    still_locked = Statement.objects.filter(pk__in=ids, status__in=statement_states.UNLOCK.before)
    count = still_locked.update(status=statement_states.UNLOCK.target, locked_at=None, overtime_policy=None)
    if count != len(locked_ones):
        raise ValidationError("Someone else just unlocked or paid some of these statements. Reload the page.")
    StatementLine.objects.filter(statement__in=ids, propay=None).update(**dict.fromkeys(WRITTEN_OFF, ZERO))
    retotal(ids)


def close_statements(
    *,
    company: Company,
    unpaid: Collection[Statement],
    pay_date: date,
    actor: User | None,
    now: datetime,
    pay_run: PayRun | None,
    overtime_policy: dict[str, Any],
) -> None:
    """Mark these open or locked statements as paid, each column on its own (bonus.md 11.1).

    A locked one keeps the rules of the day it was locked; an open one gets `overtime_policy`. Refused (ValidationError)
    if any of them is already paid; the caller rolls back.
    """
    ids = [one.pk for one in unpaid]
    is_written_off = _settle_columns(company, [one.pk for one in unpaid if one.status == StatementStatus.OPEN])
    chosen = Statement.objects.filter(pk__in=ids)
    payment: dict[str, Any] = {
        "status": statement_states.PAY.target,
        "paid_amount": PAYABLE,
        "pay_date": pay_date,
        "paid_at": now,
        "paid_by": actor,
        "pay_run": pay_run,
    }
    count = chosen.filter(status=StatementStatus.LOCKED).update(**payment)
    count += chosen.filter(status=StatementStatus.OPEN).update(**payment, overtime_policy=overtime_policy)
    if count != len(unpaid):
        raise ValidationError("Someone else just marked some of these statements paid. Nothing was paid twice.")
    if is_written_off:
        sum_up(set_against(ids))


def _settle_columns(company: Company, statement_ids: Collection[int]) -> bool:
    """Settle what these open statements pay before they are locked or paid; return whether something is written off.

    A bonus column below zero is carried over or, if the company doesn't do that, written off (bonus.md 10.5).
    """
    refuse_unanswered(statement_ids)
    sum_up(set_against(statement_ids))
    if bonus_settings(company).rolls_over_negative:
        return False
    changed = []
    for line, part in uncollected(statement_ids):
        line.written_off_amount += part
        changed.append(line)
    BulkSyncQuerySet(StatementLine).bulk_write(changed, fields=["written_off_amount"])
    sum_up({line.statement_id for line in changed})
    return bool(changed)
