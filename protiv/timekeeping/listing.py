"""What the provider's lists name, and which days have to be read again because that changed.

A job that is no longer listed was removed, merged into another one, or hidden from the sign-in; a person likewise.
Where its hours are now, only reading them again tells.
"""

from collections.abc import Collection, Mapping
from datetime import date

from django.db import models

from protiv.timekeeping.ingest import RowSource, batches
from protiv.timekeeping.models import CostCode, Job, Listed, TimeEntry, Worker

# Whose hours may be found elsewhere now; a cost code takes none along when it goes.
MOVES = (Worker, Job)
LISTS: dict[type[Listed], str] = {Worker: "worker", Job: "job", CostCode: "cost_code"}


def note_listed(source: RowSource, named: Mapping[type[Listed], Collection[str]]) -> bool:
    """Note which rows the lists of this run name, by the provider's ids; whether that is new for any."""
    changed = [_note(source, model, set(external_ids)) for model, external_ids in named.items()]
    return any(changed)


def _note(source: RowSource, model: type[Listed], named: set[str]) -> bool:
    rows = _of(source, model).values_list("pk", "external_id", "is_listed")
    changed = [(pk, not is_listed) for pk, external_id, is_listed in rows if is_listed != (external_id in named)]
    for is_listed in (True, False):
        for batch in batches([pk for pk, now_listed in changed if now_listed is is_listed]):
            model._default_manager.filter(pk__in=batch).update(is_listed=is_listed, is_reread_due=True)
    return bool(changed)


def days_to_reread(source: RowSource) -> set[date]:
    """The days with live time of what is no longer listed, and those with held time of what is listed again."""
    live = TimeEntry.objects.filter(voided_run_id__isnull=True)
    days: set[date] = set()
    for model, name in LISTS.items():
        due = dict(_of(source, model).filter(is_reread_due=True).values_list("pk", "is_listed"))
        gone, back = ([pk for pk, is_listed in due.items() if is_listed is now] for now in (False, True))
        # By their own index; a list of ids, for with a subquery SQLite reads all time entries of the connection.
        for batch in batches(gone) if model in MOVES else ():
            days |= _days(live.filter(**{f"{name}__in": batch}))
        for batch in batches(back):
            days |= _days(live.filter(hold__isnull=False, **{f"{name}__in": batch}))
    return days


def end_rereads(source: RowSource) -> None:
    """All those days were read, or never will be."""
    for model in LISTS:
        _of(source, model).filter(is_reread_due=True).update(is_reread_due=False)


def _of(source: RowSource, model: type[Listed]) -> "models.QuerySet[Listed]":
    return model._default_manager.filter(company_id=source.company_id, connection_id=source.connection_id)


def _days(entries: "models.QuerySet[TimeEntry]") -> set[date]:
    return set(entries.order_by().values_list("work_date", flat=True).distinct())
