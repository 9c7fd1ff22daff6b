"""A worker's view of a ProPay."""

from django.http import Http404, HttpResponse

from propay.models import ProPay
from propay.pages import own_propay as pages
from protiv.accounts.access import CompanyRequest
from protiv.accounts.language import in_own_language


def own_propay(request: CompanyRequest, propay: ProPay) -> HttpResponse:
    """What `propays.propay_detail` shows a worker: their own share; 404 without any."""
    own = pages.own_propay(request.membership, propay)
    if own is None:
        raise Http404("Not a ProPay of this worker.")
    return in_own_language(request, "propay/own_propay.html", {"own": own, "propay": propay})
