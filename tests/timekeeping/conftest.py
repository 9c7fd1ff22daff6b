"""Shared by the tests of Time, Team, and Jobs."""

import datetime
from typing import Any

import pytest

from protiv.accounts.models import Membership
from tests.make import factories
from tests.timekeeping import recorder


@pytest.fixture
def now() -> datetime.datetime:
    return datetime.datetime(2026, 11, 24, 18, 0, tzinfo=datetime.UTC)


@pytest.fixture
def refreshed(settings) -> list[dict[str, Any]]:
    """The refreshes of bonuses that were asked for."""
    settings.REFRESH_BONUSES = "tests.timekeeping.recorder.refresh"
    recorder.calls.clear()
    return recorder.calls


@pytest.fixture
def ana(company):
    return factories.make_worker(company, "Ana Maria Ruiz", number="17", external_id="w-ana")


@pytest.fixture
def bo(company):
    return factories.make_worker(company, "Bo Lind", number="18", external_id="w-bo")


@pytest.fixture
def job(company):
    return factories.make_job(company, "Maple Street 12", number="J-1", external_id="j-maple")


@pytest.fixture
def worker_membership(worker_user) -> Membership:
    return Membership.objects.get(user=worker_user)
