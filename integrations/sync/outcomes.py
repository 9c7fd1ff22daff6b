"""How a run ends: done, requeued for another task, or failed in one of three ways; and when the next one is due."""

import secrets
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from integrations.models import OPEN_STATES, SYNCING_STATES, Connection, ConnectionState, RunState, SyncRun
from integrations.providers.base import ProviderError
from integrations.sync import issues, lease
from integrations.sync.asking import ask_about_held
from integrations.sync.mail import mail_admins
from integrations.sync.planning import days_in
from integrations.sync.source import source_of
from protiv.timekeeping import holds, listing

log = structlog.get_logger(__name__)

FIRST_BACK_OFF = timedelta(minutes=5)
# However long the provider asks us to wait, retry twice a day.
LONGEST_BACK_OFF = timedelta(hours=12)
WARN_AFTER_FAILURES = 20


def succeed(run: SyncRun, *, now: datetime) -> bool:
    """All planned days are stored. False if a joined request added days in the meantime: continue."""
    with transaction.atomic():
        lease.renew(run, now=now)
        fresh = SyncRun.objects.get(pk=run.pk)
        if fresh.days_done < days_in(fresh.ranges()):
            return False
        _count_what_is_left(fresh)
        fresh.state = RunState.PARTIAL if fresh.set_aside_count or fresh.held_count else RunState.SUCCEEDED
        _close(fresh, now)
        listing.end_rereads(source_of(fresh.connection))
        _syncing(run).update(
            state=ConnectionState.ACTIVE,
            first_sync_cursor_date=None,
            last_success_at=now,
            failures_in_a_row=0,
            next_sync_at=_next_after(fresh, now),
        )
    return True


def put_back(run: SyncRun, *, now: datetime, started: datetime) -> None:
    """This task's time is up: the run waits for the next task, which continues from the checkpoint."""
    with transaction.atomic():
        lease.renew(run, now=now)
        SyncRun.objects.filter(pk=run.pk).update(
            state=RunState.QUEUED,
            lease_expires_at=None,
            starts_without_end=0,
            queued_at=now,
            worked_seconds=F("worked_seconds") + round((now - started).total_seconds()),
        )


def refused(run: SyncRun, *, code: str, message: str, now: datetime) -> None:
    """The credentials don't work: stop syncing, ask the admins once."""
    if _fail(run, code=code, message=message, error_id="", now=now):
        Connection.objects.filter(pk=run.connection_id).update(state=ConnectionState.REAUTH_REQUIRED, next_sync_at=None)
        mail_admins(
            run.connection,
            f"Action needed: reconnect {run.connection.provider_info}",
            f"{message}\n\nNo new hours are imported until you reconnect. Hours already imported don't change.",
        )


def unavailable(run: SyncRun, error: ProviderError, *, now: datetime) -> None:
    """The provider can't be reached: retry later, at first sooner than the normal interval."""
    if _fail(run, code=error.code, message=error.message, error_id="", now=now):
        _back_off(run, now, error.retry_after_seconds)


def unexpected(run: SyncRun, *, code: str, message: str, now: datetime) -> None:
    """Ours to investigate: the page shows an id that is in the log next to the cause."""
    error_id = secrets.token_hex(6)
    log.exception("sync failed", run_id=run.pk, connection_id=run.connection_id, error_id=error_id, code=code)
    if _fail(run, code=code, message=message, error_id=error_id, now=now):
        _back_off(run, now, None)


def interrupted(run: SyncRun, *, now: datetime) -> None:
    """Three starts without an end: stop the connection, or it would be started forever."""
    name = run.connection.provider_info.name
    message = (
        f"The sync failed three times, so we paused it. Hours imported so far are correct. Resume it on the {name} "
        "page. If it fails again, contact support."
    )
    with transaction.atomic():
        ended = SyncRun.objects.filter(pk=run.pk, state__in=OPEN_STATES).update(
            state=RunState.INTERRUPTED,
            error_code="INTERRUPTED",
            error_text=message,
            ended_at=now,
            lease_expires_at=None,
        )
        if ended:
            _syncing(run).update(state=ConnectionState.PAUSED, pause_reason=message, next_sync_at=None)
            mail_admins(run.connection, f"Action needed: {name} syncing is paused", message)


def _fail(run: SyncRun, *, code: str, message: str, error_id: str, now: datetime) -> bool:
    """End the run as failed. False if it is no longer this worker's."""
    with transaction.atomic():
        try:
            lease.renew(run, now=now)
        except lease.LeaseLost:
            return False
        fresh = SyncRun.objects.get(pk=run.pk)
        fresh.state = RunState.FAILED
        fresh.error_code, fresh.error_text, fresh.error_id = code, message[:1000], error_id
        _count_what_is_left(fresh)
        _close(fresh, now)
    return True


def _count_what_is_left(run: SyncRun) -> None:
    """What this run set aside that still is, and all that waits for a decision, whichever run held it."""
    run.set_aside_count = issues.open_count(run)
    run.held_count = holds.undecided_count(source_of(run.connection))


def _close(run: SyncRun, now: datetime) -> None:
    run.ended_at, run.lease_expires_at, run.starts_without_end = now, None, 0
    run.save()
    if run.held_count:
        log.warning("hours on hold", run_id=run.pk, connection_id=run.connection_id, held=run.held_count)
        ask_about_held(run, now=now)


def _syncing(run: SyncRun) -> "QuerySet[Connection]":
    """The run's connection, unless someone paused or disconnected it in the meantime: which must not be undone."""
    return Connection.objects.filter(pk=run.connection_id, state__in=SYNCING_STATES)


def _next_after(run: SyncRun, now: datetime) -> datetime:
    """Two hours after the run began; a run that took longer is followed by the next one after a short rest."""
    interval = timedelta(seconds=settings.SYNC_INTERVAL_SECONDS)
    return max((run.started_at or now) + interval, now + interval / 24)


def _back_off(run: SyncRun, now: datetime, retry_after_seconds: int | None) -> None:
    """Wait 5, 10, 20 … minutes, at most the usual interval, at least as long as the provider asked for."""
    connection = run.connection
    failures = connection.failures_in_a_row + 1
    wait = min(FIRST_BACK_OFF * 2 ** min(failures - 1, 10), timedelta(seconds=settings.SYNC_INTERVAL_SECONDS))
    wait = max(wait, min(timedelta(seconds=retry_after_seconds or 0), LONGEST_BACK_OFF))
    # A random extra, so that not all companies retry at the same moment.
    wait += wait * (connection.pk % 10) / 100
    _syncing(run).update(failures_in_a_row=failures, next_sync_at=now + wait)
    if failures == WARN_AFTER_FAILURES:
        mail_admins(
            connection,
            f"{connection.provider_info} hasn't synced: last {failures} attempts failed",
            f"The last {failures} syncs failed. The hours shown are from the last successful sync. We'll keep "
            f"trying. If {connection.provider_info} works in your browser, contact support.",
        )
