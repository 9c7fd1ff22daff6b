"""Limits how many password links are requested, for one address from anywhere and from one network for any address.

Requests are counted as sign-in failures are, in the same log but by themselves (lockout.py): none makes anyone wait to
sign in. It makes no difference whether an address belongs to anyone, and no page says that a limit was reached.
"""

import structlog
from axes.models import AccessFailureLog
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from protiv.accounts import lockout
from protiv.kit.clients import client_address, network_of

log = structlog.get_logger(__name__)

# Within the hour for which failures count, too. Each link works for days, so no one needs more.
LINKS_PER_ADDRESS = 5


def count_request(request: HttpRequest, email: str) -> int | None:
    """Count a request for a link and return its number in the log; None, and uncounted, where it is one too many."""
    email, network = email.strip().lower()[: lockout.LONGEST_NAME], network_of(client_address(request))
    recent = lockout.link_requests().filter(attempt_time__gt=timezone.now() - lockout.WINDOW)
    if _is_reached(recent.filter(username=email), LINKS_PER_ADDRESS) or (
        network and _is_reached(recent.filter(ip_address=network), settings.SIGN_IN_NETWORK_LIMIT)
    ):
        log.warning("password link not sent: too many requests")
        return None
    lockout.forget_old()
    return AccessFailureLog.objects.create(
        username=email,
        ip_address=network,
        user_agent=request.headers.get("user-agent", "")[:255],
        http_accept="",
        path_info=request.path_info,
    ).pk


def email_of(request_id: int) -> str | None:
    """The address of a counted request; None where support or the owner cleared the log since."""
    return lockout.link_requests().filter(pk=request_id).values_list("username", flat=True).first()


def _is_reached(requests: "QuerySet[AccessFailureLog]", limit: int) -> bool:
    return requests[:limit].count() == limit
