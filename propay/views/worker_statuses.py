"""What overtime law asks about a worker, with dates: exempt status and schedule. For admins."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from propay import services
from propay.forms.fields import typed_hours
from propay.forms.pay_policies import CorrectionForm
from propay.forms.worker_statuses import ExemptionForm, ScheduleForm, StatusForm
from protiv.accounts.access import CompanyRequest, for_admins
from protiv.timekeeping.models import WEEKDAYS, OvertimeExemption, Worker, WorkerSchedule

FORMS: dict[services.StatusModel, type[StatusForm]] = {
    OvertimeExemption: ExemptionForm,
    WorkerSchedule: ScheduleForm,
}
HEADINGS: dict[services.StatusModel, str] = {
    OvertimeExemption: "Exempt from overtime",
    WorkerSchedule: "Alternative workweek",
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def exemption_create(request: CompanyRequest, pk: int) -> HttpResponse:
    """Whether a worker is exempt from a date on."""
    return _status(request, pk, OvertimeExemption, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def exemption_edit(request: CompanyRequest, pk: int, row: int) -> HttpResponse:
    """Change an exempt status, or its date."""
    return _status(request, pk, OvertimeExemption, row)


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def schedule_create(request: CompanyRequest, pk: int) -> HttpResponse:
    """A worker's alternative workweek from a date on."""
    return _status(request, pk, WorkerSchedule, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def schedule_edit(request: CompanyRequest, pk: int, row: int) -> HttpResponse:
    """Change an alternative workweek, or its date."""
    return _status(request, pk, WorkerSchedule, row)


def _status(request: CompanyRequest, pk: int, model: services.StatusModel, row_id: int | None) -> HttpResponse:
    """Store or remove a row, after a review if that changes anything that is open."""
    worker = get_object_or_404(Worker, company=request.company, pk=pk)
    row: Any = get_object_or_404(model, worker=worker, pk=row_id) if row_id else None
    removes = row is not None and request.POST.get("action") == "remove"
    data = request.POST if request.method == "POST" and not removes else None
    form = FORMS[model](data, may_be_dateless=row is not None and row.from_date is None, initial=_initial(row, request))
    reason = CorrectionForm(request.POST if request.POST.get("seen") else None)
    effect = None
    if removes or form.is_valid():
        values = {} if removes else dict(form.cleaned_data)
        from_date = row.from_date if removes and row else values.pop("from_date")
        change = services.StatusRow(model=model, from_date=from_date, values=values, row_id=row_id)
        now, why = timezone.now(), reason.cleaned_data if reason.is_bound and reason.is_valid() else {}
        target: dict[str, Any] = {"company": request.company, "worker_id": worker.pk, "row": change, "now": now}
        try:
            effect = services.preview_worker_status(**target)
            services.save_worker_status(**target, actor=request.user, **why)
            messages.success(request, "Saved. Overtime on bonuses that aren't paid yet was recalculated.")
            return redirect("worker_pay_flags", pk=worker.pk)
        except ValidationError as refusal:
            _show(refusal, form, reason)
    context: dict[str, Any] = {"worker": worker, "row": row, "form": form, "heading": HEADINGS[model]}
    context |= {"effect": effect, "reason": reason, "removes": removes}
    return render(request, "propay/worker_status_form.html", context)


def _show(refusal: ValidationError, form: StatusForm, reason: CorrectionForm) -> None:
    """At the date, at the reason, or above the form."""
    if refusal.code == "review":
        if reason.is_bound:
            reason.add_error("reason", "Enter a reason.")
    elif form.is_bound:
        form.add_error("from_date" if refusal.code == "from_date" else None, refusal)


def _initial(row: OvertimeExemption | WorkerSchedule | None, request: CompanyRequest) -> dict[str, Any]:
    """A stored row, its minutes as the company writes hours."""
    if row is None:
        return {}
    values = {name: getattr(row, name) for name in FORMS[type(row)].base_fields}
    if isinstance(row, WorkerSchedule):
        values |= {day: typed_hours(getattr(row, day) or None, request.company) for day in WEEKDAYS}
    return values
