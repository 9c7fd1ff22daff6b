"""What one HTTP answer of ExakTime says, and which failure it means (exaktime.md 3 and 6). Pure."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from integrations.exaktime import failures
from integrations.providers.base import ProviderError, SourceUnavailable

LONGEST_RETRY_AFTER = 24 * 3600
UNREADABLE: Final = object()
_COMPANY_NOT_FOUND = "CompanyNotFound"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read whole. `document` may contain a token, so it is kept out of the repr.

    `document` is UNREADABLE if the body isn't JSON; `is_web_page` says that it looks like HTML.
    """

    status: int
    retry_after_seconds: int | None
    is_web_page: bool
    document: Any = field(repr=False)

    @property
    def vendor_code(self) -> str:
        """The code in an error body, or "": not every shape has one, and it may not be JSON at all (exaktime.md 6)."""
        error = self.document.get("error") if isinstance(self.document, dict) else None
        code = error.get("code") if isinstance(error, dict) else None
        return code if isinstance(code, str) else ""

    @property
    def token(self) -> str | None:
        """The token of a sign-in, if it is valid in a header."""
        token = self.document.get("token") if isinstance(self.document, dict) else None
        fits = isinstance(token, str) and token.isascii() and token.isprintable() and token == token.strip()
        return token if fits and token else None


def read_answer(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Answer:
    return Answer(status, _retry_after_seconds(headers, now), body.lstrip().startswith(b"<"), _decoded(body))


def login_error(answer: Answer) -> ProviderError | None:
    """What is wrong with the answer to a sign-in (exaktime.md 3.1)."""
    if answer.status == 401 or (answer.status == 404 and answer.vendor_code == _COMPANY_NOT_FOUND):
        return failures.wrong_credentials()
    if answer.status == 403 and not answer.is_web_page:
        return failures.sign_in_refused(answer.vendor_code)
    return passing_error(answer, signing_in=True) or _status_error(answer.status)


def read_error(answer: Answer) -> ProviderError | None:
    """What is wrong with the answer to a read, after all attempts and after a new sign-in."""
    if answer.status == 401:
        return failures.session_refused()
    if answer.status == 403:
        return failures.lost_right(answer.vendor_code)
    return _status_error(answer.status)


def passing_error(answer: Answer, *, signing_in: bool) -> SourceUnavailable | None:
    """A temporary failure, which says nothing about the credentials."""
    code = _passing_code(answer)
    if code is None:
        return None
    return failures.source_unavailable(code, signing_in=signing_in, retry_after_seconds=answer.retry_after_seconds)


def _passing_code(answer: Answer) -> str | None:
    status = answer.status
    if status == 429:
        return "BUSY"
    if status == 408:
        return "TIMED_OUT"
    if status >= 500:
        return "SERVER_ERROR"
    if status == 403 and answer.is_web_page:
        # ExakTime itself answers JSON; a page comes from a firewall, and says nothing about the account (I).
        return "BLOCKED"
    return "NOT_JSON" if status == 200 and answer.document is UNREADABLE else None


def _status_error(status: int) -> ProviderError | None:
    if status == 200:
        return None
    if 300 <= status < 400:
        return failures.unexpected("REDIRECTED")
    return failures.unexpected("NOT_FOUND" if status == 404 else "UNEXPECTED_STATUS")


def _refuse_constant(_name: str) -> None:
    raise ValueError("NaN and Infinity are no JSON")


def _decoded(body: bytes) -> Any:
    """The JSON value, or UNREADABLE for HTML, nothing, or half a document."""
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return UNREADABLE


def _retry_after_seconds(headers: Mapping[str, str], now: datetime) -> int | None:
    """Retry-After in either spelling, in whole seconds from now, never negative; None if there is none."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), LONGEST_RETRY_AFTER)
    until = _http_date(value)
    if until is None:
        return None
    # Relative to the server's clock if given: ours, or theirs, may be an hour off (exaktime.md 6).
    seconds = (until - (_http_date(headers.get("Date", "")) or now)).total_seconds()
    return min(max(math.ceil(seconds), 0), LONGEST_RETRY_AFTER)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
