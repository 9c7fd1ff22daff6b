"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# The network that one IPv6 customer gets: whoever has one of its addresses has all.
IPV6_PREFIX = 64


def client_address(request: HttpRequest) -> str | None:
    """Return the address that the outermost of our proxies saw, or the connection's own.

    Each proxy appends to X-Forwarded-For the address it got the request from, so the last `TRUSTED_PROXIES` entries are
    true, and anything further left may be made up by the client. None if the server gives no address.
    """
    direct = _address(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.TRUSTED_PROXIES
    hops = request.headers.get("x-forwarded-for", "").split(",")
    if not proxies or len(hops) < proxies:
        return direct
    return _address(hops[-proxies]) or direct


def network_of(address: str | None) -> str | None:
    """Return the key by which failures are counted: an IPv4 address itself, or the first address of an IPv6 network."""
    if address is None or ipaddress.ip_address(address).version == 4:
        return address
    return str(ipaddress.IPv6Network((address, IPV6_PREFIX), strict=False).network_address)


def _address(text: str) -> str | None:
    """Read an address, with or without a port. None for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id:
            return None
        return str(address.ipv4_mapped or address)
    return str(address)
