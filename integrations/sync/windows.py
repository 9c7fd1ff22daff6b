"""Working on one run: read the lists, plan the days, then read, compare, write, and check off window by window.

A window is one transaction: the lease's fence, the hours, the bonuses they touch, the checkpoint and the counters.
Failures happen before or after such a transaction, never in the middle.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from integrations.models import Connection, Horizon, SyncRun
from integrations.providers.base import Connector, Read, WindowTooLarge
from integrations.sync import issues, lease
from integrations.sync.planning import (
    Range,
    ReadOrder,
    days_in,
    first_sync_plan,
    fitting_days,
    horizon_end,
    later_plan,
    ranges_left,
    reread_cursor_after,
    window_at,
    with_days,
)
from integrations.sync.read_ahead import ReadAhead
from integrations.sync.source import source_of
from propay import services as propay_services
from protiv.timekeeping import ingest, listing
from protiv.timekeeping.losses import Losses
from protiv.timekeeping.models import CostCode, Job, Worker
from protiv.timekeeping.records import PayPeriodRecord, TimeRecord

Clock = Callable[[], datetime]


def work_on(run: SyncRun, connector: Connector, *, clock: Clock) -> bool:
    """Work until the run's days are done (True) or this task's time is up (False).

    Raises ProviderError, LeaseLost, or whatever went wrong; anything done by then is stored.
    """
    started = clock()
    with ReadAhead(connector, hold=lambda: lease.renew(run, now=clock())) as provider:
        periods = _read_lists(run, connector, provider, clock)
        if not run.days_total:
            _make_plan(run, periods, clock())
        _void_outside(run, clock())
        source = source_of(run.connection)
        references, losses = ingest.load_references(source), ingest.known_losses(source)
        while window := _next_window(run):
            read = _read_window(run, provider, window)
            if read is None:
                continue
            is_time_up = (clock() - started).total_seconds() >= settings.SYNC_TASK_SECONDS
            following = None if is_time_up else _window_after(run, window, read)
            if following:
                provider.start_window(following)
            try:
                _store_window(run, connector, window, read, references, losses, clock(), lists_are_newer=False)
            except ingest.ListsOutdated:
                # A view that narrowed after the lists were read looks like deletions; nothing is voided before we know.
                _read_lists(run, connector, provider, clock)
                references = ingest.load_references(source)
                _store_window(run, connector, window, read, references, losses, clock(), lists_are_newer=True)
            if is_time_up:
                return _next_window(run) is None
    return True


# Lists


def _read_lists(run: SyncRun, connector: Connector, provider: ReadAhead, clock: Clock) -> list[PayPeriodRecord]:
    """Bring workers, jobs, cost codes and pay periods up to date, in one transaction."""
    account = provider.read(connector.sign_in)
    workers, jobs = provider.read(connector.workers), provider.read(connector.jobs)
    cost_codes, periods = provider.read(connector.cost_codes), provider.read(connector.pay_periods)
    source, now = source_of(run.connection), clock()
    with transaction.atomic():
        lease.renew(run, now=now)
        ingest.store_workers(source, workers.records)
        job_ids = ingest.store_jobs(
            source,
            jobs.records,
            is_whole=all(one.object_type == "budget" for one in jobs.set_aside),
            unreadable_budgets=[one.external_id for one in jobs.set_aside if one.object_type == "budget"],
        )
        ingest.store_cost_codes(source, cost_codes.records)
        ingest.store_pay_periods(source, periods.records)
        set_aside = [*workers.set_aside, *jobs.set_aside, *cost_codes.set_aside, *periods.set_aside]
        issues.replace_list_issues(run, set_aside, now=now)
        named = {Worker: _named(workers), Job: _named(jobs), CostCode: _named(cost_codes)}
        if listing.note_listed(source, named):
            _read_again(run, now)
        Connection.objects.filter(pk=run.connection_id).update(
            visible_people=len(workers.records), capabilities=account.capabilities.names()
        )
        if job_ids:
            propay_services.refresh(company=run.connection.company, job_ids=job_ids, now=now)
    return periods.records


def _named(read: Read[Any]) -> set[str]:
    """The ids of all that a list holds, what couldn't be read included."""
    return {one.external_id for one in (*read.records, *read.set_aside)}


# The plan


def _make_plan(run: SyncRun, periods: list[PayPeriodRecord], now: datetime) -> None:
    """Decide which days this run reads, and keep that with the run."""
    plan = plan_for(run, periods, now)
    run.connection.reread_cursor_date = plan.reread_cursor
    with transaction.atomic():
        lease.renew(run, now=now)
        _plan(run, _with_rereads(run, plan.ranges, now))
        run.connection.save(update_fields=["reread_cursor_date"])


def _plan(run: SyncRun, ranges: list[Range]) -> None:
    run.windows = [[start.isoformat(), end.isoformat()] for start, end in ranges]
    run.days_total = days_in(ranges)
    run.save(update_fields=["windows", "days_total"])


def _with_rereads(run: SyncRun, ranges: list[Range], now: datetime) -> list[Range]:
    """The ranges, and the days whose hours may be elsewhere by now, for what they belong to is no longer listed."""
    end = _horizon_end(run.connection, run.connection.horizon, now)
    days = listing.days_to_reread(source_of(run.connection))
    return with_days(ranges, days, start=_start(run.connection), end=end)


def _read_again(run: SyncRun, now: datetime) -> None:
    """The lists changed while the run went on: what it read before it knew that is read again."""
    run.refresh_from_db(fields=["windows", "days_total", "days_done"])
    left = ranges_left(run.ranges(), run.days_done)
    added = _with_rereads(run, left, now)[len(left) :]
    if run.days_total and added:
        _plan(run, [*run.ranges(), *added])


def plan_for(run: SyncRun, periods: list[PayPeriodRecord], now: datetime) -> ReadOrder:
    """The days that the connection's start date, horizon and history ask for."""
    connection = run.connection
    end = _horizon_end(connection, connection.horizon, now)
    if connection.first_sync_cursor_date is not None:
        return first_sync_plan(start=connection.first_sync_cursor_date, end=end)
    return later_plan(
        start=_start(connection),
        end=end,
        periods=periods,
        reread_cursor=connection.reread_cursor_date,
        since_last=now - (connection.last_success_at or run.queued_at),
        since=run.since_date,
    )


def _start(connection: Connection) -> date:
    if connection.sync_start_date is None:
        raise ValueError(f"connection {connection.pk} has no start date")
    return connection.sync_start_date


def left_out_from(connection: Connection, horizon: str, now: datetime) -> date | None:
    """The day from which this horizon excludes time that may be stored; None if it isn't based on a date."""
    return _horizon_end(connection, horizon, now) if horizon == Horizon.LEAVE_OUT_CURRENT_WEEK else None


def store_imported_dates(connection: Connection, now: datetime) -> None:
    """Keep which work dates are imported, now that they are."""
    ingest.store_imported_dates(
        source_of(connection),
        start=_start(connection),
        end=left_out_from(connection, connection.horizon, now),
        is_final_only=connection.horizon == Horizon.FINAL_ONLY,
    )


def _horizon_end(connection: Connection, horizon: str, now: datetime) -> date:
    today = connection.company.local_date(now)
    return horizon_end(
        today=today,
        workweek_start=connection.company.workweek_start_date(today),
        leaves_out_current_week=horizon == Horizon.LEAVE_OUT_CURRENT_WEEK,
    )


def _void_outside(run: SyncRun, now: datetime) -> None:
    """Void time that the start date or the horizon no longer includes: one of them may have changed."""
    connection = run.connection
    with transaction.atomic():
        lease.renew(run, now=now)
        start, end = _start(connection), left_out_from(connection, connection.horizon, now)
        changes = ingest.void_outside(source_of(connection), start=start, end=end, run_id=run.pk, now=now)
        _account_for(run, changes, [(date.min, start), *([(end, date.max)] if end else [])], now)


def _next_window(run: SyncRun) -> Range | None:
    """Read again each time: a joined request may have added days."""
    run.refresh_from_db(fields=["windows", "days_total", "days_done", "days_per_window"])
    return window_at(run.ranges(), run.days_done, run.days_per_window)


# One window


def _read_window(run: SyncRun, provider: ReadAhead, window: Range) -> Read[TimeRecord] | None:
    """The whole window, or None where it holds too many records and will be requested in smaller parts."""
    try:
        return provider.read_window(window)
    except WindowTooLarge as error:
        days = (window[1] - window[0]).days
        run.days_per_window = max(1, min(_fitting_days(error.count, days), days - 1))
        run.save(update_fields=["days_per_window"])
        return None


def _window_after(run: SyncRun, window: Range, read: Read[TimeRecord]) -> Range | None:
    """The window to request after this one is stored, unless a request adds days in the meantime."""
    days = (window[1] - window[0]).days
    records = len(read.records) + len(read.set_aside)
    return window_at(run.ranges(), run.days_done + days, _fitting_days(records, days))


def _fitting_days(records: int, days: int) -> int:
    return fitting_days(records=records, days=days, max_records=settings.SYNC_WINDOW_RECORDS)


def _store_window(
    run: SyncRun,
    connector: Connector,
    window: Range,
    read: Read[TimeRecord],
    references: ingest.References,
    losses: Losses,
    now: datetime,
    *,
    lists_are_newer: bool,
) -> None:
    """Everything that a window changes, in one transaction that only the holder of the lease can commit."""
    start, end = window
    days = (end - start).days
    takes_final_only = run.connection.horizon == Horizon.FINAL_ONLY
    with transaction.atomic():
        lease.renew(run, now=now)
        changes = ingest.store_window(
            source_of(run.connection),
            ingest.Window(start, end, run.pk, connector.is_final if takes_final_only else None),
            read.records,
            references=references,
            set_aside=read.set_aside,
            losses=losses,
            lists_are_newer=lists_are_newer,
            now=now,
        )
        issues.replace_window_issues(
            run, window, changes.set_aside, {record.external_id for record in read.records}, now=now
        )
        _account_for(run, changes, run.ranges() if changes.restored else [window], now)
        SyncRun.objects.filter(pk=run.pk).update(
            starts_without_end=0,  # it makes progress: only starts that store nothing count as failed
            days_done=F("days_done") + days,
            days_per_window=_fitting_days(changes.seen, days),
        )
        _move_cursor(run.connection, window)


def _account_for(run: SyncRun, changes: ingest.Changes, ranges: Iterable[Range], now: datetime) -> None:
    """Update the bonuses of the affected jobs and the true-ups of the affected weeks, and count them.

    All work dates that changed lie within `ranges`: nothing else is read.
    """
    company = run.connection.company
    if changes.job_ids:
        propay_services.refresh(company=company, job_ids=changes.job_ids, now=now)
    if changes.added or changes.changed or changes.voided or changes.restored:
        for dates in ranges:
            propay_services.follow_hours_of_run(company=company, run_id=run.pk, dates=dates, now=now)
    SyncRun.objects.filter(pk=run.pk).update(
        seen_count=F("seen_count") + changes.seen,
        added_count=F("added_count") + changes.added,
        changed_count=F("changed_count") + changes.changed,
        voided_count=F("voided_count") + changes.voided,
    )


def _move_cursor(connection: Connection, window: Range) -> None:
    """A window was stored: the first sync, or later the rolling re-read, continues after it."""
    if connection.first_sync_cursor_date is not None:
        connection.first_sync_cursor_date = window[1]
    elif connection.reread_cursor_date is not None:
        connection.reread_cursor_date = reread_cursor_after(window, cursor=connection.reread_cursor_date)
    connection.save(update_fields=["first_sync_cursor_date", "reread_cursor_date"])
