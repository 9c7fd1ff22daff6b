"""`manage.py force_sync`: what the refresh icon does, for operators and their scripts.

Exit status: 0 when what it started succeeded (with --wait) or was queued, 1 when not, and as long as hours are on hold
that someone has to decide on, 2 for bad arguments.
"""

import argparse
import time
from collections import Counter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from integrations import services
from integrations.left_out import LeftOut, left_out_of
from integrations.models import GOOD_STATES, SYNCING_STATES, Connection, SyncRun, Trigger
from protiv.accounts.models import Company
from protiv.kit.refused import Refused

FAILED, BAD_ARGUMENTS = 1, 2
WHERE_TO_CHANGE = "An admin of the company can change it under Integrations, Change settings."
# What may be wrong with a connection in the end, as the last line of standard error says it.
FAILED_TO_SYNC, HAS_HELD = "failed to sync", "have hours on hold until someone decides on the connection's page"
PROBLEMS = (FAILED_TO_SYNC, HAS_HELD)
POLL_SECONDS = 1.0
DAY_SECONDS = 24 * 60 * 60


class Command(BaseCommand):
    help = "Sync connections now. One line per connection on standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--company", metavar="SLUG", help="the connections of one company")
        which.add_argument("--connection", metavar="ID", type=_positive, help="one connection")
        which.add_argument("--all", action="store_true", help="every active connection")
        parser.add_argument("--since", metavar="DATE", type=_past_date, help="re-read all time from this date")
        parser.add_argument(
            "--wait", action="store_true", help="wait for the run to finish (requires a running worker)"
        )
        parser.add_argument(
            "--timeout", metavar="SECONDS", type=_positive, default=DAY_SECONDS, help="maximum time to wait, in seconds"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        connections = _connections(options)
        if not connections:
            self._nothing_to_do(options)
            return
        deadline = time.monotonic() + options["timeout"]
        started = [(connection, self._start(connection, options["since"])) for connection in connections]
        problems = Counter(FAILED_TO_SYNC for _, run in started if run is None)
        for connection, run in started:
            if run is not None:
                problems[self._report(connection, run, deadline if options["wait"] else None)] += 1
        told = [f"{problems[one]} of {len(connections)} connections {one}." for one in PROBLEMS if problems[one]]
        if told:
            raise CommandError(" ".join(told), returncode=FAILED)

    def _nothing_to_do(self, options: dict[str, Any]) -> None:
        if options["all"]:
            self.stderr.write("No active connections. Nothing to sync.")
            return
        raise CommandError("This company has no connection.", returncode=FAILED)

    def _start(self, connection: Connection, since: date | None) -> SyncRun | None:
        """Queue a run or join the open one; a refusal prints its line immediately."""
        try:
            request = services.request_sync(
                connection=connection, trigger=Trigger.COMMAND, since=since, now=timezone.now()
            )
        except Refused as error:
            self._line(connection, f"REFUSED {error.message}")
            return None
        return request.run

    def _report(self, connection: Connection, run: SyncRun, deadline: float | None) -> str:
        """Print the run's line, at its end if `deadline` is given; return its problem, or an empty string."""
        left_out = left_out_of(connection, now=timezone.now())
        if left_out is not None:
            self.stderr.write(f"{connection.company.slug}: {left_out.text} {WHERE_TO_CHANGE}", style_func=str)
        if deadline is None:
            self._line(connection, f"run {run.pk} {run.state}{_left_out(left_out)}")
            return ""
        in_time = self._wait(run, deadline)
        note = "" if in_time else " still running; timed out waiting"
        self._line(connection, f"run {run.pk} {run.state}{note} {_counts(run)}{_left_out(left_out)}{_error(run)}")
        if run.state not in GOOD_STATES:
            return FAILED_TO_SYNC
        return HAS_HELD if run.held_count else ""

    def _wait(self, run: SyncRun, deadline: float) -> bool:
        """Poll until the run has ended; return whether it ended before the deadline."""
        run.refresh_from_db()
        shown = None
        while run.is_open:
            if time.monotonic() >= deadline:
                return False
            progress = f"run {run.pk} {run.state} {run.days_done}/{run.days_total} days, {run.seen_count} records"
            if self.stderr.isatty() and progress != shown:
                self.stderr.write(progress, style_func=str)
                shown = progress
            time.sleep(POLL_SECONDS)
            run.refresh_from_db()
        return True

    def _line(self, connection: Connection, text: str) -> None:
        self.stdout.write(f"{connection.company.slug} {connection.provider.lower()} {text}")
        self.stdout.flush()


def _connections(options: dict[str, Any]) -> list[Connection]:
    """The connections selected by the arguments, in a stable order."""
    found = Connection.objects.select_related("company").order_by("pk")
    if options["all"]:
        return list(found.filter(state__in=SYNCING_STATES))
    if options["connection"] is not None:
        chosen = list(found.filter(pk=options["connection"]))
        if not chosen:
            raise CommandError(f"There is no connection {options['connection']}.", returncode=BAD_ARGUMENTS)
        return chosen
    if not Company.objects.filter(slug=options["company"]).exists():
        raise CommandError(f"There is no company “{options['company']}”.", returncode=BAD_ARGUMENTS)
    return list(found.filter(company__slug=options["company"]))


def _counts(run: SyncRun) -> str:
    return " ".join(f"{count.value}={number}" for count, number in run.counts())


def _left_out(left_out: LeftOut | None) -> str:
    """For scripts: the first day that the settings exclude, and the day on which it is imported."""
    if left_out is None:
        return ""
    if left_out.since is None:
        return " left_out=not_final"
    return f" left_out_since={left_out.since} comes_in={left_out.until}"


def _error(run: SyncRun) -> str:
    error_id = f" error_id={run.error_id}" if run.error_id else ""
    return f" error={run.error_code}{error_id}" if run.error_code else ""


def _positive(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 2**63:
        raise argparse.ArgumentTypeError(f"“{text}” must be a whole number greater than 0")
    return int(text)


def _past_date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date such as 2026-11-02") from None
    if day > timezone.now().date():
        raise argparse.ArgumentTypeError(f"{text} is in the future")
    return day
