"""Redirects back to where someone came from."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def redirect_back(request: HttpRequest, address: str, default: str) -> HttpResponse:
    """Redirect to an address that the browser sent if it is one of ours, else to the page named `default`."""
    is_address = address.startswith(("/", f"{request.scheme}://"))
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(address) if is_address and is_ours else redirect(default)
