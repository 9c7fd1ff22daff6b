"""Who may write in the Django admin."""

from typing import Any, cast

from django.http import HttpRequest

from protiv.accounts.models import User


class ReadOnly:
    """Refuse to add, change, or delete, even for a superuser. A library's own actions go, too."""

    actions: Any = ()

    def has_add_permission(self, _request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, *_args: Any) -> bool:
        return False


class SuperuserOnly:
    """What gives rights. Others may look, where they have the permission for that."""

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return staff(request).is_superuser

    def has_change_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return staff(request).is_superuser

    def has_delete_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return staff(request).is_superuser


def staff(request: HttpRequest) -> User:
    """Who is at work. The admin lets in no one who is not signed in and active."""
    return cast(User, request.user)
