"""Structured logs without secrets: every line is redacted before it is written."""

import time
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

from protiv.kit.clients import client_address

REDACTED = "[redacted]"
SECRET_WORDS = ("password", "token", "secret", "authorization", "credential", "cookie", "api_key", "csrf")
Event = MutableMapping[str, Any]


def redact(_logger: Any, _method: str, event: Event) -> Event:
    """A structlog processor: values under a secret-sounding key are replaced, at any depth."""
    for key, value in event.items():
        event[key] = _redacted(key, value)
    return event


def _redacted(key: str, value: Any) -> Any:
    if _is_secret(key):
        return REDACTED
    if isinstance(value, dict):
        return {inner: _redacted(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted("", item) for item in value]
    if isinstance(value, str):
        return value.replace("\n", "\\n").replace("\r", "\\r")
    return value


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET_WORDS)


def shown_path(request: HttpRequest) -> str:
    """The path as it may be logged: a mail's link holds a token that sets a password."""
    path, match = request.path, request.resolver_match
    for name, value in match.kwargs.items() if match else ():
        if _is_secret(name):
            path = path.replace(str(value), REDACTED)
    return path


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    redact,
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *SHARED,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def _console() -> structlog.dev.ConsoleRenderer:
    # The default tracebacks show local variables wherever `rich` is installed, passwords among them.
    return structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)


def logging_config(*, as_json: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING: one handler to standard error, our lines and the libraries' alike."""
    renderer = structlog.processors.JSONRenderer() if as_json else _console()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *([structlog.processors.format_exc_info] if as_json else []),
                    renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"level": level},
            # The server's own access line repeats ours without the request id.
            "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        },
    }


class RequestLogMiddleware:
    """One line per request. Everything logged during the request has its id and the client's address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.log = structlog.get_logger("protiv.request")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=uuid.uuid4().hex[:12], address=client_address(request))
        started = time.monotonic()
        response = self.get_response(request)
        self.log.info(
            "request",
            method=request.method,
            path=shown_path(request),
            status=response.status_code,
            milliseconds=round((time.monotonic() - started) * 1000),
            user_id=getattr(request.user, "pk", None) if hasattr(request, "user") else None,
        )
        return response
