"""What a browser, or a cache on the way, may keep."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

# Not "cookies": signing out ends the session itself, and the header would reach every host of the domain.
FORGET = '"cache", "storage"'


def private_pages(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: nothing that the product answers is stored, and signing out clears what the browser has.

    It stands behind WhiteNoise, so static files keep their caching. No one is asked who they are: a page that shows
    pay can't be left out by mistake, and an error page needs no database.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        patch_cache_control(response, private=True, no_store=True)
        match = request.resolver_match
        if request.method == "POST" and match and match.url_name == "logout":
            response.headers["Clear-Site-Data"] = FORGET
        return response

    return respond
