"""The company's dashboard; for a worker, their own bonus."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from propay.pages import dashboard as pages
from propay.pages.statements import own_statements
from propay.views.bonuses import own_bonuses
from protiv.accounts.access import CompanyRequest, for_members

LATEST = 2


@require_safe
@for_members
def dashboard(request: CompanyRequest) -> HttpResponse:
    """The company's dashboard; for a worker, their own bonus."""
    if not request.membership.can_manage:
        statements = own_statements(request.membership)[:LATEST]
        return own_bonuses(request, "propay/own_dashboard.html", statements=statements)
    today = request.company.local_date(timezone.now())
    context = {"overview": pages.overview(company=request.company, today=today)}
    return render(request, "propay/dashboard.html", context)
