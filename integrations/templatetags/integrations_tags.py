"""How pages of the layers below show the connection: the refresh icon and the "data as of" notice."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import RequestContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext

from integrations import selectors, sync_icon
from integrations.left_out import LeftOut, left_out_of
from integrations.models import Connection, ConnectionState, SyncRun
from integrations.nothing_yet import NothingYet, nothing_yet
from protiv.accounts.templatetags.formats import MINUTE, rough_length

register = template.Library()

KEPT = "integrations_connections"
# States whose figures need no notice.
QUIET = (ConnectionState.ACTIVE, ConnectionState.TESTING)
# What a set-aside object means for the numbers, and what to do. `{name}` is the provider.
MEANINGS = {
    "time_record": "It doesn't count toward any bonus. Fix it in {name}, and the next sync imports it.",
    "worker": "This {words.worker} wasn't changed here. Fix it in {name}.",
    "job": "This job wasn't changed here. Fix it in {name}.",
    "budget": "The job is here without this budget. Fix it in {name}, or enter the budget on the ProPay.",
    "cost_code": "This cost code wasn't changed here. Fix it in {name}.",
    "pay_period": "We can't tell whether its time is final.",
}
UNKNOWN_MEANING = "It wasn't imported. Fix it in {name}, or send its ID to support."


@register.inclusion_tag("integrations/_sync_button.html", takes_context=True)
def sync_button(context: RequestContext) -> dict[str, Any]:
    """The circular refresh icon next to Create ProPay."""
    request = context.get("request")
    membership = getattr(request, "membership", None)
    if request is None or membership is None or not membership.can_manage:
        return {"icon": None}
    return {"icon": sync_icon.resting(_connections(request)), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("integrations/_connection_notice.html", takes_context=True)
def connection_notice(context: RequestContext) -> dict[str, Any]:
    """Says how old the figures are if the connection is not healthy. The Integrations pages always show that."""
    request = context.get("request")
    membership = getattr(request, "membership", None)
    if request is None or membership is None or _is_integrations_page(request):
        return {"notices": []}
    now = timezone.now()
    connections = _connections(request)
    badges = [(one, selectors.badge_of(one, now=now)) for one in connections]
    held = [one for one in connections if getattr(one, "has_held", False) and membership.can_manage]
    return {"notices": [pair for pair in badges if pair[1] not in QUIET], "held": held, "membership": membership}


@register.inclusion_tag("integrations/_left_out.html", takes_context=True)
def left_out_note(context: RequestContext, *, tells_start: bool = False) -> dict[str, Any]:
    """Says which hours are excluded for now, until when, where to change it; with `tells_start`, where they begin."""
    request = context["request"]
    syncing = [one for one in _connections(request) if one.is_syncing]
    starts = [one.sync_start_date for one in syncing] if tells_start else []
    return {"left_out": _left_out(request), "starts": starts, "membership": request.membership}


@register.simple_tag(takes_context=True)
def week_left_out(context: RequestContext) -> LeftOut | None:
    """The reason the current workweek is excluded; None if its hours are imported."""
    return next((one for one in _left_out(context["request"]) if one.since is not None), None)


@register.simple_tag(takes_context=True)
def why_nothing(context: RequestContext) -> NothingYet:
    """For an empty page of the office: why, and what to do."""
    request = context["request"]
    connection = next(iter(_connections(request)), None)
    return nothing_yet(connection, membership=request.membership, now=timezone.now())


@register.simple_tag(takes_context=True)
def attention(context: RequestContext, url_name: str) -> str:
    """Why the menu item needs attention, in a few words; empty for every item but Integrations."""
    request = context["request"]
    if url_name != "integration_list":
        return ""
    now = timezone.now()
    return next((why for one in _connections(request) if (why := selectors.needs_a_person(one, now=now))), "")


@register.simple_tag(takes_context=True)
def sync_run(context: RequestContext, run_id: int) -> SafeString | str:
    """A run's number; for those with access, a link to its page."""
    if not context["request"].membership.can_manage:
        return gettext("sync %(number)s") % {"number": run_id}
    return format_html(
        '<a class="text-decoration-underline" href="{}">sync {}</a>', reverse("integration_run", args=[run_id]), run_id
    )


@register.filter
def object_name(object_type: str, connection: Connection) -> str:
    """The provider's word for the object that was set aside."""
    words = connection.provider_info.words
    names = {"budget": "budget"} | {name: getattr(words, name) for name in MEANINGS if name != "budget"}
    return capfirst(names.get(object_type, "record"))


@register.filter
def object_meaning(object_type: str, connection: Connection) -> str:
    """What it means for the numbers that it was set aside, and what to do."""
    provider = connection.provider_info
    return MEANINGS.get(object_type, UNKNOWN_MEANING).format(name=provider.name, words=provider.words)


@register.filter
def settings_facts(connection: Connection) -> list[tuple[str, str]]:
    """The values of the provider's own settings."""
    facts: list[tuple[str, str]] = connection.provider_info.settings_form.facts(connection.provider_settings)
    return facts


@register.simple_tag(takes_context=True)
def connection_of(context: RequestContext, connection_id: int | None) -> Connection | None:
    """The company's connection that brought a row."""
    return next((one for one in _connections(context["request"]) if one.pk == connection_id), None)


@register.filter
def about(seconds: int) -> str:
    """A rough length of time: `about 3 minutes`."""
    return "less than a minute" if seconds < MINUTE else f"about {rough_length(seconds)}"


@register.filter
def took(run: SyncRun) -> str:
    """The duration of a run from its first start to its end: `45 s`, `1 min 15 s`, `3 h 5 min`."""
    if run.started_at is None or run.ended_at is None:
        return ""
    minutes, seconds = divmod(round((run.ended_at - run.started_at).total_seconds()), MINUTE)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _connections(request: HttpRequest) -> list[Connection]:
    """One query for both tags."""
    kept: list[Connection] | None = getattr(request, KEPT, None)
    if kept is None:
        kept = selectors.connections_of(company=request.company)  # type: ignore[attr-defined]
        setattr(request, KEPT, kept)
    return kept


def _left_out(request: HttpRequest) -> list[LeftOut]:
    now = timezone.now()
    return [one for connection in _connections(request) if (one := left_out_of(connection, now=now))]


def _is_integrations_page(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and (match.url_name or "").startswith("integration_")
