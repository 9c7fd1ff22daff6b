"""A ProPay's terms for individual workers."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from propay import services
from propay.forms.crew import CrewForm
from propay.models import LIVE_STATUSES
from propay.pages import propays as pages
from propay.pages.crew import crew_of
from propay.views.shared import show
from protiv.accounts.access import CompanyRequest, for_managers


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def propay_crew(request: CompanyRequest, pk: int) -> HttpResponse:
    """Who gets no bonus, and each worker's percentage or amount if the crew shares by it."""
    propay = get_object_or_404(pages.company_propays(request.company), pk=pk)
    if propay.status not in LIVE_STATUSES:
        messages.error(request, f"This ProPay is {propay.get_status_display().lower()} and can't be changed.")
        return redirect("propay_detail", pk=pk)
    crew = crew_of(propay)
    seen = services.crew_version(propay)
    form = CrewForm(request.POST or None, lines=crew.lines, distribution=propay.distribution, seen=seen)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_crew_terms(
                company=request.company,
                propay_id=pk,
                workers=form.workers(),
                actor=request.user,
                now=timezone.now(),
                seen=form.cleaned_data["seen"],
            )
        except ValidationError as refusal:
            show(form, refusal)
        else:
            messages.success(request, "Saved and recalculated.")
            return redirect("propay_detail", pk=pk)
    return render(request, "propay/propay_crew.html", {"form": form, "propay": propay, "crew": crew})
