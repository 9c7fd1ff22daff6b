"""For tests and benchmarks: start a sandbox in a process of its own, and tell it what to do."""

import atexit
import json
import re
import select
import subprocess
import sys
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlencode, urlsplit

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[3]


class SandboxRefused(Exception):
    """The control path answered with an error: its text says why."""


class SandboxControl:
    """The control path as methods. `company` in any call's keywords selects the company (default: acme)."""

    def __init__(self, base_url: str, *, company: str | None = None, timeout: float = 60) -> None:
        self.base_url = base_url
        self._address = urlsplit(base_url)
        self._company = {} if company is None else {"company": company}
        self._timeout = timeout

    def get(self, path: str, **query: str | None) -> Json:
        answer: Json = json.loads(self._call("GET", path + "?" + urlencode(self._with(query))))
        return answer

    def post(self, path: str, **fields: Any) -> Json:
        answer: Json = json.loads(self._call("POST", path, json.dumps(self._with(fields)).encode()))
        return answer

    def _with(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The company and the arguments given: None means not given."""
        return self._company | {name: value for name, value in fields.items() if value is not None}

    def _call(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """A connection for each call: http.client asks no proxy, and nothing is left open."""
        connection = HTTPConnection(self._address.hostname or "", self._address.port, timeout=self._timeout)
        try:
            connection.request(method, "/_sandbox" + path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise SandboxRefused(f"{method} {path}: {response.status} {answer.decode()}")
        return answer

    # State

    def info(self) -> Json:
        return self.get("")

    def stats(self) -> Json:
        return self.get("/stats")

    def clear_stats(self) -> Json:
        return self.post("/stats/clear")

    def requests(self, endpoint: str | None = None) -> list[Json]:
        """The last requests, oldest first, of one endpoint or of all."""
        found = self.get("/requests")["requests"]
        return [request for request in found if endpoint in (None, request["endpoint"])]

    def reset(self, **size: Any) -> Json:
        """As on start; `people`, `jobs`, `days`, `seed`, `today` change the size."""
        return self.post("/reset", **size)

    def truth_csv(self, since: str | None = None, until: str | None = None, *, final_only: bool = False) -> str:
        query = {"from": since, "to": until, "final_only": "1" if final_only else None}
        return self._call("GET", "/truth.csv?" + urlencode(self._with(query))).decode()

    def employees(self) -> list[Json]:
        return list(self.get("/employees")["items"])

    def locations(self) -> list[Json]:
        return list(self.get("/locations")["items"])

    def cost_codes(self) -> list[Json]:
        return list(self.get("/cost-codes")["items"])

    def periods(self) -> list[Json]:
        return list(self.get("/periods")["items"])

    def approvals(self) -> list[Json]:
        return list(self.get("/approvals")["items"])

    # Time records

    def records(
        self,
        since: str | None = None,
        until: str | None = None,
        *,
        person: str | None = None,
        location: str | None = None,
    ) -> list[Json]:
        """Wire records with both days included, quarantined ones too."""
        query = {"from": since, "to": until, "person": person, "location": location}
        return [item["record"] for item in self.get("/records", **query)["items"]]

    def record(self, record_id: str) -> Json:
        """`{"record": …, "quarantined": …, "final": …}`"""
        item: Json = self.get("/records", id=record_id)["items"][0]
        return item

    def add_record(self, *, force: bool = False, **fields: Any) -> Json:
        """Wire properties; PersonId and WorkDate are needed. `{"record": …, "quarantined": …}`"""
        return self.post("/records", set=fields, force=force)

    def edit_record(self, record_id: str, *, keep_approvals: bool = False, force: bool = False, **changes: Any) -> Json:
        return self.post("/records/edit", id=record_id, set=changes, keep_approvals=keep_approvals, force=force)

    def delete_record(self, record_id: str, *, keep_approvals: bool = False, force: bool = False) -> Json:
        return self.post("/records/delete", id=record_id, keep_approvals=keep_approvals, force=force)

    # Employees, locations, cost codes

    def add_employee(self, **fields: Any) -> Json:
        return self._item("/employees", set=fields)

    def edit_employee(self, person_id: str, **changes: Any) -> Json:
        return self._item("/employees/edit", id=person_id, set=changes)

    def add_location(self, **fields: Any) -> Json:
        return self._item("/locations", set=fields)

    def edit_location(self, location_id: str, **changes: Any) -> Json:
        return self._item("/locations/edit", id=location_id, set=changes)

    def rename_location(self, location_id: str, name: str) -> Json:
        return self._item("/locations/rename", id=location_id, name=name)

    def set_custom_field(self, location_id: str, field: str, value: str | None) -> Json:
        """None takes the field away."""
        return self.edit_location(location_id, customFields={field: value})

    def merge_locations(self, *, loser: str, winner: str) -> Json:
        return self.post("/locations/merge", loser=loser, winner=winner)

    def add_cost_code(self, **fields: Any) -> Json:
        return self._item("/cost-codes", set=fields)

    def edit_cost_code(self, cost_code_id: str, **changes: Any) -> Json:
        return self._item("/cost-codes/edit", id=cost_code_id, set=changes)

    def _item(self, path: str, **fields: Any) -> Json:
        item: Json = self.post(path, **fields)["item"]
        return item

    # Pay periods and sign-offs

    def close_period(self, period: str) -> Json:
        return self.post("/periods/close", period=period)

    def reopen_period(self, period: str, *, keep_approvals: bool = False) -> Json:
        return self.post("/periods/reopen", period=period, keep_approvals=keep_approvals)

    def sign_off(self, period: str, person: str, *, kind: str = "SignOff") -> Json:
        return self.post("/signoff", period=period, person=person, type=kind)

    def take_sign_off_away(self, period: str, person: str) -> Json:
        return self.post("/signoff/remove", period=period, person=person)

    # Faults, logins, companies

    def add_fault(
        self,
        kind: str,
        *,
        endpoint: str | None = None,
        path: str | None = None,
        times: int | None = 1,
        after: int = 0,
        rate: float = 1.0,
        seed: int = 1,
        **params: Any,
    ) -> Json:
        """`times` None is forever. The kind's own parameters are keywords too."""
        fields = {"kind": kind, "endpoint": endpoint, "path": path, "after": after, "rate": rate, "seed": seed}
        body = self._with(fields) | {"times": times, "params": params}
        answer: Json = json.loads(self._call("POST", "/faults", json.dumps(body).encode()))
        return answer

    def faults(self) -> Json:
        """The faults that wait, and all kinds with what they do."""
        return self.get("/faults")

    def clear_faults(self) -> Json:
        return self.post("/faults/clear")

    def revoke_tokens(self) -> Json:
        return self.post("/tokens/revoke")

    def set_token_seconds(self, seconds: float) -> Json:
        return self.post("/tokens/seconds", seconds=seconds)

    def set_account(
        self, username: str, password: str, *, denial: str | None = None, people: list[str] | None = None
    ) -> Json:
        """Add a login or change it: another password, a denial (AccountInactive, …), only these people."""
        return self.post("/accounts", username=username, password=password, denial=denial, people=people)

    def set_view(self, username: str, *, people: list[str] | None = None, locations: list[str] | None = None) -> Json:
        """Let a login see only these people and locations (None: all), in its open sessions, too."""
        return self.post("/accounts/view", username=username, people=people, locations=locations)

    def add_company(self, company: str, username: str, password: str, **size: Any) -> Json:
        return self.post("/companies", company=company, username=username, password=password, **size)


class RunningSandbox:
    """A sandbox in a process of its own. Closed at the latest when this process ends."""

    def __init__(self, process: subprocess.Popen[str], base_url: str) -> None:
        self.process = process
        self.base_url = base_url
        self.control = SandboxControl(base_url)
        atexit.register(self.close)

    def close(self) -> None:
        atexit.unregister(self.close)
        _end(self.process)

    def __enter__(self) -> "RunningSandbox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def start_sandbox(
    *,
    people: int = 40,
    jobs: int | None = None,
    days: int = 180,
    seed: int = 1,
    today: date | str | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    token_seconds: float = 3600,
    start_seconds: float = 60,
) -> RunningSandbox:
    """Start `python -m integrations.exaktime.sandbox` and wait until it listens."""
    given = {
        "people": people,
        "jobs": jobs,
        "days": days,
        "seed": seed,
        "today": today,
        "host": host,
        "port": port,
        "token-seconds": token_seconds,
    }
    options = [f"--{name}={value}" for name, value in given.items() if value is not None]
    command = [sys.executable, "-m", "integrations.exaktime.sandbox", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
    return RunningSandbox(process, _base_url(process, start_seconds))


def _base_url(process: subprocess.Popen[str], seconds: float) -> str:
    """The address that the sandbox prints once it listens."""
    stdout = process.stdout
    if stdout is not None and select.select([stdout], [], [], seconds)[0]:
        found = re.search(r"http://\S+", stdout.readline())
        if found:
            return found[0]
    _end(process)
    raise RuntimeError("the ExakTime sandbox did not start; its error is above")


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
