"""Support staff's changes to people who sign in. No one sets another's password: a link is mailed."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, cast

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from protiv.accounts import mails
from protiv.accounts.models import Company, Membership, Role, User
from protiv.accounts.services import record

# Fields that only a superuser can change.
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


def may_change(*, actor: User, user: User) -> bool:
    """Whether `user` has no rights beyond `actor`'s.

    Anyone who changes an email address can have a password link sent to it, and so gets all of the user's rights.
    """
    if actor.is_superuser or actor.pk == user.pk:
        return True
    if user.is_superuser or not _permissions_of(user) <= _permissions_of(actor):
        return False
    leads = Membership.objects.filter(user=user, role__in=(Role.ADMIN, Role.MANAGER))
    own = Company.objects.filter(memberships__user=actor, memberships__role=Role.ADMIN)
    return not leads.exclude(company__in=own).exists()


def add_user(*, actor: User, email: str, first_name: str = "", last_name: str = "") -> User:
    """Add someone without rights and without a password, and mail the link that sets one."""
    with transaction.atomic():
        user = User.objects.create_user(email, first_name=first_name, last_name=last_name)
        mails.on_commit(lambda: mails.welcome(user))
    return user


def change_user(*, user_id: int, actor: User, **values: Any) -> list[str]:
    """Store fields of a user, and return what changed. Each of their companies' audits records it, and they get a mail.

    The old address is also told about a new one. Raises PermissionDenied for changes that need more rights.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        changes = {field: change for field, value in values.items() if (change := _change(user, field, value))}
        if not changes:
            return []
        if not may_change(actor=actor, user=user) or (not actor.is_superuser and changes.keys() & set(RIGHTS)):
            raise PermissionDenied
        told = [say() for say in changes.values()]
        summary = f"Changed {user.email}: {'; '.join(told)}."
        addresses = {user.email}
        for field in changes:
            _set(user, field, values[field])
        user.save()
        for company in _companies_of(user):
            record(company, actor, "user.changed", user, summary)
        for address in sorted(addresses | {user.email}):
            _tell(user, changes.values(), address)
    return told


def send_password_link(*, user: User, actor: User) -> bool:
    """Mail a link that sets a new password. False for deactivated users, who get none."""
    if not user.is_active:
        return False
    with transaction.atomic():
        for company in _companies_of(user):
            record(company, actor, "user.password_link_sent", user, f"Sent a password link to {user.email}.")
        mails.on_commit(lambda: mails.send_password_link(user))
    return True


def _tell(user: User, changes: Iterable[Callable[[], str]], address: str) -> None:
    mails.on_commit(lambda: mails.tell_changes(user, changes, address))


def _companies_of(user: User) -> list[Company]:
    return list(Company.objects.filter(memberships__user=user).order_by("pk"))


def _permissions_of(user: User) -> set[int]:
    """All permissions granted, also to deactivated users: the change may activate them."""
    given = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    return set(given.values_list("pk", flat=True))


def _change(user: User, field: str, value: Any) -> Callable[[], str] | None:
    """A function that describes the change in the current language; None if nothing would change."""
    label = cast("models.Field[Any, Any]", User._meta.get_field(field)).verbose_name
    was = getattr(user, field)
    if isinstance(value, models.QuerySet):
        rows_was, rows = set(was.all()), set(value)
        return partial(_change_of_rows, label, rows - rows_was, rows_was - rows) if rows != rows_was else None
    return None if was == value else partial(_change_of_value, label, was, value)


def _change_of_rows(label: Any, added: set[Any], removed: set[Any]) -> str:
    parts = [f"{did} {_names(rows)}" for did, rows in ((_("added"), added), (_("removed"), removed)) if rows]
    return f"{label}: {', '.join(parts)}"


def _change_of_value(label: Any, was: Any, value: Any) -> str:
    return _("%(label)s from %(was)s to %(now)s") % {"label": label, "was": _shown(was), "now": _shown(value)}


def _names(rows: set[Any]) -> str:
    return ", ".join(sorted(f"“{row.name}”" for row in rows))


def _shown(value: Any) -> str:
    return (_("on") if value else _("off")) if isinstance(value, bool) else f"“{value}”"


def _set(user: User, field: str, value: Any) -> None:
    if isinstance(value, models.QuerySet):
        getattr(user, field).set(value)
    else:
        setattr(user, field, value)
