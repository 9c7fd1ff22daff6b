"""A provider in memory, for tests of the sync that need no socket."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from integrations.providers.base import (
    Account,
    Capabilities,
    Connector,
    Credentials,
    Preview,
    ProviderError,
    Read,
    TimeExtent,
    WindowTooLarge,
)
from protiv.timekeeping.records import (
    CostCodeRecord,
    JobRecord,
    PayPeriodRecord,
    SetAside,
    TimeRecord,
    WorkerRecord,
)
from tests.make.records import cost_code_record, job_record, worker_record

CAPABILITIES = Capabilities(finality=True, budgets=True, overtime_buckets=True)
NOON = datetime(2026, 11, 11, 19, tzinfo=UTC)  # a Wednesday


@dataclass
class Clock:
    """A clock that only moves when told to."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class FakeProvider:
    """A provider's data and behavior. It is its own connector."""

    people: list[WorkerRecord] = field(default_factory=lambda: [worker_record("p-1"), worker_record("p-2")])
    sites: list[JobRecord] = field(default_factory=lambda: [job_record("l-1"), job_record("l-2", name="Cedar Creek")])
    codes: list[CostCodeRecord] = field(default_factory=lambda: [cost_code_record("c-1")])
    periods: list[PayPeriodRecord] = field(default_factory=list)
    time: dict[str, TimeRecord] = field(default_factory=dict)
    set_aside: dict[str, tuple[date, SetAside]] = field(default_factory=dict)
    error: ProviderError | Exception | None = None
    error_after_windows: int = 0
    windows: list[tuple[date, date]] = field(default_factory=list)
    on_window: Callable[[], None] = lambda: None
    capabilities: Capabilities = CAPABILITIES
    account: str = "acme"
    settings: Mapping[str, Any] = field(default_factory=dict)
    changes: list[Credentials] = field(default_factory=list)
    on_credentials_changed: Callable[[Credentials], None] = lambda _changed: None

    def make(self, credentials: Credentials, settings: Mapping[str, Any], on_changed: Any) -> Connector:
        """What the provider's description calls."""
        self.account = credentials.account_identifier or self.account
        self.settings, self.on_credentials_changed = settings, on_changed
        return self

    def add(self, *records: TimeRecord) -> None:
        self.time |= {record.external_id: record for record in records}

    def sign_in(self) -> Account:
        """Changes the credentials each time, as long as there are `changes`."""
        self._fail()
        if self.changes:
            self.on_credentials_changed(self.changes.pop(0))
        return Account(self.account, self.capabilities)

    def preview(self) -> Preview:
        self._fail()
        return Preview(people=len(self.people), jobs=len(self.sites), cost_codes=len(self.codes))

    def time_extent(self, start: date | None, end: date) -> TimeExtent:
        self._fail()
        days = [one.work_date for one in self.time.values() if (start or date.min) <= one.work_date < end]
        return TimeExtent(len(days), min(days, default=None), max(days, default=None))

    def workers(self) -> Read[WorkerRecord]:
        self._fail()
        return Read(self.people, [])

    def jobs(self) -> Read[JobRecord]:
        """Without the budgets if it doesn't provide any."""
        if self.capabilities.budgets:
            return Read(self.sites, [])
        return Read([replace(site, budget_minutes=None, contract_amount=None) for site in self.sites], [])

    def cost_codes(self) -> Read[CostCodeRecord]:
        return Read(self.codes, [])

    def pay_periods(self) -> Read[PayPeriodRecord]:
        return Read(self.periods, [])

    def time_records(
        self, start: date, end: date, *, max_records: int, on_page: Callable[[int], None]
    ) -> Read[TimeRecord]:
        self._fail()
        records = [record for record in self.time.values() if start <= record.work_date < end]
        if len(records) > max_records and (end - start).days > 1:
            raise WindowTooLarge(len(records))
        self.windows.append((start, end))
        on_page(len(records))
        self.on_window()
        aside = [one for day, one in self.set_aside.values() if start <= day < end]
        ids = {one.external_id for one in aside}
        return Read([self._told(one) for one in records if one.external_id not in ids], aside)

    def is_final(self, worker_external_id: str, work_date: date) -> bool:
        return self.capabilities.finality and any(
            p.is_closed and p.start_date <= work_date <= p.end_date for p in self.periods
        )

    def _told(self, record: TimeRecord) -> TimeRecord:
        """The record without data that this provider doesn't have."""
        if not self.capabilities.finality:
            record = replace(record, is_final=False)
        if not self.capabilities.overtime_buckets:
            record = replace(record, regular_minutes=record.minutes, ot1_minutes=0, ot2_minutes=0)
        return record

    def _fail(self) -> None:
        if self.error is not None and len(self.windows) >= self.error_after_windows:
            raise self.error
