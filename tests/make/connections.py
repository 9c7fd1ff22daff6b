"""Rows that the tests of the pages, the command and the admin begin with."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from integrations import credentials
from integrations.models import Connection, ConnectionState, RunState, SyncIssue, SyncRun, Trigger
from protiv.accounts.models import Company
from tests.make.systems import CAN, CREDENTIALS, PASSWORD, USERNAME, system

__all__ = ["PASSWORD", "USERNAME"]
LOGIN_URL = "https://acme.exaktime.com/v1/auth/login"
SIGNED_IN = {
    "token": "opaque-token-8842",
    "expiresAt": "2036-11-20T18:00:00Z",
    "companyId": "acme",
    "companyTimeZone": "America/Denver",
}
NOON = datetime(2026, 11, 11, 19, tzinfo=UTC)


def make_connection(company: Company, state: str = ConnectionState.ACTIVE, **fields: Any) -> Connection:
    """A connection to this test's provider in some state, its credentials sealed as always."""
    connection = Connection.objects.create(
        **{
            "company": company,
            "provider": system().key,
            "state": state,
            "account_identifier": "acme",
            "sync_start_date": None if state == ConnectionState.TESTING else date(2026, 10, 1),
            "visible_people": 12,
            "capabilities": CAN[system().key].names(),
            **fields,
        }
    )
    credentials.store(connection, CREDENTIALS[system().key])
    return connection


def make_run(connection: Connection, state: str = RunState.SUCCEEDED, **fields: Any) -> SyncRun:
    """A run that began two hours before noon; ended, unless its state is an open one."""
    begun = NOON - timedelta(hours=2)
    is_open = state in (RunState.QUEUED, RunState.RUNNING)
    return SyncRun.objects.create(
        **{
            "connection": connection,
            "company": connection.company,
            "trigger": Trigger.SCHEDULED,
            "state": state,
            "queued_at": begun,
            "started_at": None if state == RunState.QUEUED else begun,
            "ended_at": None if is_open else begun + timedelta(seconds=75),
            **fields,
        }
    )


def make_issue(run: SyncRun, external_id: str, **fields: Any) -> SyncIssue:
    """A time record that was set aside."""
    return SyncIssue.objects.create(
        **{
            "run": run,
            "connection": run.connection,
            "company": run.company,
            "object_type": "time_record",
            "external_id": external_id,
            "reason": "Minutes should be a whole number.",
            "created_at": NOON,
            **fields,
        }
    )
