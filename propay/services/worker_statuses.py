"""What overtime law asks about a worker, with dates: exempt status and schedule (bonus.md 11.3, 11.10). For admins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.models import LineKind
from propay.queries.people import people_of
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
from propay.services.true_ups import update_open_true_ups_of
from protiv.accounts.models import Company, User
from protiv.timekeeping.models import OvertimeExemption, Worker, WorkerSchedule

StatusModel = type[OvertimeExemption] | type[WorkerSchedule]
NOUNS = {OvertimeExemption: "exempt status", WorkerSchedule: "schedule"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """A dated row to store for a worker: `row_id` is the one that it changes, None for a new one.

    Without `values` that one is removed.
    """

    model: StatusModel
    from_date: date | None
    values: Mapping[str, Any] = field(default_factory=dict)
    row_id: int | None = None


def preview_worker_status(*, company: Company, worker_id: int, row: StatusRow, now: datetime) -> AmountEffect | None:
    """What `save_worker_status` would change on open statements; None if nothing. Nothing is stored."""
    with transaction.atomic():
        effect = _apply(company, worker_id, row, now)
        transaction.set_rollback(True)
    return effect if effect.shown else None


def save_worker_status(
    *, company: Company, worker_id: int, row: StatusRow, actor: User, now: datetime, seen: str = "", reason: str = ""
) -> None:
    """Store the row; the overtime on the person's bonuses that aren't locked or paid is recalculated.

    Where that changes something, it needs the digest of what was `seen` of it, and a reason (ValidationError).
    """
    with transaction.atomic():
        needed = preview_worker_status(company=company, worker_id=worker_id, row=row, now=now)
        refuse_unless_reviewed(needed, seen=seen, reason=reason)
        _apply(company, worker_id, row, now)
        refresh_with_overtime(company=company, now=now)
        worker = Worker.objects.get(company=company, pk=worker_id)
        because = f" Reason: {reason}" if needed else ""
        summary = f"{_said(worker, row)}{because}"
        record_event(company.pk, actor, "worker.status_set", f"worker:{worker_id}", summary)


def _apply(company: Company, worker_id: int, row: StatusRow, now: datetime) -> AmountEffect:
    # Lock the worker first, like wage changes do, to avoid a deadlock.
    worker = Worker.objects.select_for_update(no_key=True).get(company=company, pk=worker_id)
    company = lock(company)
    before = _true_ups(company, worker)
    _store(worker, row)
    update_open_true_ups_of(company=company, worker_id=worker.pk, now=now)
    return effect_of(before, _true_ups(company, worker), row)


def _store(worker: Worker, row: StatusRow) -> None:
    own = row.model._default_manager.filter(worker=worker)
    if row.row_id is not None and not row.values:
        own.get(pk=row.row_id).delete()
        return
    on_that_day = own.filter(from_date=row.from_date).first()
    if on_that_day is not None and on_that_day.pk != row.row_id:
        since = f"from {in_words(row.from_date)} on" if row.from_date else "from the beginning"
        raise ValidationError(f"There is a {NOUNS[row.model]} {since} already. Change that one.", code="from_date")
    stored = row.model(company_id=worker.company_id, worker=worker) if row.row_id is None else own.get(pk=row.row_id)
    for name, value in {"from_date": row.from_date, **row.values}.items():
        setattr(stored, name, value)
    stored.save()


def _true_ups(company: Company, worker: Worker) -> dict[AmountKey, Any]:
    ids = {int(one) for one in people_of(company).ids([worker.pk])}
    return amounts_of(open_lines(company).filter(kind=LineKind.TRUE_UP, worker__in=ids))


def _said(worker: Worker, row: StatusRow) -> str:
    since = f"from {in_words(row.from_date)} on" if row.from_date else "from the beginning"
    if not row.values:
        return f"Removed the {NOUNS[row.model]} of {worker.name} {since}."
    values = ", ".join(
        f"{name.removeprefix('is_').replace('_', ' ')} {_plain(one)}" for name, one in row.values.items()
    )
    return f"Set the {NOUNS[row.model]} of {worker.name} {since}: {values}."


def _plain(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"{value} min"
