"""One task's work on one run: claim it, work, and record the outcome."""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import DatabaseError

from integrations import services
from integrations.crypto import CredentialsUnreadable
from integrations.models import Connection, SyncRun
from integrations.providers.base import AuthenticationFailed, SourceUnavailable, UnexpectedResponse
from integrations.sync import lease, outcomes, windows
from propay import services as propay_services
from protiv.kit.bulk import update_statistics

log = structlog.get_logger(__name__)

BROKEN = (
    "Something went wrong on our end. Hours imported so far are correct, and nothing was voided. We'll retry "
    "automatically. If this continues, send the error ID to support."
)


def run_sync(run_id: int, *, clock: Callable[[], datetime]) -> None:
    """Work on a run if no one else does. Never raises: whatever happens is the run's outcome."""
    run = lease.claim(run_id, now=clock())
    if run is None:
        log.info("sync run not free", run_id=run_id)
        return
    if not run.connection.is_syncing:
        services.cancel_open_run(run.connection, clock())
        return
    if run.starts_without_end > services.MAX_STARTS_WITHOUT_END:
        outcomes.interrupted(run, now=clock())
        return
    structlog.contextvars.bind_contextvars(run_id=run.pk, connection_id=run.connection_id)
    try:
        _work(run, clock)
    except lease.LeaseLost:
        log.warning("lease lost")
    except CredentialsUnreadable:
        outcomes.refused(run, code="CREDENTIALS_UNREADABLE", message=unreadable(run.connection), now=clock())
    except AuthenticationFailed as error:
        outcomes.refused(run, code=error.code, message=error.message, now=clock())
    except SourceUnavailable as error:
        outcomes.unavailable(run, error, now=clock())
    except UnexpectedResponse as error:
        outcomes.unexpected(run, code=error.code, message=error.message, now=clock())
    except Exception:  # noqa: BLE001  # the run must end in every case, and outcomes.unexpected logs the cause
        outcomes.unexpected(run, code="INTERNAL", message=BROKEN, now=clock())


def unreadable(connection: Connection) -> str:
    """The message if no key opens the stored sign-in."""
    return (
        "We can no longer read the saved login, because its encryption key is missing. Hours already imported don't "
        f"change. Reconnect with the {connection.provider_info.words.credentials}."
    )


def _work(run: SyncRun, clock: Callable[[], datetime]) -> None:
    started = clock()
    connector = services.open_connector(run.connection)
    is_read = windows.work_on(run, connector, clock=clock)
    _update_statistics(run)
    if is_read and outcomes.succeed(run, now=clock()):
        windows.store_imported_dates(run.connection, clock())
        _automate(run, clock())
        return
    outcomes.put_back(run, now=clock(), started=started)
    services.enqueue(run)


def _update_statistics(run: SyncRun) -> None:
    """Update the database's statistics. The windows are committed, so a failure here is only logged."""
    loaded = SyncRun.objects.values_list("added_count", flat=True).get(pk=run.pk)
    try:
        update_statistics(loaded=loaded)
    except DatabaseError:
        log.exception("statistics not updated", run_id=run.pk)


def _automate(run: SyncRun, now: datetime) -> None:
    """Create the automatic ProPays that are due. The run is done even if this fails; the next one retries it."""
    try:
        propay_services.automate(company=run.connection.company, now=now)
    except Exception:
        log.exception("automation failed", run_id=run.pk, company_id=run.connection.company_id)
