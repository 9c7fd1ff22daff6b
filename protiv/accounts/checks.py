"""Settings that would lose work silently if they were changed."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def sqlite_waits_for_its_lock(**_kwargs: Any) -> list[CheckMessage]:
    """Two writers on SQLite: only with IMMEDIATE does the second one wait instead of failing."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        return []
    if database.get("OPTIONS", {}).get("transaction_mode") == "IMMEDIATE":
        return []
    return [
        Error(
            "SQLite begins its transactions without the write lock.",
            hint='Set "transaction_mode": "IMMEDIATE" in OPTIONS of DATABASES["default"].',
            id="protiv.E001",
        )
    ]
