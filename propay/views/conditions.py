"""The company's penalties and disqualifiers."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from propay import services
from propay.forms.conditions import ConditionForm
from propay.forms.fields import typed_dollars
from propay.models import Condition, ConditionKind
from propay.rules.injuries import is_about_injuries
from propay.views.shared import show
from protiv.accounts.access import CompanyRequest, for_admins

NO_INJURIES = (
    "Taking a bonus away because someone reports an injury discourages reports, which the law forbids (29 CFR "
    "1904.35). Name what the crew did or didn't do instead, such as “Fall protection missing”."
)


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def condition_list(request: CompanyRequest) -> HttpResponse:
    """The conditions, and a form for a new one."""
    form = ConditionForm(request.POST or None, initial={"kind": ConditionKind.PENALTY})
    if request.method == "POST" and _save(request, form, None):
        return redirect("condition_list")
    conditions = Condition.objects.filter(company=request.company).order_by("-is_active", "kind", "name")
    return render(request, "propay/condition_list.html", {"form": form, "conditions": conditions})


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def condition_edit(request: CompanyRequest, pk: int) -> HttpResponse:
    """Change the name or amount."""
    condition = get_object_or_404(Condition, company=request.company, pk=pk)
    initial = {"name": condition.name, "kind": condition.kind, "amount": typed_dollars(condition.amount)}
    form = ConditionForm(request.POST or None, initial=initial)
    if request.method == "POST" and _save(request, form, pk):
        return redirect("condition_list")
    return render(request, "propay/condition_form.html", {"form": form, "condition": condition})


@require_POST
@for_admins
def condition_set(request: CompanyRequest, pk: int) -> HttpResponse:
    """Archive or restore a condition."""
    condition = get_object_or_404(Condition, company=request.company, pk=pk)
    is_active = request.POST.get("is_active") == "yes"
    services.set_condition_active(company=request.company, actor=request.user, condition_id=pk, is_active=is_active)
    messages.success(request, f"{'Restored' if is_active else 'Archived'} the condition “{condition.name}”.")
    return redirect("condition_list")


def _save(request: CompanyRequest, form: ConditionForm, condition_id: int | None) -> bool:
    if not form.is_valid():
        return False
    try:
        condition = services.save_condition(
            company=request.company, actor=request.user, condition_id=condition_id, **form.cleaned_data
        )
    except ValidationError as refusal:
        show(form, refusal)
        return False
    messages.success(request, f"Saved the condition “{condition.name}”.")
    if is_about_injuries(condition.name):
        messages.warning(request, f"“{condition.name}” sounds like a condition about injuries. {NO_INJURIES}")
    return True
