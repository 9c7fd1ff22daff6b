"""The whole product in processes of its own: database, ExakTime sandbox, web server, django-q2 cluster."""

import atexit
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import requests

from integrations.exaktime.sandbox.client import RunningSandbox, start_sandbox

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct-horse-battery"
ADMIN = "admin@acme.test"
TODAY = date(2026, 11, 11)


def wait_for(what: str, check: Callable[[], object], *, seconds: float = 60) -> None:
    """Poll until `check` returns a true value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(requests.ConnectionError, requests.Timeout):
            if check():
                return
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} seconds for {what}")


@dataclass
class Stack:
    """What a deployment is made of. Every process is a group of its own, ended by `stop` or killed by `kill`."""

    sandbox: RunningSandbox
    env: dict[str, str]
    logs: Path
    url: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def manage(self, *arguments: str, check: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a management command to its end."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env | env, capture_output=True, text=True, timeout=300)
        assert not check or done.returncode == 0, done.stderr
        return done

    def start(self, name: str, *command: str, **env: str) -> subprocess.Popen[bytes]:
        """Start a process that runs until it is stopped."""
        with (self.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.env | env, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)
        return process

    def start_web(self) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        gunicorn = (sys.executable, "-m", "gunicorn", "protiv.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4")
        self.start("web", *gunicorn)
        wait_for("the web server", lambda: requests.get(f"{self.url}/login/", timeout=5).ok)

    def start_worker(self, **env: str) -> subprocess.Popen[bytes]:
        return self.start("worker", sys.executable, "manage.py", "run_worker", **env)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL the process and all its children: without a chance to clean up."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.processes.remove(process)

    def stop(self) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.sandbox.close()

    def create_company(self, name: str = "Acme Roofing", slug: str = "acme-roofing", email: str = ADMIN) -> None:
        arguments = (name, "--slug", slug, "--time-zone", "America/Denver", "--admin-email", email)
        self.manage("create_company", *arguments, PROTIV_ADMIN_PASSWORD=PASSWORD)

    def sign_in(self, email: str = ADMIN, password: str = PASSWORD) -> "Visitor":
        visitor = Visitor(self.url)
        visitor.post("/login/", username=email, password=password)
        return visitor


class Visitor:
    """Someone with a browser's cookies and without its pictures."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def get(self, path: str) -> str:
        answer = self.session.get(self.url + path, timeout=60)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    def post(self, path: str, **fields: str) -> str:
        """Send a form as the page at `path` holds it."""
        page = self.session.get(self.url + path, timeout=60).text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found, f"{path} has no form"
        answer = self.session.post(
            self.url + path,
            data={"csrfmiddlewaretoken": found[1], **fields},
            headers={"Referer": self.url + path},
            timeout=60,
        )
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    def connect(self, *, start: date, horizon: str = "ALL") -> None:
        """The two forms of the guide."""
        credentials = {"username": "sync@acme.test", "password": "sandbox-password", "company_id": "acme"}
        self.post("/integrations/exaktime/connect/", **credentials)
        fields = {"budget_hours_field": "Budget Hours", "contract_price_field": "Contract Price"}
        self.post("/integrations/exaktime/setup/", sync_start_date=start.isoformat(), horizon=horizon, **fields)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def scratch_database(folder: Path) -> Iterator[str]:
    """A migrated database without rows, of the kind that DATABASE_URL names (SQLite where it is not set).

    A copy of one that is migrated once in a process: that takes longer than most of the tests that need it.
    """
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        path = folder / "journey.sqlite3"
        shutil.copyfile(_migrated_file(), path)
        yield f"sqlite:///{path}"
        return
    name = f"journey_{uuid.uuid4().hex[:12]}"
    template = _migrated_database(given)
    with _server(given) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield _at(given, name)
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@cache
def _migrated_file() -> Path:
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "migrated.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


@cache
def _migrated_database(given: str) -> str:
    name = f"journey_template_{uuid.uuid4().hex[:12]}"
    with _server(given) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    atexit.register(_drop, given, name)
    _migrate(_at(given, name))
    return name


def _migrate(database_url: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    env = os.environ | {"DEBUG": "true", "DATABASE_URL": database_url}
    subprocess.run(command, cwd=ROOT, env=env, check=True, timeout=300)


def _drop(given: str, name: str) -> None:
    with _server(given) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _server(given: str) -> "psycopg.Connection[Any]":
    return psycopg.connect(_at(given, "postgres"), autocommit=True)


def _at(given: str, name: str) -> str:
    return urlunsplit(urlsplit(given)._replace(path=f"/{name}"))


@contextmanager
def running_stack(folder: Path, *, people: int = 12, days: int = 60) -> Iterator[Stack]:
    """A migrated database, the schedule, a sandbox and a web server; no worker yet."""
    with scratch_database(folder) as database_url:
        sandbox = start_sandbox(people=people, days=days, today=TODAY)
        env = os.environ | {
            "DEBUG": "true",
            "DATABASE_URL": database_url,
            "EXAKTIME_BASE_URL": sandbox.base_url,
            "EXAKTIME_ALLOW_INSECURE_BASE_URL": "true",
            "SYNC_LEASE_SECONDS": "5",
            "PYTHONUNBUFFERED": "1",
        }
        stack = Stack(sandbox=sandbox, env=env, logs=folder)
        try:
            stack.manage("setup_schedules")
            stack.start_web()
            yield stack
        finally:
            stack.stop()
