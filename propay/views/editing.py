"""Creating and editing a ProPay, and what its form asks for while it is filled in."""

import json
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from propay import services
from propay.forms import ProPayForm, initial_of, numbers_of
from propay.models import LIVE_STATUSES, BudgetType, PlanVersion, ProPay
from propay.pages import propays as pages
from propay.views.shared import number, show
from protiv.accounts.access import CompanyRequest, for_managers
from protiv.timekeeping.models import Job


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def propay_create(request: CompanyRequest) -> HttpResponse:
    """A form with what is known of the job, or with the terms of another ProPay; saved, it leads to the new one."""
    original = _original(request)
    job = _job(request, number(request, "job")) or _free_job(original)
    form = ProPayForm(request.POST or None, company=request.company, initial=_proposal(request, job, original))
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
    context = {"form": form, "job": job, "proposed": job and job.name, "original": original}
    return render(request, "propay/propay_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def propay_edit(request: CompanyRequest, pk: int) -> HttpResponse:
    """The form again, refused where somebody changed the ProPay meanwhile."""
    propay = get_object_or_404(pages.company_propays(request.company), pk=pk)
    initial = initial_of(propay, seen=services.terms_version(propay))
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
    context = {"form": form, "job": _chosen_job(form, propay.job), "propay": propay}
    return render(request, "propay/propay_form.html", context)


@require_POST
@for_managers
def propay_restore_budget(request: CompanyRequest, pk: int) -> HttpResponse:
    """Take the adjustment away: the budget is what was typed or synced again."""
    get_object_or_404(ProPay, company=request.company, pk=pk)
    original: services.Terms = {"adjustment_type": "", "adjustment_value": None}
    try:
        services.edit_propay(company=request.company, propay_id=pk, actor=request.user, now=timezone.now(), **original)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, "The budget is the original one again, and all is worked out anew.")
    return redirect("propay_detail", pk=pk)


@require_GET
@for_managers
def propay_job_facts(request: CompanyRequest) -> HttpResponse:
    """What the form shows once a job is chosen: its price and hours, and the title proposed from it."""
    job = _job(request, number(request, "job"))
    title = request.GET.get("title", "").strip()
    proposes = title in ("", request.GET.get("proposed_title", ""))
    context = {"job": job, "proposed": job.name if job else "", "proposes": proposes and job is not None}
    return render(request, "propay/_job_facts.html", context)


@require_GET
@for_managers
def propay_plan_choices(request: CompanyRequest) -> HttpResponse:
    """The plans that are in force on the first day which was just typed."""
    propay = ProPay.objects.filter(company=request.company, pk=number(request, "propay") or 0).first()
    initial = {name: request.GET.get(name, "") for name in ("start_date", "plan_version")}
    form = ProPayForm(company=request.company, propay=propay, initial=initial)
    return render(request, "propay/_plan_choice.html", {"form": form})


@require_GET
@for_managers
def propay_plan_numbers(request: CompanyRequest) -> HttpResponse:
    """What a plan says, for the form's script to fill in; and a line that tells of it."""
    versions = PlanVersion.objects.filter(company=request.company).select_related("plan")
    version = versions.filter(pk=number(request, "plan_version") or 0).first()
    response = render(request, "propay/_plan_taken.html", {"version": version})
    if version is not None:
        response["HX-Trigger"] = json.dumps({"planChosen": numbers_of(version)})
    return response


def _job(request: CompanyRequest, job_id: int | None) -> Job | None:
    return Job.objects.filter(company=request.company, pk=job_id).first() if job_id else None


def _original(request: CompanyRequest) -> ProPay | None:
    """The ProPay that a new one begins as a copy of; 404 where it is another company's."""
    copied = number(request, "copy")
    return get_object_or_404(pages.company_propays(request.company), pk=copied) if copied else None


def _free_job(original: ProPay | None) -> Job | None:
    """The job of the copied ProPay, unless that one claims its time without an end."""
    return original.job if original and original.end_date else None


def _proposal(request: CompanyRequest, job: Job | None, original: ProPay | None) -> dict[str, Any]:
    """A new ProPay's form begins with this. A copy takes over the terms, and none of the time that they claim."""
    today = request.company.local_date(timezone.now())
    proposal: dict[str, Any] = {"manager": request.membership.pk, "budget_type": BudgetType.HOURS}
    if original is not None:
        proposal = initial_of(original, seen="")
        today = max(today, original.end_date + timedelta(days=1)) if original.end_date else today
    return {**proposal, "job": job, "title": job.name if job else "", "start_date": today, "end_date": None}


def _chosen_job(form: ProPayForm, before: Job | None) -> Job | None:
    """The job that the form shows: what was sent, else what it began with."""
    return form.cleaned_data.get("job") if form.is_bound and hasattr(form, "cleaned_data") else before


def _show_refusal(form: ProPayForm, refusal: ValidationError) -> None:
    """Put a service's refusal on the form, on its field where it names one."""
    show(form, refusal)
    if getattr(refusal, "code", "") == "claimed" and refusal.params:
        form.claimed_by = refusal.params["propay_id"]
