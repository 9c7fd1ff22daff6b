"""The checks of settings that would lose work silently."""

from types import SimpleNamespace

import pytest

from protiv.accounts import checks

SQLITE = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}


@pytest.mark.parametrize(
    ("database", "ids"),
    [
        (SQLITE | {"OPTIONS": {"transaction_mode": "IMMEDIATE"}}, []),
        (SQLITE | {"OPTIONS": {"transaction_mode": "DEFERRED"}}, ["protiv.E001"]),
        (SQLITE | {"OPTIONS": {}}, ["protiv.E001"]),
        (SQLITE, ["protiv.E001"]),
        ({"ENGINE": "django.db.backends.postgresql"}, []),
    ],
)
def test_sqlite_must_take_its_lock_at_the_start(monkeypatch, database, ids):
    monkeypatch.setattr(checks, "settings", SimpleNamespace(DATABASES={"default": database}))
    assert [message.id for message in checks.sqlite_waits_for_its_lock()] == ids
