"""Holding entries that vanished as if the sign-in had lost access, and ending that."""

from collections.abc import Sequence
from datetime import datetime
from itertools import repeat

from django.db import models

from protiv.timekeeping.ingest.changes import Changes
from protiv.timekeeping.ingest.source import RowSource, Window, batches
from protiv.timekeeping.losses import Losses
from protiv.timekeeping.models import HeldEntry, HoldReason


def holds_of(source: RowSource) -> "models.QuerySet[HeldEntry]":
    """All that is held for this connection."""
    return HeldEntry.objects.filter(company_id=source.company_id, connection_id=source.connection_id)


def held_in(source: RowSource, window: Window) -> dict[int, str]:
    """Why the entries of this window's days that are held are, by their id."""
    days = {"entry__work_date__gte": window.start, "entry__work_date__lt": window.end}
    return dict(holds_of(source).filter(**days).values_list("entry_id", "reason"))


def known_losses(source: RowSource) -> Losses:
    """What a task begins with."""
    return Losses(is_known=holds_of(source).filter(reason=HoldReason.MANY).exists())


def hold(
    source: RowSource, window: Window, pks: Sequence[int], reason: HoldReason, changes: Changes, now: datetime
) -> None:
    """Hold these entries: they go on counting until someone decides, or until they are read again."""
    same = {
        "company": source.company_id,
        "connection_id": source.connection_id,
        "reason": reason.value,
        "run_id": window.run_id,
        "held_at": now,
    }
    if pks:
        HeldEntry.objects.bulk_load({"entry": pks} | {name: repeat(value, len(pks)) for name, value in same.items()})
    changes.held += len(pks)


def end_holds(pks: Sequence[int]) -> None:
    """Hold these entries no longer, whatever becomes of them."""
    for batch in batches(pks):
        HeldEntry.objects.filter(entry__in=batch).delete()
