"""The faults that the sandbox can be told to produce, and when (exaktime.md 6)."""

import random
import threading
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from .answers import Shape

ENDPOINTS = ("login", "employees", "locations", "cost_codes", "pay_periods", "approvals", "time_records")

_ERROR = "shape code message"
_BUSY = _ERROR + " seconds"


class FaultKind(StrEnum):
    """Each way to fail: its name, what it does, and the names of its parameters (defaults in brackets)."""

    description: str
    parameters: frozenset[str]

    def __new__(cls, value: str, description: str, parameters: str = "") -> "FaultKind":
        member = str.__new__(cls, value)
        member._value_ = value
        member.description = description
        member.parameters = frozenset(parameters.split())
        return member

    # An error status; `shape` of the body is api, odata, gateway, html or empty.
    UNAUTHORIZED = "unauthorized", "401: refused, though the token is good", _ERROR
    FORBIDDEN = "forbidden", "403 with `code` (ReadNotPermitted)", _ERROR
    NOT_FOUND = "not_found", "404", _ERROR
    REQUEST_TIMEOUT = "request_timeout", "408", _ERROR
    TOO_MANY_REQUESTS = "too_many_requests", "429 with Retry-After in `seconds` (1)", _BUSY
    TOO_MANY_REQUESTS_DATE = "too_many_requests_date", "429, Retry-After an HTTP date `seconds` (1) from now", _BUSY
    SERVER_ERROR = "server_error", "500", _ERROR
    BAD_GATEWAY = "bad_gateway", "502", _ERROR
    UNAVAILABLE = "unavailable", "503, the nightly refresh; Retry-After only if `seconds` is given", _BUSY

    # A status that looks fine, with a bad body.
    HTML = "html", "200 with an HTML page"
    EMPTY = "empty", "200 with no body"
    WRONG_SHAPE = "wrong_shape", "200 with the JSON `body` (an object without the list)", "body"
    HUGE_BODY = "huge_body", "200, `megabytes` (200) streamed; `declared` sends Content-Length", "megabytes declared"
    REDIRECT = "redirect", "302 to `location` (the same path at another host)", "location"

    # The right answer, delivered badly.
    RESET = "reset", "half of the body, then a TCP reset"
    CUT_SHORT = "cut_short", "half of the body that Content-Length promises, then a plain close"
    READ_TIMEOUT = "read_timeout", "hold for `seconds` (120); `midway`: after half of the body", "seconds midway"
    SLOW = "slow", "a constant delay of `milliseconds` (100)", "milliseconds"
    CLOCK_SKEW = "clock_skew", "Date and expiresAt are `seconds` (3600) ahead; negative is behind", "seconds"
    REVOKE_TOKENS = "revoke_tokens", "every token ends before this request is answered"

    # A list that is not steady.
    COUNT_CHANGES = "count_changes", "the count is `by` (1) higher, and again on each page that this meets", "by"
    REPEATED_RECORD = (
        "repeated_record",
        "the page starts one early: the last of the page before comes twice (use `after` 1)",
    )
    REPEATED_PAGE = "repeated_page", "the first page, whatever page was asked for: with `times` null it never ends"

    # A record that is not right: at `index` (0) on the page, in `property` (one that matters).
    MISSING_PROPERTY = "missing_property", "one record without the property", "index property"
    NULL_PROPERTY = "null_property", "one record with null in it", "index property"
    MISTYPED_PROPERTY = "mistyped_property", "`value` in it (text for a number or the reverse)", "index property value"
    UNKNOWN_PROPERTY = "unknown_property", "every record with one property more: it must be ignored"
    ODD_NAMES = "odd_names", "names or comments in `style` accents, emoji, long, formula (all in turn)", "style"
    REUSED_ID = "reused_id", "the record after `index` carries that one's id and its own content", "index"


KINDS = {str(kind): kind for kind in FaultKind}


@dataclass(slots=True)
class Fault:
    """When to misbehave: on requests that match, after the first `after` of them, at most `times` (None forever),
    each with probability `rate` by the fault's own seed."""

    kind: FaultKind
    endpoint: str | None = None
    path: str | None = None
    company: str | None = None
    times: int | None = 1
    after: int = 0
    rate: float = 1.0
    seed: int = 1
    params: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    fired: int = 0
    rng: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)  # noqa: S311 - when to fail, not a secret

    def matches(self, endpoint: str, path: str, company: str | None) -> bool:
        return (
            self.endpoint in (None, endpoint)
            and path.startswith(self.path or "")
            and (self.company is None or self.company.casefold() == company)
        )

    def fires(self) -> bool:
        """Called once for each request that matches."""
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.fired >= self.times):
            return False
        if self.rate < 1 and self.rng.random() >= self.rate:
            return False
        self.fired += 1
        return True

    def describe(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "rng"}


class FaultQueue:
    """The active faults. One request can match several."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> int:
        with self._lock:
            count = len(self._faults)
            self._faults = []
        return count

    def take(self, endpoint: str, path: str, company: str | None) -> list[Fault]:
        with self._lock:
            return [fault for fault in self._faults if fault.matches(endpoint, path, company) and fault.fires()]

    def describe(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault.describe() for fault in self._faults]


def make_fault(fields: dict[str, Any]) -> Fault:
    """A fault from JSON; unknown values are refused with the list of known ones."""
    known = {"kind", "endpoint", "path", "company", "times", "after", "rate", "seed", "params"}
    if unknown := fields.keys() - known:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
    if fields.get("kind") not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    if fields.get("endpoint") not in (None, *ENDPOINTS):
        raise ValueError(f"endpoint must be one of {', '.join(ENDPOINTS)}")
    kind, params = KINDS[fields["kind"]], fields.get("params", {})
    if not isinstance(params, dict) or not isinstance(fields.get("path") or "", str):
        raise ValueError("params must be an object, path a text")
    if unknown := params.keys() - kind.parameters:
        raise ValueError(f"{kind} knows no {', '.join(sorted(unknown))}; it knows {sorted(kind.parameters)}")
    if params.get("shape", Shape.API) not in list(Shape):
        raise ValueError(f"shape must be one of {', '.join(Shape)}")
    return Fault(**{**fields, "kind": kind})
