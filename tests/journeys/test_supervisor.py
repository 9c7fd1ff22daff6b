"""The supervisor and real clusters: a cluster that dies or hangs is replaced, and no process is left running."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.journeys.stack import Stack, running_stack, wait_for

pytestmark = pytest.mark.processes

SOON = {"WORKER_PING_SECONDS": "1", "WORKER_HUNG_SECONDS": "8", "WORKER_STOP_SECONDS": "5", "Q_WORKERS": "2"}


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running_stack(tmp_path, people=2, days=5) as running:
        yield running


def start(stack: Stack) -> subprocess.Popen[bytes]:
    return stack.start("supervisor", sys.executable, "manage.py", "run_worker", **SOON)


def log_of(stack: Stack) -> str:
    return (stack.logs / "supervisor.log").read_text()


def children_of(pid: int) -> list[int]:
    with suppress(FileNotFoundError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def cluster_of(supervisor: subprocess.Popen[bytes]) -> tuple[int, list[int]]:
    """The cluster's process group, and its idle workers; waits until all are there."""

    def found() -> list[int]:
        return [worker for sentinel in children_of(main()) for worker in children_of(sentinel)]

    def main() -> int:
        return next(iter(children_of(supervisor.pid)), 0)

    # Two workers, the pusher and the monitor.
    wait_for("a whole cluster", lambda: len(found()) >= 4)
    return main(), found()


def freeze(stack: Stack, group: int) -> None:
    """Stop a cluster between two of its writes: a writer that is stopped keeps SQLite's lock, and we have to write."""
    for _ in range(100):
        os.killpg(group, signal.SIGSTOP)
        if can_write(stack.env["DATABASE_URL"]):
            return
        os.killpg(group, signal.SIGCONT)
        time.sleep(0.05)
    raise AssertionError("the cluster was writing each time it was stopped")


def can_write(url: str) -> bool:
    if not url.startswith("sqlite"):
        return True
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=2)) as database:
        try:
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
    return True


def is_group_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def ran_a_task(stack: Stack) -> bool:
    """Whether a task that is queued now is done soon."""
    code = (
        "from django_q.tasks import async_task; from integrations.models import Heartbeat; import time, sys\n"
        "Heartbeat.objects.all().delete(); async_task('integrations.tasks.ping')\n"
        "end = time.time() + 30\n"
        "while time.time() < end and not Heartbeat.objects.exists(): time.sleep(0.2)\n"
        "sys.exit(not Heartbeat.objects.exists())"
    )
    return stack.manage("shell", "-c", code, check=False).returncode == 0


def test_a_killed_cluster_is_replaced_and_leaves_no_orphans(stack: Stack) -> None:
    supervisor = start(stack)
    group, _workers = cluster_of(supervisor)
    os.kill(group, signal.SIGKILL)
    wait_for("the end of the whole group", lambda: is_group_gone(group))
    wait_for("a new cluster", lambda: cluster_of(supervisor)[0] != group)
    assert "exit code -9" in log_of(stack)
    assert ran_a_task(stack)


def test_a_cluster_that_hangs_is_replaced(stack: Stack) -> None:
    supervisor = start(stack)
    group, _workers = cluster_of(supervisor)
    # All of it stands still, as with a lock that died with its worker; the main process looks alive.
    os.killpg(group, signal.SIGSTOP)
    wait_for("the end of the whole group", lambda: is_group_gone(group))
    wait_for("a new cluster", lambda: cluster_of(supervisor)[0] != group)
    assert "no task was taken for too long" in log_of(stack)
    assert ran_a_task(stack)


def test_a_cluster_that_hangs_is_replaced_though_its_heartbeat_lies_in_the_future(stack: Stack) -> None:
    supervisor = start(stack)
    group, _workers = cluster_of(supervisor)
    freeze(stack, group)
    # As it was written before the clock jumped back.
    code = (
        "from integrations.models import Heartbeat; from django.utils import timezone; from datetime import timedelta\n"
        "Heartbeat.objects.update(beat_at=timezone.now() + timedelta(days=3))"
    )
    stack.manage("shell", "-c", code)
    wait_for("the end of the whole group", lambda: is_group_gone(group))
    wait_for("a new cluster", lambda: cluster_of(supervisor)[0] != group)


def test_killed_idle_workers_do_not_stop_the_work(stack: Stack) -> None:
    supervisor = start(stack)
    _group, workers = cluster_of(supervisor)
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    wait_for("work to go on", lambda: ran_a_task(stack), seconds=90)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_end_it_ends_everything_with_exit_code_zero(stack: Stack, number: signal.Signals) -> None:
    supervisor = start(stack)
    group, _workers = cluster_of(supervisor)
    supervisor.send_signal(number)
    assert supervisor.wait(20) == 0
    wait_for("the end of the whole group", lambda: is_group_gone(group))


def test_a_killed_supervisor_takes_its_cluster_with_it(stack: Stack) -> None:
    supervisor = start(stack)
    group, _workers = cluster_of(supervisor)
    supervisor.kill()
    supervisor.wait()
    wait_for("the end of the whole group", lambda: is_group_gone(group))


def test_killed_together_with_its_cluster_it_leaves_no_orphans(stack: Stack) -> None:
    supervisor = start(stack)
    group, _workers = cluster_of(supervisor)
    supervisor.kill()
    os.kill(group, signal.SIGKILL)
    supervisor.wait()
    wait_for("the end of the whole group", lambda: is_group_gone(group))


def test_a_killed_supervisor_takes_a_hanging_cluster_with_it(stack: Stack) -> None:
    supervisor = start(stack)
    group, workers = cluster_of(supervisor)
    # One that is stopped while it is being forked is not yet bound to the process that forks it.
    wait_for("workers that are bound", lambda: all(f" at {worker} " in log_of(stack) for worker in workers))
    # A worker that never answers keeps a cluster from ending by itself.
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    supervisor.kill()
    supervisor.wait()
    wait_for("the end of the whole group", lambda: is_group_gone(group))
