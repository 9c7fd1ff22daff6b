"""Who can write in the Django admin."""

from typing import Any, cast

from django.http import HttpRequest

from protiv.accounts.models import User


class ReadOnly:
    """Refuse to add, change, or delete, even for a superuser. Also removes a library's own actions."""

    actions: Any = ()

    def has_add_permission(self, _request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, *_args: Any) -> bool:
        return False


class SuperuserOnly:
    """Models that give rights. Others can view them if they have permission."""

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return staff(request).is_superuser

    def has_change_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return staff(request).is_superuser

    def has_delete_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return staff(request).is_superuser


def staff(request: HttpRequest) -> User:
    """The signed-in staff user. The admin lets in no one who is not signed in and active."""
    return cast(User, request.user)
