"""From when which rules for overtime on a bonus apply. For admins."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from propay import services
from propay.forms.pay_policies import CorrectionForm, NewPolicyForm, PayPolicyForm
from propay.pages.pay_policies import policy_rows
from protiv.accounts.access import CompanyRequest, for_admins
from protiv.accounts.models import PayPolicy


@require_safe
@for_admins
def pay_rules(request: CompanyRequest) -> HttpResponse:
    """All pay policies, the latest first."""
    rows = policy_rows(request.company, request.company.local_date(timezone.now()))
    return render(request, "propay/pay_rules.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def pay_rules_create(request: CompanyRequest) -> HttpResponse:
    """Add rules from a date on; the form starts with those in effect today."""
    current = request.company.pay_policy_on(request.company.local_date(timezone.now()))
    form = NewPolicyForm(request.POST if request.method == "POST" else None, initial=_values_of(current))
    return _save(request, form, {})


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def pay_rules_edit(request: CompanyRequest, pk: int) -> HttpResponse:
    """Correct one of the rows; its date stays."""
    policy = get_object_or_404(PayPolicy, company=request.company, pk=pk)
    form = PayPolicyForm(request.POST if request.method == "POST" else None, initial=_values_of(policy))
    return _save(request, form, {"policy": policy})


@require_POST
@for_admins
def pay_rules_remove(request: CompanyRequest, pk: int) -> HttpResponse:
    """Remove rules that aren't in effect yet."""
    policy = get_object_or_404(PayPolicy, company=request.company, pk=pk)
    try:
        services.remove_pay_policy(company=request.company, policy_id=policy.pk, actor=request.user, now=timezone.now())
        messages.success(request, "Removed.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("pay_rules")


def _save(request: CompanyRequest, form: PayPolicyForm, context: dict[str, Any]) -> HttpResponse:
    """Store the form's rules; those for days that have begun after a review of what they change."""
    reason = CorrectionForm(request.POST if request.POST.get("seen") else None)
    effect = None
    if request.method == "POST" and form.is_valid() and (not reason.is_bound or reason.is_valid()):
        policy = context.get("policy")
        rules = {"from_date": policy.from_date if policy else None, **form.cleaned_data}
        now, why = timezone.now(), reason.cleaned_data if reason.is_bound else {}
        try:
            effect = services.preview_pay_policy(company=request.company, now=now, **rules)
            services.save_pay_policy(company=request.company, actor=request.user, now=now, **rules, **why)
            messages.success(request, "Pay rules saved. Overtime on bonuses that aren't paid yet was recalculated.")
            return redirect("pay_rules")
        except ValidationError as refusal:
            _show(refusal, form, reason)
    return render(request, "propay/pay_rules_form.html", context | {"form": form, "effect": effect, "reason": reason})


def _show(refusal: ValidationError, form: PayPolicyForm, reason: CorrectionForm) -> None:
    """At the date, at the reason, or above the form."""
    if refusal.code == "review" and reason.is_bound:
        reason.add_error("reason", "Enter a reason.")
    elif refusal.code == "first_day" and "from_date" in form.fields:
        form.add_error("from_date", refusal)
    elif refusal.code != "review":
        form.add_error(None, refusal)


def _values_of(policy: PayPolicy) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in PayPolicyForm.base_fields}
