"""The providers that every test of the pages, the sync, the faults and the mails runs with, one at a time."""

from integrations.exaktime.connector import CAPABILITIES
from integrations.exaktime.login import Login
from integrations.exaktime.provider import EXAKTIME
from integrations.providers import registry
from integrations.providers.base import Capabilities, Credentials, Provider
from tests.make.pocket import POCKET

USERNAME = "sync-user-5521"
PASSWORD = "correct-horse-7391"
SYSTEMS = (EXAKTIME, POCKET)
CREDENTIALS = {
    EXAKTIME.key: Login("acme", USERNAME, PASSWORD).credentials(),
    POCKET.key: Credentials("acme", {"token": PASSWORD}),
}
# The values entered into the form to connect.
TYPED = {
    EXAKTIME.key: {"username": USERNAME, "password": PASSWORD, "company_id": "acme"},
    POCKET.key: {"token": PASSWORD},
}
CAN = {EXAKTIME.key: CAPABILITIES, POCKET.key: Capabilities()}
CHOSEN = {
    EXAKTIME.key: {"budget_hours_field": "Hours", "contract_price_field": "Price"},
    POCKET.key: {},
}


def system() -> Provider:
    """The provider that this test runs with."""
    return registry.PROVIDERS[0]


def address(end: str = "") -> str:
    """The page of its connection, or one below it."""
    return f"/integrations/{system().slug}/{end}"


def here(path: str) -> str:
    """A path that was written down before the provider was known, with `*` in its place."""
    return path.replace("*", system().slug)


def secrets() -> list[str]:
    """What no page may show."""
    return list(CREDENTIALS[system().key].secrets.values())
