"""Time that no sync finds any more and that someone has to decide on, and time that is being read again."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, Sum

from propay.queries.time import counted_entries
from protiv.accounts.models import Company
from protiv.timekeeping.models import CostCode, HeldEntry, Job, TimeEntry, Worker

_BEING_REREAD = Q(worker__is_reread_due=True) | Q(cost_code__is_reread_due=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTime:
    """How much of a ProPay's counted time is held: undecided entries, and their minutes."""

    entries: int
    minutes: int


def has_unsettled_time(company: Company) -> bool:
    """Whether anything at all is held or being read again: nearly never, and one query tells."""
    held = HeldEntry.objects.filter(company=company, kept_at__isnull=True)
    due = [model._default_manager.filter(company=company, is_reread_due=True) for model in (Worker, Job, CostCode)]
    unsettled = Q(Exists(held))
    for rows in due:
        unsettled |= Q(Exists(rows))
    return Company.objects.filter(unsettled, pk=company.pk).exists()


def held_time(propay_ids: Collection[int]) -> dict[int, HeldTime]:
    """The ProPays with held time that no one has decided on, by id; one query."""
    held = counted_entries(propay_ids).filter(hold__isnull=False, hold__kept_at__isnull=True)
    rows = held.order_by().values_list("job__propays").annotate(Count("pk"), Sum("minutes"))
    return {pk: HeldTime(entries=entries, minutes=minutes) for pk, entries, minutes in rows}


def being_reread(company: Company, propay_ids: Collection[int]) -> set[int]:
    """The ProPays whose time a sync has to read again before anyone can tell how much it is.

    All of them while a job is no longer listed whose hours may have moved to any other one; else those with time of a
    person or on a cost code that is no longer listed, or is listed again.
    """
    live = TimeEntry.objects.filter(job=OuterRef("pk"), voided_at__isnull=True, hold__isnull=True)
    if Job.objects.filter(Exists(live), company=company, is_reread_due=True, is_listed=False).exists():
        return set(propay_ids)
    concerned = counted_entries(propay_ids).filter(_BEING_REREAD, hold__isnull=True)
    return set(concerned.order_by().values_list("job__propays", flat=True).distinct())
