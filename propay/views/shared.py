"""What several pages need."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError

from propay.forms.fields import LONGEST_KEY
from protiv.accounts.access import CompanyRequest

PER_PAGE = 25


def number(request: CompanyRequest, name: str) -> int | None:
    """A database key from the address; None for anything else."""
    return next(iter(keys([request.GET.get(name, "")])), None)


def keys(texts: Iterable[str]) -> list[int]:
    """Those that can be database keys, as the browser sent them."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY]


def show(form: forms.Form, refusal: ValidationError) -> None:
    """Put a service's refusal on the form: on its field where it names one that the form has."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
