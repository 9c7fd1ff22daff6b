"""Compares what approval froze with today's data: the digest that detects a change, and the differences. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Protocol

from propay.frozen.terms import counts_overtime
from protiv.kit.money import ZERO

# (worker id, role) of a share.
Payee = tuple[int, str]
DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """A time entry as it counts on a ProPay, with the wage in effect; None: no wage."""

    entry_id: int
    worker_id: int
    cost_code_id: int | None
    work_date: date
    minutes: int
    ot1_minutes: int
    ot2_minutes: int
    kind: str
    wage: Decimal | None


@dataclass(frozen=True, slots=True, order=True)
class WeekFacts:
    """What a person worked in a workweek on all jobs, in minutes: `overtime` and `double_time` are part of `worked`."""

    worker_id: int
    week_start: date
    worked: int
    overtime: int
    double_time: int


# Build an entry from its database row; the wage is looked up.
ENTRY_COLUMNS = tuple(one.name for one in fields(EntryFacts) if one.name not in ("entry_id", "wage"))


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry that counts differently today than at approval. None: it didn't count then, or no longer does."""

    entry_id: int
    before: EntryFacts | None
    after: EntryFacts | None

    def differs_in(self, name: str) -> bool:
        """Whether the two have different values for `name`; False if there is only one."""
        if self.before is None or self.after is None:
            return False
        return bool(getattr(self.before, name) != getattr(self.after, name))


@dataclass(frozen=True, slots=True)
class AmountChange:
    """A person's approved share and today's share, in dollars."""

    worker_id: int
    role: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


class DatedSlice(Protocol):
    """Counted minutes of one worker at one wage on one day."""

    @property
    def worker_id(self) -> int: ...
    @property
    def wage(self) -> Decimal | None: ...
    @property
    def cost_code_id(self) -> int | None: ...
    @property
    def minutes(self) -> int: ...
    @property
    def ot1_minutes(self) -> int: ...
    @property
    def ot2_minutes(self) -> int: ...
    @property
    def first_date(self) -> date: ...


def weeks_as_data(weeks: Iterable[WeekFacts]) -> list[list[Any]]:
    """The weeks as plain JSON data, by person and week."""
    return [
        [one.worker_id, one.week_start.isoformat(), one.worked, one.overtime, one.double_time] for one in sorted(weeks)
    ]


def digest_of(terms: Mapping[str, Any], time: Iterable[DatedSlice], weeks: Iterable[WeekFacts] = ()) -> str:
    """The same text for the same frozen terms (`propay.frozen.terms`) and the same time, by worker, day and wage.

    All figures follow from these two and, of shares by total earnings, from everyone's `weeks`. Pass `terms` exactly as
    stored: the same terms in another version's shape give another digest. Splitting an entry changes nothing, nor does
    overtime that costs nothing.
    """
    with_overtime = counts_overtime(terms)
    rows = sorted(
        (
            row.worker_id,
            row.first_date.isoformat(),
            "" if row.wage is None else str(row.wage),
            row.cost_code_id or 0,
            row.minutes,
            *((row.ot1_minutes, row.ot2_minutes) if with_overtime else ()),
        )
        for row in time
        if row.minutes or (with_overtime and (row.ot1_minutes or row.ot2_minutes))
    )
    by_week = weeks_as_data(weeks)
    content = json.dumps([terms, rows, by_week] if by_week else [terms, rows], sort_keys=True)
    return blake2b(content.encode(), digest_size=DIGEST_BYTES).hexdigest()


def changed_entries(before: Iterable[EntryFacts], after: Iterable[EntryFacts]) -> list[EntryChange]:
    """The entries that differ, are new or are gone, by work date."""
    old = {facts.entry_id: facts for facts in before}
    new = {facts.entry_id: facts for facts in after}
    changes = [
        EntryChange(entry_id, old.get(entry_id), new.get(entry_id))
        for entry_id in {*old, *new}
        if old.get(entry_id) != new.get(entry_id)
    ]
    return sorted(changes, key=_by_date)


def changed_amounts(before: Mapping[Payee, Decimal], after: Mapping[Payee, Decimal]) -> list[AmountChange]:
    """Each person's approved and current share by worker and role, including unchanged ones."""
    return [
        AmountChange(worker_id, role, before.get((worker_id, role), ZERO), after.get((worker_id, role), ZERO))
        for worker_id, role in sorted({*before, *after})
    ]


def _by_date(change: EntryChange) -> tuple[date, int]:
    facts = change.before or change.after
    return (facts.work_date if facts else date.min, change.entry_id)
