"""ProPays: the list, one of them, creating and editing, canceling and restoring."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from propay import services
from propay.forms import ProPayForm, initial_of
from propay.models import LIVE_STATUSES, BudgetType, ProPay
from propay.pages import propays as pages
from propay.pages.bonuses import own_share
from propay.views.shared import PER_PAGE, in_own_language, number, show
from protiv.accounts.access import CompanyRequest, for_managers, for_members
from protiv.timekeeping.models import Job


@require_safe
@for_managers
def propay_list(request: CompanyRequest) -> HttpResponse:
    """All ProPays by status, job and words."""
    tab, words, job_id = request.GET.get("tab", ""), request.GET.get("q", "").strip(), number(request, "job")
    tab = tab if tab in pages.TABS else ""
    found = pages.found_propays(company=request.company, words=words, job_id=job_id)
    tabs = pages.tabs_of(found)
    page = Paginator(pages.in_tab(found, tab), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "tabs": tabs,
        "tab": tab,
        "words": words,
        "job_id": job_id,
        "jobs": pages.jobs_with_propays(company=request.company, chosen_id=job_id),
        "is_filtered": bool(words or job_id),
        "has_any": any(one.count for one in tabs),
    }
    return render(request, "propay/propay_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def propay_create(request: CompanyRequest) -> HttpResponse:
    """A form with what is known of the job; saved, it leads to the new ProPay."""
    job = _job(request, number(request, "job"))
    initial = _proposal(request, job)
    form = ProPayForm(request.POST or None, company=request.company, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            propay = services.create_propay(
                company=request.company, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            _show_refusal(form, refusal)
        else:
            messages.success(request, f"Created the ProPay “{propay.title}”.")
            return redirect("propay_detail", pk=propay.pk)
    job = _chosen_job(form, job)
    return render(request, "propay/propay_form.html", {"form": form, "job": job, "proposed": job and job.name})


@require_GET
@for_managers
def propay_job_facts(request: CompanyRequest) -> HttpResponse:
    """What the form shows once a job is chosen: its price and hours, and the title proposed from it."""
    job = _job(request, number(request, "job"))
    title = request.GET.get("title", "").strip()
    proposes = title in ("", request.GET.get("proposed_title", ""))
    context = {"job": job, "proposed": job.name if job else "", "proposes": proposes and job is not None}
    return render(request, "propay/_job_facts.html", context)


@require_safe
@for_members
def propay_detail(request: CompanyRequest, pk: int) -> HttpResponse:
    """Budget against actual, the crew, and how every figure came about; for a worker, the own share."""
    propay = get_object_or_404(pages.company_propays(request.company), pk=pk)
    if not request.membership.can_manage:
        share = own_share(request.membership, propay)
        if share is None:
            raise Http404("Not a ProPay of this worker.")
        return in_own_language(request, "propay/own_propay.html", {"share": share, "propay": propay})
    context = {"page": pages.explained(propay), "propay": propay, "is_live": propay.status in LIVE_STATUSES}
    return render(request, "propay/propay_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def propay_edit(request: CompanyRequest, pk: int) -> HttpResponse:
    """The form again, refused where somebody changed the ProPay meanwhile."""
    propay = get_object_or_404(pages.company_propays(request.company), pk=pk)
    seen = services.terms_version(propay)
    initial = initial_of(propay, seen=seen)
    form = ProPayForm(request.POST or None, company=request.company, propay=propay, initial=initial)
    if propay.status not in LIVE_STATUSES:
        messages.error(request, f"This ProPay is {propay.get_status_display().lower()} and can't be changed.")
        return redirect("propay_detail", pk=pk)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_propay(
                company=request.company, propay_id=pk, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            _show_refusal(form, refusal)
        else:
            messages.success(request, "Saved, and worked out again.")
            return redirect("propay_detail", pk=pk)
    return render(
        request, "propay/propay_form.html", {"form": form, "job": _chosen_job(form, propay.job), "propay": propay}
    )


@require_POST
@for_managers
def propay_cancel(request: CompanyRequest, pk: int) -> HttpResponse:
    """Take a ProPay out."""
    get_object_or_404(ProPay, company=request.company, pk=pk)
    try:
        services.cancel_propay(company=request.company, propay_id=pk, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, "Canceled. It claims no time any more and owes no bonus.")
    return redirect("propay_detail", pk=pk)


@require_POST
@for_managers
def propay_restore(request: CompanyRequest, pk: int) -> HttpResponse:
    """Bring a canceled ProPay back."""
    get_object_or_404(ProPay, company=request.company, pk=pk)
    try:
        services.restore_propay(company=request.company, propay_id=pk, actor=request.user, now=timezone.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, "Restored, and worked out again.")
    return redirect("propay_detail", pk=pk)


def _job(request: CompanyRequest, job_id: int | None) -> Job | None:
    return Job.objects.filter(company=request.company, pk=job_id).first() if job_id else None


def _proposal(request: CompanyRequest, job: Job | None) -> dict[str, Any]:
    """A new ProPay's form begins with this."""
    return {
        "job": job,
        "title": job.name if job else "",
        "manager": request.membership.pk,
        "budget_type": BudgetType.HOURS,
        "start_date": request.company.local_date(timezone.now()),
    }


def _chosen_job(form: ProPayForm, before: Job | None) -> Job | None:
    """The job that the form shows: what was sent, else what it began with."""
    return form.cleaned_data.get("job") if form.is_bound and hasattr(form, "cleaned_data") else before


def _show_refusal(form: ProPayForm, refusal: ValidationError) -> None:
    """Put a service's refusal on the form, on its field where it names one."""
    show(form, refusal)
    if getattr(refusal, "code", "") == "claimed" and refusal.params:
        form.claimed_by = refusal.params["propay_id"]
