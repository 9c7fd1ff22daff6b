"""The language of a page: a worker reads Spanish where the browser asks for it, everybody else English."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

from protiv.accounts.access import current_membership


def in_own_language(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """The page in the language of who reads it. The template finds the language's code as `language`."""
    language = own_language(request)
    with translation.override(language):
        response = render(request, template, {**(context or {}), "language": language[:2]}, status=status)
    response["Content-Language"] = language[:2]
    patch_vary_headers(response, ("Accept-Language",))
    return response


def own_language(request: HttpRequest) -> str:
    """Spanish for a worker whose browser asks for it, else English. Queries only where no view set the membership."""
    membership = getattr(request, "membership", None) or current_membership(request)
    if membership is None or membership.can_manage:
        return "en-us"
    return "es" if translation.get_language_from_request(request).startswith("es") else "en-us"
