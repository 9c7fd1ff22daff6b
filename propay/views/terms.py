"""Creating and editing a ProPay, and the requests its form makes while it is filled in."""

import json
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from propay import services
from propay.forms import ProPayForm, initial_of, numbers_of
from propay.forms.terms import JOB_IS_INACTIVE
from propay.models import (
    LIVE_STATUSES,
    BonusPlan,
    PlanVersion,
    ProPay,
)
from propay.pages import propays as pages
from propay.pages.job_time import JobTime, first_free_day, job_time
from propay.rules.budgets import BudgetType
from propay.views.shared import number, show
from protiv.accounts.access import CompanyRequest, for_managers
from protiv.timekeeping.models import Job


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def propay_create(request: CompanyRequest) -> HttpResponse:
    """Show a form with data of the job, or with the terms of another ProPay; saving leads to the new one.

    Without a job that a ProPay could be for, the page says why.
    """
    original = _original(request)
    job = _asked_job(request) or _free_job(original)
    jobs = Job.objects.filter(company=request.company)
    if request.method != "POST" and not request.GET and not jobs.filter(is_active=True).exists():
        return render(request, "propay/no_job.html", {"has_jobs": jobs.exists()})
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
    context: dict[str, Any] = {"form": form, "job": job, "proposed": job and job.name, "original": original}
    context |= {"proposed_start": str(form.initial["start_date"]), "time": _time(request, form, job)}
    return render(request, "propay/propay_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def propay_edit(request: CompanyRequest, pk: int) -> HttpResponse:
    """The form again, refused if someone changed the ProPay in the meantime."""
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
            messages.success(request, "Saved and recalculated.")
            return redirect("propay_detail", pk=pk)
    job = _chosen_job(form, propay.job)
    context = {"form": form, "job": job, "propay": propay, "time": _time(request, form, job)}
    return render(request, "propay/propay_form.html", context)


@require_POST
@for_managers
def propay_restore_budget(request: CompanyRequest, pk: int) -> HttpResponse:
    """Remove the adjustment: the budget is again what was entered or synced."""
    get_object_or_404(ProPay, company=request.company, pk=pk)
    original: services.ProPayInput = {"adjustment_type": "", "adjustment_value": None}
    try:
        services.edit_propay(company=request.company, propay_id=pk, actor=request.user, now=timezone.now(), **original)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, "Original budget restored. Figures recalculated.")
    return redirect("propay_detail", pk=pk)


@require_GET
@for_managers
def propay_job_facts(request: CompanyRequest) -> HttpResponse:
    """What the form shows once a job is chosen: its time, price, and hours; the suggested title and first day."""
    job = _job(request, number(request, "job"))
    title = request.GET.get("title", "").strip()
    proposes = title in ("", request.GET.get("proposed_title", ""))
    context: dict[str, Any] = {
        "job": job,
        "proposed": job.name if job else "",
        "proposes": proposes and job is not None,
    }
    typed, proposed = request.GET.get("start_date", ""), request.GET.get("proposed_start", "")
    keeps = number(request, "propay") or typed not in ("", proposed)
    start = proposed if keeps else str(_first_day(request, job, None))
    form = _form_of_day(request, typed if keeps else start)
    context |= {"form": form, "proposed_start": start, "time": _time(request, form, job)}
    if not keeps:
        context["start_date_input"] = form["start_date"].as_widget(attrs={"hx-swap-oob": "true"})
    return render(request, "propay/_job_answer.html", context)


@require_GET
@for_managers
def propay_plan_choices(request: CompanyRequest) -> HttpResponse:
    """The plans in effect on the first day just entered, and the time it excludes."""
    form = _form_of_day(request, request.GET.get("start_date", ""))
    context = {"form": form, "time": _time(request, form, _job(request, number(request, "job")))}
    return render(request, "propay/_first_day_answer.html", context)


@require_GET
@for_managers
def propay_plan_numbers(request: CompanyRequest) -> HttpResponse:
    """A plan's values, for the form's script to fill in, and a line that says so."""
    versions = PlanVersion.objects.filter(company=request.company).select_related("plan")
    version = versions.filter(pk=number(request, "plan_version") or 0).first()
    response = render(request, "propay/_plan_taken.html", {"version": version})
    if version is not None:
        response["HX-Trigger"] = json.dumps({"planChosen": numbers_of(version)})
    return response


def _job(request: CompanyRequest, job_id: int | None) -> Job | None:
    return Job.objects.filter(company=request.company, pk=job_id).first() if job_id else None


def _asked_job(request: CompanyRequest) -> Job | None:
    """The job the user came from; 404 if it is another company's. An inactive one is refused with a reason."""
    asked = number(request, "job")
    job = get_object_or_404(Job, company=request.company, pk=asked) if asked else None
    if job is None or job.is_active:
        return job
    if request.method != "POST":
        messages.warning(request, JOB_IS_INACTIVE.format(job=job))
    return None


def _asked_plan(request: CompanyRequest, first_day: date) -> dict[str, Any]:
    """The numbers of the plan the user came from; 404 if it is another company's.

    They come from the version in effect on that day, else from the first one, which the form then refuses.
    """
    asked = number(request, "plan")
    if not asked:
        return {}
    plan = get_object_or_404(BonusPlan, company=request.company, pk=asked)
    version = services.version_in_force(company=request.company, plan=plan, day=first_day)
    version = version or plan.versions.order_by("start_date").first()
    return numbers_of(version) | {"plan_version": version.pk} if version else {}


def _original(request: CompanyRequest) -> ProPay | None:
    """The ProPay that a new one starts as a copy of; 404 if it is another company's."""
    copied = number(request, "copy")
    return get_object_or_404(pages.company_propays(request.company), pk=copied) if copied else None


def _free_job(original: ProPay | None) -> Job | None:
    """The job of the copied ProPay, unless that one claims its time without an end."""
    return original.job if original and original.end_date else None


def _proposal(request: CompanyRequest, job: Job | None, original: ProPay | None) -> dict[str, Any]:
    """Initial values for a new ProPay's form. A copy takes over the terms, but none of the claimed time."""
    proposal: dict[str, Any] = {"manager": request.membership.pk, "budget_type": BudgetType.HOURS}
    if original is not None:
        proposal = initial_of(original, seen="")
    start_date = _first_day(request, job, original)
    proposal |= _asked_plan(request, start_date)
    return {**proposal, "job": job, "title": job.name if job else "", "start_date": start_date, "end_date": None}


def _first_day(request: CompanyRequest, job: Job | None, original: ProPay | None) -> date:
    """The first day with time that no ProPay claims; today if there is no such time."""
    today, ended = request.company.local_date(timezone.now()), original.end_date if original else None
    found = first_free_day(job, after=ended) if job else None
    return found or (max(today, ended + timedelta(days=1)) if ended else today)


def _form_of_day(request: CompanyRequest, start_date: str) -> ProPayForm:
    """The form with another first day: the parts that depend on it are rendered again."""
    propay = ProPay.objects.filter(company=request.company, pk=number(request, "propay") or 0).first()
    initial = {"start_date": start_date, "plan_version": request.GET.get("plan_version", "")}
    return ProPayForm(company=request.company, propay=propay, initial=initial)


def _time(request: CompanyRequest, form: ProPayForm, job: Job | None) -> JobTime | None:
    """The time of the job, and how much of it the first day in the form excludes."""
    if job is None:
        return None
    counts_travel = form.propay.counts_travel if form.propay else request.company.include_travel
    return job_time(job, counts_travel=counts_travel, first_day=form.first_day, propay=form.propay)


def _chosen_job(form: ProPayForm, before: Job | None) -> Job | None:
    """The job that the form shows: the submitted one, else the initial one."""
    return form.cleaned_data.get("job") if form.is_bound and hasattr(form, "cleaned_data") else before


def _show_refusal(form: ProPayForm, refusal: ValidationError) -> None:
    """Put a service's refusal on the form, on its field if it names one."""
    show(form, refusal)
    if getattr(refusal, "code", "") == "claimed" and refusal.params:
        form.claimed_by = refusal.params["propay_id"]
