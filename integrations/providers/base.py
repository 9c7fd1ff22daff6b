"""A time-tracking provider: its description, its connector, and its three kinds of failure. Pure.

The errors have a text for the user: what happened, what it means for the numbers, what to do.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Generic, Protocol, Self, TypeVar

from protiv.timekeeping.records import (
    CostCodeRecord,
    JobRecord,
    PayPeriodRecord,
    SetAside,
    TimeRecord,
    WorkerRecord,
)


class ProviderError(Exception):
    """A call to a provider failed. `message` is for the user; `code` is stable, for tests and logs."""

    code = "PROVIDER_ERROR"

    def __init__(self, message: str, *, code: str | None = None, retry_after_seconds: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.retry_after_seconds = retry_after_seconds


class AuthenticationFailed(ProviderError):
    """The provider refused the credentials: stop, and ask a person for new ones."""

    code = "AUTHENTICATION_FAILED"


class SourceUnavailable(ProviderError):
    """The provider can't be reached or is busy: try again later, never blame the password."""

    code = "SOURCE_UNAVAILABLE"


class UnexpectedResponse(ProviderError):
    """The provider answered something that we can't read: ours to investigate."""

    code = "UNEXPECTED_RESPONSE"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials for one account. Never logged: the repr hides the secrets.

    `account_identifier` is "" if the customer doesn't enter it and only the sign-in provides it.
    """

    account_identifier: str
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class CredentialSchema:
    """The names of the secrets that a provider's sign-in needs, and of optional ones."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()

    def accepts(self, secrets: object) -> bool:
        """Whether these are the secrets of such a sign-in, each of them text."""
        if not isinstance(secrets, Mapping) or not all(isinstance(value, str) for value in secrets.values()):
            return False
        return self.required <= secrets.keys() <= self.required | self.optional


@dataclass(frozen=True, slots=True)
class Preview:
    """How much this login can see. 0 or 1 people is a warning: the login's view set is too small."""

    people: int
    jobs: int
    cost_codes: int


@dataclass(frozen=True, slots=True)
class TimeExtent:
    """How many time records there are, and the first and the last work date among them; None if it can't be read."""

    entries: int
    first_date: date | None = None
    last_date: date | None = None


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A list read whole: its records, and those that had to be set aside."""

    records: list[T]
    set_aside: list[SetAside]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """The capabilities of a connection, found at sign-in: they may depend on the customer's plan or permissions."""

    finality: bool = False
    budgets: bool = False
    budget_lines: bool = False
    wages: bool = False
    overtime_buckets: bool = False
    change_feed: bool = False

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """Build from the stored names; unknown names are ignored."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: True for name in names if name in known})

    def names(self) -> list[str]:
        """The names of the capabilities, for storage."""
        return [one.name for one in fields(self) if getattr(self, one.name)]


@dataclass(frozen=True, slots=True)
class Account:
    """The result of a sign-in: the provider's account, and its capabilities."""

    identifier: str
    capabilities: Capabilities


class WindowTooLarge(Exception):
    """The window holds more records than asked for: read fewer days at a time."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} records in one window")
        self.count = count


class Connector(Protocol):
    """One provider, signed in for one customer. Every read raises a ProviderError or returns the list whole."""

    def sign_in(self) -> Account:
        """Prove the credentials. The first read calls it automatically; never retried blindly."""

    def preview(self) -> Preview:
        """Count what this login can see."""

    def time_extent(self, start: date | None, end: date) -> TimeExtent:
        """Count the time from `start` (None: the earliest) until before `end`, with two small requests."""

    def workers(self) -> Read[WorkerRecord]: ...

    def jobs(self) -> Read[JobRecord]: ...

    def cost_codes(self) -> Read[CostCodeRecord]: ...

    def pay_periods(self) -> Read[PayPeriodRecord]: ...

    def time_records(
        self, start: date, end: date, *, max_records: int, on_page: Callable[[int], None]
    ) -> Read[TimeRecord]:
        """All time from `start` (included) to `end` (excluded), read to its last page with a steady count.

        `on_page` gets the number of records after each page. Raises WindowTooLarge, before anything but the first page
        was read, where more than `max_records` are waiting and the window is longer than a day.
        """

    def is_final(self, worker_external_id: str, work_date: date) -> bool:
        """Whether this worker's time on this day is final: its pay period is closed, or the worker's is signed off.

        Works for the days of every window that was read, with or without a record; makes no request.
        """


# The description


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the provider's own pages call things, in lower case but for names; our pages use the same words."""

    worker: str = "employee"
    workers: str = "employees"
    job: str = "job"
    jobs: str = "jobs"
    cost_code: str = "cost code"
    cost_codes: str = "cost codes"
    pay_period: str = "pay period"
    time_record: str = "time record"
    # The label of an account's identifier, and the text shown after it.
    account: str = "account"
    account_suffix: str = ""
    # All credentials, and those that are never shown again.
    credentials: str
    hidden: str
    # What is read before the time, as a list in a sentence.
    lists: str


@dataclass(frozen=True, slots=True)
class HelpLink:
    """A page of the provider's own help, offered where someone signs in."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class EnvironmentSetting:
    """A setting of the installation, read from the environment by its name; its type is that of the default."""

    name: str
    default: str | bool


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the settings that makes syncing unsafe, found at start-up."""

    text: str
    hint: str
    id: str


OnCredentialsChanged = Callable[[Credentials], None]
# Credentials, the connection's stored settings, and the callback for changed credentials.
Make = Callable[[Credentials, Mapping[str, Any], OnCredentialsChanged], Connector]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Everything that the rest of the product knows about one provider.

    `key` is stored and `slug` is used in addresses: neither ever changes. The forms are classes of `providers.forms`.
    `make` gives a connector that has not signed in yet; it tells `on_credentials_changed` of every new pair of tokens
    before it makes the next call, from whatever thread it reads in.
    """

    key: str
    slug: str
    name: str
    initials: str
    card: str
    words: Words
    # The page of a provider that is not connected: what is imported, and what someone needs at hand. May be marked
    # safe.
    comes_in: tuple[str, ...]
    needs: tuple[str, ...]
    # Whom a sign-in can see, and what to do if that is hardly anyone.
    people_seen: str
    people_missing: str
    connect_form: type[Any]
    credentials: CredentialSchema
    settings_form: type[Any]
    make: Make
    environment: tuple[EnvironmentSetting, ...] = ()
    checks: tuple[Callable[[], list[Problem]], ...] = ()
    help_links: tuple[HelpLink, ...] = ()

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Planned:
    """A provider that can't be connected yet, as its card shows it."""

    name: str
    initials: str
    card: str
