"""By which name a failed sign-in is counted."""

from typing import Any

from django.http import HttpRequest


def typed_email(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The address as it is looked up: other capitals or blanks give nobody another ten tries."""
    typed = (credentials or {}).get("username") or request.POST.get("username") or ""
    return str(typed).strip().lower()
