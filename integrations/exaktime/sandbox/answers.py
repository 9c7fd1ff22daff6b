"""An answer and how it is delivered; the error bodies of the contract (section 6)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from .rows import encode

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


class Shape(StrEnum):
    """How an error body looks."""

    API = "api"
    ODATA = "odata"
    GATEWAY = "gateway"
    HTML = "html"
    EMPTY = "empty"


class Delivery(StrEnum):
    """How the bytes are sent: whole; half of them and then a plain close; half and then a reset."""

    WHOLE = "whole"
    CUT = "cut"
    RESET = "reset"


@dataclass(slots=True)
class SentAnswer:
    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE
    hold_seconds: float = 0.0
    hold_midway_seconds: float = 0.0
    clock_offset_seconds: int = 0
    stream: Iterator[bytes] | None = None
    stream_length: int | None = None


def json_answer(value: object, status: int = 200) -> SentAnswer:
    return SentAnswer(status, encode(value))


def error_answer(status: int, code: str, message: str, shape: Shape = Shape.API) -> SentAnswer:
    """One of the three shapes that are accepted, or HTML, or nothing at all (exaktime.md 6)."""
    if shape is Shape.EMPTY:
        return SentAnswer(status)
    if shape is Shape.HTML:
        return SentAnswer(status, html_page(f"{status} {message}"), HTML)
    bodies = {
        Shape.API: {"error": {"code": code, "message": message, "details": []}},
        Shape.ODATA: {"error": {"code": "", "message": message}},
        Shape.GATEWAY: {"statusCode": status, "message": message},
    }
    return json_answer(bodies[shape], status)


def html_page(title: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode()


def parse_object(body: bytes) -> dict[str, object]:
    """A JSON object, or a ValueError that says so."""
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise ValueError("the body is not JSON") from error
    if not isinstance(value, dict):
        raise ValueError("the body must be a JSON object")
    return value
