"""A connection that has synced."""

from datetime import date

import pytest

from integrations.models import RunState
from tests.make.runs import on, work


@pytest.fixture
def synced(connection, provider, clock):
    """The first sync is done: two workdays of October are in."""
    provider.add(on(date(2026, 10, 1)), on(date(2026, 11, 5)))
    assert work(clock).state == RunState.SUCCEEDED
    connection.refresh_from_db()
    return connection
