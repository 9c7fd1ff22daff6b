"""The time that a connection's start date and horizon exclude for now, until when, in the same words everywhere."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.dateformat import format as date_text
from django.utils.translation import gettext as _

from integrations.models import Connection, Horizon
from integrations.sync.planning import horizon_end

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Time from `since` on is excluded, and is imported on `until`; both None if only the finality of time decides.

    `is_all`: nothing has been imported yet, because the start date is not before `since`.
    """

    connection: Connection
    since: date | None = None
    until: date | None = None
    is_all: bool = False

    @property
    def text(self) -> str:
        """For the office."""
        if self.since is None or self.until is None:
            name = self.connection.provider_info.name
            return f"Only final time is imported: hours are excluded until {name} closes or signs off their pay period."
        since, until = _day(self.since), _day(self.until)
        if not self.is_all:
            return f"Hours since {since} are excluded: the current workweek is imported on {until}."
        if self.since == self.until:
            return f"No hours are imported before {until}, the sync start date."
        return (
            f"No hours are imported yet: they start on {since}, the sync start date, and that workweek is imported "
            f"on {until}."
        )

    @property
    def own_text(self) -> str:
        """For a worker, in the language of the page."""
        if self.since is None or self.until is None:
            return _("Your hours appear here once their pay period is closed or signed off.")
        since, until = _day(self.since), _day(self.until)
        if not self.is_all:
            return _("Your hours since %(since)s aren't here yet. They appear on %(until)s, after the week ends.") % {
                "since": since,
                "until": until,
            }
        return _("No hours are here yet. They appear starting %(until)s.") % {"until": until}


def left_out_of(connection: Connection, *, now: datetime) -> LeftOut | None:
    """None if all time up to today is imported, or if nothing syncs; `connection.company` is loaded."""
    start = connection.sync_start_date
    if start is None or not connection.is_syncing:
        return None
    company, leaves_out_week = connection.company, connection.horizon == Horizon.LEAVE_OUT_CURRENT_WEEK
    today = company.local_date(now)
    week = company.workweek_start_date(today)
    end = horizon_end(today=today, workweek_start=week, leaves_out_current_week=leaves_out_week)
    if start >= end:
        until = company.workweek_start_date(start) + WEEK if leaves_out_week else start
        return LeftOut(connection, since=start, until=until, is_all=True)
    if leaves_out_week:
        return LeftOut(connection, since=week, until=week + WEEK)
    return LeftOut(connection) if connection.horizon == Horizon.FINAL_ONLY else None


def _day(day: date) -> str:
    """`Monday, Nov 23`, as the reader writes dates."""
    return date_text(day, _("l, M j"))
