"""A worker's consent to deductions, and the last day of who left. For admins."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from propay import services
from propay.forms.take_back import ConsentForm, DepartureForm
from propay.models import Departure, TakeBackConsent
from propay.pages.take_back import consents_of
from protiv.accounts.access import CompanyRequest, for_admins
from protiv.timekeeping.models import Worker


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def worker_consents(request: CompanyRequest, pk: int) -> HttpResponse:
    """The consents of a worker, and the form that records one."""
    worker = get_object_or_404(Worker, company=request.company, pk=pk)
    form = ConsentForm(request.POST, request.FILES) if request.method == "POST" else ConsentForm()
    if request.method == "POST" and form.is_valid():
        try:
            services.record_consent(
                company=request.company, worker_id=pk, actor=request.user, now=timezone.now(), **form.values
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "Consent recorded. Open statements follow it now.")
            return redirect("worker_consents", pk=pk)
    page = consents_of(worker, today=request.company.local_date(timezone.now()))
    return render(request, "propay/worker_consents.html", {"worker": worker, "form": form, "page": page})


@require_safe
@for_admins
def consent_file(request: CompanyRequest, pk: int) -> HttpResponse:
    """The signed paper, as a download."""
    consent = get_object_or_404(TakeBackConsent, company=request.company, pk=pk)
    headers = {"Content-Disposition": content_disposition_header(True, consent.file_name) or "attachment"}
    return HttpResponse(bytes(consent.content), content_type=consent.content_type, headers=headers)


@require_POST
@for_admins
def consent_withdraw(request: CompanyRequest, pk: int) -> HttpResponse:
    """End a consent from now on."""
    consent = get_object_or_404(TakeBackConsent.objects.defer("content"), company=request.company, pk=pk)
    try:
        services.withdraw_consent(company=request.company, consent_id=pk, actor=request.user, now=timezone.now())
        messages.success(request, "Consent withdrawn. Nothing more is collected on open statements.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("worker_consents", pk=consent.worker_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def worker_departure(request: CompanyRequest, pk: int) -> HttpResponse:
    """The last day of a worker, and how the worker left."""
    worker = get_object_or_404(Worker, company=request.company, pk=pk)
    stored = Departure.objects.filter(worker=worker).first()
    initial = {"last_day": stored.last_day, "kind": stored.kind} if stored else {}
    form = DepartureForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.set_departure(
            company=request.company, worker_id=pk, actor=request.user, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, "Saved. Open statements follow it now.")
        return redirect("worker_detail", pk=pk)
    return render(request, "propay/worker_departure.html", {"form": form, "worker": worker})
