"""Keeps one django-q cluster at work on this host: starts it, watches it, stops all of it, and restarts it.

django-q 2 can't be relied on to stop or recover (found by experiment): an idle worker that is killed may hang the whole
cluster without an error, because it dies with the lock of the queue; a killed parent leaves its children running. So
the cluster runs in its own process group, its tasks record heartbeats, and it is replaced as a whole; if the supervisor
itself is killed, the kernel kills the cluster (parentage.py).
"""

import os
import signal
import subprocess
import time
from contextlib import suppress
from datetime import datetime
from functools import partial
from types import FrameType

import structlog
from django.conf import settings
from django.db import Error, close_old_connections
from django.utils import timezone

from integrations import services
from integrations.worker import parentage, schedule

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 0.5
LONGEST_REST_SECONDS = 60
# After a cluster has worked for this long, earlier failures no longer count.
STEADY_SECONDS = 300


class Supervisor:
    """One host's cluster. `name` is the name of its heartbeat."""

    def __init__(self, *, name: str, command: list[str]) -> None:
        self._name = name
        self._command = command
        self._is_stopping = False
        self._failures = 0
        self._beat_at: datetime | None = None

    def run(self) -> None:
        """Until someone asks this process to end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self._is_stopping:
            started = time.monotonic()
            cluster = self._start()
            reason = self._watch(cluster)
            self._end(cluster)
            if not self._is_stopping:
                self._failures = 0 if time.monotonic() - started > STEADY_SECONDS else self._failures + 1
                log.error("cluster ended", reason=reason, failures=self._failures)
                self._rest()

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        log.info("asked to end", signal=signal.Signals(number).name)
        self._is_stopping = True

    def _start(self) -> subprocess.Popen[bytes]:
        environment = os.environ | {"WORKER_NAME": self._name}
        cluster = subprocess.Popen(  # noqa: S603  # our own command
            self._command,
            env=environment,
            start_new_session=True,
            preexec_fn=partial(parentage.bind_to, os.getpid()),
        )
        log.info("cluster started", pid=cluster.pid, worker=self._name)
        return cluster

    def _watch(self, cluster: subprocess.Popen[bytes]) -> str:
        """Watch until it must stop; return why. Silence is measured here: the clock of the heartbeats may jump."""
        silent_since, next_ping = time.monotonic(), 0.0
        while not self._is_stopping:
            if cluster.poll() is not None:
                return f"exit code {cluster.returncode}"
            if time.monotonic() >= next_ping:
                next_ping = time.monotonic() + settings.WORKER_PING_SECONDS
                if self._shows_life():
                    silent_since = time.monotonic()
            if time.monotonic() - silent_since > settings.WORKER_HUNG_SECONDS:
                return "no task was taken for too long"
            time.sleep(LOOK_EVERY_SECONDS)
        return "asked to end"

    def _shows_life(self) -> bool:
        """Whether the heartbeat changed since the last check. Requests the next one.

        An unreachable database is not a heartbeat: on SQLite, a hanging cluster may hold its lock. Replacing a healthy
        cluster after such a long outage loses nothing.
        """
        close_old_connections()
        try:
            schedule.wake_tick(now=timezone.now())
            services.enqueue_ping()
            before, self._beat_at = self._beat_at, schedule.last_beat(self._name)
        except Error as error:
            log.warning("database not reached", error=type(error).__name__)
            return False
        return self._beat_at != before

    def _end(self, cluster: subprocess.Popen[bytes]) -> None:
        """Ask it to finish, then kill the whole group. An interrupted run continues from its checkpoint."""
        cluster.terminate()
        with suppress(subprocess.TimeoutExpired):
            cluster.wait(settings.WORKER_STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(cluster.pid, signal.SIGKILL)
        cluster.wait()

    def _rest(self) -> None:
        """1, 2, 4 … seconds before the next start, so that a cluster that can't start doesn't overload the host."""
        end = time.monotonic() + min(2 ** (self._failures - 1) if self._failures else 0, LONGEST_REST_SECONDS)
        while time.monotonic() < end and not self._is_stopping:
            time.sleep(LOOK_EVERY_SECONDS)
