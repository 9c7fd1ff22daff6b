"""Applies faults: wrong answers, unstable pages, bad delivery."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from .answers import HTML, Delivery, SentAnswer, Shape, error_answer, html_page, json_answer
from .faults import Fault, FaultKind
from .rows import encode
from .store import Selection

MEGABYTE = 1_000_000
STATUSES = {
    FaultKind.UNAUTHORIZED: (401, "InvalidToken", "The token is not valid."),
    FaultKind.FORBIDDEN: (403, "ReadNotPermitted", "This user has no permission to read over the API."),
    FaultKind.NOT_FOUND: (404, "NotFound", "The resource was not found."),
    FaultKind.REQUEST_TIMEOUT: (408, "RequestTimeout", "The request took too long."),
    FaultKind.TOO_MANY_REQUESTS: (429, "TooManyRequests", "Too many requests."),
    FaultKind.TOO_MANY_REQUESTS_DATE: (429, "TooManyRequests", "Too many requests."),
    FaultKind.SERVER_ERROR: (500, "InternalError", "An unexpected error happened."),
    FaultKind.BAD_GATEWAY: (502, "BadGateway", "The upstream server answered badly."),
    FaultKind.UNAVAILABLE: (503, "ServiceUnavailable", "The data warehouse is being refreshed."),
}
MATTERS = {
    "employees": "lastName",
    "locations": "name",
    "cost_codes": "name",
    "pay_periods": "StartDate",
    "approvals": "PersonId",
    "time_records": "Minutes",
}
IDS = {"employees": "personId", "locations": "locationId", "cost_codes": "costCodeId", "pay_periods": "PayPeriodId"}
NAMES = {"employees": "lastName", "locations": "name", "cost_codes": "name"}
ODD_NAMES = {
    "accents": "Ñandú Žižek-Größe l'Éclair",
    "emoji": "Crew 👷🏽‍♀️ 🏗️",
    "long": "Long name " * 25 + "-end-",
    "formula": '=HYPERLINK("http://evil.invalid","x")',
}


@dataclass(slots=True)
class DraftPage:
    """One page before it is put in its envelope: the effects change items and count."""

    endpoint: str
    skip: int
    top: int
    selection: Selection
    items: list[bytes]
    count: int


# Instead of the right answer


def replacement(faults: list[Fault], path: str) -> SentAnswer | None:
    """The first fault that replaces the answer."""
    for fault in faults:
        if fault.kind in STATUSES:
            return _status(fault, path)
        if fault.kind in BODIES:
            return BODIES[fault.kind](fault, path)
    return None


def _status(fault: Fault, path: str) -> SentAnswer:
    status, code, message = STATUSES[fault.kind]
    usual = Shape.ODATA if path.startswith("/odata/") else Shape.API
    shape = Shape(fault.params.get("shape", usual))
    answer = error_answer(status, fault.params.get("code", code), fault.params.get("message", message), shape)
    seconds = fault.params.get("seconds", 1)
    if fault.kind is FaultKind.TOO_MANY_REQUESTS_DATE:
        later = datetime.now(UTC) + timedelta(seconds=seconds)
        answer.headers["Retry-After"] = format_datetime(later, usegmt=True)
    elif fault.kind is FaultKind.TOO_MANY_REQUESTS or "seconds" in fault.params:
        answer.headers["Retry-After"] = str(seconds)
    return answer


def _html(fault: Fault, path: str) -> SentAnswer:
    return SentAnswer(200, html_page("ExakTime is getting ready"), HTML)


def _empty(fault: Fault, path: str) -> SentAnswer:
    return SentAnswer(200)


def _wrong_shape(fault: Fault, path: str) -> SentAnswer:
    return json_answer(fault.params.get("body", {"data": {"rows": []}}))


def _redirect(fault: Fault, path: str) -> SentAnswer:
    location = fault.params.get("location", f"http://redirected.invalid{path}")
    return SentAnswer(302, headers={"Location": location})


def _huge(fault: Fault, path: str) -> SentAnswer:
    megabytes = int(fault.params.get("megabytes", 200))
    length = megabytes * MEGABYTE if fault.params.get("declared") else None
    return SentAnswer(200, stream=_blanks(megabytes), stream_length=length)


def _blanks(megabytes: int) -> Iterator[bytes]:
    """Always the start of valid JSON: only a size limit can stop the reader."""
    opening = b'{"value": ['
    yield opening + b" " * (MEGABYTE - len(opening))
    for _ in range(megabytes - 1):
        yield b" " * MEGABYTE


BODIES: dict[FaultKind, Callable[[Fault, str], SentAnswer]] = {
    FaultKind.HTML: _html,
    FaultKind.EMPTY: _empty,
    FaultKind.WRONG_SHAPE: _wrong_shape,
    FaultKind.REDIRECT: _redirect,
    FaultKind.HUGE_BODY: _huge,
}


# The right answer, delivered badly


def spoil_delivery(faults: list[Fault], answer: SentAnswer) -> SentAnswer:
    for fault in faults:
        if fault.kind is FaultKind.RESET:
            answer.delivery = Delivery.RESET
        elif fault.kind is FaultKind.CUT_SHORT:
            answer.delivery = Delivery.CUT
        elif fault.kind is FaultKind.SLOW:
            answer.hold_seconds += fault.params.get("milliseconds", 100) / 1000
        elif fault.kind is FaultKind.READ_TIMEOUT:
            _hold(fault, answer)
    answer.clock_offset_seconds = clock_offset(faults)
    return answer


def _hold(fault: Fault, answer: SentAnswer) -> None:
    seconds = fault.params.get("seconds", 120)
    if fault.params.get("midway"):
        answer.hold_midway_seconds += seconds
    else:
        answer.hold_seconds += seconds


def clock_offset(faults: list[Fault]) -> int:
    return sum(fault.params.get("seconds", 3600) for fault in faults if fault.kind is FaultKind.CLOCK_SKEW)


# A list that is not steady, a record that is not right


def spoil_page(faults: list[Fault], page: DraftPage) -> DraftPage:
    for fault in faults:
        if fault.kind in PAGES:
            PAGES[fault.kind](fault, page)
    return page


def _count_changes(fault: Fault, page: DraftPage) -> None:
    page.count += fault.params.get("by", 1) * fault.fired


def _repeated_record(fault: Fault, page: DraftPage) -> None:
    page.items = page.selection.fetch(max(0, page.skip - 1), page.top)


def _repeated_page(fault: Fault, page: DraftPage) -> None:
    page.items = page.selection.fetch(0, page.top)


def _change(page: DraftPage, index: int, change: Callable[[dict[str, Any]], object]) -> None:
    if index < len(page.items):
        item = json.loads(page.items[index])
        change(item)
        page.items[index] = encode(item)


def _one_property(fault: Fault, page: DraftPage) -> None:
    name = fault.params.get("property", MATTERS[page.endpoint])

    def change(item: dict[str, Any]) -> None:
        if fault.kind is FaultKind.MISSING_PROPERTY:
            item.pop(name, None)
        elif fault.kind is FaultKind.NULL_PROPERTY:
            item[name] = None
        else:
            item[name] = fault.params.get("value", 12345 if isinstance(item.get(name), str) else "twelve")

    _change(page, fault.params.get("index", 0), change)


def _unknown_property(fault: Fault, page: DraftPage) -> None:
    for index in range(len(page.items)):
        _change(page, index, lambda item: item.update(zzNewProperty={"since": "2027", "tags": [1, None]}))


def _odd_names(fault: Fault, page: DraftPage) -> None:
    styles = [fault.params["style"]] if "style" in fault.params else list(ODD_NAMES)
    name = NAMES.get(page.endpoint, "Comment")
    for index in range(len(page.items)):
        odd = ODD_NAMES[styles[index % len(styles)]]
        _change(page, index, lambda item, odd=odd: item.update({name: odd}))  # type: ignore[misc]


def _reused_id(fault: Fault, page: DraftPage) -> None:
    index, name = fault.params.get("index", 0), IDS.get(page.endpoint, "TimeRecordId")
    if index < len(page.items):
        taken = json.loads(page.items[index])[name]
        _change(page, index + 1, lambda item: item.update({name: taken}))


PAGES: dict[FaultKind, Callable[[Fault, DraftPage], None]] = {
    FaultKind.COUNT_CHANGES: _count_changes,
    FaultKind.REPEATED_RECORD: _repeated_record,
    FaultKind.REPEATED_PAGE: _repeated_page,
    FaultKind.MISSING_PROPERTY: _one_property,
    FaultKind.NULL_PROPERTY: _one_property,
    FaultKind.MISTYPED_PROPERTY: _one_property,
    FaultKind.UNKNOWN_PROPERTY: _unknown_property,
    FaultKind.ODD_NAMES: _odd_names,
    FaultKind.REUSED_ID: _reused_id,
}
