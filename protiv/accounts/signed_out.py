"""Responses for signed-out users: the sign-in page, but never inside another page."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase


def not_this_session() -> HttpResponse:
    """The htmx response that makes static/session.js check who is signed in, without changing the page."""
    return HttpResponse(status=HTTPStatus.UNAUTHORIZED)


class SignInMiddleware(LoginRequiredMiddleware):
    """Django's own check, which redirects to the sign-in page. htmx would follow it and put that page into a form."""

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        answer = super().process_view(request, *view)
        return not_this_session() if answer and "HX-Request" in request.headers else answer
