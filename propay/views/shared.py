"""What several pages need."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from propay.models import ProPay
from protiv.accounts.access import CompanyRequest
from protiv.kit.text import keys

PER_PAGE = 25
# More than any page lists with checkboxes.
MOST_AT_ONCE = 200


def number(request: CompanyRequest, name: str) -> int | None:
    """A database key from the URL; None for anything else."""
    return next(iter(keys([request.GET.get(name, "")])), None)


def too_many(count: int, things: str) -> str:
    """Return why these are too many to do at a time; empty if they aren't."""
    if count <= MOST_AT_ONCE:
        return ""
    return f"You selected {count:,} {things}, so nothing was changed. Select at most {MOST_AT_ONCE} at a time."


def change_propay(
    request: CompanyRequest, pk: int, change: Callable[..., object], said: str, **arguments: Any
) -> HttpResponse:
    """Call a service on a ProPay of the company, and show the outcome on its page."""
    get_object_or_404(ProPay, company=request.company, pk=pk)
    try:
        change(company=request.company, propay_id=pk, actor=request.user, **arguments)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, said)
    return redirect("propay_detail", pk=pk)


def show(form: forms.Form, refusal: ValidationError) -> None:
    """Put a service's refusal on the form: on its field if the form has it."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
