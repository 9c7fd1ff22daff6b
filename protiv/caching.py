"""What a browser, or a cache in between, may keep."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

# Not "cookies": signing out ends the session itself, and the header would reach every host of the domain.
FORGET = '"cache", "storage"'


def private_pages(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: no response of the product is stored, and signing out clears the browser's data.

    It comes after WhiteNoise, so static files keep their caching. It doesn't check the user: a page that shows pay
    can't be missed by mistake, and an error page needs no database.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        patch_cache_control(response, private=True, no_store=True)
        match = request.resolver_match
        if request.method == "POST" and match and match.url_name == "logout":
            response.headers["Clear-Site-Data"] = FORGET
        return response

    return respond
