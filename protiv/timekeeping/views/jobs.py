"""The Jobs page: contract price and budget hours, synced or entered."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from protiv.accounts.access import CompanyRequest, for_admins, for_managers
from protiv.timekeeping import selectors, services
from protiv.timekeeping.forms import JobBudgetForm, JobStateForm, ListForm, budget_initial
from protiv.timekeeping.models import Job

JOBS_PER_PAGE = 50
SHOW_JOBS = [("", "Active"), ("inactive", "Inactive"), ("all", "All")]


@require_safe
@for_managers
def job_list(request: CompanyRequest) -> HttpResponse:
    """Jobs with their agreed budgets."""
    form = ListForm(request.GET, choices=SHOW_JOBS)
    jobs = Job.objects.filter(company=request.company)
    has_jobs = jobs.exists()
    if form.is_valid():
        jobs = _shown(selectors.find_jobs(jobs, form.words), form.cleaned_data["show"])
    jobs = form.listed(jobs)
    page = Paginator(jobs.order_by("name", "pk"), JOBS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "timekeeping/job_list.html", {"form": form, "page_obj": page, "has_jobs": has_jobs})


def _shown(jobs: Any, show: str) -> Any:
    return jobs if show == "all" else jobs.filter(is_active=show != "inactive")


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def job_detail(request: CompanyRequest, pk: int) -> HttpResponse:
    """One job: its budget, which can be overridden, and each worker's hours on it."""
    company, job = request.company, get_object_or_404(Job, company=request.company, pk=pk)
    form = JobBudgetForm(request.POST if request.method == "POST" else None, initial=budget_initial(job, company))
    if request.method == "POST" and form.is_valid():
        is_changed = services.set_job_budget(
            company=company, job=job, **form.cleaned_data, actor=request.user, now=timezone.now()
        )
        messages.success(
            request,
            "Budget saved. Open ProPays that use this job's budget were recalculated."
            if is_changed
            else "No changes: the budget is already set to that.",
        )
        return redirect("job_detail", pk=job.pk)
    crew = selectors.hours_by_worker(job)
    state_form = JobStateForm(initial={"state": job.typed_state}) if request.membership.is_admin else None
    context = {
        "job": job,
        "form": form,
        "state_form": state_form,
        "crew": crew,
        "crew_minutes": sum(one.minutes for one in crew),
    }
    return render(request, "timekeeping/job_detail.html", context)


@require_POST
@for_admins
def job_state(request: CompanyRequest, pk: int) -> HttpResponse:
    """Set the state whose overtime law applies to the job."""
    job = get_object_or_404(Job, company=request.company, pk=pk)
    form = JobStateForm(request.POST)
    if form.is_valid():
        services.set_job_state(
            company=request.company, job=job, **form.cleaned_data, actor=request.user, now=timezone.now()
        )
        messages.success(request, "State saved. Overtime on bonuses that aren't paid yet was recalculated.")
    else:
        messages.error(request, "Choose a state from the list. Nothing was saved.")
    return redirect("job_detail", pk=job.pk)
