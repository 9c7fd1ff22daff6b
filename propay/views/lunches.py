"""Automatic lunches that a worker says they worked through."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from propay import services
from propay.models import WorkedLunch
from propay.pages.lunches import waiting_lunches
from propay.views.shared import PER_PAGE
from protiv.accounts.access import CompanyRequest, for_managers, for_members
from protiv.accounts.language import own_language
from protiv.timekeeping.selectors import visible_entries


@require_safe
@for_managers
def lunch_list(request: CompanyRequest) -> HttpResponse:
    """The lunches that wait for a manager's word, oldest first."""
    page = Paginator(waiting_lunches(request.company), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "propay/lunch_list.html", {"page_obj": page})


@require_POST
@for_members
def lunch_tell(request: CompanyRequest, pk: int) -> HttpResponse:
    """A worker says that they worked through this automatic lunch of theirs."""
    entry = get_object_or_404(visible_entries(request.membership), pk=pk)
    with translation.override(own_language(request)):
        try:
            services.tell_worked_lunch(
                company=request.company, membership=request.membership, entry_id=entry.pk, now=timezone.now()
            )
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, gettext("Sent. A manager has to confirm it before it counts."))
    return redirect("time_entry", pk=entry.pk)


@require_POST
@for_managers
def lunch_decide(request: CompanyRequest, pk: int) -> HttpResponse:
    """A manager confirms or declines."""
    lunch = get_object_or_404(WorkedLunch, company=request.company, pk=pk)
    is_confirmed = request.POST.get("is_confirmed") == "yes"
    try:
        services.decide_worked_lunch(
            company=request.company,
            actor=request.user,
            lunch_id=lunch.pk,
            is_confirmed=is_confirmed,
            now=timezone.now(),
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        done = "Confirmed. The lunch counts as time worked." if is_confirmed else "Declined. Nothing changes."
        messages.success(request, done)
    return redirect("lunch_list")
