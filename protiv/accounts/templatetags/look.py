"""Shared page elements: icons and the menu."""

from typing import Any, NamedTuple

from django import template
from django.template.context import RequestContext
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from protiv.accounts.access import memberships_of
from protiv.accounts.form_tokens import FIELD, new_token
from protiv.accounts.models import Role

register = template.Library()
SPRITE = "vendor/tabler-icons-3.51.0/sprite.svg"


class MenuItem(NamedTuple):
    """A line of the left-hand menu: the URL's name, the label, the icon, and who sees it."""

    url_name: str
    label: str
    icon: str
    roles: tuple[Role, ...] = (Role.ADMIN, Role.MANAGER)


EVERYBODY = (Role.ADMIN, Role.MANAGER, Role.WORKER)
MENU = (
    MenuItem("dashboard", "Dashboard", "layout-dashboard", EVERYBODY),
    MenuItem("propay_list", "ProPays", "report-money"),
    MenuItem("bonuses", "Bonuses", "coin", EVERYBODY),
    MenuItem("time_list", "Time", "clock", EVERYBODY),
    MenuItem("job_list", "Jobs", "briefcase"),
    MenuItem("worker_list", "Team", "users"),
    MenuItem("report_list", "Reports", "file-text"),
    MenuItem("integration_list", "Integrations", "plug-connected"),
    MenuItem("company_settings", "Settings", "settings", (Role.ADMIN,)),
)


@register.simple_tag
def icon(name: str, label: str = "", classes: str = "") -> SafeString:
    """An icon from the sprite. Decorative unless it has a `label` for screen readers."""
    meaning = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round" focusable="false" {}>'
        '<use href="{}#{}"></use></svg>',
        classes,
        meaning,
        static(SPRITE),
        name,
    )


@register.simple_tag
def form_token() -> SafeString:
    """The one-time token of a form that makes money."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_token())


@register.inclusion_tag("_menu.html", takes_context=True)
def menu(context: RequestContext) -> dict[str, Any]:
    """The left-hand menu, with the current page marked."""
    request = context["request"]
    lines = [
        {
            "url": url,
            "url_name": item.url_name,
            "label": item.label,
            "icon": item.icon,
            "current": _is_current(url, request.path),
        }
        for item in MENU
        if request.membership.role in item.roles
        for url in [reverse(item.url_name)]
    ]
    return {"request": request, "lines": lines}


@register.inclusion_tag("_companies.html", takes_context=True)
def companies(context: RequestContext) -> dict[str, Any]:
    """The company's name, and the others that this user can switch to."""
    request = context["request"]
    others = [m for m in memberships_of(request.user) if m.company_id != request.company.pk]
    return {"request": request, "company": request.company, "others": others, "csrf_token": context.get("csrf_token")}


def _is_current(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
