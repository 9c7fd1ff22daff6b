"""One-time tokens of the forms that make money, so that one form books once, however often it is sent.

A form carries a random token in the hidden field `form_token` (`{% form_token %}`). Nothing is stored until it is sent:
then the token is stored as used, in the transaction that books. A second request with it waits for that one and is
refused; if the first is refused itself, its token stays good.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from protiv.accounts.access import CompanyRequest
from protiv.accounts.models import UsedFormToken

FIELD = "form_token"
# The code of the refusal where what a form asks for was already done.
USED_TOKEN = "used_token"  # noqa: S105 - no secret
TOKEN = re.compile("[0-9a-f]{32}")
OUT_OF_DATE = "This page is out of date, so nothing was done. Check the form, then send it again."
# A page may stay open for long; a used token is needed only while its page may be sent again.
KEPT_FOR = timedelta(days=90)
MOST_FORGOTTEN_AT_ONCE = 1_000


def new_token() -> str:
    """A token for a form that is shown now."""
    return uuid4().hex


@contextmanager
def once(request: CompanyRequest, *, see: str) -> Iterator[None]:
    """Do what a sent form asks for at most once, in one transaction.

    Refused (ValidationError) if the form has no token, or one that was used before; `see` says where the result is.
    """
    token = request.POST.get(FIELD, "")
    if not TOKEN.fullmatch(token):
        raise ValidationError(OUT_OF_DATE, code="no_token")
    with transaction.atomic():
        _, is_new = UsedFormToken.objects.get_or_create(
            company=request.company, token=token, defaults={"used_at": timezone.now()}
        )
        if not is_new:
            raise ValidationError(
                f"This was already done, so nothing was done a second time. See {see} for the result. To do it again, "
                "send this form.",
                code=USED_TOKEN,
            )
        yield


def forget_old_tokens(*, now: datetime) -> None:
    """Delete the oldest used tokens, a bounded number of them."""
    old = UsedFormToken.objects.filter(used_at__lt=now - KEPT_FOR).order_by("used_at")
    UsedFormToken.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:MOST_FORGOTTEN_AT_ONCE])).delete()
