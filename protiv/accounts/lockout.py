"""How failed sign-ins slow down and stop who guesses passwords, without shutting out who knows theirs.

Failures are counted by user and network, so that no one is locked out from elsewhere, and by network over all users,
so that one password can't be tried on many. Whether an email address belongs to anyone makes no difference.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from math import ceil
from typing import Any

import structlog
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessFailureLog
from django.conf import settings
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from protiv.accounts.language import in_own_language, own_language
from protiv.kit.clients import network_of

log = structlog.get_logger(__name__)

FREE_TRIES = 4
FIRST_DELAY = timedelta(seconds=5)
LOCK = timedelta(minutes=15)
# Failures count for this long: after a lock one try is free, and one more failure locks again.
WINDOW = timedelta(hours=1)
# More failures of one user are that pair's matter: a colleague who forgot a password must not shut out the office.
COUNTED_PER_USER = 5
KEPT = timedelta(days=1)
# In the session: whose password was set in this browser by a mailed link.
PROVED_KEY = "password_set_for"
# Of `axes.models.AccessBase.username`.
LONGEST_NAME = 255


class SignInRequest(HttpRequest):
    """What django-axes and this module add to a request that signs in."""

    axes_ip_address: str | None
    axes_user_agent: str
    axes_http_accept: str
    axes_path_info: str
    axes_locked_out: bool
    axes_credentials: dict[str, Any] | None
    sign_in_wait: int


class SignInLimits(AxesDatabaseHandler):
    """django-axes' handler, with delays that grow and a second limit. The log of sign-ins is axes' own."""

    def is_locked(self, request: SignInRequest, credentials: dict[str, Any] | None = None) -> bool:
        wait = _seconds_to_wait(request, get_client_username(request, credentials))
        request.sign_in_wait = wait
        return wait > 0

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: SignInRequest | None = None, **kwargs: Any
    ) -> None:
        """Count a wrong password. What was refused unread is not counted, and makes no wait longer."""
        if request is None:
            return
        if not getattr(request, "sign_in_wait", 0):
            _count(request, get_client_username(request, credentials))
            self.is_locked(request, credentials)
        wait = request.sign_in_wait
        if wait:
            log.warning("sign-in paused", seconds=wait)
            request.axes_locked_out = True
            request.axes_credentials = credentials

    def reset_user_attempts(self, request: SignInRequest, credentials: dict[str, Any] | None = None) -> int:
        """Forgive the pair that signed in. Failures of others from the same network still count."""
        return self.reset_attempts(
            username=get_client_username(request, credentials),
            ip_address=request.axes_ip_address,
        )

    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """Forgive failures of a user, of a network, or of both together. `ip_or_username` is not offered."""
        failures = AccessFailureLog.objects.all()
        if ip_address:
            failures = failures.filter(ip_address=network_of(ip_address))
        if username:
            failures = failures.filter(username=username)
        return failures.delete()[0]


def typed_email(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The address as it is looked up: other capitals or blanks give no one more tries."""
    given = credentials or {}
    typed = given.get("username") or given.get("email") or request.POST.get("username") or ""
    # Failures are stored, and what no sign-in form lets through may still come from elsewhere.
    return str(typed).replace("\0", "").strip().lower()[:LONGEST_NAME]


def lift(request: HttpRequest, email: str) -> None:
    """End every wait of a user who set a password by a mailed link, and this browser's wait for its network."""
    AccessFailureLog.objects.filter(username=email).delete()
    request.session[PROVED_KEY] = email


def wait_page(
    request: SignInRequest, _original: HttpResponse | None = None, _credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Say how long to wait. The same page whoever the address belongs to, and whatever was counted."""
    seconds = request.sign_in_wait
    with translation.override(own_language(request)):
        wait = _in_words(seconds)
    page = in_own_language(request, "accounts/locked_out.html", {"wait": wait}, status=HTTPStatus.TOO_MANY_REQUESTS)
    page.headers["Retry-After"] = str(seconds)
    return page


def _in_words(seconds: int) -> str:
    if seconds <= 90:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = ceil(seconds / 60)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def _seconds_to_wait(request: SignInRequest, email: str) -> int:
    now, network = timezone.now(), network_of(request.axes_ip_address)
    ends = [_pair_ends(email, network, now)]
    if network and request.session.get(PROVED_KEY) != email:
        ends.append(_network_ends(network, now))
    end = max((end for end in ends if end), default=now)
    return max(ceil((end - now).total_seconds()), 0)


def _pair_ends(email: str, network: str | None, now: datetime) -> datetime | None:
    """When this user may try again from this network: 5, 10, 20 … seconds after the last failure, then 15 minutes."""
    recent = AccessFailureLog.objects.filter(username=email, ip_address=network, attempt_time__gt=now - WINDOW)
    found = recent.aggregate(failures=Count("pk"), last=Max("attempt_time"))
    if found["failures"] >= settings.AXES_FAILURE_LIMIT:
        return found["last"] + LOCK
    if found["failures"] > FREE_TRIES:
        return found["last"] + FIRST_DELAY * 2 ** (found["failures"] - FREE_TRIES - 1)
    return None


def _network_ends(network: str, now: datetime) -> datetime | None:
    """When anyone may try again from a network where too many sign-ins failed within the hour."""
    recent = AccessFailureLog.objects.filter(ip_address=network, attempt_time__gt=now - WINDOW)
    users = recent.order_by().values("username").annotate(failures=Count("pk"), last=Max("attempt_time"))
    counted = [(min(user["failures"], COUNTED_PER_USER), user["last"]) for user in users]
    if sum(failures for failures, _ in counted) < settings.SIGN_IN_NETWORK_LIMIT:
        return None
    return max(last for _, last in counted) + LOCK


def _count(request: SignInRequest, email: str) -> None:
    AccessFailureLog.objects.filter(attempt_time__lt=timezone.now() - KEPT).delete()
    AccessFailureLog.objects.create(
        username=email,
        ip_address=network_of(request.axes_ip_address),
        user_agent=request.axes_user_agent,
        http_accept=request.axes_http_accept,
        path_info=request.axes_path_info,
    )
