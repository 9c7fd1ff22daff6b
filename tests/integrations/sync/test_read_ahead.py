"""Reading in another thread: keeping the lease, passing on errors, and stopping when no one waits."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from datetime import date

import pytest
from django.db import connection as database
from django.db import transaction

from integrations import credentials
from integrations.models import Connection
from integrations.providers.base import Credentials, Read, SourceUnavailable
from integrations.sync import read_ahead
from integrations.sync.lease import LeaseLost
from integrations.sync.read_ahead import ReadAhead
from tests.make.connections import make_connection
from tests.make.factories import make_company

WINDOW = (date(2026, 11, 2), date(2026, 11, 9))
NEXT = (date(2026, 11, 9), date(2026, 11, 16))
run_name: ContextVar[str] = ContextVar("run_name")


class Provider:
    """Answers a window with its first day as the only record, once allowed."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.asked: list[tuple[date, date]] = []
        self.ended: list[BaseException] = []

    def time_records(self, start, end, *, max_records, on_page):
        self.asked.append((start, end))
        assert self.let.wait(10)
        try:
            on_page(1)
        except BaseException as error:
            self.ended.append(error)
            raise
        return Read([start], [])


@pytest.fixture
def provider(monkeypatch) -> Provider:
    monkeypatch.setattr(read_ahead, "ThreadPoolExecutor", ThreadPoolExecutor)
    monkeypatch.setattr(read_ahead, "HOLD_EVERY_SECONDS", 0.01)
    return Provider()


def test_the_next_window_is_read_in_the_background(provider):
    provider.let.set()
    with ReadAhead(provider, hold=lambda: None) as reader:
        assert reader.read_window(WINDOW).records == [WINDOW[0]]
        reader.start_window(NEXT)
        assert reader.read_window(NEXT).records == [NEXT[0]]
    assert provider.asked == [WINDOW, NEXT]


def test_a_started_window_that_is_not_requested_is_dropped(provider):
    provider.let.set()
    with ReadAhead(provider, hold=lambda: None) as reader:
        reader.start_window(NEXT)
        assert reader.read_window(WINDOW).records == [WINDOW[0]]


def test_the_lease_is_held_as_long_as_a_slow_provider_takes(provider):
    held = []

    def hold():
        held.append(1)
        if len(held) == 5:
            provider.let.set()

    with ReadAhead(provider, hold=hold) as reader:
        assert reader.read_window(WINDOW).records == [WINDOW[0]]
    assert len(held) >= 5


def test_a_lost_lease_ends_the_waiting_and_the_reading_at_its_next_page(provider):
    def lose():
        raise LeaseLost

    with pytest.raises(LeaseLost), ReadAhead(provider, hold=lose) as reader:
        reader.read_window(WINDOW)
    provider.let.set()
    for thread in threading.enumerate():
        if thread.name.startswith("read-ahead"):
            thread.join(10)
    assert isinstance(provider.ended[0], read_ahead.Abandoned)


def test_errors_of_a_read_reach_the_waiting_caller(provider):
    def fail():
        raise SourceUnavailable("Busy.")

    with pytest.raises(SourceUnavailable), ReadAhead(provider, hold=lambda: None) as reader:
        reader.read(fail)


def test_a_read_has_the_context_of_the_waiting_caller(provider):
    run_name.set("run 7")
    with ReadAhead(provider, hold=lambda: None) as reader:
        assert reader.read(run_name.get) == "run 7"
        assert reader.read(threading.current_thread) is not threading.current_thread()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_credentials_that_change_while_reading_are_stored_at_once_on_a_connection_that_is_closed(provider):
    stored = make_connection(make_company())
    changed = Credentials("acme", {"username": "u", "password": "changed"})

    def refresh() -> int:
        credentials.replace(stored, changed)
        return backend()

    with ReadAhead(provider, hold=lambda: None) as reader, transaction.atomic():
        other = reader.read(refresh)
        assert credentials.load(Connection.objects.get(pk=stored.pk)) == changed
        transaction.set_rollback(True)
    assert credentials.load(Connection.objects.get(pk=stored.pk)) == changed
    assert other != backend()
    assert is_gone(other)


def is_gone(pid: int) -> bool:
    """Whether a server process ends, which takes it a moment after its connection is closed."""
    with database.cursor() as cursor:
        for _ in range(100):
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [pid])
            if cursor.fetchone() == (0,):
                return True
            time.sleep(0.05)
    return False


def backend() -> int:
    """The server process of this thread's connection."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]
