"""The command: which connections it means, its lines, its exit status."""

import subprocess
import sys
from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from integrations.management.commands import force_sync
from integrations.models import Connection, ConnectionState, Horizon, RunState, SyncRun, Trigger
from tests.make.connections import NOON, make_connection, make_run
from tests.make.factories import make_company
from tests.make.systems import system

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("system")]


@pytest.fixture
def connection(company, tasks) -> Connection:
    return make_connection(company, horizon=Horizon.ALL)


class FakeTime:
    """Time that passes only while the command sleeps; `meanwhile` is what happens then."""

    def __init__(self) -> None:
        self.now = 0.0
        self.meanwhile = lambda: None

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.meanwhile()


@pytest.fixture(autouse=True)
def fake_time(monkeypatch) -> FakeTime:
    fake = FakeTime()
    monkeypatch.setattr(force_sync, "time", fake)
    return fake


def force(*arguments: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("force_sync", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        return error.returncode, out.getvalue(), str(error)
    return 0, out.getvalue(), err.getvalue()


def test_one_company_is_queued(connection):
    status, out, _ = force("--company", "acme")
    run = SyncRun.objects.get()
    assert (status, out) == (0, f"acme {system().key.lower()} run {run.pk} QUEUED\n")
    assert (run.trigger, run.requested_by) == (Trigger.COMMAND, None)


def test_one_connection_is_queued(connection):
    other = make_connection(make_company("Other", slug="other"))
    assert force("--connection", str(other.pk))[0] == 0
    assert SyncRun.objects.get().connection == other


def test_all_means_every_syncing_connection(connection):
    make_connection(make_company("Other", slug="other"), ConnectionState.INITIAL_SYNC)
    make_connection(make_company("Third", slug="third"), ConnectionState.PAUSED)
    status, out, _ = force("--all")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == ["acme", "other"]


def test_all_with_nothing_to_sync_is_not_a_failure(db):
    status, out, err = force("--all")
    assert (status, out) == (0, "")
    assert "Nothing to sync" in err


def test_an_open_run_is_joined_and_counts(connection):
    run = make_run(connection, RunState.RUNNING)
    assert force("--company", "acme")[:2] == (0, f"acme {system().key.lower()} run {run.pk} RUNNING\n")
    assert SyncRun.objects.count() == 1


def test_since_is_passed_on(connection):
    force("--company", "acme", "--since", "2026-10-05")
    assert SyncRun.objects.get().since_date == date(2026, 10, 5)


@pytest.mark.parametrize("state", ["TESTING", "REAUTH_REQUIRED", "PAUSED", "DISCONNECTED"])
def test_a_refusal_is_a_line_and_exit_1(company, state):
    make_connection(company, state)
    status, out, _ = force("--company", "acme")
    assert status == 1
    assert out.startswith(f"acme {system().key.lower()} REFUSED ")
    assert len(out.splitlines()) == 1
    assert not SyncRun.objects.exists()


def test_a_company_without_a_connection_is_exit_1(company):
    assert force("--company", "acme") == (1, "", "This company has no connection.")


@pytest.mark.parametrize(
    ("outcome", "status", "line"),
    [
        (
            {"state": RunState.SUCCEEDED, "seen_count": 6210, "added_count": 6210},
            0,
            "SUCCEEDED seen=6210 added=6210 changed=0 voided=0 set_aside=0 held=0",
        ),
        (
            {"state": RunState.PARTIAL, "set_aside_count": 3},
            0,
            "PARTIAL seen=0 added=0 changed=0 voided=0 set_aside=3 held=0",
        ),
        (
            {"state": RunState.PARTIAL, "held_count": 24},
            1,
            "PARTIAL seen=0 added=0 changed=0 voided=0 set_aside=0 held=24",
        ),
        (
            {"state": RunState.FAILED, "error_code": "UNREACHABLE", "error_id": "a1b2"},
            1,
            "FAILED seen=0 added=0 changed=0 voided=0 set_aside=0 held=0 error=UNREACHABLE error_id=a1b2",
        ),
        ({"state": RunState.CANCELED}, 1, "CANCELED seen=0 added=0 changed=0 voided=0 set_aside=0 held=0"),
        (
            {"state": RunState.INTERRUPTED, "error_code": "INTERRUPTED"},
            1,
            "INTERRUPTED seen=0 added=0 changed=0 voided=0 set_aside=0 held=0 error=INTERRUPTED",
        ),
    ],
)
def test_wait_reports_how_the_run_ended(connection, fake_time, outcome, status, line):
    fake_time.meanwhile = lambda: SyncRun.objects.update(**outcome)
    done, out, _ = force("--company", "acme", "--wait")
    assert (done, out) == (status, f"acme {system().key.lower()} run {SyncRun.objects.get().pk} {line}\n")


@pytest.mark.parametrize(
    ("changes", "told", "sentence"),
    [
        (
            {},
            " left_out_since=2026-11-09 comes_in=2026-11-16",
            "acme: Hours since Monday, Nov 9 are excluded: the current workweek is imported on Monday, Nov 16. "
            "An admin of the company can change it under Integrations, Change settings.",
        ),
        (
            {"sync_start_date": date(2026, 11, 11)},
            " left_out_since=2026-11-11 comes_in=2026-11-16",
            "No hours are imported yet: they start on Wednesday, Nov 11",
        ),
        ({"horizon": Horizon.FINAL_ONLY}, " left_out=not_final", "Only final time is imported"),
        ({"horizon": Horizon.ALL}, "", ""),
    ],
)
def test_excluded_time_is_reported(connection, changes, told, sentence):
    Connection.objects.update(**{"horizon": Horizon.LEAVE_OUT_CURRENT_WEEK, **changes})
    with time_machine.travel(NOON, tick=False):
        status, out, err = force("--company", "acme")
    assert (status, out) == (0, f"acme {system().key.lower()} run {SyncRun.objects.get().pk} QUEUED{told}\n")
    assert sentence in err
    assert bool(sentence) == bool(err)


def test_wait_gives_up_after_the_timeout(connection, fake_time):
    status, out, _ = force("--company", "acme", "--wait", "--timeout", "10")
    assert (status, fake_time.now) == (1, 10)
    assert "QUEUED still running; timed out waiting" in out


def test_one_failure_among_many_is_exit_1_and_every_line_is_there(connection, fake_time):
    other = make_connection(make_company("Other", slug="other"))

    def end_both() -> None:
        SyncRun.objects.filter(connection=connection).update(state=RunState.SUCCEEDED)
        SyncRun.objects.filter(connection=other).update(state=RunState.FAILED)

    fake_time.meanwhile = end_both
    status, out, text = force("--all", "--wait")
    assert status == 1
    assert len(out.splitlines()) == 2
    assert text == "1 of 2 connections failed to sync."


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--company", "nobody"], "There is no company “nobody”."),
        (["--connection", "999"], "There is no connection 999."),
    ],
)
def test_an_unknown_company_is_exit_2(db, arguments, text):
    assert force(*arguments) == (2, "", text)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--all", "--company", "acme"],
        ["--connection", "x"],
        ["--connection", "0"],
        ["--connection", str(2**63)],
        ["--all", "--since", "yesterday"],
        ["--all", "--since", "2026-02-30"],
        ["--all", "--since", "2999-01-01"],
        ["--all", "--timeout", "0"],
        ["--all", "--unknown"],
        ["--company"],
    ],
)
def test_bad_arguments_start_nothing(connection, arguments):
    with pytest.raises(CommandError):
        call_command("force_sync", *arguments)
    assert not SyncRun.objects.exists()


def test_bad_arguments_on_the_command_line_are_exit_2(pytestconfig):
    done = subprocess.run(
        [sys.executable, "manage.py", "force_sync", "--since", "yesterday", "--all"],
        cwd=pytestconfig.rootpath,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "not a date" in done.stderr
