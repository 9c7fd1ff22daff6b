"""Storing one window: write what differs, void what vanished, or hold it until a person decides (losses.py)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from protiv.timekeeping.ingest.changes import Changes
from protiv.timekeeping.ingest.entries import StoredEntry, differing_from, stored_in
from protiv.timekeeping.ingest.holding import end_holds, held_in, hold, known_losses
from protiv.timekeeping.ingest.references import References
from protiv.timekeeping.ingest.rows import WindowRows, insert, rewrite
from protiv.timekeeping.ingest.source import RowSource, Window, batches
from protiv.timekeeping.ingest.versions import update
from protiv.timekeeping.ingest.voiding import restore, void
from protiv.timekeeping.losses import Losses
from protiv.timekeeping.models import HoldReason
from protiv.timekeeping.records import SetAside, TimeRecord


class ListsOutdated(Exception):
    """Time vanished from a window that was read after the lists: read them again, for a view may have narrowed."""


def store_window(
    source: RowSource,
    window: Window,
    records: Sequence[TimeRecord],
    *,
    references: References,
    set_aside: Sequence[SetAside],
    losses: Losses | None = None,
    lists_are_newer: bool = True,
    now: datetime,
) -> Changes:
    """Make the stored time of a window equal to what was read of it, and say what that changed.

    `records` must be the whole window. What is stored of it and not among them is voided, except what was set aside,
    what is held, and, where only final time is imported, what was final before its period was reopened. A record set
    aside without an id may be any stored one: then nothing of the window is voided. `losses` are those of the windows
    before, where several are read in a row.

    Raises ListsOutdated, before anything is written, where entries are gone and the `references` are of lists that
    were read before the window.
    """
    changes = Changes(seen=len(records) + len(set_aside), set_aside=list(set_aside))
    known = [record for record in records if _is_known(record, references, changes)]
    taken = [record for record in known if window.is_final is None or record.is_final]
    stored, held = stored_in(source, window), held_in(source, window)
    vanished = _Vanished()
    if all(one.external_id for one in changes.set_aside):
        read = {record.external_id for record in known}
        kept = {record.external_id for record in taken} | {one.external_id for one in changes.set_aside}
        vanished = _sort_vanished(window, stored, held, read, kept, references)
    if vanished.gone and not lists_are_newer:
        raise ListsOutdated
    _write(WindowRows(source, references, window.run_id), taken, stored, changes, now)
    if held:
        end_holds([entry.pk for record in known if (entry := stored.get(record.external_id)) and entry.pk in held])
    _take_out(source, window, vanished, held, losses or known_losses(source), changes, now)
    return changes


def _write(
    rows: WindowRows, taken: Sequence[TimeRecord], stored: dict[str, StoredEntry], changes: Changes, now: datetime
) -> None:
    """Insert what is new and rewrite what changed. Adds to `stored` what moved in from another day."""
    differing = differing_from(taken, stored)
    new = [(record, fingerprint) for record, fingerprint in differing if record.external_id not in stored]
    for batch in batches(new):
        stored |= insert(rows, batch)
    changed = [(record, fingerprint) for record, fingerprint in differing if record.external_id in stored]
    rewrite(rows, changed, stored, now)
    changes.added = len(differing) - len(changed)
    changes.changed = len(changed)
    changes.touch(rows.references.jobs.get(record.job_external_id) for record, _fingerprint in differing)
    changes.touch(stored[record.external_id].job_id for record, _fingerprint in changed)


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


@dataclass(slots=True)
class _Vanished:
    """What is stored of a window and was not taken from it.

    `unwanted` was read and isn't final; `gone` wasn't read; `unlisted` wasn't read and belongs to what is no longer
    listed; `reopened` is kept as it was, and so is what is held already because many were gone. `live` counts all of
    the window that was live before.
    """

    live: int = 0
    unwanted: list[StoredEntry] = field(default_factory=list)
    gone: list[StoredEntry] = field(default_factory=list)
    unlisted: dict[HoldReason, list[StoredEntry]] = field(default_factory=lambda: {reason: [] for reason in HoldReason})
    reopened: list[StoredEntry] = field(default_factory=list)


def _sort_vanished(
    window: Window,
    stored: dict[str, StoredEntry],
    held: dict[int, str],
    read: set[str],
    kept: set[str],
    references: References,
) -> _Vanished:
    """Sort what is stored and not `kept`, which is what was taken and what was set aside."""
    vanished = _Vanished()
    for external_id, entry in stored.items():
        if not entry.is_live:
            continue
        vanished.live += 1
        if external_id in kept:
            continue
        if external_id not in read and (reason := references.reason_to_hold(entry)):
            vanished.unlisted[reason].append(entry)
        elif _was_reopened(window, entry):
            vanished.reopened.append(entry)
        elif external_id in read:
            vanished.unwanted.append(entry)
        elif held.get(entry.pk) != HoldReason.MANY:
            vanished.gone.append(entry)
    return vanished


def _was_reopened(window: Window, entry: StoredEntry) -> bool:
    """Whether only final time is imported, and this entry was imported as final and is not final any more."""
    if window.is_final is None or window.is_final(entry.worker_external_id, entry.work_date):
        return False
    return entry.is_final or entry.is_reopened


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
        hold(source, window, [entry.pk for entry in entries if entry.pk not in held], reason, changes, now)
    gone, to_void = vanished.gone, vanished.unwanted
    if losses.look_like_lost_access(gone=len(gone), live=vanished.live):
        restore(losses.voided, window, changes, now)
        end_holds([entry.pk for entry in gone if entry.pk in held])
        hold(source, window, [*losses.voided, *(entry.pk for entry in gone)], HoldReason.MANY, changes, now)
        losses.voided.clear()
    else:
        to_void = to_void + gone
        losses.voided += [entry.pk for entry in gone]
    void(to_void, window, changes, now)
    reopened = [entry.pk for entry in vanished.reopened if not entry.is_reopened]
    update(reopened, {"is_reopened": True}, window.run_id, now)
    changes.changed += len(reopened)
