"""The providers as the Integrations page shows them: those to connect, and, marked as planned, those to come."""

from dataclasses import dataclass

from integrations.providers.registry import Provider

SLUGS = {"exaktime": Provider.EXAKTIME}
_SLUG_OF = {provider: slug for slug, provider in SLUGS.items()}


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A card's words. `provider` is None where nothing can be connected yet."""

    name: str
    letters: str
    text: str
    provider: Provider | None = None


CATALOG = (
    CatalogEntry(
        "ExakTime",
        "ET",
        "Brings in employees, locations, cost codes, pay periods and time records every two hours.",
        Provider.EXAKTIME,
    ),
    CatalogEntry("busybusy", "bb", "GPS time tracking for construction and field service crews."),
    CatalogEntry("ClockShark", "CS", "Time tracking and scheduling for field crews."),
    CatalogEntry("QuickBooks Time", "QT", "Timesheets tied to QuickBooks payroll."),
    CatalogEntry("Raken", "Rk", "Daily reports and time cards from the job site."),
)


def find(query: str) -> list[CatalogEntry]:
    """The entries in whose name or text every word of the query stands."""
    words = query.casefold().split()
    return [entry for entry in CATALOG if all(word in f"{entry.name} {entry.text}".casefold() for word in words)]


class ProviderConverter:
    """A provider's name in a path; a name that we don't know is no path of ours."""

    regex = "|".join(SLUGS)

    def to_python(self, value: str) -> Provider:
        return SLUGS[value]

    def to_url(self, value: str) -> str:
        return _SLUG_OF[Provider(value)] if value in Provider.values else value
