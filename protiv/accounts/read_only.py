"""Admin pages that only show."""

from typing import Any

from django.http import HttpRequest


class ReadOnly:
    """Refuse to add, change, or delete, even for a superuser. A library's own actions go, too."""

    actions: Any = ()

    def has_add_permission(self, _request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, *_args: Any) -> bool:
        return False
