"""Slows down and stops password guessing, without locking out people who know their password.

Failures are counted by user and network, so that no one is locked out from elsewhere, and by network over all users, so
that one password can't be tried on many. It makes no difference whether an email address belongs to anyone.
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
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from protiv.accounts.language import in_own_language, own_language
from protiv.kit.clients import network_of

log = structlog.get_logger(__name__)

FREE_TRIES = 4
FIRST_DELAY = timedelta(seconds=5)
LOCK = timedelta(minutes=15)
# Failures count for this long: after a lock, one attempt is allowed, and another failure locks again.
WINDOW = timedelta(hours=1)
# Further failures of one user only count for that pair: a colleague who forgot a password must not lock out the office.
COUNTED_PER_USER = 5
KEPT = timedelta(days=1)
# Session key: the user whose password was set in this browser through a mailed link.
PROVED_KEY = "password_set_for"
# Of `axes.models.AccessBase.username`.
LONGEST_NAME = 255


class SignInRequest(HttpRequest):
    """Attributes that django-axes and this module add to a sign-in request."""

    axes_ip_address: str | None
    axes_user_agent: str
    axes_http_accept: str
    axes_path_info: str
    axes_locked_out: bool
    axes_credentials: dict[str, Any] | None
    sign_in_wait: int


class SignInLimits(AxesDatabaseHandler):
    """django-axes' handler, with growing delays and a second limit. The log of sign-ins is axes' own."""

    def is_locked(self, request: SignInRequest, credentials: dict[str, Any] | None = None) -> bool:
        wait = _seconds_to_wait(request, get_client_username(request, credentials))
        request.sign_in_wait = wait
        return wait > 0

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: SignInRequest | None = None, **kwargs: Any
    ) -> None:
        """Count a wrong password. Attempts refused unread are not counted and don't extend the wait."""
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
        """Clear the failures of the pair that signed in. Failures of others from the same network still count."""
        return self.reset_attempts(
            username=get_client_username(request, credentials),
            ip_address=request.axes_ip_address,
        )

    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """Clear failures of a user, of a network, or of both together. `ip_or_username` is not supported."""
        failures = AccessFailureLog.objects.all()
        if ip_address:
            failures = failures.filter(ip_address=network_of(ip_address))
        if username:
            failures = failures.filter(username=username)
        return failures.delete()[0]


def typed_email(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The normalized address: changing case or spaces gives no one more attempts."""
    given = credentials or {}
    typed = given.get("username") or given.get("email") or request.POST.get("username") or ""
    # Failures are stored, and input that no sign-in form accepts can still come from elsewhere.
    return str(typed).replace("\0", "").strip().lower()[:LONGEST_NAME]


def lift(request: HttpRequest, email: str) -> None:
    """End every wait of a user who set a password through a mailed link, and this browser's wait for its network."""
    AccessFailureLog.objects.filter(username=email).delete()
    request.session[PROVED_KEY] = email


def wait_page(
    request: SignInRequest, _original: HttpResponse | None = None, _credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Say how long to wait. The page is the same whoever the address belongs to, and whatever was counted."""
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
    """When this user can try again from this network: 5, 10, 20 … seconds after the last failure, then 15 minutes."""
    recent = _failures(now).filter(username=email, ip_address=network)
    found = recent.aggregate(failures=Count("pk"), last=Max("attempt_time"))
    if found["failures"] >= settings.AXES_FAILURE_LIMIT:
        return found["last"] + LOCK
    if found["failures"] > FREE_TRIES:
        return found["last"] + FIRST_DELAY * 2 ** (found["failures"] - FREE_TRIES - 1)
    return None


def _network_ends(network: str, now: datetime) -> datetime | None:
    """When anyone can try again from a network with too many failed sign-ins within the hour."""
    recent = _failures(now).filter(ip_address=network)
    users = recent.order_by().values("username").annotate(failures=Count("pk"), last=Max("attempt_time"))
    counted = [(min(user["failures"], COUNTED_PER_USER), user["last"]) for user in users]
    if sum(failures for failures, _ in counted) < settings.SIGN_IN_NETWORK_LIMIT:
        return None
    return max(last for _, last in counted) + LOCK


def link_requests() -> "QuerySet[AccessFailureLog]":
    """The requests for password links, which are in the same log (link_limits.py)."""
    return AccessFailureLog.objects.filter(path_info=reverse("password_reset"))


def forget_old() -> None:
    """Nothing in the log is kept for longer than a day."""
    AccessFailureLog.objects.filter(attempt_time__lt=timezone.now() - KEPT).delete()


def _failures(now: datetime) -> "QuerySet[AccessFailureLog]":
    """The failed sign-ins that count."""
    failures = AccessFailureLog.objects.exclude(path_info=reverse("password_reset"))
    return failures.filter(attempt_time__gt=now - WINDOW)


def _count(request: SignInRequest, email: str) -> None:
    forget_old()
    AccessFailureLog.objects.create(
        username=email,
        ip_address=network_of(request.axes_ip_address),
        user_agent=request.axes_user_agent,
        http_accept=request.axes_http_accept,
        path_info=request.axes_path_info,
    )
