"""Setting wages: one, corrected, removed, many at once, and from a CSV file."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from protiv.accounts.access import CompanyRequest, for_admins
from protiv.accounts.form_tokens import USED_TOKEN, once
from protiv.accounts.templatetags.formats import day
from protiv.kit.redirects import redirect_back
from protiv.kit.refused import Refused
from protiv.kit.text import keys
from protiv.kit.typed import read_date
from protiv.timekeeping import selectors, services
from protiv.timekeeping.exports import wage_template_csv
from protiv.timekeeping.forms import ListForm, ManyWagesForm, WageFileForm, WageForm, wage_initial
from protiv.timekeeping.models import Wage, Worker
from protiv.timekeeping.views.team import SHOW_WORKERS, get_worker, shown, wage_form_of, worker_page
from protiv.timekeeping.wage_csv import preview_wages, read_plan, sign_plan

SHOW_TO_PAY = [("", "Active, and inactive with hours but no wage"), *SHOW_WORKERS[1:]]
# Two fields a worker: Django takes at most 1,000 fields in one form.
WORKERS_PER_FORM = 100


def _told(done: services.WagesSet) -> str:
    """The result of setting wages, in a sentence."""
    if not done.added and not done.changed:
        return "No changes: these wages are already set."
    parts = [
        f"{number:,} {word}"
        for number, word in ((done.added, "new"), (done.changed, "replaced"), (done.unchanged, "unchanged"))
        if number
    ]
    return f"Wages saved: {', '.join(parts)}. Open ProPays were recalculated; approved ones didn't change."


@require_POST
@for_admins
def wage_set(request: CompanyRequest, pk: int) -> HttpResponse:
    """Add a wage to a worker; one that starts on the same day is corrected."""
    worker, now = get_worker(request, pk), timezone.now()
    form = wage_form_of(worker, today=request.company.local_date(now), typed=request.POST)
    if not form.is_valid():
        return worker_page(request, worker, wage_form=form)
    done = services.set_wage(company=request.company, worker=worker, **form.cleaned_data, actor=request.user, now=now)
    messages.success(request, _told(done))
    return redirect("worker_detail", pk=worker.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def wage_correct(request: CompanyRequest, pk: int, wage_pk: int) -> HttpResponse:
    """Correct a wage's day or amount."""
    wage, now = _get_wage(request, pk, wage_pk), timezone.now()
    form = WageForm(
        request.POST if request.method == "POST" else None,
        initial=wage_initial(wage),
        today=request.company.local_date(now),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.correct_wage(company=request.company, wage=wage, **form.cleaned_data, actor=request.user, now=now)
        except Refused as refused:
            form.add_error("start_date", refused.message)
        else:
            messages.success(request, "Wage corrected. Open ProPays were recalculated.")
            return redirect("worker_detail", pk=pk)
    return render(request, "timekeeping/wage_correct.html", {"wage": wage, "worker": wage.worker, "form": form})


@require_POST
@for_admins
def wage_remove(request: CompanyRequest, pk: int, wage_pk: int) -> HttpResponse:
    """Remove a wage."""
    wage = _get_wage(request, pk, wage_pk)
    try:
        services.remove_wage(company=request.company, wage=wage, actor=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"Removed the wage effective {day(wage.start_date)}. Open ProPays were recalculated.")
    return redirect("worker_detail", pk=pk)


@require_POST
@for_admins
def wage_start_late(request: CompanyRequest) -> HttpResponse:
    """Move the start of wages that begin after their workers' first hours to those hours."""
    now = timezone.now()
    try:
        start_date = read_date(request.POST.get("start_date", ""))
        count = services.start_late_wages(company=request.company, start_date=start_date, actor=request.user, now=now)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        wages = "1 wage now starts" if count == 1 else f"{count:,} wages now start"
        messages.success(
            request,
            f"{wages} on {day(start_date)}. Open ProPays were recalculated; approved ones didn't change.",
        )
    return redirect_back(request, request.POST.get("next", ""), "worker_list")


def _get_wage(request: CompanyRequest, pk: int, wage_pk: int) -> Wage:
    wages = Wage.objects.select_related("worker")
    return get_object_or_404(wages, company=request.company, worker_id=pk, pk=wage_pk)


# Many at once


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def wage_set_many(request: CompanyRequest) -> HttpResponse:
    """A table of workers with one start date: a wage for all who are selected, or one for each."""
    now = timezone.now()
    today = request.company.local_date(now)
    if request.method != "POST":
        return _wage_table(request, **_empty_table(request, today))
    form = _table_form(_posted_workers(request, today), today, request.POST)
    if len(request.POST.getlist("worker")) > WORKERS_PER_FORM:
        form.add_error(None, f"Set the wages of at most {WORKERS_PER_FORM} workers at a time. Nothing was changed.")
    if form.is_valid():
        try:
            done = services.set_wages(company=request.company, wages=form.wages, actor=request.user, now=now)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _told(done))
            return redirect(request.get_full_path())
    return _wage_table(request, form=form)


def _wage_table(request: CompanyRequest, **context: Any) -> HttpResponse:
    context["late_wages"] = selectors.late_wages(request.company)
    return render(request, "timekeeping/wage_set_many.html", context)


def _table_form(workers: list[Worker], today: date, typed: Any = None) -> ManyWagesForm:
    """The form for these workers, which starts with the first of their hours that have no wage."""
    needed_since = selectors.hours_without_wage_since(Worker.objects.filter(pk__in=[worker.pk for worker in workers]))
    return ManyWagesForm(typed, workers=workers, today=today, needed_since=needed_since)


def _empty_table(request: CompanyRequest, today: date) -> dict[str, Any]:
    search = ListForm(request.GET, choices=SHOW_TO_PAY)
    workers = selectors.workers_with_wage(company=request.company, day=today)
    if search.is_valid():
        workers, show = selectors.find_workers(workers, search.words), search.cleaned_data["show"]
        workers = shown(workers, show) if show else selectors.who_may_need_wages(workers)
    workers = search.listed(workers).order_by("last_name", "first_name", "pk")
    page = Paginator(workers, WORKERS_PER_FORM).get_page(request.GET.get("page"))
    return {"form": _table_form(list(page), today), "page_obj": page, "search": search}


def _posted_workers(request: CompanyRequest, today: date) -> list[Worker]:
    """The workers that were in the table, not those that the search would find now."""
    ids = keys(request.POST.getlist("worker"))
    workers = selectors.workers_with_wage(company=request.company, day=today)
    return list(workers.filter(pk__in=ids[:WORKERS_PER_FORM]).order_by("last_name", "first_name", "pk"))


# From a file


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def wage_import(request: CompanyRequest) -> HttpResponse:
    """Step 1: read a CSV and show what it would change. This changes nothing."""
    form = WageFileForm(request.POST, request.FILES) if request.method == "POST" else WageFileForm()
    if not form.is_valid():
        return render(request, "timekeeping/wage_import.html", {"form": form})
    company = request.company
    preview = preview_wages(company=company, lines=form.cleaned_data["lines"], today=company.local_date(timezone.now()))
    plan = sign_plan(preview.wages, company=company, user=request.user) if preview.wages else ""
    return render(request, "timekeeping/wage_import_preview.html", {"preview": preview, "plan": plan})


@require_POST
@for_admins
def wage_import_confirm(request: CompanyRequest) -> HttpResponse:
    """Step 2: apply exactly what the preview showed."""
    try:
        wages = read_plan(request.POST.get("plan", ""), company=request.company, user=request.user)
        with once(request, see="the workers' wages"):
            done = services.import_wages(company=request.company, wages=wages, actor=request.user, now=timezone.now())
    except (Refused, ValidationError) as refused:
        if getattr(refused, "code", "") == USED_TOKEN:
            messages.info(request, "This import was already applied, so nothing changed now. These are the wages.")
            return redirect("worker_list")
        form = WageFileForm()
        return render(request, "timekeeping/wage_import.html", {"form": form, "refused": refused.message}, status=400)
    messages.success(request, _told(done))
    return redirect("worker_list")


@require_safe
@for_admins  # type: ignore[arg-type]  # a stream is an answer too
def wage_template(request: CompanyRequest) -> HttpResponseBase:
    """The CSV to fill in, with a line for every active worker."""
    today = request.company.local_date(timezone.now())
    return StreamingHttpResponse(
        wage_template_csv(company=request.company, day=today),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="wages.csv"'},
    )
