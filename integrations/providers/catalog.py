"""The providers as the Integrations page shows them: those to connect and, marked as planned, future ones."""

from dataclasses import dataclass

from integrations.providers import registry
from integrations.providers.base import Planned, Provider


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A card's text. `provider` is None if it can't be connected yet."""

    name: str
    letters: str
    text: str
    provider: Provider | None = None


def catalog() -> list[CatalogEntry]:
    """Those to connect first. A planned one disappears as soon as it can be connected."""
    ready = [CatalogEntry(one.name, one.initials, one.card, one) for one in registry.PROVIDERS]
    names = {entry.name for entry in ready}
    return [*ready, *(_planned(one) for one in registry.PLANNED if one.name not in names)]


def _planned(one: Planned) -> CatalogEntry:
    return CatalogEntry(one.name, one.initials, one.card)


def find(query: str) -> list[CatalogEntry]:
    """The entries in whose name or text every word of the query appears."""
    words = query.casefold().split()
    return [entry for entry in catalog() if all(word in f"{entry.name} {entry.text}".casefold() for word in words)]


class ProviderConverter:
    """A provider's name in a path; a name that we don't know is not found."""

    regex = "[a-z0-9-]+"

    def to_python(self, value: str) -> Provider:
        try:
            return registry.by_slug(value)
        except LookupError:
            raise ValueError from None

    def to_url(self, value: Provider | str) -> str:
        """From the provider, its stored key, or its name in a path."""
        if isinstance(value, Provider):
            return value.slug
        return next((one.slug for one in registry.PROVIDERS if one.key == value), value)
