"""The state of the refresh icon, from the page's first rendering to the result of the sync that it forced."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from integrations import selectors
from integrations.left_out import left_out_of
from integrations.models import GOOD_STATES, WRITTEN_COUNTS, Connection, SyncCount, SyncRun
from integrations.services import SyncRequest
from protiv.accounts.models import Company

STARTED = "Sync started."
JOINED = "A sync is already running. Its result will appear here."
NOTHING_CONNECTED = "Nothing is connected yet, so there is nothing to sync."


@dataclass(frozen=True, slots=True)
class SyncIcon:
    """LINK leads to the Integrations pages, IDLE can be pressed, BUSY watches runs, DONE and FAILED show the result.

    `text` is shown next to the icon and announced; None keeps the current text.
    """

    face: str
    text: str | None = None
    run_ids: tuple[int, ...] = ()
    connection: Connection | None = None


def resting(connections: Sequence[Connection], *, text: str | None = None) -> SyncIcon:
    """The icon of a page that was just opened. The connections come from `selectors.connections_of`."""
    syncing = [connection for connection in connections if connection.is_syncing]
    open_ids = tuple(run_id for one in syncing if (run_id := getattr(one, "open_run_id", None)))
    if open_ids:
        return SyncIcon("BUSY", text, run_ids=open_ids)
    if syncing:
        return SyncIcon("IDLE", text)
    return SyncIcon("LINK", text, connection=connections[0] if connections else None)


def pressed(requests: Sequence[SyncRequest], refusals: Sequence[str]) -> SyncIcon:
    """The icon after someone forced a sync."""
    if not requests:
        return SyncIcon("FAILED", refusals[0] if refusals else NOTHING_CONNECTED)
    text = JOINED if all(request.joined for request in requests) else STARTED
    return SyncIcon("BUSY", text, run_ids=tuple(request.run.pk for request in requests))


def watching(*, company: Company, run_ids: Collection[int], now: datetime) -> SyncIcon:
    """The icon while it watches runs, and their result; without runs, the idle icon."""
    runs = list(
        SyncRun.objects.filter(company=company, pk__in=run_ids).select_related("connection__company").order_by("pk")
    )
    if any(run.is_open for run in runs):
        return SyncIcon("BUSY", run_ids=tuple(run.pk for run in runs))
    if not runs:
        return resting(selectors.connections_of(company=company), text="")
    bad = [run for run in runs if run.state not in GOOD_STATES]
    if bad:
        return SyncIcon("FAILED", bad[0].error_text or f"The sync was {bad[0].get_state_display().lower()}.")
    return SyncIcon("DONE", _success_text(runs, now))


def _success_text(runs: Sequence[SyncRun], now: datetime) -> str:
    counted = {
        count: sum(getattr(run, count.field) for run in runs)
        for count in (*WRITTEN_COUNTS, SyncCount.SET_ASIDE, SyncCount.HELD)
    }
    said = [f"{number:,} {count.label.lower()}" for count, number in counted.items() if number]
    if not any(counted[count] for count in WRITTEN_COUNTS):
        said.insert(0, "nothing changed")
    left_out = [one.text for run in runs if (one := left_out_of(run.connection, now=now))]
    return ". ".join([f"Synced just now: {', '.join(said)}", *left_out])
