"""Concurrent approvals and unapprovals during a sync, in separate processes: one wins, all are told."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.approving import ADMINS
from tests.journeys.stack import ROOT, scratch_database

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]
COUNT = 40


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A database with so many ProPays to approve."""
    with scratch_database(tmp_path) as url:
        env = os.environ | {"DEBUG": "true", "DATABASE_URL": url}
        end(begin(env, "create", str(COUNT)))
        yield env


def begin(env: dict[str, str], *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.journeys.approving", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)


def end(process: "subprocess.Popen[str]") -> Any:
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 0
    return json.loads(output) if output else None


def at_once(env: dict[str, str], *commands: tuple[str, ...]) -> list[Any]:
    return [end(one) for one in [begin(env, *command) for command in commands]]


def report(env: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = end(begin(env, "report"))
    return found


def test_two_who_approve_the_same_propays_approve_each_once_and_are_told(env: dict[str, str]) -> None:
    ann, bob = at_once(env, *[("approve", email) for email in ADMINS])

    assert ann["approved"] + bob["approved"] == COUNT
    assert ann["told"] + bob["told"] == COUNT
    assert min(ann["approved"], bob["approved"]) > 0, "both were at it"
    found = report(env)
    assert (found["statuses"], found["snapshots"], found["approvals"]) == ({"APPROVED": COUNT}, COUNT, COUNT)
    assert (found["lines"], found["drifted"], found["wrong"]) == (2 * COUNT, 0, [])


def test_approving_while_a_sync_runs_freezes_what_was_seen_and_shows_the_rest_as_drift(env: dict[str, str]) -> None:
    came, _synced = at_once(env, ("approve", ADMINS[0]), ("sync", "3"))

    assert came["approved"] + came["changed"] == COUNT
    found = report(env)
    assert found["statuses"].get("APPROVED") == came["approved"] > 0
    assert found["drifted"] > 0, "the sync went on after the approvals"
    assert found["wrong"] == []


def test_approving_while_unapproving_leaves_each_propay_consistent(env: dict[str, str]) -> None:
    ann, bob, again, _synced = at_once(
        env, ("approve", ADMINS[0]), ("unapprove", ADMINS[1]), ("approve", ADMINS[1]), ("sync", "1")
    )

    approved = ann["approved"] + again["approved"]
    assert bob["taken_back"] + bob["told"] == COUNT
    found = report(env)
    assert found["approvals"] == found["snapshots"] == approved
    assert found["statuses"].get("APPROVED", 0) == approved - bob["taken_back"]
    assert found["wrong"] == []
