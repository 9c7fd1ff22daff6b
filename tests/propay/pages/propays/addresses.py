"""Where the pages of a ProPay are."""

from django.urls import reverse

from propay.models import ProPay


def addresses(propay: ProPay) -> dict[str, str]:
    names = ("propay_detail", "propay_edit", "propay_cancel", "propay_restore")
    return {name: reverse(name, args=[propay.pk]) for name in names}
