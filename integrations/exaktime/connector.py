"""ExakTime as a Connector: whole lists, each read steadily or not at all (exaktime.md 4 to 6). Pure."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from integrations.exaktime import failures, parsing
from integrations.exaktime.budgets import BudgetFields
from integrations.exaktime.finality import Finality
from integrations.exaktime.paging import Inconsistent, ODataList, Page, RestList, count_of, ends_of, pages, quoted
from integrations.providers.base import (
    Account,
    Capabilities,
    Preview,
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

EMPLOYEES = RestList("/v1/Common/Persons/Employees", "worker", key=("personId",))
LOCATIONS = RestList("/v1/Common/Locations", "job", key=("locationId",))
COST_CODES = RestList("/v1/Time/CostCodes", "cost_code", key=("costCodeId",))
PAY_PERIODS = ODataList("/odata/DwPayPeriods", "pay_period", key=("PayPeriodId",), order_by="PayPeriodId")
# Two supervisors can both approve, so the three ids alone don't identify an approval.
APPROVALS = ODataList(
    "/odata/DwPayPeriodApprovals",
    "approval",
    key=("PayPeriodId", "PersonId", "ApprovalType", "ApprovedAtUtc"),
    order_by="PersonId,ApprovalType,ApprovedAtUtc",
)
TIME_RECORDS = ODataList("/odata/DwTimeRecords", "time_record", key=("TimeRecordId",), order_by="WorkDate,TimeRecordId")

# ExakTime provides all of this to every customer.
CAPABILITIES = Capabilities(finality=True, budgets=True, overtime_buckets=True)

READS_OF_A_MOVING_LIST = 3
# More than a few duplicate records mean that the list can't be read.
MOST_REPEATED = 3

Parsed = TypeVar("Parsed")
Listing = RestList | ODataList
Parse = Callable[[list[Any]], Read[Parsed]]
# Looks at one page, its records and the number of items read so far; raises if the reading must stop.
Check = Callable[[Page, list[Parsed], int], None]


class Client(Protocol):
    """The interface to ExakTime for one customer."""

    @property
    def company_id(self) -> str: ...

    def sign_in(self) -> None: ...

    def get(self, path: str, query: Mapping[str, str | int]) -> dict[str, Any]: ...


class ExakTimeConnector:
    """One customer's ExakTime, for the life of one run: pay periods and sign-offs are read once."""

    def __init__(self, client: Client, *, budget_fields: BudgetFields) -> None:
        self._client = client
        self._budget_fields = budget_fields
        self._cost_codes: Read[CostCodeRecord] | None = None
        self._pay_periods: Read[PayPeriodRecord] | None = None
        self._finality = Finality([])
        self._unreported: list[SetAside] = []

    def sign_in(self) -> Account:
        self._client.sign_in()
        return Account(self._client.company_id, CAPABILITIES)

    def preview(self) -> Preview:
        """Counts as ExakTime gives them; the built-in cost codes are among them."""
        return Preview(
            people=count_of(self._client.get, EMPLOYEES),
            jobs=count_of(self._client.get, LOCATIONS),
            cost_codes=count_of(self._client.get, COST_CODES),
        )

    def time_extent(self, start: date | None, end: date) -> TimeExtent:
        """See Connector. Unreadable work dates are skipped."""
        where = f"WorkDate lt {end.isoformat()}"
        if start is not None:
            where = f"WorkDate ge {start.isoformat()} and {where}"
        count, items = ends_of(self._client.get, replace(TIME_RECORDS, where=where))
        days = parsing.work_dates(items)
        return TimeExtent(count, min(days, default=None), max(days, default=None))

    def workers(self) -> Read[WorkerRecord]:
        return self._read(EMPLOYEES, parsing.parse_workers)

    def jobs(self) -> Read[JobRecord]:
        return self._read(LOCATIONS, partial(parsing.parse_jobs, fields=self._budget_fields))

    def cost_codes(self) -> Read[CostCodeRecord]:
        """Read each time, as people and locations are; the windows that follow go by it."""
        self._cost_codes = self._read(COST_CODES, parsing.parse_cost_codes)
        return self._cost_codes

    def pay_periods(self) -> Read[PayPeriodRecord]:
        """Read once: what was read of time goes by it and by the sign-offs learned since."""
        if self._pay_periods is None:
            self._pay_periods = self._read(PAY_PERIODS, parsing.parse_pay_periods)
            self._finality = Finality(self._pay_periods.records)
        return self._pay_periods

    def time_records(
        self, start: date, end: date, *, max_records: int, on_page: Callable[[int], None]
    ) -> Read[TimeRecord]:
        """See Connector. `on_page` gets the number of records of this window read so far.

        The number restarts if the window has to be read again.
        """
        listing = _time_records_between(start, end)
        parse = self._time_record_parser(start, end)

        def check(page: Page, records: list[TimeRecord], read_so_far: int) -> None:
            if page.count > max_records and (end - start).days > 1:
                raise WindowTooLarge(page.count)
            # A filter that wasn't applied would bring other days into this window, and void entries there.
            if any(not start <= record.work_date < end for record in records):
                raise failures.unexpected("NOT_ASKED_FOR")
            on_page(read_so_far)

        read = self._read(listing, parse, check)
        unreported, self._unreported = self._unreported, []
        return Read(read.records, unreported + read.set_aside)

    def is_final(self, worker_external_id: str, work_date: date) -> bool:
        """See Connector: true to the sign-offs for the days of every window that was read."""
        return self._finality.is_final(worker_external_id, work_date)

    def _time_record_parser(self, start: date, end: date) -> parsing.TimeRecordParser:
        self.pay_periods()
        for period_id in self._finality.periods_to_learn(start, end):
            self._learn_sign_offs(period_id)
        without_work = parsing.ids_without_work((self._cost_codes or self.cost_codes()).records)
        return parsing.TimeRecordParser(codes_without_work=without_work, finality=self._finality)

    def _learn_sign_offs(self, period_id: str) -> None:
        """Who signed off this period. An approval of another period, which we didn't ask for, is ignored.

        Records set aside are reported with the next window: this one may turn out to be too large.
        """
        read = self._read(replace(APPROVALS, where=f"PayPeriodId eq {quoted(period_id)}"), parsing.parse_approvals)
        self._finality.learn(
            period_id,
            (item.person_id for item in read.records if item.is_sign_off and item.pay_period_id == period_id),
        )
        self._unreported += read.set_aside

    def _read(self, listing: Listing, parse: Parse[Parsed], check: Check[Parsed] | None = None) -> Read[Parsed]:
        """The whole list. One that changes while it is read is read again, a few times.

        One that holds still and yet names a record twice would block everything behind it forever: finally it is
        accepted without those records, and not as whole.
        """
        for _ in range(READS_OF_A_MOVING_LIST):
            with suppress(Inconsistent):
                return self._read_once(listing, parse, check)
        repeated: set[tuple[Any, ...]] = set()
        try:
            read = self._read_once(listing, parse, check, repeated)
        except Inconsistent:
            raise failures.kept_changing() from None
        if len(repeated) > MOST_REPEATED:
            raise failures.kept_changing()
        return _without_repeated(read, listing, {key[0] for key in repeated})

    def _read_once(
        self,
        listing: Listing,
        parse: Parse[Parsed],
        check: Check[Parsed] | None,
        repeated: set[tuple[Any, ...]] | None = None,
    ) -> Read[Parsed]:
        whole: Read[Parsed] = Read([], [])
        read_so_far = 0
        for page in pages(self._client.get, listing, repeated=repeated):
            part = parse(page.items)
            read_so_far += len(page.items)
            if check:
                check(page, part.records, read_so_far)
            whole.records.extend(part.records)
            whole.set_aside.extend(part.set_aside)
        return whole


def _without_repeated(read: Read[Parsed], listing: Listing, ids: set[str]) -> Read[Parsed]:
    """Set duplicates aside and, without an id, what may be missing in their place: then nothing is voided."""
    records = [record for record in read.records if getattr(record, "external_id", None) not in ids]
    twice = [
        SetAside(listing.object_type, one, "ExakTime sent this record more than once in one list.")
        for one in sorted(ids)
    ]
    missing = SetAside(listing.object_type, "", "Another record may be missing as a result, so nothing was voided.")
    return Read(records, [*read.set_aside, *twice, *([missing] if ids else [])])


def _time_records_between(start: date, end: date) -> ODataList:
    """`start` is included, `end` isn't. Dates only: a timestamp would need a time zone that isn't specified."""
    if isinstance(start, datetime) or isinstance(end, datetime) or not start < end:
        raise ValueError("A window is two dates, the first before the second.")
    return replace(TIME_RECORDS, where=f"WorkDate ge {start.isoformat()} and WorkDate lt {end.isoformat()}")
