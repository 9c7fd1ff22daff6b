"""How pages of the layers below show the connection: the refresh icon and the "data as of" notice."""

from django import template
from django.template.context import RequestContext

register = template.Library()


@register.inclusion_tag("integrations/_sync_button.html", takes_context=True)
def sync_button(context: RequestContext) -> dict[str, object]:
    """The circular refresh icon next to Create ProPay."""
    return {"request": context["request"]}


@register.inclusion_tag("integrations/_connection_notice.html", takes_context=True)
def connection_notice(context: RequestContext) -> dict[str, object]:
    """Says from when the figures are, wherever the connection is not healthy."""
    return {"request": context["request"]}
