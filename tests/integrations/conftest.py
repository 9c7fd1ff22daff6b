"""A connected company whose provider lives in memory."""

import dataclasses
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from datetime import date

import pytest
import time_machine

from integrations import services
from integrations.exaktime.login import Login
from integrations.exaktime.provider import EXAKTIME
from integrations.models import Connection, Horizon
from integrations.providers import registry
from integrations.sync import outcomes, read_ahead
from tests.integrations.fakes import Clock, FakeProvider
from tests.make.connections import NOON
from tests.make.factories import make_company

CREDENTIALS = Login("acme", "sync@acme.test", "sandbox-password").credentials()
START = date(2026, 10, 1)


class SameThread(Executor):
    """Does at once what a thread would do, because a test's transaction is seen by one thread only."""

    def __init__(self, **_options: object) -> None: ...

    def submit(self, call):  # type: ignore[no-untyped-def, override]
        done: Future[object] = Future()
        try:
            done.set_result(call())
        except Exception as error:  # noqa: BLE001  # a thread would keep it for the one who asks for the result
            done.set_exception(error)
        return done


@pytest.fixture(autouse=True)
def same_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_ahead, "ThreadPoolExecutor", SameThread)


@pytest.fixture
def run_on_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests run in a transaction that is never committed: do at once what waits for the commit."""
    for module in (services, outcomes):
        monkeypatch.setattr(module.transaction, "on_commit", lambda do: do())


@pytest.fixture
def noon() -> Iterator[None]:
    """It is Wednesday, November 11, at noon in Denver."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    """In place of ExakTime."""
    provider = FakeProvider()
    monkeypatch.setattr(registry, "PROVIDERS", (dataclasses.replace(EXAKTIME, make=provider.make),))
    return provider


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of the runs that were handed to the cluster."""
    queued: list[int] = []
    monkeypatch.setattr(services, "async_task", lambda _path, run_id: queued.append(run_id))
    return queued


@pytest.fixture
def tested(db: None, provider: FakeProvider, clock: Clock) -> Connection:
    """Signed in, not set up."""
    return services.connect(
        company=make_company(time_zone="America/Denver"),
        provider="EXAKTIME",
        credentials=CREDENTIALS,
        actor=None,
        now=clock(),
    )


@pytest.fixture
def connection(tested: Connection, tasks: list[int], clock: Clock) -> Connection:
    """Set up, with the first sync waiting for a worker."""
    return start(tested, clock)


def start(connection: Connection, clock: Clock, **changes: object) -> Connection:
    services.start_sync(
        **{
            "connection": connection,
            "sync_start_date": START,
            "horizon": Horizon.LEAVE_OUT_CURRENT_WEEK,
            "provider_settings": {"budget_hours_field": "Budget Hours", "contract_price_field": "Contract Price"},
            "actor": None,
            "now": clock(),
            **changes,
        }
    )
    connection.refresh_from_db()
    return connection
