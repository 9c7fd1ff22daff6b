"""The sandbox as a process of its own: starting, the line that it prints, ending, and who may control it."""

import os
import re
import signal
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from integrations.exaktime.sandbox.client import SandboxControl, start_sandbox
from integrations.exaktime.sandbox.server import Sandbox
from integrations.exaktime.sandbox.state import State
from integrations.exaktime.sandbox.world import WorldSize
from tests.integrations.exaktime.sandbox_caller import EMPLOYEES, Caller

ROOT = Path(__file__).parents[3]
COMMANDS = {
    "module": [sys.executable, "-m", "integrations.exaktime.sandbox"],
    "manage.py": [sys.executable, "manage.py", "exaktime_sandbox"],
}
SMALL = ["--people=2", "--days=10", "--today=2026-11-23"]


@pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_process_prints_its_address_and_ends_cleanly(command, number):
    environment = {**os.environ, "DEBUG": "true"}
    arguments = [*command, "--port=0", *SMALL]
    with subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = next(line for line in process.stdout if line.startswith("ExakTime sandbox"))
            found = re.fullmatch(r"ExakTime sandbox on (http://127\.0\.0\.1:\d+) \(company acme, user .*\)\n", line)
            assert found
            assert Caller(found[1]).sign_in().get(EMPLOYEES).json["totalCount"] == 2
            process.send_signal(number)
            assert process.wait(10) == 0
        finally:
            process.kill()


def test_start_sandbox_gives_the_same_world_as_the_same_plan():
    with (
        start_sandbox(people=3, days=20, seed=4, today=date(2026, 11, 23)) as first,
        start_sandbox(people=3, days=20, seed=4, today="2026-11-23") as second,
    ):
        assert first.control.truth_csv() == second.control.truth_csv() != ""
    assert first.process.returncode == 0
    first.close()


def test_taken_port_ends_with_a_reason():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        arguments = [*COMMANDS["module"], f"--port={taken.getsockname()[1]}", *SMALL]
        done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "can't start" in done.stderr
    assert "Traceback" not in done.stderr


def test_start_sandbox_tells_when_it_cannot_start(capfd):
    with pytest.raises(RuntimeError, match="did not start"):
        start_sandbox(people=0)
    assert "1 or more" in capfd.readouterr().err


def own_address():
    """This machine's address in its network; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return probe.getsockname()[0]


def test_control_answers_this_machine_only():
    address = own_address()
    if address.startswith("127."):
        pytest.skip("this machine has no address but its own")
    with Sandbox(State(WorldSize(date(2026, 11, 23), people=2, days=5)), host="0.0.0.0") as sandbox:
        outside = Caller(f"http://{address}:{sandbox.port}")
        assert outside.sign_in().get(EMPLOYEES).status == 200
        assert outside.call("GET", "/_sandbox").status == 403
        assert outside.call("POST", "/_sandbox/reset", "{}").status == 403
        assert SandboxControl(f"http://127.0.0.1:{sandbox.port}").info()["companies"]


def test_body_that_is_too_large_is_refused_before_it_is_read():
    with Sandbox(State(WorldSize(date(2026, 11, 23), people=2, days=5))) as sandbox:
        caller = Caller(sandbox.base_url)
        caller.headers = {"Content-Length": "99999999999"}
        assert caller.call("POST", "/v1/auth/login").status == 413
