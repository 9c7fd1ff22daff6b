"""Which drive time is the way to work and counts nowhere (29 CFR 785.35; bonus.md 11.9). For admins."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.rules.trace import day
from propay.services.lunches import set_excluded
from propay.services.refreshing import refresh
from propay.services.shared import lock, record_event
from propay.services.true_ups import update_all_true_ups
from protiv.accounts.models import Company, User
from protiv.timekeeping.models import CostCode, TimeEntry
from protiv.timekeeping.records import EntryKind


def set_commute_code(*, company: Company, actor: User, cost_code_id: int, is_commute: bool, now: datetime) -> CostCode:
    """Say whether drive time on this cost code is a commute, now and in later syncs.

    Open ProPays and unpaid true-ups are recalculated; approved ProPays show a change. What was paid stays.
    """
    with transaction.atomic():
        company = lock(company)
        code = CostCode.objects.get(company=company, pk=cost_code_id)
        if code.is_commute == is_commute:
            return code
        code.is_commute = is_commute
        code.save(update_fields=["is_commute"])
        what = "counts nowhere: it is a commute" if is_commute else "counts as time worked"
        record_event(company.pk, actor, "commute.code_set", f"cost_code:{code.pk}", f"Drive time on {code} {what}.")
        refresh(company=company, now=now)
        update_all_true_ups(company=company, now=now)
        return code


def set_commute_entry(*, company: Company, actor: User, entry_id: int, is_commute: bool, now: datetime) -> TimeEntry:
    """Say whether this trip was a commute. It stays one as long as it is a trip, whatever a sync changes.

    Refused (ValidationError): anything that isn't drive time.
    """
    with transaction.atomic():
        company = lock(company)
        entry = TimeEntry.objects.select_related("worker").get(company=company, pk=entry_id)
        if entry.kind != EntryKind.TRAVEL:
            raise ValidationError("Only drive time can be a commute, so nothing was changed.")
        if (entry.excluded_at is not None) == is_commute:
            return entry
        set_excluded(company, entry, now if is_commute else None, now=now)
        what = "is a commute and counts nowhere" if is_commute else "counts as time worked"
        summary = f"The trip of {entry.worker} on {day(entry.work_date)} {what}."
        record_event(company.pk, actor, "commute.entry_set", f"entry:{entry.pk}", summary)
        return entry
