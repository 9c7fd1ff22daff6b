"""What these pages show, and where they are."""

from datetime import date
from html import unescape

from django.urls import reverse

from propay.models import ProPay
from tests.propay.reading import text_of as shown_of

MONDAY = date(2026, 10, 5)


def text_of(response) -> str:
    return unescape(shown_of(response))


def at(name, propay=None):
    return reverse(name, args=[propay.pk] if propay else [])


def seen_of(response) -> str:
    return response.context["preview"].seen


def status_of(propay) -> str:
    return ProPay.objects.get(pk=propay.pk).status
