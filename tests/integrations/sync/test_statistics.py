"""After a large sync the database's statistics are updated, outside of every window's transaction."""

from datetime import date

import pytest
from django.db import DatabaseError
from django.db import connection as database

from integrations import runner
from protiv.kit import bulk
from protiv.timekeeping.models import TimeEntry
from tests.make.runs import on, work


@pytest.fixture
def statements():
    """Each ANALYZE: whether a transaction was open, and how many entries were stored."""
    seen = []

    def watch(execute, sql, params, many, context):
        if sql.startswith("ANALYZE"):
            seen.append((database.in_atomic_block, TimeEntry.objects.count()))
        return execute(sql, params, many, context)

    with database.execute_wrapper(watch):
        yield seen


@pytest.mark.usefixtures("connection")
@pytest.mark.django_db(transaction=True)
def test_a_large_first_sync_ends_with_statistics_outside_of_its_transactions(provider, clock, statements, monkeypatch):
    monkeypatch.setattr(bulk, "MANY_ROWS", 3)
    provider.add(*(on(date(2026, 10, day)) for day in (5, 6, 20, 30)))
    assert work(clock).state == "SUCCEEDED"
    assert statements == [(False, 4)]


@pytest.mark.usefixtures("connection")
@pytest.mark.django_db(transaction=True)
def test_a_small_sync_needs_no_statistics(provider, clock, statements):
    provider.add(on(date(2026, 10, 5)))
    assert work(clock).state == "SUCCEEDED"
    assert statements == []


@pytest.mark.usefixtures("connection")
def test_a_run_succeeds_without_statistics(provider, clock, monkeypatch):
    def fail(*_args, **_named):
        raise DatabaseError("database is locked")

    monkeypatch.setattr(runner, "update_statistics", fail)
    provider.add(on(date(2026, 10, 5)))
    assert work(clock).state == "SUCCEEDED"
    assert TimeEntry.objects.count() == 1
