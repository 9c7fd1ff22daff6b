"""What every time-tracking provider offers, and the three ways in which it fails. Pure.

The errors carry a text for the user: what happened, what it means for the numbers, what to do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

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
    """The provider answered something that we can't read: ours to look into."""

    code = "UNEXPECTED_RESPONSE"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the customer typed. Never logged: the repr hides the password."""

    company_identifier: str
    username: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials(company_identifier={self.company_identifier!r}, username=…, password=…)"


@dataclass(frozen=True, slots=True)
class BudgetFields:
    """Names of the provider's custom job fields that hold the labor budget."""

    budget_hours: str
    contract_price: str


@dataclass(frozen=True, slots=True)
class Preview:
    """How much this login can see. 0 or 1 people is a warning: the login's view set is too small."""

    people: int
    jobs: int
    cost_codes: int


@dataclass(frozen=True, slots=True)
class TimeExtent:
    """How many time records there are, and the first and the last work date among them; None where it can't be read."""

    entries: int
    first_date: date | None = None
    last_date: date | None = None


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A list read whole: its records, and what had to be set aside."""

    records: list[T]
    set_aside: list[SetAside]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can tell."""

    has_finality: bool
    has_synced_budgets: bool


class WindowTooLarge(Exception):
    """The window holds more records than asked for: read fewer days at a time."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} records in one window")
        self.count = count


class Connector(Protocol):
    """One provider, signed in for one customer. Every read raises a ProviderError or returns the list whole."""

    capabilities: Capabilities

    def sign_in(self) -> None:
        """Prove the credentials. Called by the first read by itself; never retried blindly."""

    def preview(self) -> Preview:
        """Count what this login can see."""

    def time_extent(self, start: date | None, end: date) -> TimeExtent:
        """Count the time from `start` (None: the first there is) to before `end`, by two small requests."""

    def workers(self) -> Read[WorkerRecord]: ...

    def jobs(self) -> Read[JobRecord]: ...

    def cost_codes(self) -> Read[CostCodeRecord]: ...

    def pay_periods(self) -> Read[PayPeriodRecord]: ...

    def time_records(
        self, start: date, end: date, *, max_records: int, on_page: Callable[[int], None]
    ) -> Read[TimeRecord]:
        """All time from `start` (included) to `end` (excluded), read to its last page with a steady count.

        `on_page` hears the number of records after each page. Raises WindowTooLarge, before anything but the first
        page was read, where more than `max_records` are waiting and the window is longer than a day.
        """

    def is_final(self, worker_external_id: str, work_date: date) -> bool:
        """Whether this worker's time on this day is final: its pay period is closed, or the worker's is signed off.

        Answers for the days of every window that was read, with a record or without; asks nothing of the provider.
        """
