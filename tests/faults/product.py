"""The product as a fault trial sees it: the actions of admins and operators, and what must be true at the end."""

import csv
import io
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from random import Random

import psycopg
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import Error, connection
from django.utils import timezone

from integrations import services
from integrations.exaktime.login import Login
from integrations.exaktime.sandbox.client import SandboxControl
from integrations.models import GOOD_STATES, OPEN_STATES, Connection, ConnectionState, Horizon, SyncRun, Trigger
from integrations.providers.base import ProviderError
from integrations.sync.source import source_of
from propay import services as propay_services
from propay.models import ProPay
from propay.rules.budgets import BudgetType
from protiv.accounts.models import Company, PayPolicy, User
from protiv.kit.csv import BYTE_ORDER_MARK
from protiv.kit.refused import Refused
from protiv.timekeeping import holds
from protiv.timekeeping.exports import time_csv
from protiv.timekeeping.models import Job, TimeEntry, TimeEntryVersion, Wage, Worker

CREDENTIALS = Login("acme", "sync@acme.test", "sandbox-password").credentials()
# The fields that a fault can't change without being noticed; a comment or a start time that is missing looks like an
# edit.
WHAT_COUNTS = ("worker_id", "job_id", "work_date", "minutes", "kind")


class Product:
    """One company, connected to the sandbox."""

    def __init__(self, *, start: date) -> None:
        self.start = start
        self.company = Company.objects.create(name="Trial", slug="trial", time_zone="America/Denver")
        PayPolicy.objects.create(company=self.company)
        self.user = User.objects.create_user(email="admin@trial.test", password="trial")
        self.connection = services.connect(
            company=self.company, provider="EXAKTIME", credentials=CREDENTIALS, actor=None, now=timezone.now()
        )
        services.async_task = lambda *_args: None
        services.start_sync(
            connection=self.connection,
            sync_start_date=start,
            horizon=Horizon.ALL,
            provider_settings={"budget_hours_field": "Budget Hours", "contract_price_field": "Contract Price"},
            actor=None,
            now=timezone.now(),
        )
        self.last_run_id = 0

    # What people do

    def keep_going(self) -> None:
        """Reconnect, resume or ask for a sync of everything, whichever is needed."""
        with suppress(Refused, ProviderError, Error):
            stored = Connection.objects.select_related("company").get(pk=self.connection.pk)
            now = timezone.now()
            if stored.state == ConnectionState.REAUTH_REQUIRED:
                services.connect(
                    company=self.company, provider="EXAKTIME", credentials=CREDENTIALS, actor=None, now=now
                )
            elif stored.state == ConnectionState.PAUSED:
                services.resume(connection=stored, actor=None, now=now)
            else:
                services.request_sync(connection=stored, trigger=Trigger.COMMAND, since=self.start, now=now)
            return
        connection.close()

    def make_propays(self, random: Random) -> None:
        """Some ProPays, and wages that rise in the middle."""
        workers = Worker.objects.filter(company=self.company, wages=None)
        for worker in workers:
            for day, amount in ((self.start, "24.00"), (self.start.replace(day=28), "26.50")):
                Wage.objects.create(company=self.company, worker=worker, start_date=day, hourly_amount=Decimal(amount))
        propay_services.refresh(company=self.company, now=timezone.now())
        jobs = list(Job.objects.filter(company=self.company).order_by("pk"))
        for job in random.sample(jobs, min(3, len(jobs))):
            with suppress(ValidationError):
                propay_services.create_propay(
                    company=self.company,
                    actor=self.user,
                    now=timezone.now(),
                    job=job,
                    title=job.name,
                    budget_type=BudgetType.AMOUNT,
                    fixed_amount=Decimal("9000.00"),
                    start_date=self.start,
                )

    # What breaks

    def cut_the_database(self, *, seconds: float) -> None:
        """PostgreSQL refuses and drops all connections; SQLite is locked by another connection."""
        name = settings.DATABASES["default"]["NAME"]
        if connection.vendor == "sqlite":
            connection.close()
            with suppress(sqlite3.OperationalError):
                other = sqlite3.connect(name, timeout=5, isolation_level=None)
                other.execute("BEGIN IMMEDIATE")
                time.sleep(seconds)
                other.execute("ROLLBACK")
                other.close()
            return
        connection.close()
        with psycopg.connect(self._server(), autocommit=True) as server:
            server.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            time.sleep(seconds)
            server.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')

    def _server(self) -> str:
        database = settings.DATABASES["default"]
        return psycopg.conninfo.make_conninfo(
            host=database["HOST"], port=database["PORT"] or 5432, user=database["USER"], dbname="postgres"
        )

    # What must be true

    def forget_runs(self) -> None:
        """Only a run that starts from now on counts."""
        services.cancel_open_run(self.connection, timezone.now())
        self.last_run_id = max(SyncRun.objects.values_list("pk", flat=True))

    def is_good(self) -> bool:
        """Whether a run of all days succeeded; then no new one is asked for.

        A first sync that was canceled goes on where it was: the days before that were read while people edited them.
        """
        with suppress(Error):
            good = SyncRun.objects.filter(pk__gt=self.last_run_id, state__in=GOOD_STATES)
            return any(run.ranges() and min(run.ranges())[0] <= self.start for run in good)
        return False

    def problems(self, control: SandboxControl, touched: set[str]) -> Iterator[str]:
        if not self.is_good():
            yield f"no good sync at the end: {self.summary()}"
            return
        yield from self._stuck()
        yield from self._differences(control)
        yield from self._figures()
        yield from self._invented(touched)
        yield from self._held()

    def _stuck(self) -> Iterator[str]:
        good = SyncRun.objects.filter(pk__gt=self.last_run_id, state__in=GOOD_STATES)
        for run in SyncRun.objects.exclude(pk__gt=min(good.values_list("pk", flat=True))):
            if run.state in OPEN_STATES or run.lease_expires_at is not None or run.ended_at is None:
                yield f"run {run.pk} is stuck: {run.state}, lease to {run.lease_expires_at}"

    def _differences(self, control: SandboxControl) -> Iterator[str]:
        """The export against the sandbox's truth."""
        truth = _rows(control.truth_csv(since=self.start.isoformat()))
        stored = _rows("".join(time_csv(TimeEntry.objects.filter(company=self.company, voided_at=None))))
        for row in sorted(truth.keys() - stored.keys())[:5]:
            yield f"missing: {truth[row]}"
        for row in sorted(stored.keys() - truth.keys())[:5]:
            yield f"too much: {stored[row]}"
        for row in [row for row in truth if row in stored and truth[row] != stored[row]][:5]:
            yield f"different: {stored[row]} instead of {truth[row]}"

    def _figures(self) -> Iterator[str]:
        written = propay_services.refresh(company=self.company, now=timezone.now())
        if written:
            yield f"a fresh computation changed the ProPays {written}"

    def _invented(self, touched: set[str]) -> Iterator[str]:
        """No one touched these entries: no fault may have voided or changed what counts of them, even for a while."""
        versions = TimeEntryVersion.objects.filter(company=self.company).exclude(entry__external_id__in=touched)
        for version in versions.select_related("entry"):
            different = [name for name in WHAT_COUNTS if getattr(version, name) != getattr(version.entry, name)]
            if different or version.voided_at is not None:
                yield f"untouched {version.entry.external_id} was once voided or had another {different}"

    def _held(self) -> Iterator[str]:
        """Everything is seen again, so nothing waits for anyone."""
        for one in holds.held_of(source_of(self.connection)):
            yield f"still on hold: {one.entries} entries, {one.reason} {one.name}"

    def summary(self) -> str:
        states = Counter(SyncRun.objects.values_list("state", flat=True))
        shares = ProPay.objects.filter(company=self.company).count()
        errors = Counter(SyncRun.objects.exclude(error_code="").values_list("error_code", flat=True))
        return (
            f"{TimeEntry.objects.count()} entries, {shares} ProPays, runs {dict(sorted(states.items()))}, "
            f"errors {dict(sorted(errors.items()))}"
        )


def _rows(text: str) -> dict[str, list[str]]:
    return {row[0]: row for row in csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK)))}
