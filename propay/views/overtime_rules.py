"""The page that explains overtime on a bonus, for everyone of a company."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from propay.pages import overtime_rules as pages
from protiv.accounts.access import CompanyRequest, for_members
from protiv.accounts.language import in_own_language


@require_safe
@for_members
def overtime_rules(request: CompanyRequest) -> HttpResponse:
    """How overtime on a bonus works here: printable, in its reader's language."""
    rules = pages.overtime_rules(request.company, request.company.local_date(timezone.now()))
    return in_own_language(request, "propay/overtime_rules.html", {"rules": rules})
