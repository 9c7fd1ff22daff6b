"""The Team page: who clocks time, what they are paid, and which sign-in is theirs."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from protiv.accounts.access import CompanyRequest, for_admins, for_managers
from protiv.kit.refused import Refused
from protiv.timekeeping import selectors, services
from protiv.timekeeping.forms import LinkForm, ListForm, WageForm
from protiv.timekeeping.implausible import hours_to_check
from protiv.timekeeping.models import Worker

WORKERS_PER_PAGE = 50
SHOW_WORKERS = [
    ("", "Active"),
    ("no_wage", "Without a wage"),
    ("late_wage", "Wage starts after first hours"),
    ("inactive", "Inactive"),
    ("all", "All"),
]


@require_safe
@for_managers
def worker_list(request: CompanyRequest) -> HttpResponse:
    """Workers with today's wage."""
    today = request.company.local_date(timezone.now())
    form = ListForm(request.GET, choices=SHOW_WORKERS)
    workers = selectors.workers_with_wage(company=request.company, day=today)
    if form.is_valid():
        workers = shown(selectors.find_workers(workers, form.words), form.cleaned_data["show"])
    workers = form.listed(workers)
    workers = workers.select_related("membership__user").order_by("last_name", "first_name", "pk")
    context = {
        "form": form,
        "page_obj": Paginator(workers, WORKERS_PER_PAGE).get_page(request.GET.get("page")),
        "without_wage": selectors.count_without_wage(company=request.company, day=today),
        "late_wages": selectors.late_wages(request.company),
        "has_workers": Worker.objects.filter(company=request.company).exists(),
    }
    return render(request, "timekeeping/worker_list.html", context)


def shown(workers: Any, show: str) -> Any:
    """The workers that match the second filter of the search."""
    if show == "all":
        return workers
    if show == "no_wage":
        return selectors.without_wage(workers)
    if show == "late_wage":
        return selectors.with_first_dates(workers).filter(selectors.STARTS_LATE)
    return workers.filter(is_active=show != "inactive")


@require_safe
@for_managers
def worker_detail(request: CompanyRequest, pk: int) -> HttpResponse:
    """One worker: wages, recent time, sign-in."""
    return worker_page(request, get_worker(request, pk))


@require_POST
@for_admins
def worker_link(request: CompanyRequest, pk: int) -> HttpResponse:
    """Link a worker to a member's sign-in, or to none."""
    worker = get_worker(request, pk)
    form = LinkForm(request.POST, worker=worker)
    if form.is_valid():
        membership = form.cleaned_data["membership"]
        try:
            services.link_worker(
                company=request.company, worker=worker, membership=membership, actor=request.user, now=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            messages.success(request, _linked_message(worker, membership))
            return redirect("worker_detail", pk=worker.pk)
    return worker_page(request, worker, link_form=form)


def _linked_message(worker: Worker, membership: Any) -> str:
    if membership is None:
        return f"{worker.name} is no longer linked to an account and can't see their hours or bonuses."
    return f"{membership.user.email} can now see {worker.name}'s hours and bonuses, and no one else's."


def get_worker(request: CompanyRequest, pk: int) -> Worker:
    """The worker of this company, or 404."""
    return get_object_or_404(Worker.objects.select_related("membership__user"), company=request.company, pk=pk)


def worker_page(request: CompanyRequest, worker: Worker, **forms: Any) -> HttpResponse:
    """The page of one worker; `forms` are those with errors."""
    today = request.company.local_date(timezone.now())
    wages = selectors.wage_history(worker)
    context: dict[str, Any] = {
        "worker": worker,
        "wages": wages,
        "wage_in_force": next((wage for wage in wages if wage.start_date <= today), None),
        "entries": selectors.recent_entries(worker),
        "time_url": f"{reverse('time_list')}?worker={worker.pk}",
        "hours_to_check": hours_to_check(worker, today=today),
        "today": today,
    }
    if request.membership.is_admin:
        context |= {"wage_form": wage_form_of(worker, today=today), "link_form": LinkForm(worker=worker)}
    return render(request, "timekeeping/worker_detail.html", context | forms)


def wage_form_of(worker: Worker, *, today: date, typed: Any = None) -> WageForm:
    """A form for a wage of this worker, which starts with the first hours that have none."""
    needed_since = selectors.hours_without_wage_since(Worker.objects.filter(pk=worker.pk))
    return WageForm(typed, today=today, needed_since=needed_since)
