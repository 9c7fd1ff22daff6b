"""The credentials for ExakTime: Company ID, username and password. Pure."""

from dataclasses import dataclass, field
from typing import Self

from integrations.providers.base import Credentials, CredentialSchema

SCHEMA = CredentialSchema(required=frozenset({"username", "password"}))


@dataclass(frozen=True, slots=True)
class Login:
    """What the customer entered. Never logged: the repr hides username and password."""

    company_id: str
    username: str = field(repr=False)
    password: str = field(repr=False)

    @classmethod
    def of(cls, credentials: Credentials) -> Self:
        return cls(credentials.account_identifier, credentials.secrets["username"], credentials.secrets["password"])

    def credentials(self) -> Credentials:
        """The same in the form that the services take for every provider."""
        return Credentials(self.company_id, {"username": self.username, "password": self.password})
