"""An admin says that two workers are the same person, or aren't (bonus.md 10.2)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from propay import services
from propay.forms.people import OtherWorkerForm, PersonForm
from propay.pages.people import person_of
from protiv.accounts.access import CompanyRequest, for_admins
from protiv.kit.search import SearchForm
from protiv.timekeeping.models import Worker


@require_safe
@for_admins
def worker_person(request: CompanyRequest, pk: int) -> HttpResponse:
    """The ids of a worker's person, and the search for another one."""
    worker = _worker(request, pk)
    search = SearchForm(request.GET, label="Name, employee no., email, or ID")
    person = person_of(worker, words=search.words, today=request.company.local_date(timezone.now()))
    return render(request, "propay/worker_person.html", {"worker": worker, "person": person, "search": search})


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def worker_person_link(request: CompanyRequest, pk: int) -> HttpResponse:
    """Show what it changes that this worker and another are the same person, and store it."""
    worker = _worker(request, pk)
    form = PersonForm(request.POST if request.method == "POST" else request.GET, company=request.company)
    if not form.is_valid():
        return redirect("worker_person", pk=pk)
    other = form.cleaned_data["other"]
    linked, primary = (other, worker) if form.cleaned_data["is_primary"] else (worker, other)
    return _decide(request, worker, linked, primary, request.POST.get("seen", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def worker_person_end(request: CompanyRequest, pk: int) -> HttpResponse:
    """Show what it changes that this worker is a person alone again, and store it."""
    worker = _worker(request, pk)
    return _decide(request, worker, worker, None, request.POST.get("seen", ""))


@require_POST
@for_admins
def worker_person_different(request: CompanyRequest, pk: int) -> HttpResponse:
    """Remember that these two aren't the same person."""
    worker = _worker(request, pk)
    form = OtherWorkerForm(request.POST, company=request.company)
    if form.is_valid() and form.cleaned_data["other"] != worker:
        other_id, now = form.cleaned_data["other"].pk, timezone.now()
        services.say_different(company=request.company, worker_id=pk, other_id=other_id, actor=request.user, now=now)
        messages.success(request, "Saved. They are two people, and won't be suggested again.")
    return redirect("worker_person", pk=pk)


def _decide(request: CompanyRequest, page: Worker, linked: Worker, primary: Worker | None, seen: str) -> HttpResponse:
    """The review; stored if this POST confirms what it shows."""
    company, primary_id, now = request.company, primary.pk if primary else None, timezone.now()
    try:
        if request.method == "POST":
            services.set_person(
                company=company, worker_id=linked.pk, primary_id=primary_id, actor=request.user, seen=seen, now=now
            )
            messages.success(request, "Saved. Open shares and overtime were recalculated.")
            return redirect("worker_person", pk=page.pk)
        effect = services.preview_link(company=company, worker_id=linked.pk, primary_id=primary_id, now=now)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("worker_person", pk=page.pk)
    context = {"worker": page, "linked": linked, "primary": primary, "effect": effect}
    return render(request, "propay/worker_person_review.html", context)


def _worker(request: CompanyRequest, pk: int) -> Worker:
    return get_object_or_404(Worker.objects.select_related("company"), company=request.company, pk=pk)
