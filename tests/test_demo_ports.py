"""`make demo` says in one sentence what stops it, before anything is installed, and finds the newest Python."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from protiv.ports import problem

ROOT = Path(__file__).resolve().parent.parent
OLD, BROKEN = "#!/bin/sh\nexit 1\n", "#!/bin/sh\necho not for you >&2\nexit 127\n"


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def make(*arguments, **env):
    """Run make as from a shell: the tests themselves may be running under another one, with its own variables."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=inherited | env, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(("name", "other"), [("WEB_PORT", "SANDBOX_PORT"), ("SANDBOX_PORT", "WEB_PORT")])
def test_demo_stops_at_a_taken_port_before_it_installs_anything(name, other, taken, free, tmp_path):
    venv = tmp_path / "venv"
    done = make("demo", f"PYTHON={sys.executable}", f"VENV={venv}", **{name: str(taken), other: str(free)})
    assert done.returncode != 0
    sentence, *rest = done.stderr.splitlines()
    assert sentence.startswith(
        f"Port {taken} can't be used (address already in use). Choose another one: make demo {name}="
    )
    assert all(line.startswith("make:") for line in rest)
    assert not venv.exists()


def test_ports_that_are_free_are_no_problem(free):
    assert problem([("WEB_PORT", str(free))]) is None


def test_the_port_that_is_proposed_is_free(taken):
    proposed = problem([("WEB_PORT", str(taken))]).rpartition("=")[2]
    assert problem([("WEB_PORT", proposed)]) is None


@pytest.mark.parametrize("text", ["", "0", "65536", "http", "-1", "8000.0", "٣", "1" * 5000])
def test_what_is_no_port_is_refused_by_name(text):
    assert problem([("SANDBOX_PORT", text)]).startswith("SANDBOX_PORT must be a port from 1 to 65535, not ")


def test_one_port_for_both_is_refused(free):
    both = problem([("WEB_PORT", str(free)), ("SANDBOX_PORT", str(free))])
    assert both == f"WEB_PORT and SANDBOX_PORT are both {free}: give each its own port."


@pytest.fixture
def pythons(tmp_path):
    """A PATH of its own, to which Pythons can be added under a name; what is added is this one, or a script."""
    for tool in ("sh", "seq", "make", "id"):
        (tmp_path / tool).symlink_to(subprocess.check_output(["which", tool], text=True).strip())

    def add(name, script=f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)

    add.path = str(tmp_path)
    return add


def found(pythons):
    return make("--eval", "show: ; @true && echo $(PYTHON)", "show", PATH=pythons.path).stdout.strip()


def test_the_newest_python_that_works_is_taken(pythons):
    pythons("python3.11")
    pythons("python3.13")
    pythons("python3.14", BROKEN)
    assert found(pythons) == "python3.13"


def test_a_python_without_a_number_will_do(pythons):
    pythons("python3")
    assert found(pythons) == "python3"


def test_without_a_python_one_sentence_says_what_is_needed(pythons):
    pythons("python3", OLD)
    done = make("demo", PATH=pythons.path)
    assert done.returncode != 0
    assert done.stderr.startswith("Protiv needs Python 3.11 or newer with venv")
