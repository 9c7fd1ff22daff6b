"""Automatic lunches that were worked through: a worker says so, a manager confirms or declines (bonus.md 11.9)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from propay.models import LunchStatus, WorkedLunch
from propay.rules.trace import day, hours
from propay.services.hours_elsewhere import follow_hours_of
from propay.services.refreshing import refresh
from propay.services.shared import lock, record_event
from protiv.accounts.models import Company, Membership, User
from protiv.timekeeping.models import TimeEntry
from protiv.timekeeping.records import EntryKind
from protiv.timekeeping.selectors import own_workers


def tell_worked_lunch(*, company: Company, membership: Membership, entry_id: int, now: datetime) -> WorkedLunch:
    """A worker's word about an automatic lunch of their own; twice is once. Changes no figure.

    Refused (ValidationError): what isn't a live automatic lunch of theirs, or is confirmed already.
    """
    with transaction.atomic():
        company = lock(company)
        own = own_workers(membership).values_list("pk", flat=True)
        entry = TimeEntry.objects.filter(company=company, pk=entry_id, worker__in=list(own)).first()
        if entry is None or entry.kind != EntryKind.AUTO_LUNCH or entry.voided_at is not None:
            raise ValidationError(gettext("This isn't an automatic lunch of yours, so nothing was sent."))
        if entry.excluded_at is not None:
            raise ValidationError(gettext("This lunch already counts as time worked."))
        lunch, is_new = WorkedLunch.objects.get_or_create(
            company=company,
            entry=entry,
            status=LunchStatus.WAITING,
            defaults={"told_by": membership.user, "told_at": now},
        )
        if is_new:
            _record(lunch, membership.user, "lunch.told", "said that they worked through")
        return lunch


def decide_worked_lunch(
    *, company: Company, actor: User, lunch_id: int, is_confirmed: bool, now: datetime
) -> WorkedLunch:
    """Confirm, so that the lunch's minutes count as time worked everywhere, or decline.

    Open ProPays and true-ups follow at once; an approved ProPay shows a change after approval. Refused
    (ValidationError): one that is decided.
    """
    with transaction.atomic():
        company = lock(company)
        lunch = WorkedLunch.objects.select_related("entry__worker").get(company=company, pk=lunch_id)
        if lunch.status != LunchStatus.WAITING:
            raise ValidationError(f"Nothing was changed: this was {lunch.get_status_display().lower()} already.")
        lunch.status = LunchStatus.CONFIRMED if is_confirmed else LunchStatus.DECLINED
        lunch.decided_by, lunch.decided_at = actor, now
        lunch.save(update_fields=["status", "decided_by", "decided_at"])
        if is_confirmed:
            _record(lunch, actor, "lunch.confirmed", "worked through")
            set_excluded(company, lunch.entry, now, now=now)
        else:
            _record(lunch, actor, "lunch.declined", "didn't work through")
        return lunch


def set_excluded(company: Company, entry: TimeEntry, excluded_at: datetime | None, *, now: datetime) -> None:
    """Let an entry count nowhere, or (None) count again, and update what follows its hours. Under the lock."""
    entry.excluded_at = excluded_at
    entry.save(update_fields=["excluded_at"])
    if entry.job_id is not None:
        refresh(company=company, job_ids=[entry.job_id], now=now)
    follow_hours_of(company=company, worker_days={(entry.worker_id, entry.work_date)}, now=now)


def _record(lunch: WorkedLunch, actor: User, action: str, did: str) -> None:
    entry = lunch.entry
    summary = f"{entry.worker} {did} the automatic lunch of {hours(-entry.minutes)} on {day(entry.work_date)}."
    record_event(lunch.company_id, actor, action, f"entry:{entry.pk}", summary)
