"""Talks to the provider in a thread of its own, so that one window is fetched while the last one is written.

The caller waits for the thread and keeps the lease, however long a slow provider and its retries take. The thread
touches the database only to keep credentials that the provider changed.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import partial
from threading import Event, get_ident
from types import TracebackType
from typing import Self, TypeVar

from django.conf import settings
from django.db import connections

from integrations.providers.base import Connector, Read
from integrations.sync.planning import Range
from protiv.timekeeping.records import TimeRecord

T = TypeVar("T")
HOLD_EVERY_SECONDS = 5


class Abandoned(Exception):
    """No one is waiting for this read anymore."""


class ReadAhead:
    """Reads lists and windows of one connector, one at a time. `hold` is called while the caller waits."""

    def __init__(self, connector: Connector, *, hold: Callable[[], None]) -> None:
        self._connector = connector
        self._hold = hold
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="read-ahead")
        self._abandoned = Event()
        self._ahead: tuple[Range, Future[Read[TimeRecord]]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """A read that no one waits for ends at its next page; its thread is not waited for."""
        self._abandoned.set()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def read(self, read: Callable[[], T]) -> T:
        """A list, now. Raises what `read` raises, and what `hold` raises."""
        return self._result(self._submit(read))

    def start_window(self, window: Range) -> None:
        """Start reading the window that will be requested next."""
        self._ahead = (window, self._submit(partial(self._time_records, window)))

    def read_window(self, window: Range) -> Read[TimeRecord]:
        """A window, started earlier or now. Raises ProviderError, WindowTooLarge, and what `hold` raises."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[0] == window:
            return self._result(ahead[1])
        return self.read(partial(self._time_records, window))

    def _time_records(self, window: Range) -> Read[TimeRecord]:
        return self._connector.time_records(*window, max_records=settings.SYNC_WINDOW_RECORDS, on_page=self._go_on)

    def _go_on(self, _count: int) -> None:
        if self._abandoned.is_set():
            raise Abandoned

    def _submit(self, read: Callable[[], T]) -> "Future[T]":
        """With this thread's context, so that log lines name the run."""
        context, caller = copy_context(), get_ident()

        def call() -> T:
            try:
                return context.run(read)
            finally:
                if get_ident() != caller:
                    connections.close_all()

        return self._executor.submit(call)

    def _result(self, reading: "Future[T]") -> T:
        while wait([reading], timeout=HOLD_EVERY_SECONDS).not_done:
            self._hold()
        return reading.result()
