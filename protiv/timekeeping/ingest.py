"""The only writer of synced rows: compare what was read with what is stored, write the difference, void what vanished.

What vanished as if the sign-in had lost access is held instead, until a person decides (losses.py, holds.py).

Everything here runs inside the caller's transaction. Nothing that is unchanged is written.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import repeat
from typing import Any, NamedTuple, TypeVar

from django.db import IntegrityError, models, transaction

from protiv.kit.bulk import BulkSyncQuerySet, Columns, copy_rows
from protiv.timekeeping.entry_fields import KEPT, fingerprints_of, values_of
from protiv.timekeeping.losses import Losses
from protiv.timekeeping.models import (
    CostCode,
    HeldEntry,
    HoldReason,
    ImportedDates,
    Job,
    PayPeriod,
    TimeEntry,
    TimeEntryVersion,
    Worker,
)
from protiv.timekeeping.records import (
    CostCodeRecord,
    JobRecord,
    PayPeriodRecord,
    SetAside,
    TimeRecord,
    WorkerRecord,
)

T = TypeVar("T")

# Small enough for every database's limit on parameters, large enough that a round trip doesn't count.
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class RowSource:
    """Whose rows these are, and which connection brings them."""

    company_id: int
    connection_id: int


@dataclass(slots=True)
class Changes:
    """What one window changed. `job_ids` are the old and the new jobs of everything that was written.

    `restored`: entries of earlier windows of the same run that were voided by it, and are held instead.
    """

    seen: int = 0
    added: int = 0
    changed: int = 0
    voided: int = 0
    held: int = 0
    restored: int = 0
    job_ids: set[int] = field(default_factory=set)
    set_aside: list[SetAside] = field(default_factory=list)

    def touch(self, job_ids: Iterable[int | None]) -> None:
        """These jobs' time changed; time off has none."""
        self.job_ids.update(job_id for job_id in job_ids if job_id is not None)


@dataclass(frozen=True, slots=True)
class Window:
    """The time that was read whole: work dates from `start` (included) to `end` (excluded).

    `is_final` is None where all time is imported; else it says whether a worker's time on a day is final, and only
    final time is imported.
    """

    start: date
    end: date
    run_id: int
    is_final: Callable[[str, date], bool] | None = None


# Lists


def store_workers(source: RowSource, records: Iterable[WorkerRecord]) -> None:
    """Add new workers and update changed ones. A worker this login no longer sees stays as stored."""
    fields = ("number", "first_name", "middle_name", "last_name", "email", "is_active", "pay_type")
    _store_list(Worker, source, records, fields)


def store_jobs(
    source: RowSource,
    records: Iterable[JobRecord],
    *,
    is_whole: bool,
    unreadable_budgets: Collection[str] = (),
) -> set[int]:
    """Add new jobs, update changed ones, and return the ids of those whose synced budget changed.

    Jobs named in `unreadable_budgets` keep the budget that is stored. Where the list `is_whole`, a job that is no
    longer in it was merged into another one or removed: it becomes inactive and keeps its hours until their own
    records say otherwise.
    """
    fields = {
        "number": "number",
        "name": "name",
        "city": "city",
        "state": "state",
        "is_active": "is_active",
        "synced_budget_minutes": "budget_minutes",
        "synced_contract_amount": "contract_amount",
    }
    budgets = {"synced_budget_minutes", "synced_contract_amount"}
    records = list(records)
    changed = _store_list(Job, source, _with_stored_budgets(source, records, unreadable_budgets), fields)
    if is_whole:
        gone = _stored(Job, source).filter(is_active=True).exclude(external_id__in=[r.external_id for r in records])
        gone.update(is_active=False)
    return {pk for pk, names in changed.items() if budgets & names}


def _with_stored_budgets(
    source: RowSource, records: Iterable[JobRecord], external_ids: Collection[str]
) -> list[JobRecord]:
    """The records, those named with the budget that is stored: one that can't be read changes nothing."""
    stored = {job.external_id: job for job in _stored(Job, source).filter(external_id__in=external_ids)}
    return [
        replace(
            record,
            budget_minutes=stored[record.external_id].synced_budget_minutes,
            contract_amount=stored[record.external_id].synced_contract_amount,
        )
        if record.external_id in stored
        else record
        for record in records
    ]


def store_cost_codes(source: RowSource, records: Iterable[CostCodeRecord]) -> None:
    """Add new cost codes and update changed ones."""
    _store_list(CostCode, source, records, ("number", "name", "is_active", "is_system"))


def store_pay_periods(source: RowSource, records: Iterable[PayPeriodRecord]) -> None:
    """Add new pay periods and update changed ones."""
    _store_list(PayPeriod, source, records, ("start_date", "end_date", "is_closed"))


def _stored(model: type[models.Model], source: RowSource) -> "models.QuerySet[Any]":
    return model._default_manager.filter(company_id=source.company_id, connection_id=source.connection_id)


def _store_list(
    model: type[models.Model], source: RowSource, records: Iterable[Any], fields: Sequence[str] | dict[str, str]
) -> dict[int, set[str]]:
    """Write what differs. `fields` are the model's names, mapped to the record's where those differ.

    Returns, for each row that was there and changed, the names of the fields that did.
    """
    names = fields if isinstance(fields, dict) else {name: name for name in fields}
    stored = {row.external_id: row for row in _stored(model, source)}
    added: dict[str, models.Model] = {}
    changed: dict[int, set[str]] = {}
    for record in records:
        values = {name: getattr(record, theirs) for name, theirs in names.items()}
        row = stored.get(record.external_id)
        if row is None:
            added[record.external_id] = model(
                company_id=source.company_id,
                connection_id=source.connection_id,
                external_id=record.external_id,
                **values,
            )
            continue
        differing = {name for name, value in values.items() if getattr(row, name) != value}
        for name in differing:
            setattr(row, name, values[name])
        if differing:
            changed[row.pk] = differing
    model._default_manager.bulk_create(added.values(), batch_size=1_000)
    by_pk = {row.pk: row for row in stored.values()}
    BulkSyncQuerySet(model).bulk_write([by_pk[pk] for pk in changed], fields=list(names))
    return changed


# Time


def store_imported_dates(source: RowSource, *, start: date, end: date | None, is_final_only: bool) -> None:
    """Keep which work dates the connection imports, for whoever has to know that a week is cut."""
    ImportedDates.objects.update_or_create(
        connection_id=source.connection_id,
        defaults={
            "company_id": source.company_id,
            "start_date": start,
            "end_date": end,
            "is_final_only": is_final_only,
        },
    )


@dataclass(frozen=True, slots=True)
class References:
    """Our ids of a connection's workers, jobs and cost codes, by the provider's, and those no longer listed."""

    workers: dict[str, int]
    jobs: dict[str, int]
    cost_codes: dict[str, int]
    unlisted_workers: frozenset[str]
    unlisted_jobs: frozenset[int]
    unlisted_cost_codes: frozenset[int]

    def reason_to_hold(self, entry: "StoredEntry") -> HoldReason | None:
        """Why this entry may have vanished only because the sign-in can't see something any more."""
        if entry.worker_external_id in self.unlisted_workers:
            return HoldReason.WORKER
        if entry.job_id in self.unlisted_jobs:
            return HoldReason.JOB
        return HoldReason.COST_CODE if entry.cost_code_id in self.unlisted_cost_codes else None


def load_references(source: RowSource) -> References:
    """The ids that time records are tied to; loaded once for many windows."""
    workers, jobs, codes = (
        list(_stored(model, source).values_list("external_id", "pk", "is_listed")) for model in (Worker, Job, CostCode)
    )
    return References(
        workers={external_id: pk for external_id, pk, _listed in workers},
        jobs={external_id: pk for external_id, pk, _listed in jobs},
        cost_codes={external_id: pk for external_id, pk, _listed in codes},
        unlisted_workers=frozenset(external_id for external_id, _pk, listed in workers if not listed),
        unlisted_jobs=frozenset(pk for _external_id, pk, listed in jobs if not listed),
        unlisted_cost_codes=frozenset(pk for _external_id, pk, listed in codes if not listed),
    )


def known_losses(source: RowSource) -> Losses:
    """What a task begins with."""
    return Losses(is_known=_holds(source).filter(reason=HoldReason.MANY).exists())


class StoredEntry(NamedTuple):
    """What is stored of one entry, as far as the comparison needs it; its fields name what is read."""

    external_id: str
    pk: int
    fingerprint: int
    job_id: int | None
    voided_run_id: int | None
    is_final: bool
    is_reopened: bool
    worker_external_id: str
    cost_code_id: int | None
    work_date: date

    @property
    def is_live(self) -> bool:
        return self.voided_run_id is None


# A record to be written, and its fingerprint.
Differing = tuple[TimeRecord, int]


@dataclass(frozen=True, slots=True)
class WindowRows:
    """What the rows of a window's records take from elsewhere."""

    source: RowSource
    references: References
    run_id: int

    def columns(self, differing: Sequence[Differing]) -> Columns:
        """What is written of these records: each column of a time entry, by name."""
        records = [record for record, _fingerprint in differing]
        same = {
            "company": self.source.company_id,
            "connection_id": self.source.connection_id,
            "is_reopened": False,
            "added_run_id": self.run_id,
            "changed_run_id": self.run_id,
            "voided_run_id": None,
            "voided_at": None,
        }
        workers, jobs, codes = self.references.workers, self.references.jobs, self.references.cost_codes
        return {
            **values_of(records),
            **{name: repeat(value, len(records)) for name, value in same.items()},
            "external_id": [record.external_id for record in records],
            "worker": [workers[record.worker_external_id] for record in records],
            "job": [jobs.get(record.job_external_id) for record in records],
            "cost_code": [codes.get(record.cost_code_external_id) for record in records],
            "fingerprint": [fingerprint for _record, fingerprint in differing],
        }


def store_window(
    source: RowSource,
    window: Window,
    records: Sequence[TimeRecord],
    *,
    references: References,
    set_aside: Sequence[SetAside],
    losses: Losses | None = None,
    now: datetime,
) -> Changes:
    """Make the stored time of a window equal to what was read of it, and say what that changed.

    `records` must be the whole window. What is stored of it and not among them is voided, except what was set aside,
    what is held, and, where only final time is imported, what was final before its period was reopened. A record set
    aside without an id may be any stored one: then nothing of the window is voided. `losses` are those of the windows
    before, where several are read in a row.
    """
    changes = Changes(seen=len(records) + len(set_aside), set_aside=list(set_aside))
    known = [record for record in records if _is_known(record, references, changes)]
    taken = [record for record in known if window.is_final is None or record.is_final]
    stored = _stored_in(source, window)
    rows = WindowRows(source, references, window.run_id)
    differing = _differing(taken, stored)
    new = [(record, fingerprint) for record, fingerprint in differing if record.external_id not in stored]
    for batch in batches(new):
        stored |= _insert(rows, batch)
    changed = [(record, fingerprint) for record, fingerprint in differing if record.external_id in stored]
    _rewrite(rows, changed, stored, now)
    changes.added = len(differing) - len(changed)
    changes.changed = len(changed)
    changes.touch(references.jobs.get(record.job_external_id) for record, _fingerprint in differing)
    changes.touch(stored[record.external_id].job_id for record, _fingerprint in changed)
    held = _held_in(source, window)
    if held:
        _end_holds([entry.pk for record in known if (entry := stored.get(record.external_id)) and entry.pk in held])
    if all(one.external_id for one in changes.set_aside):
        read = {record.external_id for record in known}
        vanished = _sort_vanished(window, stored, read, {record.external_id for record in taken}, changes, references)
        _take_out(source, window, vanished, held, losses or known_losses(source), changes, now)
    return changes


def _is_known(record: TimeRecord, references: References, changes: Changes) -> bool:
    """Whether we know whose time this is and on what; if not, the record is set aside."""
    for what, external_id, known in (
        ("person", record.worker_external_id, references.workers),
        ("location", record.job_external_id, references.jobs),
        ("cost code", record.cost_code_external_id, references.cost_codes),
    ):
        if external_id and external_id not in known:
            reason = f"This account can't see its {what} {external_id!r}."
            changes.set_aside.append(SetAside("time_record", record.external_id, reason))
            return False
    return True


def _stored_in(source: RowSource, window: Window) -> dict[str, StoredEntry]:
    """What is stored of this window's days, voided entries included."""
    entries = TimeEntry.objects.filter(connection_id=source.connection_id)
    return _as_stored(entries.filter(work_date__gte=window.start, work_date__lt=window.end))


def _as_stored(entries: "models.QuerySet[TimeEntry]") -> dict[str, StoredEntry]:
    named = entries.annotate(worker_external_id=models.F("worker__external_id"))
    return {entry.external_id: entry for entry in map(StoredEntry._make, named.values_list(*StoredEntry._fields))}


def _differing(records: Sequence[TimeRecord], stored: dict[str, StoredEntry]) -> list[Differing]:
    """The records that are new or differ from what is stored."""
    return [
        (record, fingerprint)
        for record, fingerprint in zip(records, fingerprints_of(records), strict=True)
        if (before := stored.get(record.external_id)) is None
        or before.fingerprint != fingerprint
        or not before.is_live
        or before.is_reopened
    ]


def _insert(rows: WindowRows, differing: Sequence[Differing]) -> dict[str, StoredEntry]:
    """Insert records that should be new. Returns, unwritten, what is stored already: it moved in from another day.

    Trying costs nothing where all are new, which is nearly always; asking first costs as much as a tenth of a load.
    """
    try:
        with transaction.atomic():
            TimeEntry.objects.bulk_load(rows.columns(differing))
    except IntegrityError:
        ids = [record.external_id for record, _fingerprint in differing]
        entries = TimeEntry.objects.filter(connection_id=rows.source.connection_id, external_id__in=ids)
        moved = _as_stored(entries)
        if not moved:
            raise
        new = [(record, fingerprint) for record, fingerprint in differing if record.external_id not in moved]
        TimeEntry.objects.bulk_load(rows.columns(new))
        return moved
    return {}


def _rewrite(rows: WindowRows, changed: Sequence[Differing], stored: dict[str, StoredEntry], now: datetime) -> None:
    """Write over what is stored, and keep it as an earlier version. What was read is held no longer."""
    pks = [stored[record.external_id].pk for record, _fingerprint in changed]
    _keep_versions(pks, rows.run_id, now)
    _end_holds(pks)
    for batch in batches(changed):
        TimeEntry.objects.bulk_sync(
            rows.columns(batch),
            unique_fields=("connection_id", "external_id"),
            insert_only=("added_run_id",),
        )


@dataclass(slots=True)
class _Vanished:
    """What is stored of a window and was not taken from it.

    `unwanted` was read and isn't final; `gone` wasn't read; `unlisted` wasn't read and belongs to what is no longer
    listed; `reopened` is kept as it was. `live` counts all of the window that was live before.
    """

    live: int = 0
    unwanted: list[StoredEntry] = field(default_factory=list)
    gone: list[StoredEntry] = field(default_factory=list)
    unlisted: dict[HoldReason, list[StoredEntry]] = field(default_factory=lambda: {reason: [] for reason in HoldReason})
    reopened: list[StoredEntry] = field(default_factory=list)


def _sort_vanished(
    window: Window,
    stored: dict[str, StoredEntry],
    read: set[str],
    taken: set[str],
    changes: Changes,
    references: References,
) -> _Vanished:
    """What was set aside is kept, and so are the entries of other days that moved in."""
    vanished = _Vanished()
    kept = taken | {one.external_id for one in changes.set_aside}
    for external_id, entry in stored.items():
        if not entry.is_live or not window.start <= entry.work_date < window.end:
            continue
        vanished.live += 1
        if external_id in kept:
            continue
        if external_id not in read and (reason := references.reason_to_hold(entry)):
            vanished.unlisted[reason].append(entry)
        elif _was_reopened(window, entry):
            vanished.reopened.append(entry)
        else:
            (vanished.unwanted if external_id in read else vanished.gone).append(entry)
    return vanished


def _take_out(
    source: RowSource,
    window: Window,
    vanished: _Vanished,
    held: dict[int, str],
    losses: Losses,
    changes: Changes,
    now: datetime,
) -> None:
    """Void or hold what vanished, mark what was reopened. What is held already stays so, where its reason does."""
    for reason, entries in vanished.unlisted.items():
        _hold(source, window, [entry.pk for entry in entries if entry.pk not in held], reason, changes, now)
    gone = [entry for entry in vanished.gone if held.get(entry.pk) != HoldReason.MANY]
    void = vanished.unwanted
    if losses.look_like_lost_access(gone=len(gone), live=vanished.live):
        _restore(losses.voided, window, changes, now)
        _end_holds([entry.pk for entry in gone if entry.pk in held])
        _hold(source, window, [*losses.voided, *(entry.pk for entry in gone)], HoldReason.MANY, changes, now)
        losses.voided.clear()
    else:
        void = void + gone
        losses.voided += [entry.pk for entry in gone]
    _void(void, window, changes, now)
    reopened = [entry.pk for entry in vanished.reopened if not entry.is_reopened]
    _update(reopened, {"is_reopened": True}, window.run_id, now)
    changes.changed += len(reopened)


def _void(entries: Sequence[StoredEntry], window: Window, changes: Changes, now: datetime) -> None:
    pks = [entry.pk for entry in entries]
    _end_holds(pks)
    _update(pks, {"voided_run_id": window.run_id, "voided_at": now}, window.run_id, now)
    changes.voided += len(pks)
    changes.touch(entry.job_id for entry in entries)


def _restore(voided: list[int], window: Window, changes: Changes, now: datetime) -> None:
    """Take back what this run voided before it was clear how much is gone; what came back by itself leaves the list."""
    still = TimeEntry.objects.filter(voided_run_id=window.run_id)
    jobs = [row for batch in batches(voided) for row in still.filter(pk__in=batch).values_list("pk", "job_id")]
    voided[:] = [pk for pk, _job_id in jobs]
    _update(voided, {"voided_run_id": None, "voided_at": None}, window.run_id, now)
    changes.restored += len(voided)
    changes.voided -= len(voided)
    changes.touch(job_id for _pk, job_id in jobs)


def _was_reopened(window: Window, entry: StoredEntry) -> bool:
    """Whether only final time is imported, and this entry was imported as final and is not final any more."""
    if window.is_final is None or window.is_final(entry.worker_external_id, entry.work_date):
        return False
    return entry.is_final or entry.is_reopened


# Holds


def _holds(source: RowSource) -> "models.QuerySet[HeldEntry]":
    return HeldEntry.objects.filter(company_id=source.company_id, connection_id=source.connection_id)


def _held_in(source: RowSource, window: Window) -> dict[int, str]:
    """Why the entries of this window's days that are held are, by their id."""
    days = {"entry__work_date__gte": window.start, "entry__work_date__lt": window.end}
    return dict(_holds(source).filter(**days).values_list("entry_id", "reason"))


def _hold(
    source: RowSource, window: Window, pks: Sequence[int], reason: HoldReason, changes: Changes, now: datetime
) -> None:
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


def _end_holds(pks: Sequence[int]) -> None:
    for batch in batches(pks):
        HeldEntry.objects.filter(entry__in=batch).delete()


def void_held(source: RowSource, holds: "models.QuerySet[HeldEntry]", *, run_id: int, now: datetime) -> Changes:
    """Void what one run held, for someone said that it was deleted, and say what that changed."""
    entries = TimeEntry.objects.filter(hold__in=holds.filter(run_id=run_id))
    return _void_all(source, entries, run_id, now)


# Writing


def _update(pks: Sequence[int], values: dict[str, Any], run_id: int, now: datetime) -> None:
    _keep_versions(pks, run_id, now)
    for batch in batches(pks):
        TimeEntry.objects.filter(pk__in=batch).update(changed_run_id=run_id, **values)


def _keep_versions(pks: Sequence[int], run_id: int, now: datetime) -> None:
    """Keep what these entries say now, before the run changes them."""
    for batch in batches(pks):
        _copy_to_versions(TimeEntry.objects.filter(pk__in=batch), run_id, now)


def _copy_to_versions(entries: "models.QuerySet[TimeEntry]", run_id: int, now: datetime) -> None:
    replaced = {
        "entry": "pk",
        "replaced_run_id": models.Value(run_id, models.BigIntegerField()),
        "replaced_at": models.Value(now, models.DateTimeField()),
    }
    copy_rows(entries, into=TimeEntryVersion, values={name: name for name in KEPT} | replaced)


# What is no longer imported


def live_outside(source: RowSource, *, start: date, end: date | None) -> "models.QuerySet[TimeEntry]":
    """Live entries before `start` and, where `end` is given, on or after it."""
    out = models.Q(work_date__lt=start)
    if end is not None:
        out |= models.Q(work_date__gte=end)
    live = TimeEntry.objects.filter(company_id=source.company_id, connection_id=source.connection_id)
    return live.filter(out, voided_run_id__isnull=True)


def void_outside(source: RowSource, *, start: date, end: date | None, run_id: int, now: datetime) -> Changes:
    """Void what a start date or a horizon no longer includes, and say what that changed.

    The entries come back when a window with them is read. No one is asked about them any more.
    """
    return _void_all(source, live_outside(source, start=start, end=end), run_id, now)


def _void_all(source: RowSource, entries: "models.QuerySet[TimeEntry]", run_id: int, now: datetime) -> Changes:
    """Void however many entries inside the database; a voided entry is held no longer."""
    # No DISTINCT: SQLite would read all entries in the order of their jobs for it.
    job_ids = set(entries.order_by().values_list("job_id", flat=True).iterator(chunk_size=BATCH))
    changes = Changes()
    changes.touch(job_ids)
    if job_ids:
        _copy_to_versions(entries, run_id, now)
        changes.voided = entries.update(voided_run_id=run_id, voided_at=now, changed_run_id=run_id)
        _holds(source).filter(entry__voided_run_id__isnull=False).delete()
    return changes


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items, as many at a time as one statement takes."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
