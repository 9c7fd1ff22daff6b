"""The language of a page: what its reader chose, else Spanish if a worker's or a stranger's browser requests it.

A choice is stored with the user, and in a cookie for before sign-in. What is written for the office only is in English.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from protiv.accounts.access import current_membership
from protiv.accounts.models import Membership, User

Answer = TypeVar("Answer", bound=HttpResponseBase)
ENGLISH, SPANISH = "en-us", "es"


def in_own_language(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """Render a page in its reader's language. The template finds the language's code as `language`."""
    language = own_language(request)
    with translation.override(language):
        response = render(request, template, {**(context or {}), "language": language[:2]}, status=status)
    return _labeled(response, language)


def read_in_own_language(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Run a view in its reader's language: page, errors, and messages."""

    @wraps(view)
    def respond(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer:
        language = own_language(request)
        with translation.override(language):
            response = view(request, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                response.render()
        return _labeled(response, language)

    return respond


def own_language(request: HttpRequest) -> str:
    """Find the reader's language. Queries only if no view set the membership."""
    return _language_of(request, getattr(request, "membership", None) or current_membership(request))


def language_without_query(request: HttpRequest) -> str:
    """Find the reader's language from what is already known."""
    return _language_of(request, getattr(request, "membership", None))


def _language_of(request: HttpRequest, membership: Membership | None) -> str:
    """Without a choice, the office gets English, whatever its browsers request."""
    chosen = chosen_language(request, membership)
    if chosen or (membership is not None and membership.can_manage):
        return chosen or ENGLISH
    return SPANISH if translation.get_language_from_request(request).startswith(SPANISH) else ENGLISH


def chosen_language(request: HttpRequest, membership: Membership | None) -> str:
    """Find what the member chose, wherever that was, or else someone in this browser; empty if no one did."""
    own = request.user.language if membership is not None and isinstance(request.user, User) else ""
    in_browser = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return own or (in_browser if in_browser in dict(settings.LANGUAGES) else "")


def _labeled(response: Answer, language: str) -> Answer:
    response["Content-Language"] = language[:2]
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response
