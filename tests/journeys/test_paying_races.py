"""People and pay runs that pay the same statements simultaneously, in separate processes: each is paid once."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.journeys.paying import ADMINS
from tests.journeys.stack import ROOT, Stack, running_stack, wait_for

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running_stack(tmp_path, people=2, days=5) as running:
        yield running


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.journeys.paying", *arguments]


def step(stack: Stack, *arguments: str) -> Any:
    done = subprocess.run(
        command(*arguments), cwd=ROOT, env=stack.env, capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(done.stdout) if done.stdout else None


def begin(stack: Stack, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(command(*arguments), cwd=ROOT, env=stack.env, stdout=subprocess.PIPE, text=True)


def end(process: "subprocess.Popen[str]") -> Any:
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 0
    return json.loads(output) if output else None


def run_of(stack: Stack) -> tuple[str, int]:
    """State and count of the pay run, at once: a new Python takes longer than some batches."""
    with psycopg.connect(stack.env["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT state, done_count FROM propay_payrun ORDER BY id DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else ("", 0)


def is_busy(stack: Stack) -> bool:
    others = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    with psycopg.connect(stack.env["DATABASE_URL"]) as connection:
        row = connection.execute(others).fetchone()
    return bool(row and row[0])


def test_two_admins_who_pay_the_same_statements_pay_each_once(stack: Stack) -> None:
    step(stack, "create", "300")

    both = [begin(stack, "pay", email) for email in ADMINS]
    came = [end(one) for one in both]

    report = step(stack, "report")
    assert [one["paid"] + one["told"] for one in came] == [300, 300], "who did not pay was told"
    assert report["by_hand"] == {email: one["paid"] for email, one in zip(ADMINS, came, strict=True)}
    assert min(one["paid"] for one in came) > 0, "both were at it"
    assert (report["paid"], report["amount"]) == (300, "2700.00")
    assert (report["carried_over"], report["carried_amount"]) == (30, "-120.00")


def test_a_pay_run_and_an_admin_who_pays_by_hand_pay_each_once(stack: Stack) -> None:
    step(stack, "create", "4000")
    stack.start_worker()
    step(stack, "start", ADMINS[0])
    by_hand = begin(stack, "pay", ADMINS[1])

    wait_for("the pay run", lambda: run_of(stack)[0] == "DONE", seconds=120)
    came = end(by_hand)

    report = step(stack, "report")
    (run,) = report["runs"]
    assert (report["paid"], report["amount"]) == (4000, "36000.00")
    assert report["by_run"] == run["done_count"] == 4000 - came["paid"]
    assert report["by_hand"] == ({ADMINS[1]: came["paid"]} if came["paid"] else {})
    assert (report["carried_over"], report["carried_amount"]) == (400, "-1600.00")


def test_a_pay_run_whose_worker_is_killed_continues_where_it_was(stack: Stack) -> None:
    step(stack, "create", "10000")
    worker = stack.start_worker()
    step(stack, "start", ADMINS[0])
    wait_for("the first batch", lambda: run_of(stack)[1] > 0, seconds=60)
    cluster = int(Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()[0])
    os.killpg(cluster, signal.SIGKILL)
    stack.kill(worker)
    wait_for("what it left in the database to end", lambda: not is_busy(stack))
    stopped = step(stack, "report")
    (run,) = stopped["runs"]
    assert (run["state"], run["attempt_count"]) == ("RUNNING", 1)
    assert 0 < stopped["paid"] == run["done_count"] < 10000

    stack.start_worker()
    step(stack, "lose")
    wait_for("the pay run", lambda: run_of(stack)[0] == "DONE", seconds=120)

    report = step(stack, "report")
    (run,) = report["runs"]
    assert (run["done_count"], run["total_count"], run["attempt_count"]) == (10000, 10000, 2)
    assert (report["paid"], report["by_run"], report["amount"]) == (10000, 10000, "90000.00")
    assert (report["carried_over"], report["carried_amount"]) == (1000, "-4000.00")
