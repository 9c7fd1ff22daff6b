"""A worker that is killed in the middle loses and duplicates nothing."""

import csv
import io
import re
from datetime import timedelta

import pytest

from integrations.exaktime.sandbox.client import SandboxControl
from protiv.kit.csv import BYTE_ORDER_MARK
from tests.journeys.stack import TODAY, Stack, Visitor, wait_for

pytestmark = pytest.mark.processes

START = TODAY - timedelta(days=55)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK))))


def days_done(visitor: Visitor) -> int:
    found = re.search(r"<dt>Days</dt><dd>(\d+) of", visitor.get("/integrations/exaktime/status/"))
    return int(found[1]) if found else 0


def test_first_sync_survives_a_killed_worker_and_equals_the_truth(stack: Stack) -> None:
    control = SandboxControl(stack.sandbox.base_url)
    stack.create_company()
    visitor = stack.sign_in()
    # Small windows and slow pages, so that there is a middle to be killed in.
    small = {"SYNC_WINDOW_RECORDS": "300"}
    control.add_fault("slow", endpoint="time_records", times=None, milliseconds=400)
    first_worker = stack.start_worker(**small)
    visitor.connect(start=START)
    wait_for("some days of the first sync", lambda: days_done(visitor) > 0)
    stack.kill(first_worker)
    reached = days_done(visitor)
    assert 0 < reached < 56
    partly = rows(visitor.get("/time/export.csv"))
    control.clear_faults()
    stack.start_worker(**small)
    wait_for("the end of the first sync", lambda: "Succeeded" in visitor.get("/integrations/exaktime/"), seconds=150)

    truth = rows(control.truth_csv(since=START.isoformat()))
    exported = rows(visitor.get("/time/export.csv"))
    assert exported == truth
    assert 1 < len(partly) < len(exported)
