"""Companies, their logins, and the tokens that a sign-in gives (exaktime.md 1, 3, 5.11)."""

import secrets
import time
from dataclasses import dataclass, field

from .store import Store
from .world import WorldSize

PASSWORD = "sandbox-password"  # noqa: S105 - of made-up data, printed on start
FRESH_PASSWORD = "fresh-password"  # noqa: S105 - as above
TIME_ZONE = "America/Denver"
DENIALS = {
    "AccountInactive": "This user account is inactive.",
    "ReadNotPermitted": "This user has no permission to read over the API.",
    "MfaRequired": "This user has to sign in with a second factor.",
}


@dataclass(slots=True)
class SandboxAccount:
    """One login. `denial` is the 403 code that it gets; `people` and `locations` the only ones it can see.

    None is for all of them. Time without a location is seen with its person.
    """

    username: str
    password: str
    denial: str | None = None
    people: frozenset[str] | None = None
    locations: frozenset[str] | None = None


@dataclass(slots=True)
class SandboxCompany:
    company_id: str
    store: Store
    accounts: dict[str, SandboxAccount] = field(default_factory=dict)
    time_zone: str = TIME_ZONE

    def set_account(self, account: SandboxAccount) -> None:
        self.accounts[account.username.casefold()] = account


@dataclass(frozen=True, slots=True)
class Token:
    company: SandboxCompany
    account: SandboxAccount
    expires_at: float


class Tokens:
    """Opaque, valid for `seconds` unless revoked."""

    def __init__(self, seconds: float = 3600) -> None:
        self.seconds = seconds
        self._tokens: dict[str, Token] = {}

    def issue(self, company: SandboxCompany, account: SandboxAccount) -> tuple[str, float]:
        expires_at = time.time() + self.seconds
        text = secrets.token_urlsafe(32)
        self._tokens[text] = Token(company, account, expires_at)
        return text, expires_at

    def find(self, text: str) -> Token | None:
        token = self._tokens.get(text)
        return token if token is not None and token.expires_at > time.time() else None

    def revoke(self) -> int:
        count = len(self._tokens)
        self._tokens.clear()
        return count


def acme(size: WorldSize) -> SandboxCompany:
    """The company of demos and tests, with a login of each kind."""
    company = SandboxCompany("acme", Store(size))
    first = next(iter(company.store.employees))
    for name, denial, people in (
        ("sync", None, None),
        ("inactive", "AccountInactive", None),
        ("noread", "ReadNotPermitted", None),
        ("mfa", "MfaRequired", None),
        ("narrow", None, frozenset({first})),
    ):
        company.set_account(SandboxAccount(f"{name}@acme.test", PASSWORD, denial, people))
    return company


def fresh(size: WorldSize) -> SandboxCompany:
    """A smaller company that no one has connected yet, for walking through the guide."""
    company = SandboxCompany(
        "fresh", Store(WorldSize(size.today, people=12, days=min(size.days, 90), seed=size.seed + 1))
    )
    company.set_account(SandboxAccount("sync@fresh.test", FRESH_PASSWORD))
    return company
