"""Which drive time is a commute and counts nowhere."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from propay import services
from propay.views.shared import PER_PAGE
from protiv.accounts.access import CompanyRequest, for_admins
from protiv.timekeeping.models import CostCode, TimeEntry


@require_safe
@for_admins
def commute_list(request: CompanyRequest) -> HttpResponse:
    """The cost codes; those that are commutes first."""
    codes = CostCode.objects.filter(company=request.company, is_system=False)
    page = Paginator(codes.order_by("-is_commute", "name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "propay/commute_list.html", {"page_obj": page})


@require_POST
@for_admins
def commute_code_set(request: CompanyRequest, pk: int) -> HttpResponse:
    """Make drive time on a cost code a commute, or time worked again."""
    code = get_object_or_404(CostCode, company=request.company, pk=pk)
    is_commute = request.POST.get("is_commute") == "yes"
    services.set_commute_code(
        company=request.company, actor=request.user, cost_code_id=code.pk, is_commute=is_commute, now=timezone.now()
    )
    what = "counts nowhere" if is_commute else "counts as time worked"
    messages.success(request, f"Drive time on {code} {what}. Open ProPays were recalculated.")
    return redirect("commute_list")


@require_POST
@for_admins
def commute_entry_set(request: CompanyRequest, pk: int) -> HttpResponse:
    """Make one trip a commute, or time worked again."""
    entry = get_object_or_404(TimeEntry, company=request.company, pk=pk)
    is_commute = request.POST.get("is_commute") == "yes"
    try:
        services.set_commute_entry(
            company=request.company, actor=request.user, entry_id=entry.pk, is_commute=is_commute, now=timezone.now()
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        done = "This trip is a commute and counts nowhere." if is_commute else "This trip counts as time worked."
        messages.success(request, done)
    return redirect("time_entry", pk=entry.pk)
