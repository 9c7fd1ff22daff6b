"""ProPays: the list, one of them, canceling and restoring."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from propay import services
from propay.models import LIVE_STATUSES
from propay.pages import propays as pages
from propay.pages.approval import life_of
from propay.pages.overtime import overtime_of
from propay.views.own_propay import own_propay
from propay.views.shared import PER_PAGE, change_propay, number
from protiv.accounts.access import CompanyRequest, for_managers, for_members
from protiv.kit.search import SearchForm


@require_safe
@for_managers
def propay_list(request: CompanyRequest) -> HttpResponse:
    """All ProPays, filtered by status, job, and words."""
    search = SearchForm(request.GET, label="Search ProPays and jobs")
    tab, job_id = request.GET.get("tab", ""), number(request, "job")
    tab = tab if tab in pages.TABS else ""
    found = search.listed(pages.found_propays(company=request.company, words=search.words, job_id=job_id))
    tabs = pages.tabs_of(found)
    page = Paginator(pages.in_tab(found, tab), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "tabs": tabs,
        "tab": tab,
        "search": search,
        "job_id": job_id,
        "jobs": pages.jobs_with_propays(company=request.company, chosen_id=job_id),
        "is_filtered": bool(search["q"].value() or job_id),
        "has_any": any(one.count for one in tabs),
        "can_pick": tab in pages.APPROVABLE_TABS
        and services.may_approve(company=request.company, membership=request.membership),
    }
    return render(request, "propay/propay_list.html", context)


@require_safe
@for_members
def propay_detail(request: CompanyRequest, pk: int) -> HttpResponse:
    """Budget against actual, the crew, and how every figure was calculated; for a worker, their own share."""
    propay = get_object_or_404(pages.company_propays(request.company), pk=pk)
    if not request.membership.can_manage:
        return own_propay(request, propay)
    context = {
        "page": pages.explained(propay),
        "doubtful_breaks": pages.doubtful_breaks_of(propay),
        "hours_to_check": pages.hours_to_check(propay, request.company.local_date(timezone.now())),
        "propay": propay,
        "is_live": propay.status in LIVE_STATUSES,
        "life": life_of(propay=propay, membership=request.membership),
    }
    return render(request, "propay/propay_detail.html", context)


@require_safe
@for_managers
def propay_overtime(request: CompanyRequest, pk: int) -> HttpResponse:
    """The part of the page that comes after it: overtime on the bonus, and pseudo-bonus warnings."""
    propay = get_object_or_404(pages.company_propays(request.company), pk=pk)
    context = {"overtime": overtime_of(propay), "propay": propay, "is_live": propay.status in LIVE_STATUSES}
    return render(request, "propay/_overtime.html", context)


@require_POST
@for_managers
def propay_cancel(request: CompanyRequest, pk: int) -> HttpResponse:
    """Cancel a ProPay."""
    said = "Canceled. It no longer counts time or pays a bonus."
    return change_propay(request, pk, services.cancel_propay, said)


@require_POST
@for_managers
def propay_restore(request: CompanyRequest, pk: int) -> HttpResponse:
    """Restore a canceled ProPay."""
    return change_propay(request, pk, services.restore_propay, "Restored and recalculated.", now=timezone.now())
