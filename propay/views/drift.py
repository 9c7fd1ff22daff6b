"""Changes after an approval, and what to do about them."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from propay import services
from propay.forms.approval import NoteForm, ReasonForm
from propay.models import FROZEN_STATUSES, ProPay
from propay.pages import drift as pages
from propay.views.approval import for_approvers
from propay.views.shared import show
from protiv.accounts.access import CompanyRequest, for_managers
from protiv.accounts.form_tokens import once


@require_safe
@for_managers
def propay_drift(request: CompanyRequest, pk: int) -> HttpResponse:
    """Each entry before and after, each person's amount, and the two options."""
    propay = get_object_or_404(ProPay, company=request.company, pk=pk)
    if propay.status not in FROZEN_STATUSES:
        messages.info(request, "This ProPay isn't approved, so its figures still follow time.")
        return redirect("propay_detail", pk=pk)
    return _page(request, pk)


@require_POST
@for_approvers
def propay_drift_adjust(request: CompanyRequest, pk: int) -> HttpResponse:
    """Adopt today's figures, and correct the statements."""
    form = NoteForm(request.POST)
    if _is_done(request, pk, form, services.resolve_drift_by_adjusting):
        messages.success(request, "Adjusted. The differences are on the workers' next open statements.")
        return redirect("propay_detail", pk=pk)
    return _page(request, pk, adjust=form)


@require_POST
@for_approvers
def propay_drift_dismiss(request: CompanyRequest, pk: int) -> HttpResponse:
    """Keep the approved figures."""
    form = ReasonForm(request.POST)
    if _is_done(request, pk, form, services.dismiss_drift):
        messages.success(request, "Dismissed. The approved shares don't change.")
        return redirect("propay_detail", pk=pk)
    return _page(request, pk, dismiss=form)


def _is_done(request: CompanyRequest, pk: int, form: forms.Form, resolve: Callable[..., object]) -> bool:
    """Whether the drift is resolved; if not, the form says why."""
    get_object_or_404(ProPay, company=request.company, pk=pk, status__in=FROZEN_STATUSES)
    if not form.is_valid():
        return False
    try:
        with once(request, see="the approvals of this ProPay"):
            resolve(
                company=request.company,
                propay_id=pk,
                actor=request.user,
                seen=request.POST.get("seen", ""),
                now=timezone.now(),
                **form.cleaned_data,
            )
    except ValidationError as refusal:
        show(form, refusal)
        return False
    return True


def _page(
    request: CompanyRequest, pk: int, *, adjust: NoteForm | None = None, dismiss: ReasonForm | None = None
) -> HttpResponse:
    drift = services.drift_of(company=request.company, propay_id=pk)
    context = {
        "propay": drift.propay,
        "drift": drift,
        "page": pages.drift_page(drift, today=request.company.local_date(timezone.now())),
        "may_approve": services.may_approve(company=request.company, membership=request.membership),
        "adjust": adjust or NoteForm(),
        "dismiss": dismiss or ReasonForm(),
        "refusals": [*(adjust.non_field_errors() if adjust else ()), *(dismiss.non_field_errors() if dismiss else ())],
    }
    return render(request, "propay/propay_drift.html", context)
