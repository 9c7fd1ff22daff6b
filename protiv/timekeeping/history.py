"""A time entry's history: each change with its run, its time, and the values before and after."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy

from protiv.timekeeping.models import EntryValues, TimeEntry, TimeEntryVersion

# The fields people see, with the labels of the entry's page. `modified_at` alone says nothing about anyone's hours.
SHOWN = {
    "worker": "Worker",
    "job": "Job",
    "cost_code": "Cost code",
    "work_date": "Work date",
    "start_date": "Start date",
    "start_time": "From",
    "stop_date": "End date",
    "stop_time": "To",
    "minutes": "Hours",
    "regular_minutes": "Regular",
    "ot1_minutes": "Overtime",
    "ot2_minutes": "Double time",
    "kind": "Kind",
    "is_open": "On the clock",
    "is_final": "Final",
    "is_reopened": "Reopened",
    "comment": "Comment",
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value, before and after. `is_minutes` says that both are whole minutes."""

    label: str
    before: Any
    after: Any
    is_minutes: bool


@dataclass(frozen=True, slots=True)
class VersionChange:
    """What one run did to an entry. `what` is one of VOIDED, RESTORED, CHANGED."""

    what: str
    run_id: int
    at: datetime
    fields: list[FieldChange]


def history(entry: TimeEntry) -> list[VersionChange]:
    """The changes of an entry, newest first; one query."""
    versions = TimeEntryVersion.objects.filter(company_id=entry.company_id, entry=entry)
    kept = list(versions.select_related("worker", "job", "cost_code").order_by("pk"))
    changes = [
        VersionChange(_what(before, after), before.replaced_run_id, before.replaced_at, list(_fields(before, after)))
        for before, after in pairwise([*kept, entry])
        if isinstance(before, TimeEntryVersion)
    ]
    return changes[::-1]


def _what(before: EntryValues, after: EntryValues) -> str:
    if after.voided_at is not None:
        return "VOIDED"
    return "RESTORED" if before.voided_at is not None else "CHANGED"


def _fields(before: EntryValues, after: EntryValues) -> Iterator[FieldChange]:
    for name, label in SHOWN.items():
        old, new = getattr(before, name), getattr(after, name)
        # Until 0.1 no dates were kept with the clock: to read them for the first time changes nothing.
        if old != new and (old, name) not in ((None, "start_date"), (None, "stop_date")):
            if name == "kind":
                old, new = gettext_lazy(before.get_kind_display()), gettext_lazy(after.get_kind_display())
            yield FieldChange(label, old, new, is_minutes=name.endswith("minutes"))
