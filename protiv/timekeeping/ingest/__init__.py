"""The only writer of synced rows: compare what was read with what is stored, write the difference, void what vanished.

What vanished as if the sign-in had lost access is held instead, until a person decides (losses.py, holds.py).

Everything here runs inside the caller's transaction. Nothing that is unchanged is written.
"""

from protiv.timekeeping.ingest.changes import Changes
from protiv.timekeeping.ingest.entries import differing_from
from protiv.timekeeping.ingest.holding import known_losses
from protiv.timekeeping.ingest.lists import store_cost_codes, store_jobs, store_pay_periods, store_workers
from protiv.timekeeping.ingest.outside import live_outside, store_imported_dates, void_outside
from protiv.timekeeping.ingest.references import References, load_references
from protiv.timekeeping.ingest.rows import WindowRows
from protiv.timekeeping.ingest.source import BATCH, RowSource, Window, batches
from protiv.timekeeping.ingest.voiding import void_held
from protiv.timekeeping.ingest.windows import ListsOutdated, store_window

__all__ = [
    "BATCH",
    "Changes",
    "ListsOutdated",
    "References",
    "RowSource",
    "Window",
    "WindowRows",
    "batches",
    "differing_from",
    "known_losses",
    "live_outside",
    "load_references",
    "store_cost_codes",
    "store_imported_dates",
    "store_jobs",
    "store_pay_periods",
    "store_window",
    "store_workers",
    "void_held",
    "void_outside",
]
