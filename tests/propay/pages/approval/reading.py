"""What these pages show, and where they are."""

from datetime import date

from django.urls import reverse

from propay.models import ProPay

MONDAY = date(2026, 10, 5)


def at(name, propay=None):
    return reverse(name, args=[propay.pk] if propay else [])


def seen_of(response) -> str:
    return response.context["preview"].seen


def status_of(propay) -> str:
    return ProPay.objects.get(pk=propay.pk).status
