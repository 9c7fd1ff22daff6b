"""Two clusters, two hundred companies due at once, and people who press the icon: one worker at a time, none twice."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import fleet
from tests.journeys.stack import ROOT, Stack, running_stack, wait_for

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]
COMPANIES = 200
WORKER = {"Q_WORKERS": "2", "SYNC_LEASE_SECONDS": "6", "WORKER_STOP_SECONDS": "5"}


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running_stack(tmp_path, people=2, days=10) as running:
        yield running


def steps(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.journeys.fleet", *arguments]
    return subprocess.run(command, cwd=ROOT, env=stack.env, capture_output=True, text=True, check=True, timeout=300)


def report(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(steps(stack, "report").stdout)
    return found


def fill(stack: Stack, count: int) -> None:
    for number in range(count):
        name = fleet.name_of(number)
        stack.sandbox.control.add_company(name, f"sync@{name}.test", fleet.PASSWORD, people=2, days=10)
    steps(stack, "create", str(count))


def is_all_done(stack: Stack, count: int) -> bool:
    runs = report(stack)["runs"]
    good = {run[0] for run in runs if run[2] == "SUCCEEDED"}
    return len(good) == count and not any(run[2] in ("QUEUED", "RUNNING") for run in runs)


def test_two_hundred_due_together_are_each_synced_by_one_worker(stack: Stack) -> None:
    fill(stack, COMPANIES)
    for _ in range(2):
        stack.start_worker(**WORKER)
    presser = stack.start("press", sys.executable, "-m", "tests.journeys.fleet", "press", "20")
    wait_for("all first syncs", lambda: is_all_done(stack, COMPANIES), seconds=240)
    presser.wait(60)
    wait_for("all forced syncs", lambda: is_all_done(stack, COMPANIES), seconds=120)
    runs = report(stack)["runs"]
    assert {run[2] for run in runs} == {"SUCCEEDED"}
    assert {run[1] for run in runs} == {1}, "every run was claimed once"
    assert len(runs) > COMPANIES, "people pressed the icon"
    assert fleet.overlaps(stack.sandbox.control.requests()) == []


def test_dead_clusters_and_an_emptied_broker_lose_no_sync_and_duplicate_none(
    stack: Stack,
) -> None:
    fill(stack, 30)
    stack.sandbox.control.add_fault("slow", endpoint="time_records", times=None, milliseconds=300)
    workers = [stack.start_worker(**WORKER) for _ in range(2)]
    wait_for("some work", lambda: Counter(run[2] for run in report(stack)["runs"])["SUCCEEDED"] > 3, seconds=120)
    stack.kill(workers[0])  # the supervisor and what it can reach; its cluster is asked to end by the kernel
    stack.manage("shell", "-c", "from django_q.models import OrmQ; OrmQ.objects.all().delete()")
    # Ten minutes pass at once: the queue was emptied, and what waits in the table is found by the tick.
    stack.manage(
        "shell",
        "-c",
        "from integrations.models import SyncRun; from datetime import timedelta; from django.db.models import F\n"
        "SyncRun.objects.filter(state='QUEUED').update(queued_at=F('queued_at') - timedelta(minutes=11))",
    )
    stack.start_worker(**WORKER)
    wait_for("all first syncs", lambda: is_all_done(stack, 30), seconds=240)
    assert fleet.overlaps(stack.sandbox.control.requests()) == []


def test_a_worker_that_was_paused_past_its_lease_commits_nothing_when_it_continues(stack: Stack) -> None:
    fill(stack, 1)
    stack.sandbox.control.add_fault("slow", endpoint="time_records", times=None, milliseconds=1500)
    paused = stack.start_worker(**WORKER)
    wait_for("work to begin", lambda: any(run[2] == "RUNNING" for run in report(stack)["runs"]), seconds=90)
    cluster = int(Path(f"/proc/{paused.pid}/task/{paused.pid}/children").read_text().split()[0])
    for group in (paused.pid, cluster):
        os.killpg(group, signal.SIGSTOP)
    stack.start_worker(**WORKER)
    wait_for("another worker to finish", lambda: is_all_done(stack, 1), seconds=150)
    before = report(stack)["runs"]
    for group in (cluster, paused.pid):
        os.killpg(group, signal.SIGCONT)
    wait_for("a later sync", lambda: _synced_again(stack), seconds=150)
    first = report(stack)["runs"][0]
    assert first == before[0]
    assert first[1] == 2, "taken over once"
    counted = stack.manage("shell", "-c", "from protiv.timekeeping.models import *; print(TimeEntry.objects.count())")
    assert int(counted.stdout.split()[-1]) == first[6]


def _synced_again(stack: Stack) -> bool:
    runs = report(stack)["runs"]
    if len(runs) == 1:
        steps(stack, "due")
    return len(runs) > 1 and runs[-1][2] == "SUCCEEDED"
