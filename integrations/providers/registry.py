"""The list of providers. A new one takes a folder and one line here."""

from integrations.exaktime.provider import EXAKTIME
from integrations.providers.base import Planned, Provider

PROVIDERS: tuple[Provider, ...] = (EXAKTIME,)
# Providers shown as planned on the Integrations page; one that can be connected is not shown twice.
PLANNED = (
    Planned("busybusy", "bb", "GPS time tracking for construction and field service crews."),
    Planned("ClockShark", "CS", "Time tracking and scheduling for field crews."),
    Planned("QuickBooks Time", "QT", "Timesheets linked to QuickBooks payroll."),
    Planned("Raken", "Rk", "Daily reports and time cards from the job site."),
)


def by_key(key: str) -> Provider:
    """The provider of a stored key. Raises LookupError."""
    return next((one for one in PROVIDERS if one.key == key), None) or _unknown(key)


def by_slug(slug: str) -> Provider:
    """The provider of an address. Raises LookupError."""
    return next((one for one in PROVIDERS if one.slug == slug), None) or _unknown(slug)


def choices() -> list[tuple[str, str]]:
    """Stored keys with their names; named by migrations, so that a new provider needs none."""
    return [(one.key, one.name) for one in PROVIDERS]


def _unknown(name: str) -> Provider:
    raise LookupError(f"There is no provider {name!r}.")
