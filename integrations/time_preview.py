"""How much time a start date and a horizon would import, requested from the provider before anything is stored."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from integrations.left_out import LeftOut, left_out_of
from integrations.models import Connection, ConnectionState, Horizon
from integrations.providers.base import Connector, TimeExtent, WindowTooLarge
from integrations.sync.planning import horizon_end
from protiv.timekeeping.records import TimeRecord, is_worked

# Beyond this, entries are counted but not read: someone is waiting for the page.
READ_AT_MOST = 5_000
DAYS_AT_MOST = 400


@dataclass(frozen=True, slots=True)
class Details:
    """Details from reading the entries: those imported, their worked minutes, and the number of people.

    `unreadable` are the records that the sync reports as not imported.
    """

    entries: int
    minutes: int
    people: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class TimePreview:
    """`whole` is all that the provider has up to today, `taken` what the start date and the week include.

    `waiting` counts entries of the current workweek if that is excluded; `details` is None if there is too much to
    read.
    """

    start: date | None
    whole: TimeExtent
    taken: TimeExtent | None = None
    waiting: int = 0
    left_out: LeftOut | None = None
    details: Details | None = None
    is_final_only: bool = False
    week_start: date | None = None

    @property
    def cuts_week(self) -> bool:
        """Whether the start date is in the middle of a workweek, whose overtime then can't be calculated whole."""
        return self.start != self.week_start

    @property
    def without_time(self) -> int:
        """How many of the records hold no time, such as clock-in marks; 0 where that can't be told."""
        if self.taken is None or self.details is None or self.is_final_only:
            return 0
        return max(self.taken.entries - self.details.entries - self.details.unreadable, 0)

    @property
    def brings_nothing(self) -> bool:
        """Whether a first sync would end without any time."""
        if self.taken is None:
            return False
        return not self.taken.entries or (self.details is not None and not self.details.entries)


def time_preview(
    connector: Connector, connection: Connection, *, start: date | None, horizon: str, now: datetime
) -> TimePreview:
    """Count with at most six small requests, and read the entries if they are few. Raises ProviderError."""
    company = connection.company
    today = company.local_date(now)
    tomorrow = today + timedelta(days=1)
    leaves_out_week = horizon == Horizon.LEAVE_OUT_CURRENT_WEEK
    end = horizon_end(
        today=today, workweek_start=company.workweek_start_date(today), leaves_out_current_week=leaves_out_week
    )
    whole = connector.time_extent(None, tomorrow)
    if start is None:
        return TimePreview(None, whole)
    taken = _extent(connector, start, end)
    return TimePreview(
        start=start,
        whole=whole,
        taken=taken,
        waiting=_extent(connector, max(start, end), tomorrow).entries,
        left_out=left_out_of(_as_if(connection, start, horizon), now=now),
        details=_details(connector, taken, final_only=horizon == Horizon.FINAL_ONLY),
        is_final_only=horizon == Horizon.FINAL_ONLY,
        week_start=company.workweek_start_date(start),
    )


def _extent(connector: Connector, start: date, end: date) -> TimeExtent:
    return connector.time_extent(start, end) if start < end else TimeExtent(0)


def _as_if(connection: Connection, start: date, horizon: str) -> Connection:
    """The connection with these settings, syncing; not to be saved."""
    return Connection(
        company=connection.company,
        provider=connection.provider,
        state=ConnectionState.ACTIVE,
        sync_start_date=start,
        horizon=horizon,
    )


def _details(connector: Connector, taken: TimeExtent, *, final_only: bool) -> Details | None:
    first, last = taken.first_date, taken.last_date
    if first is None or last is None or taken.entries > READ_AT_MOST or (last - first).days >= DAYS_AT_MOST:
        return None
    try:
        read = connector.time_records(
            first, last + timedelta(days=1), max_records=READ_AT_MOST, on_page=lambda _count: None
        )
    except WindowTooLarge:
        return None
    found = [one for one in read.records if not final_only or _is_final(connector, one)]
    worked = [one.minutes for one in found if is_worked(one.kind, one.minutes) and not one.is_open]
    return Details(len(found), sum(worked), len({one.worker_external_id for one in found}), len(read.set_aside))


def _is_final(connector: Connector, record: TimeRecord) -> bool:
    return record.is_final or connector.is_final(record.worker_external_id, record.work_date)
