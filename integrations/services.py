"""Everything that can be done to a connection. Views, commands, the admin, and the schedule all call this."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, TextChoices
from django.utils.dateformat import format as date_text
from django_q.tasks import async_task

from integrations import credentials as stored_credentials
from integrations.effects import Effects, effects_of
from integrations.models import (
    OPEN_STATES,
    SYNCING_STATES,
    Connection,
    ConnectionState,
    Horizon,
    RunState,
    SyncRun,
    Trigger,
)
from integrations.providers import registry
from integrations.providers.base import Connector, Credentials, Preview
from integrations.sync.planning import days_in
from integrations.sync.source import source_of
from integrations.time_preview import TimePreview
from integrations.time_preview import time_preview as previewed_time
from propay import services as propay_services
from protiv.accounts.models import AuditEvent, Company, User
from protiv.kit.refused import Refused
from protiv.timekeeping import holds, ingest, listing
from protiv.timekeeping.models import HeldEntry, TimeEntry

SYNC_TASK = "integrations.tasks.run_sync"
PING_TASK = "integrations.tasks.ping"
MAX_STARTS_WITHOUT_END = 3

NOT_SYNCING = {
    ConnectionState.TESTING: "Setup isn't finished. Choose a sync start date to begin.",
    ConnectionState.REAUTH_REQUIRED: "{name} rejected the saved login. Hours already here don't change. Reconnect "
    "with a working {credentials}.",
    ConnectionState.PAUSED: "Syncing is paused. Resume it on the {name} page.",
    ConnectionState.DISCONNECTED: "{name} is disconnected. Connect it again to import new hours.",
}


def why_not_syncing(connection: Connection, state: ConnectionState) -> str:
    """Why nothing can be started in such a state, and what to do."""
    system = connection.provider_info
    return NOT_SYNCING[state].format(name=system.name, credentials=system.words.credentials)


class HeldDecision(TextChoices):
    """What became of hours that a sync no longer found."""

    DELETED = "DELETED", "They were deleted"
    LOST_ACCESS = "LOST_ACCESS", "The sign-in lost access"


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """The run for the request; `joined` if it was already open."""

    run: SyncRun
    joined: bool


# Connecting


def connect(
    *, company: Company, provider: str, credentials: Credentials, actor: User | None, now: datetime
) -> Connection:
    """Sign in for real and only then store the connection; connecting again updates the same row.

    Raises ProviderError if the provider refuses or can't be reached, Refused if this would mix the hours of two
    provider companies. Nothing is stored in either case.
    """
    system = registry.by_key(provider)
    known = Connection.objects.filter(company=company, provider=provider).first()
    if credentials.account_identifier:
        _refuse_other_account(known, credentials.account_identifier)
    newest = [credentials]
    account = system.make(credentials, {}, newest.append).sign_in()
    _refuse_other_account(known, account.identifier)
    with transaction.atomic():
        connection = _locked(known) if known else Connection(company=company, provider=provider)
        connection.account_identifier = account.identifier
        connection.capabilities = account.capabilities.names()
        connection.save()
        stored_credentials.store(connection, newest[-1])
        summary = f"Connected {system} company {connection.account_identifier}."
        _record(connection, actor, "connection.connected", summary)
        if connection.sync_start_date is not None:
            _set_going(connection, actor, now)
        elif connection.state != ConnectionState.TESTING:
            _set_state(connection, ConnectionState.TESTING)
    return connection


def _refuse_other_account(known: Connection | None, identifier: str) -> None:
    if known is None or known.account_identifier.lower() == identifier.lower():
        return
    if TimeEntry.objects.filter(company_id=known.company_id, connection_id=known.pk).exists():
        raise Refused(
            f"This company's hours come from the {known.provider_info} company “{known.account_identifier}”. "
            f"Connecting “{identifier}” would mix the hours of two companies. Nothing was changed: enter "
            f"“{known.account_identifier}”, or ask support to set up another company."
        )


def preview(*, connection: Connection) -> Preview:
    """Count what this sign-in can see, and remember the number of people. Raises ProviderError."""
    seen = open_connector(connection).preview()
    Connection.objects.filter(pk=connection.pk).update(visible_people=seen.people)
    return seen


def time_preview(*, connection: Connection, start: date | None, horizon: str, now: datetime) -> TimePreview:
    """How much time these settings would import. Changes nothing; raises ProviderError."""
    return previewed_time(open_connector(connection), connection, start=start, horizon=horizon, now=now)


def open_connector(connection: Connection) -> Connector:
    """The provider with the stored credentials, not signed in yet. Raises CredentialsUnreadable."""
    return connection.provider_info.make(
        stored_credentials.load(connection),
        connection.provider_settings,
        lambda changed: stored_credentials.replace(connection, changed),
    )


# Setting up and changing


def start_sync(
    *,
    connection: Connection,
    sync_start_date: date,
    horizon: str,
    provider_settings: Mapping[str, Any],
    actor: User | None,
    now: datetime,
) -> SyncRequest:
    """Finish setup: from now on hours are imported automatically. Raises Refused if they already are."""
    with transaction.atomic():
        connection = _locked(connection)
        if connection.state != ConnectionState.TESTING:
            raise Refused("Syncing is already set up. Change the start date under Change settings.")
        _choose(connection, sync_start_date, horizon, provider_settings)
        connection.first_sync_cursor_date = sync_start_date
        connection.save()
        summary = _settings_in_words(connection, sync_start_date)
        _record(connection, actor, "connection.sync_started", summary)
        return _set_going(connection, actor, now)


class NeedsConfirmation(Exception):
    """The change would void imported hours: `effects` says how many. Nothing was changed."""

    def __init__(self, effects: Effects) -> None:
        super().__init__(f"{effects.entries} entries would be voided")
        self.effects = effects


def change_settings(
    *,
    connection: Connection,
    sync_start_date: date,
    horizon: str,
    provider_settings: Mapping[str, Any],
    actor: User | None,
    now: datetime,
    confirmed_entries: int = 0,
) -> SyncRequest | None:
    """Change what is imported, and sync immediately if the connection is syncing.

    That sync imports what the start date or horizon newly includes, and voids what they no longer include. Raises
    NeedsConfirmation where that would void more entries than someone has confirmed.
    """
    with transaction.atomic():
        connection = _locked(connection)
        before = (connection.sync_start_date, connection.horizon)
        if before[0] is None:
            raise Refused(why_not_syncing(connection, ConnectionState.TESTING))
        effects = effects_of(connection, sync_start_date=sync_start_date, horizon=horizon, now=now)
        if before != (sync_start_date, horizon) and effects.entries > confirmed_entries:
            raise NeedsConfirmation(effects)
        _choose(connection, sync_start_date, horizon, provider_settings)
        since = None
        if before != (sync_start_date, horizon):
            # An open run uses the old settings: it ends here, and a new one begins.
            cancel_open_run(connection, now)
            since = _since_after_change(before, (sync_start_date, horizon))
            if connection.first_sync_cursor_date is not None:
                connection.first_sync_cursor_date = sync_start_date
        connection.save()
        summary = _settings_in_words(connection, sync_start_date)
        if effects.entries:
            summary += f" The next sync voids {effects.entries:,} entries."
        _record(connection, actor, "connection.settings_changed", summary)
        if not connection.is_syncing:
            return None
        return request_sync(connection=connection, trigger=Trigger.MANUAL, requested_by=actor, since=since, now=now)


def _settings_in_words(connection: Connection, start: date) -> str:
    return f"Sync settings: start date {date_text(start, 'M j, Y')}; {connection.get_horizon_display().lower()}."


def _choose(connection: Connection, start: date, horizon: str, provider_settings: Mapping[str, Any]) -> None:
    """Put the settings into the row, not saved yet. Raises Refused for what this connection can't do."""
    is_new = horizon != connection.horizon
    if is_new and horizon == Horizon.FINAL_ONLY and not connection.can.finality:
        raise Refused(f"{connection.provider_info} doesn't say which time is final. Choose another option.")
    own = connection.provider_info.settings_form(provider_settings)
    if not own.is_valid():
        raise Refused(" ".join(message for messages in own.errors.values() for message in messages))
    connection.sync_start_date = start
    connection.horizon = horizon
    connection.provider_settings = own.cleaned_data


def _since_after_change(before: tuple[date | None, str], after: tuple[date, str]) -> date | None:
    """The day from which to read everything again: all of it if an earlier day or the finality of days counts."""
    was_earlier = before[0] is not None and after[0] < before[0]
    finality_counts = before[1] != after[1] and Horizon.FINAL_ONLY in (before[1], after[1])
    return after[0] if was_earlier or finality_counts else None


def pause(*, connection: Connection, actor: User | None, now: datetime) -> None:
    """Stop syncing until someone resumes it; an open run is canceled, but its stored data stays."""
    with transaction.atomic():
        connection = _locked(connection)
        if not connection.is_syncing:
            raise Refused("Syncing isn't running.")
        cancel_open_run(connection, now)
        _set_state(connection, ConnectionState.PAUSED)
        _record(connection, actor, "connection.paused", "Paused syncing.")


def resume(*, connection: Connection, actor: User | None, now: datetime) -> SyncRequest:
    """Continue where syncing was paused, with an immediate sync."""
    with transaction.atomic():
        connection = _locked(connection)
        if connection.state != ConnectionState.PAUSED:
            raise Refused("Syncing isn't paused.")
        _record(connection, actor, "connection.resumed", "Resumed syncing.")
        return _set_going(connection, actor, now)


def decide_held(
    *,
    connection: Connection,
    held_keys: Collection[str],
    up_to: int,
    decision: str,
    actor: User,
    now: datetime,
) -> int:
    """Answer what became of hours that are held: they were deleted, or the sign-in lost access to them.

    Deleted ones are voided now; the others stay, and no one is asked about them again. `held_keys` are those of
    `timekeeping.holds.Held`; nothing that was held after `up_to` is touched, for no one has seen it. Returns the number
    of entries. Raises Refused where nothing is left to decide.
    """
    with transaction.atomic():
        connection = _locked(connection)
        source = source_of(connection)
        chosen = holds.chosen(source, held_keys=held_keys, up_to=up_to)
        if decision == HeldDecision.DELETED:
            count = _void_held(connection, chosen, now)
            summary = f"Said that {count:,} held entries were deleted in {connection.provider_info}: voided."
        else:
            count = holds.keep(chosen, now=now)
            summary = f"Said that the sign-in lost access to {count:,} held entries: kept."
        if not count:
            raise Refused("There was nothing left to decide. This page shows what is on hold now.")
        _record(connection, actor, "connection.held_decided", summary)
    return count


def _void_held(connection: Connection, chosen: "QuerySet[HeldEntry]", now: datetime) -> int:
    """Void, and bring bonuses and true-ups up to date, run by run: each entry is voided by the run that held it."""
    count, company = 0, connection.company
    for run_id, first, last in holds.runs_of(chosen):
        changes = ingest.void_held(source_of(connection), chosen, run_id=run_id, now=now)
        propay_services.refresh(company=company, job_ids=changes.job_ids, now=now)
        dates = (first, last + timedelta(days=1))
        propay_services.follow_hours_of_run(company=company, run_id=run_id, dates=dates, now=now)
        count += changes.voided
    return count


def disconnect(*, connection: Connection, actor: User | None, now: datetime) -> None:
    """Wipe the credentials and stop. All hours, jobs and bonuses stay."""
    with transaction.atomic():
        connection = _locked(connection)
        cancel_open_run(connection, now)
        listing.end_rereads(source_of(connection))
        stored_credentials.wipe(connection)
        _set_state(connection, ConnectionState.DISCONNECTED)
        _record(
            connection,
            actor,
            "connection.disconnected",
            f"Disconnected {connection.provider_info}. The hours are kept.",
        )


# Syncing


def request_sync(
    *,
    connection: Connection,
    trigger: str,
    requested_by: User | None = None,
    since: date | None = None,
    now: datetime,
) -> SyncRequest:
    """Queue a run, or join the one that is open. Used by the icon, schedule, command, and admin.

    `since` asks for everything from that day on to be read again; an open run takes over the request. Raises Refused if
    the connection is not syncing.
    """
    with transaction.atomic():
        connection = _locked(connection)
        if not connection.is_syncing:
            raise Refused(why_not_syncing(connection, ConnectionState(connection.state)))
        run = _open_runs(connection).first()
        if run is not None:
            _take_on(run, since)
            return SyncRequest(run=run, joined=True)
        run = SyncRun.objects.create(
            connection=connection,
            company_id=connection.company_id,
            trigger=Trigger.INITIAL if connection.state == ConnectionState.INITIAL_SYNC else trigger,
            requested_by=requested_by,
            since_date=since,
            queued_at=now,
        )
        enqueue(run)
        return SyncRequest(run=run, joined=False)


def _take_on(run: SyncRun, since: date | None) -> None:
    """Make an open run also read everything since a day."""
    if since is None or (run.since_date is not None and run.since_date <= since):
        return
    run.since_date = since
    floor = run.connection.sync_start_date
    if run.windows and floor is not None:
        first = date.fromisoformat(run.windows[0][0])
        added = (max(since, floor), first)
        if added[0] < added[1]:
            run.windows = [*run.windows, [day.isoformat() for day in added]]
            run.days_total += days_in([added])
    run.save(update_fields=["since_date", "windows", "days_total"])


def enqueue(run: SyncRun) -> None:
    """Hand a queued run to the cluster once this transaction is committed."""
    transaction.on_commit(lambda: async_task(SYNC_TASK, run.pk))


def enqueue_ping() -> None:
    """Queue a task for a cluster, so that it can show that it is alive."""
    async_task(PING_TASK)


def cancel_open_run(connection: Connection, now: datetime) -> None:
    """End the open run, if any. A worker in the middle of it fails its next batch and rolls back."""
    _open_runs(connection).update(state=RunState.CANCELED, ended_at=now, lease_expires_at=None)


def is_stale(connection: Connection, now: datetime) -> bool:
    """Whether the last success is older than twice the interval."""
    if connection.state != ConnectionState.ACTIVE or connection.last_success_at is None:
        return False
    return now - connection.last_success_at > 2 * timedelta(seconds=settings.SYNC_INTERVAL_SECONDS)


# Helpers


def _open_runs(connection: Connection) -> "QuerySet[SyncRun]":
    return SyncRun.objects.filter(connection_id=connection.pk, state__in=OPEN_STATES)


def _locked(connection: Connection) -> Connection:
    """The row as it is now, locked until the transaction ends, so that two requests can't both act on it.

    The open run is locked first, like workers do: the other order could deadlock.
    """
    list(_open_runs(connection).select_for_update(no_key=True).values_list("pk"))
    return (
        Connection.objects.select_for_update(of=("self",), no_key=True).select_related("company").get(pk=connection.pk)
    )


def _set_going(connection: Connection, actor: User | None, now: datetime) -> SyncRequest:
    is_first = connection.first_sync_cursor_date is not None
    _set_state(connection, ConnectionState.INITIAL_SYNC if is_first else ConnectionState.ACTIVE)
    Connection.objects.filter(pk=connection.pk).update(next_sync_at=now, failures_in_a_row=0)
    return request_sync(connection=connection, trigger=Trigger.MANUAL, requested_by=actor, now=now)


def _set_state(connection: Connection, state: ConnectionState) -> None:
    connection.state = state
    connection.pause_reason = ""
    if state not in SYNCING_STATES:
        connection.next_sync_at = None
    connection.save(update_fields=["state", "pause_reason", "next_sync_at"])


def _record(connection: Connection, actor: User | None, action: str, summary: str) -> None:
    AuditEvent.objects.create(
        company_id=connection.company_id,
        actor=actor,
        action=action,
        target=f"connection {connection.pk}",
        summary=summary,
    )
