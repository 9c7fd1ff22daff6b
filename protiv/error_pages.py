"""Error pages, in the reader's language."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from protiv.accounts.language import in_own_language, language_without_query, own_language
from protiv.accounts.signed_out import not_this_session


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that can't be read, or that contains more than any of our pages sends."""
    limits = {
        "is_too_large": isinstance(exception, TooManyFieldsSent | TooManyFilesSent | RequestDataTooBig),
        "fields": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS,
        "megabytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 1024**2,
    }
    return in_own_language(request, "400.html", limits, status=HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that the role does not include."""
    return in_own_language(request, "403.html", status=HTTPStatus.FORBIDDEN)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is not, or no longer, this session's."""
    if "HX-Request" in request.headers:
        return not_this_session()
    if request.path == reverse("login"):
        return _sign_in_anew(request)
    return in_own_language(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)


def _sign_in_anew(request: HttpRequest) -> HttpResponse:
    """The sign-in page with a fresh token; someone who has since signed in, in another tab, continues from there."""
    if not request.user.is_authenticated:
        with translation.override(own_language(request)):
            messages.warning(request, gettext("The sign-in page was open too long, or cookies are off. Sign in again."))
    return redirect(request.get_full_path())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that doesn't exist, or belongs to another company."""
    return in_own_language(request, "404.html", status=HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """An error of ours. The page runs no queries: the database may be what failed."""
    with translation.override(language_without_query(request)):
        page = get_template("500.html").render()
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def not_allowed_page(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a page instead of Django's empty response, e.g. if an address that only accepts forms is opened.

    Someone signed out while submitting a form lands on its address after signing in.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method != "GET":
            return response
        page = in_own_language(request, "405.html", status=response.status_code)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    return respond
