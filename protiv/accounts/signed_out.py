"""What someone who is signed out gets: the sign-in page, but never in the middle of another page."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase


def not_this_session() -> HttpResponse:
    """The answer to htmx that static/session.js takes as: ask who is signed in, and change nothing on the page."""
    return HttpResponse(status=HTTPStatus.UNAUTHORIZED)


class SignInMiddleware(LoginRequiredMiddleware):
    """Django's own, which leads to the sign-in page. htmx would follow it and paint that page into a form."""

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        answer = super().process_view(request, *view)
        return not_this_session() if answer and "HX-Request" in request.headers else answer
