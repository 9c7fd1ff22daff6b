"""Queries for the Integrations pages. Each one starts from the company."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from integrations import services
from integrations.left_out import LeftOut, left_out_of
from integrations.models import (
    OPEN_STATES,
    WRITTEN_COUNTS,
    Connection,
    ConnectionState,
    RunState,
    SyncIssue,
    SyncRun,
)
from integrations.providers import catalog
from integrations.sync.asking import days_of, subject_of
from integrations.sync.coverage import Coverage, Pass, coverage
from integrations.sync.source import source_of
from integrations.worker import schedule
from propay import services as propay_services
from protiv.accounts.models import Company
from protiv.timekeeping import holds
from protiv.timekeeping.holds import Held
from protiv.timekeeping.models import HeldEntry

LAST_RUNS = 10
ISSUES_PER_PAGE = 25
QUESTIONS_SHOWN = 25
# A run that waits for longer than this is waiting for background work that has stopped, if there is no heartbeat.
PATIENCE = timedelta(minutes=1)
NOT_CONNECTED = "NOT_CONNECTED"
STALE = "STALE"
NEEDS = {
    ConnectionState.TESTING: "Setup isn't finished",
    ConnectionState.REAUTH_REQUIRED: "Reconnect required",
    STALE: "No recent successful sync",
}
RUNS_PER_PAGE = 50
# All history is re-read within this time (planning.REREAD_WITHIN, and some days for runs that fail).
COVERAGE_DAYS = timedelta(days=15)


# Connections


def connections_of(*, company: Company) -> list[Connection]:
    """The company's connections, each with `open_run_id`, `has_set_aside`, `has_held` and `has_kept`: one query."""
    open_run = SyncRun.objects.filter(connection=OuterRef("pk"), state__in=OPEN_STATES)
    set_aside = SyncIssue.objects.filter(connection=OuterRef("pk"), mended_at__isnull=True)
    held = HeldEntry.objects.filter(connection_id=OuterRef("pk"))
    found = Connection.objects.filter(company=company).select_related("company").order_by("provider")
    return list(
        found.annotate(
            open_run_id=Subquery(open_run.values("pk")[:1]),
            has_set_aside=Exists(set_aside),
            has_held=Exists(held.filter(kept_at__isnull=True)),
            has_kept=Exists(held.filter(kept_at__isnull=False)),
        )
    )


def connection_of(*, company: Company, provider: str) -> Connection | None:
    return Connection.objects.filter(company=company, provider=provider).select_related("company").first()


def badge_of(connection: Connection | None, *, now: datetime) -> str:
    """The connection's state as a badge shows it: one of ConnectionState, NOT_CONNECTED or STALE."""
    if connection is None:
        return NOT_CONNECTED
    return STALE if services.is_stale(connection, now) else connection.state


def needs_a_person(connection: Connection, *, now: datetime) -> str:
    """What someone has to do about a connection from `connections_of`, in a few words, or empty."""
    if getattr(connection, "has_held", False):
        return "Hours are on hold"
    badge = badge_of(connection, now=now)
    if badge == ConnectionState.PAUSED:
        return "Syncing was paused after repeated failures" if connection.pause_reason else ""
    if badge in NEEDS:
        return NEEDS[badge]
    is_on = badge != ConnectionState.DISCONNECTED
    if is_on and getattr(connection, "has_kept", False):
        return "The sign-in lost access to some hours"
    return "Some records were not imported" if is_on and getattr(connection, "has_set_aside", False) else ""


# The catalog


@dataclass(frozen=True, slots=True)
class Card:
    entry: catalog.CatalogEntry
    badge: str


def cards(*, company: Company, query: str, now: datetime) -> list[Card]:
    """The catalog, narrowed by a search, with what the company has connected."""
    connected = {connection.provider: connection for connection in connections_of(company=company)}
    return [
        Card(entry, badge_of(connected.get(entry.provider.key), now=now) if entry.provider else "PLANNED")
        for entry in catalog.find(query)
    ]


# One connection's page


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a run. Rate and estimate are available after the first window."""

    days_done: int
    days_total: int
    records: int
    records_per_second: float | None
    seconds_left: int | None

    @property
    def percent(self) -> int:
        return 100 * self.days_done // self.days_total if self.days_total else 0


@dataclass(frozen=True, slots=True)
class HeldQuestion:
    """What is on hold of one person, job, or cost code, whose or what it is in words, and the ProPays that count it."""

    held: Held
    subject: str
    dates: str
    propays: list[propay_services.OpenProPay]


@dataclass(frozen=True, slots=True)
class HeldQuestions:
    """The questions on a connection's page, the undecided ones first; `more` are not shown until some are decided.

    `last_id` is the newest hold that the page knows of: nothing newer is decided on it.
    """

    shown: list[HeldQuestion]
    more: int
    last_id: int

    @property
    def has_undecided(self) -> bool:
        return any(not one.held.is_kept for one in self.shown)

    @property
    def has_kept(self) -> bool:
        return any(one.held.is_kept for one in self.shown)


def held_questions(connection: Connection) -> HeldQuestions:
    """A few queries, and one for each question that is shown."""
    source = source_of(connection)
    found = holds.held_of(source)
    shown = [
        HeldQuestion(
            held,
            subject_of(held, connection.provider_info.words),
            days_of(held),
            propay_services.open_on_jobs(company=connection.company, jobs=holds.jobs_of(source, held)),
        )
        for held in found[:QUESTIONS_SHOWN]
    ]
    return HeldQuestions(shown, len(found) - len(shown), max((one.last_id for one in found), default=0))


@dataclass(frozen=True, slots=True)
class Status:
    """The data of the status fragment."""

    connection: Connection
    badge: str
    run: SyncRun | None
    progress: Progress | None
    nobody_works: bool
    left_out: LeftOut | None

    @property
    def last_error(self) -> str:
        """Why the last run failed, if it still matters."""
        if self.run is None or self.run.is_open or self.connection.state == ConnectionState.DISCONNECTED:
            return ""
        return self.run.error_text


def status_of(connection: Connection, *, now: datetime) -> Status:
    """The connection, its newest run, and that run's progress."""
    run = last_runs(connection=connection).first()
    is_open = run is not None and run.is_open
    return Status(
        connection=connection,
        badge=badge_of(connection, now=now),
        run=run,
        progress=progress_of(run, now=now) if run is not None and is_open else None,
        left_out=left_out_of(connection, now=now),
        nobody_works=run is not None and _waits_long(run, now) and not schedule.is_alive(now),
    )


def last_runs(*, connection: Connection) -> "QuerySet[SyncRun]":
    """Newest first."""
    return SyncRun.objects.filter(connection=connection).select_related("requested_by").order_by("-pk")


def runs_page(*, connection: Connection, only: str, page: str | None) -> "Page[SyncRun]":
    """All runs, newest first; `only` may be `updates` (those that wrote something) or `failed`."""
    runs = last_runs(connection=connection)
    if only == "updates":
        runs = runs.filter(Q.create([(f"{count.field}__gt", 0) for count in WRITTEN_COUNTS], connector=Q.OR))
    elif only == "failed":
        runs = runs.filter(state__in=(RunState.FAILED, RunState.INTERRUPTED))
    return Paginator(runs, RUNS_PER_PAGE).get_page(page)


def run_of(*, company: Company, pk: int) -> SyncRun | None:
    runs = SyncRun.objects.select_related("connection__company", "requested_by")
    return runs.filter(company=company, pk=pk).first()


def unread_since(run: SyncRun) -> date | None:
    """The first day up to the run's own day that its horizon excluded, or None."""
    ran_on = run.connection.company.local_date(run.started_at or run.queued_at)
    ends = [end for _start, end in run.ranges()]
    return max(ends) if ends and max(ends) <= ran_on else None


def coverage_of(connection: Connection, *, now: datetime) -> Coverage | None:
    """The range in which everything has been re-read, and the latest time of that; one query."""
    if connection.sync_start_date is None:
        return None
    runs = SyncRun.objects.filter(connection=connection, started_at__gte=now - COVERAGE_DAYS, days_done__gt=0)
    passes = [Pass(run.started_at, run.ranges(), run.days_done) for run in runs.order_by("-pk") if run.started_at]
    return coverage(passes, start=connection.sync_start_date)


def open_issues(*, connection: Connection, page: str | None) -> "Page[SyncIssue]":
    """Records that are set aside now, newest first, one page of them."""
    issues = SyncIssue.objects.filter(connection=connection, mended_at__isnull=True).order_by("-created_at", "-pk")
    return Paginator(issues, ISSUES_PER_PAGE).get_page(page)


def progress_of(run: SyncRun, *, now: datetime) -> Progress:
    """Days and records of an open run, and the speed."""
    seconds = _seconds_worked(run, now)
    known = run.days_done > 0 and seconds > 0
    return Progress(
        days_done=run.days_done,
        days_total=run.days_total,
        records=run.seen_count,
        records_per_second=run.seen_count / seconds if known else None,
        seconds_left=round(seconds / run.days_done * (run.days_total - run.days_done)) if known else None,
    )


def _seconds_worked(run: SyncRun, now: datetime) -> float:
    """`worked_seconds` counts the tasks that ended; the current one began when the run was last queued or started."""
    if run.state != RunState.RUNNING or run.started_at is None:
        return run.worked_seconds
    return run.worked_seconds + max(0.0, (now - max(run.started_at, run.queued_at)).total_seconds())


def _waits_long(run: SyncRun, now: datetime) -> bool:
    return run.state == RunState.QUEUED and now - run.queued_at > PATIENCE
