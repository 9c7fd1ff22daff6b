"""Automatic ProPays: setup, exclusions, preview, and running it now."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from propay import services
from propay.forms.automation import AutomationForm, ExclusionForm
from propay.models import AutomationExclusion, AutomationMoment, AutomationRule
from propay.pages import automation as pages
from propay.views.shared import PER_PAGE, show
from protiv.accounts.access import CompanyRequest, for_admins
from protiv.accounts.form_tokens import once


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def automation(request: CompanyRequest) -> HttpResponse:
    """The rule, the exclusions, and the three lists."""
    rule = services.rule_of(request.company)
    form = AutomationForm(request.POST or None, company=request.company, initial=_initial(request, rule))
    if request.method == "POST" and form.is_valid():
        try:
            rule = services.save_automation_rule(company=request.company, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            show(form, refusal)
        else:
            on = "Automation is on. The next sync creates the ProPays listed below. To create them now, choose Run now."
            messages.success(request, on if rule.is_on else "Automation is off.")
            return redirect("automation")
    return _page(request, rule, form, ExclusionForm(company=request.company))


@require_POST
@for_admins
def automation_run(request: CompanyRequest) -> HttpResponse:
    """Create now what the next sync would create."""
    rule = services.rule_of(request.company)
    if rule is None or not rule.is_on:
        messages.error(request, "Automation is off, so nothing was created. Turn it on first.")
        return redirect("automation")
    try:
        with once(request, see="the list of ProPays"):
            made = services.automate(company=request.company, actor=request.user, now=timezone.now())
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect("automation")
    count = len(made.propay_ids)
    told = f"Created {count} ProPay{'' if count == 1 else 's'}." if count else "No ProPays to create."
    if made.without_budget:
        told += f" Without a budget: {len(made.without_budget)}. See Missing budget."
    messages.success(request, told)
    return redirect("automation")


@require_POST
@for_admins
def automation_exclude(request: CompanyRequest) -> HttpResponse:
    """Exclude jobs from now on."""
    form = ExclusionForm(request.POST, company=request.company)
    if form.is_valid():
        exclusion = services.add_exclusion(company=request.company, actor=request.user, **form.cleaned_data)
        messages.success(request, f"Excluded from now on: {_what(exclusion)}. Existing ProPays don't change.")
        return redirect("automation")
    rule = services.rule_of(request.company)
    rule_form = AutomationForm(company=request.company, initial=_initial(request, rule))
    return _page(request, rule, rule_form, form)


@require_POST
@for_admins
def automation_include(request: CompanyRequest, pk: int) -> HttpResponse:
    """Remove an exclusion."""
    exclusion = get_object_or_404(AutomationExclusion, company=request.company, pk=pk)
    services.remove_exclusion(company=request.company, exclusion_id=pk, actor=request.user)
    messages.success(
        request, f"No longer excluded: {_what(exclusion)}. The next sync may create ProPays for these jobs."
    )
    return redirect("automation")


def _what(exclusion: AutomationExclusion) -> str:
    return f"“{exclusion.pattern or exclusion.cost_code or exclusion.job}”"


def _initial(request: CompanyRequest, rule: AutomationRule | None) -> dict[str, object]:
    if rule is None:
        return {"moment": AutomationMoment.FIRST_TIME, "go_live_date": request.company.local_date(timezone.now())}
    names = ("is_on", "moment", "go_live_date")
    return {"plan": rule.plan_id, **{name: getattr(rule, name) for name in names}}


def _page(
    request: CompanyRequest, rule: AutomationRule | None, form: AutomationForm, exclusion_form: ExclusionForm
) -> HttpResponse:
    context = {
        "rule": rule,
        "form": form,
        "exclusion_form": exclusion_form,
        "exclusions": services.exclusions_of(request.company),
        "has_plans": rule is not None or form.fields["plan"].queryset.exists(),  # type: ignore[attr-defined]
    }
    if rule is None and context["has_plans"]:
        context["earlier"] = pages.earlier_time(request.company, request.company.local_date(timezone.now()))
    if rule is not None and not exclusion_form.is_bound:
        overview = pages.overview(company=request.company, rule=rule, now=timezone.now())
        chosen = overview.chosen(request.GET.get("show", ""))
        page = Paginator(chosen.rows, PER_PAGE).get_page(request.GET.get("page"))
        context |= {"overview": overview, "chosen": chosen, "page_obj": page}
    return render(request, "propay/automation.html", context)
