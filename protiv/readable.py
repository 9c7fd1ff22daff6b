"""Removes from requests what no database can store: PostgreSQL accepts no NUL character and no key beyond bigint."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from protiv.kit.text import LARGEST_KEY, NUL


class ReadableMiddleware:
    """Remove NUL from headers, drop cookies that contain it, and return 404 for impossible addresses.

    Input goes through forms, which explain errors next to the field.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if NUL not in name + value}
        for name, value in request.META.items():
            if name.startswith("HTTP_") and NUL in value:
                request.META[name] = value.replace(NUL, "")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, Any]) -> None:
        for value in kwargs.values():
            if (isinstance(value, int) and value > LARGEST_KEY) or (isinstance(value, str) and NUL in value):
                raise Http404("Nothing has such a key.")
