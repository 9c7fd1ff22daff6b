"""A connected company with a provider in memory."""

import dataclasses
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from datetime import date

import pytest
import time_machine

from integrations import services
from integrations.models import Connection, Horizon
from integrations.providers import registry
from integrations.providers.base import Provider
from integrations.sync import outcomes, read_ahead
from tests.make.connections import NOON
from tests.make.factories import make_company
from tests.make.fakes import Clock, FakeProvider
from tests.make.systems import CAN, CHOSEN, CREDENTIALS, SYSTEMS

START = date(2026, 10, 1)


class SameThread(Executor):
    """Does immediately what a thread would do, because only one thread sees a test's transaction."""

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
    """Tests run in a transaction that is never committed: run on-commit callbacks immediately."""
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


@pytest.fixture(params=SYSTEMS, ids=lambda system: system.slug)
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The only registered provider: tests that use it run once with each."""
    monkeypatch.setattr(registry, "PROVIDERS", (request.param,))
    return request.param


def who_can(capability: str) -> pytest.MarkDecorator:
    """For tests of capabilities that only some providers have."""
    able = [system for system in SYSTEMS if getattr(CAN[system.key], capability)]
    return pytest.mark.parametrize("system", able, indirect=True, ids=lambda system: system.slug)


@pytest.fixture
def provider(system: Provider, monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    """Replaces the real one, in memory."""
    provider = FakeProvider(capabilities=CAN[system.key])
    monkeypatch.setattr(registry, "PROVIDERS", (dataclasses.replace(system, make=provider.make),))
    return provider


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of the runs that were handed to the cluster."""
    queued: list[int] = []
    monkeypatch.setattr(services, "async_task", lambda _path, run_id: queued.append(run_id))
    return queued


@pytest.fixture
def tested(db: None, system: Provider, provider: FakeProvider, clock: Clock) -> Connection:
    """Signed in, not set up."""
    return services.connect(
        company=make_company(time_zone="America/Denver"),
        provider=system.key,
        credentials=CREDENTIALS[system.key],
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
            "provider_settings": CHOSEN[connection.provider],
            "actor": None,
            "now": clock(),
            **changes,
        }
    )
    connection.refresh_from_db()
    return connection
