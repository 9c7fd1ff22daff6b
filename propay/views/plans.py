"""Bonus plans: their list, one with its versions, creating and changing them, and what that does to open ProPays."""

import re

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from propay import services
from propay.figures import plan_day
from propay.forms import numbers_of
from propay.forms.plans import PlanForm, PlanNameForm, PlanTermsForm
from propay.models import BonusPlan, PlanVersion
from propay.pages import plans as pages
from propay.views.shared import PER_PAGE, number, show, too_many
from protiv.accounts.access import CompanyRequest, for_admins

PICKED = re.compile(r"([0-9]{1,18}):([0-9a-f]+)")


@require_safe
@for_admins
def plan_list(request: CompanyRequest) -> HttpResponse:
    """The company's plans and what each says today."""
    today = request.company.local_date(timezone.now())
    return render(request, "propay/plan_list.html", {"lines": pages.plan_lines(company=request.company, today=today)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def plan_create(request: CompanyRequest) -> HttpResponse:
    """A new plan with its first version."""
    form = PlanForm(request.POST or None, company=request.company)
    if request.method == "POST" and form.is_valid():
        try:
            plan = services.create_plan(company=request.company, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            show(form, refusal)
        else:
            messages.success(request, f"Created plan “{plan.name}”. Choose it when you create a ProPay.")
            return redirect("plan_detail", pk=plan.pk)
    return render(request, "propay/plan_form.html", {"form": form})


@require_safe
@for_admins
def plan_detail(request: CompanyRequest, pk: int) -> HttpResponse:
    """One plan: its versions, and the ProPays that took their numbers from it."""
    plan = _plan(request, pk)
    return _plan_page(request, plan, PlanNameForm(initial={"name": plan.name}))


@require_POST
@for_admins
def plan_rename(request: CompanyRequest, pk: int) -> HttpResponse:
    """Rename a plan."""
    plan = _plan(request, pk)
    form = PlanNameForm(request.POST)
    if form.is_valid():
        try:
            services.rename_plan(company=request.company, plan_id=pk, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            show(form, refusal)
        else:
            messages.success(request, "Name saved.")
            return redirect("plan_detail", pk=pk)
    return _plan_page(request, plan, form)


@require_POST
@for_admins
def plan_activate(request: CompanyRequest, pk: int) -> HttpResponse:
    """Archive or restore a plan."""
    plan, is_active = _plan(request, pk), request.POST.get("is_active") == "1"
    try:
        services.set_plan_active(company=request.company, plan_id=pk, is_active=is_active, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        now = "is available for new ProPays" if is_active else "is archived. ProPays that use it don't change"
        messages.success(request, f"“{plan.name}” {now}.")
    return redirect("plan_detail", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def plan_edit(request: CompanyRequest, pk: int) -> HttpResponse:
    """New rules from a start date on. The next page asks about open ProPays; nothing changes them here."""
    plan, today = _plan(request, pk), request.company.local_date(timezone.now())
    versions = PlanVersion.objects.filter(plan=plan).order_by("start_date")
    chosen = get_object_or_404(versions, pk=number(request, "version")) if "version" in request.GET else None
    shown = chosen or pages.in_force_of(versions, today) or versions[0]
    initial = {**numbers_of(shown), "start_date": pages.proposed_start(shown, today, corrects=chosen is not None)}
    form = PlanTermsForm(request.POST or None, company=request.company, initial=initial, corrects=shown)
    if request.method == "POST" and form.is_valid():
        try:
            version = services.set_plan_terms(
                company=request.company, plan_id=pk, actor=request.user, **form.cleaned_data
            )
        except ValidationError as refusal:
            show(form, refusal)
        else:
            messages.success(request, f"Rules effective {plan_day(version.start_date)} saved.")
            asks = services.effects_of_version(company=request.company, version=version)
            return redirect("plan_apply", pk=version.pk) if asks else redirect("plan_detail", pk=pk)
    return render(request, "propay/plan_form.html", {"form": form, "plan": plan, "chosen": chosen})


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def plan_apply(request: CompanyRequest, pk: int) -> HttpResponse:
    """Which open ProPays a version would change, each one's pool before and after; selected ones take it."""
    version = _version(request, pk)
    if request.method == "POST":
        picked = _picked(request)
        if refused := too_many(len(picked), "ProPays"):
            messages.error(request, refused)
            return redirect("plan_apply", pk=pk)
        applied = services.apply_version_to(
            company=request.company, version_id=pk, seen=picked, actor=request.user, now=timezone.now()
        )
        _tell(request, applied)
        return redirect("plan_apply", pk=pk) if applied.refused else redirect("plan_detail", pk=version.plan_id)
    effects = services.effects_of_version(company=request.company, version=version)
    is_cut = len(effects) == services.SHOWN_AT_MOST
    context = {"version": version, "lines": pages.effect_lines(effects), "is_cut": is_cut}
    return render(request, "propay/plan_apply.html", context)


@require_POST
@for_admins
def plan_version_remove(request: CompanyRequest, pk: int) -> HttpResponse:
    """Delete a version that no ProPay has used."""
    version = _version(request, pk)
    try:
        services.remove_plan_version(company=request.company, version_id=pk, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"Removed the version effective {plan_day(version.start_date)}.")
    return redirect("plan_detail", pk=version.plan_id)


def _plan(request: CompanyRequest, pk: int) -> BonusPlan:
    return get_object_or_404(BonusPlan, company=request.company, pk=pk)


def _version(request: CompanyRequest, pk: int) -> PlanVersion:
    return get_object_or_404(PlanVersion.objects.select_related("plan"), company=request.company, pk=pk)


def _picked(request: CompanyRequest) -> dict[int, str]:
    """The ProPays that were selected, each with what was shown of it: `17:0b1c…`."""
    found = [PICKED.fullmatch(text) for text in request.POST.getlist("pick")]
    return {int(match[1]): match[2] for match in found if match}


def _plan_page(request: CompanyRequest, plan: BonusPlan, name_form: PlanNameForm) -> HttpResponse:
    context = {
        "plan": plan,
        "versions": pages.version_lines(plan, today=request.company.local_date(timezone.now())),
        "page_obj": Paginator(pages.propays_of(plan), PER_PAGE).get_page(request.GET.get("page")),
        "name_form": name_form,
    }
    return render(request, "propay/plan_detail.html", context)


def _tell(request: CompanyRequest, applied: services.Applied) -> None:
    count = len(applied.propay_ids)
    if count:
        told = "1 open ProPay and recalculated it" if count == 1 else f"{count} open ProPays and recalculated them"
        messages.success(request, f"Applied the rules to {told}.")
    for title, reason in applied.refused:
        messages.error(request, f"“{title}” wasn't changed. {reason}")
    if not count and not applied.refused:
        messages.info(request, "Nothing was selected, so no ProPay changed.")
