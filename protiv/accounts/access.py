"""The one door through which a view gets its company: a stranger gets 404, a member without the right 403."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from protiv.accounts.models import Company, Membership, Role, User
from protiv.accounts.signed_out import not_this_session

SESSION_KEY = "company_id"
# A header that our pages send with every htmx request: whom the page was rendered for.
PAGE_OF_HEADER = "X-Page-Of"


class CompanyRequest(HttpRequest):
    """A request whose user is a member of the company that the page is about."""

    membership: Membership
    company: Company
    user: User
    page_of: str


def memberships_of(user: User) -> list[Membership]:
    """All companies that this user belongs to, oldest membership first."""
    return list(Membership.objects.filter(user=user).select_related("company", "user").order_by("pk"))


def current_membership(request: HttpRequest) -> Membership | None:
    """The membership that the session chose, else the oldest one."""
    user = getattr(request, "user", None)  # an error page may be needed before there is one
    if not isinstance(user, User):
        return None
    return chosen_membership(request, memberships_of(user))


def chosen_membership(request: HttpRequest, memberships: Sequence[Membership]) -> Membership | None:
    """Of a user's memberships, the one that the session chose, else the oldest one."""
    chosen = request.session.get(SESSION_KEY)
    return next((m for m in memberships if m.company_id == chosen), memberships[0] if memberships else None)


def page_of(user: User, membership: Membership | None) -> str:
    """Whom a page is rendered for: its user and company. Anyone else is told before acting on it."""
    return f"{user.pk}-{membership.company_id if membership else ''}"


def company_view(
    *roles: Role,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Open a view to members with one of `roles` (none given: every member), with `request.company` set."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def opened(request: CompanyRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            membership = current_membership(request)
            request.page_of = page_of(request.user, membership)
            if request.headers.get(PAGE_OF_HEADER, request.page_of) != request.page_of:
                return not_this_session()
            if membership is None:
                if request.user.is_staff and request.path == "/":
                    return redirect("admin:index")
                raise Http404("This user belongs to no company.")
            request.membership = membership
            request.company = membership.company
            timezone.activate(membership.company.zone)
            if roles and membership.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return opened

    return decorate


for_members = company_view()
for_managers = company_view(Role.ADMIN, Role.MANAGER)
for_admins = company_view(Role.ADMIN)
