"""The only HTTP with ExakTime: sign in, read one document, retry if it can help (exaktime.md 3 and 6).

Nothing secret leaves this module: errors are raised outside of `except` blocks, so that no exception of the HTTP
library, which carries the request with its header and body, hangs on them; reprs show no token, body or credential.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, cast
from urllib.parse import quote, urlencode

import requests
import tenacity
import urllib3.exceptions

from integrations.exaktime import failures
from integrations.exaktime.answers import Answer, login_error, passing_error, read_answer, read_error
from integrations.exaktime.company_id import normalize_company_id
from integrations.exaktime.login import Login
from integrations.providers.base import ProviderError

logger = logging.getLogger(__name__)

LOGIN_PATH = "/v1/auth/login"
CHUNK_BYTES = 64 * 1024
# Failures that are retried within a run, by code; others would fail the same way a moment later.
RETRIED = frozenset({"UNREACHABLE", "TIMED_OUT", "SERVER_ERROR", "CUT_SHORT", "NOT_JSON", "BUSY"})


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """Limits on time, attempts, and size. `sleep` and `now` are passed in so that tests don't wait.

    One read begins no new attempt after `patience_seconds`: the caller has a task's time limit.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    # The read timeout restarts with every byte; this limits a response that trickles in.
    response_seconds: float = 90.0
    max_body_bytes: int = 32 * 1024 * 1024
    attempts: int = 4
    max_wait_seconds: int = 60
    patience_seconds: float = 120.0
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = _utc_now


class ExakTimeClient:
    """Signed in for one customer, for the life of one run. Not for use by several threads."""

    def __init__(self, login: Login, *, base_url: str, options: ClientOptions | None = None) -> None:
        self._login = login
        self._company_id = normalize_company_id(login.company_id)
        self._base_url = base_url
        self._options = options or ClientOptions()
        self._session = _Session((self._options.connect_timeout, self._options.read_timeout))
        self._token: str | None = None
        self._renewed = False

    def __repr__(self) -> str:
        return f"ExakTimeClient(base_url={self._base_url!r})"

    @property
    def company_id(self) -> str:
        """The bare Company ID, spelled as entered."""
        return self._company_id

    def sign_in(self) -> None:
        """Prove the credentials and keep the token, in memory only. One attempt: a login is never retried.

        `expiresAt` is not looked at: our clock or theirs may be an hour off. A 401 shows that a token has expired.
        """
        self._token = None
        answer = self._send(self._login_request(), signing_in=True)
        error = login_error(answer)
        if error:
            raise error
        self._token = answer.token
        if not self._token:
            raise failures.unexpected("WRONG_SHAPE")

    def get(self, path: str, query: Mapping[str, str | int]) -> dict[str, Any]:
        """One JSON object, or a ProviderError. Temporary failures are retried; an expired token is renewed once."""
        if self._token is None:
            self.sign_in()
        request = self._read_request(path, query)
        answer = self._get_patiently(request)
        if answer.status == 401 and not self._renewed:
            self._renewed = True
            self.sign_in()
            answer = self._get_patiently(request)
        error = read_error(answer)
        if error:
            raise error
        self._renewed = False
        if not isinstance(answer.document, dict):
            raise failures.unexpected("WRONG_SHAPE")
        return answer.document

    def _login_request(self) -> requests.Request:
        return requests.Request(
            "POST",
            f"{self._base_url}{LOGIN_PATH}",
            json={
                "companyId": self._company_id,
                "username": self._login.username,
                "password": self._login.password,
            },
        )

    def _read_request(self, path: str, query: Mapping[str, str | int]) -> requests.Request:
        # %20 and a bare `$`: not every OData server reads `+` as a space or `%24` as a dollar sign (A).
        encoded = urlencode(query, quote_via=quote, safe="$")
        return requests.Request("GET", f"{self._base_url}{path}?{encoded}")

    def _get_patiently(self, request: requests.Request) -> Answer:
        """The answer to a GET, after retrying temporary failures. If ExakTime asks us to wait, we wait."""
        options = self._options
        retrying = tenacity.Retrying(
            sleep=options.sleep,
            stop=tenacity.stop_after_attempt(options.attempts) | tenacity.stop_before_delay(options.patience_seconds),
            wait=self._wait,
            retry=tenacity.retry_if_exception(self._is_worth_waiting_for),
            before_sleep=_log_retry,
            reraise=True,
        )
        return retrying(self._get_once, request)

    def _get_once(self, request: requests.Request) -> Answer:
        request.auth = _Bearer(self._token or "")
        answer = self._send(request, signing_in=False)
        error = passing_error(answer, signing_in=False)
        if error:
            raise error
        return answer

    def _wait(self, state: tenacity.RetryCallState) -> float:
        asked_for = _error_of(state).retry_after_seconds
        if asked_for is not None:
            return asked_for
        return tenacity.wait_exponential_jitter(max=self._options.max_wait_seconds)(state)

    def _is_worth_waiting_for(self, error: BaseException) -> bool:
        if not isinstance(error, ProviderError) or error.code not in RETRIED:
            return False
        return (error.retry_after_seconds or 0) <= self._options.max_wait_seconds

    def _send(self, request: requests.Request, *, signing_in: bool) -> Answer:
        """One exchange, the body read whole. No exception of the HTTP library escapes."""
        try:
            with self._session.send(self._session.prepare_request(request)) as response:
                body = self._read_body(response)
                return read_answer(response.status_code, response.headers, body, now=self._options.now())
        except _TooLarge:
            failure: ProviderError = failures.unexpected("TOO_LARGE")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            failure = failures.source_unavailable(_network_code(error), signing_in=signing_in)
        # Raised here and not above: the caught exception would stay reachable as __context__.
        raise failure

    def _read_body(self, response: requests.Response) -> bytes:
        """The body, unpacked, counted after that (a small answer can unpack to gigabytes), and against the clock."""
        deadline = time.monotonic() + self._options.response_seconds
        body = bytearray()
        # read1 returns after one read from the socket, so that the deadline is checked.
        while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
            body += chunk
            if len(body) > self._options.max_body_bytes:
                raise _TooLarge
            if time.monotonic() > deadline:
                raise requests.Timeout
        return bytes(body)


class _TooLarge(Exception):
    """The body exceeded its limit. Never leaves this module."""


class _Bearer(requests.auth.AuthBase):
    """Puts the token on one request; the session never holds it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Session(requests.Session):
    """Requests with our defaults: no environment, no redirects, no cookies, TLS verified, timeouts on every call."""

    def __init__(self, timeout: tuple[float, float]) -> None:
        super().__init__()
        self.trust_env = False
        self.verify = True
        self._timeout = timeout
        # The token alone says who we are: a cookie could mix two customers up.
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # gzip only: other installed packages must not decide how an answer is compressed.
        self.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "Protiv"})

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        kwargs.update(timeout=self._timeout, allow_redirects=False, stream=True)
        return super().send(request, **kwargs)

    def get_redirect_target(self, _response: requests.Response) -> None:
        """None, always. Not following isn't enough: requests would still read a redirect's body, without our limit."""


def _network_code(error: Exception) -> str:
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return "TIMED_OUT"
    if isinstance(error, urllib3.exceptions.ProtocolError | urllib3.exceptions.DecodeError):
        return "CUT_SHORT"
    return "UNREACHABLE"


def _error_of(state: tenacity.RetryCallState) -> ProviderError:
    """The error of the last attempt: only a ProviderError is ever retried."""
    return cast(ProviderError, state.outcome and state.outcome.exception())


def _log_retry(state: tenacity.RetryCallState) -> None:
    logger.warning(
        "ExakTime read failed (%s), attempt %d, next in %.1f s",
        _error_of(state).code,
        state.attempt_number,
        state.upcoming_sleep,
    )
