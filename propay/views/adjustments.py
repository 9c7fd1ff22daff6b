"""Manual bonuses and deductions, and their categories."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from propay import services
from propay.forms.adjustments import AdjustmentForm, CategoryForm, EarnedForm
from propay.models import AdjustmentCategory, LineKind, StatementLine
from propay.pages.adjustments import categories, names_without_hours, periods_to_adjust
from propay.views.shared import number, show
from protiv.accounts.access import CompanyRequest, for_admins
from protiv.accounts.form_tokens import once
from protiv.kit.text import listed


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def adjustment_create(request: CompanyRequest) -> HttpResponse:
    """A bonus or a deduction for one or many workers."""
    now = timezone.now()
    periods = periods_to_adjust(request.company, request.company.local_date(now))
    form = AdjustmentForm(request.POST or None, company=request.company, periods=periods, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            with once(request, see="the workers' statements"):
                statements = services.add_adjustment(
                    company=request.company, actor=request.user, now=now, **form.arguments()
                )
        except ValidationError as refusal:
            show(form, refusal)
        else:
            return _added(request, form, statements)
    return render(request, "propay/adjustment_form.html", {"form": form})


@require_POST
@for_admins
def adjustment_answer(request: CompanyRequest, pk: int) -> HttpResponse:
    """Say of a bonus on an open statement whether it was promised."""
    line = get_object_or_404(StatementLine, company=request.company, pk=pk, kind=LineKind.ADJUSTMENT, amount__gt=0)
    form = EarnedForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError([text for texts in form.errors.values() for text in texts])
        services.answer_adjustment(
            company=request.company, actor=request.user, line_id=pk, earned=form.earned, now=timezone.now()
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(dict.fromkeys(refusal.messages)))
    else:
        messages.success(request, "Saved. Overtime on the bonus follows your answer.")
    return redirect("statement_detail", pk=line.statement_id)


@require_POST
@for_admins
def adjustment_remove(request: CompanyRequest, pk: int) -> HttpResponse:
    """Remove a manual amount from an open statement."""
    line = get_object_or_404(StatementLine, company=request.company, pk=pk, kind=LineKind.ADJUSTMENT)
    try:
        services.remove_adjustment(company=request.company, actor=request.user, line_id=pk, now=timezone.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, "Removed the adjustment.")
    return redirect("statement_detail", pk=line.statement_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def category_list(request: CompanyRequest) -> HttpResponse:
    """The categories, and a form for a new one."""
    form = CategoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            category = services.add_category(company=request.company, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            show(form, refusal)
        else:
            messages.success(request, f"Added the category “{category.name}”.")
            return redirect("category_list")
    return render(request, "propay/category_list.html", {"form": form, "categories": categories(request.company)})


@require_POST
@for_admins
def category_set(request: CompanyRequest, pk: int) -> HttpResponse:
    """Archive or restore a category."""
    category = get_object_or_404(AdjustmentCategory, company=request.company, pk=pk)
    services.set_category_active(
        company=request.company,
        actor=request.user,
        category_id=pk,
        is_active=request.POST.get("is_active") == "yes",
    )
    messages.success(request, f"Changed the category “{category.name}”.")
    return redirect("category_list")


def _initial(request: CompanyRequest) -> dict[str, Any]:
    """The worker and the pay period of the statement the user came from."""
    worker_id = number(request, "worker")
    return {"workers": [worker_id] if worker_id else [], "start_date": request.GET.get("start", "")}


def _added(request: CompanyRequest, form: AdjustmentForm, statements: list[Any]) -> HttpResponse:
    """Say where the amounts went: to another period if the requested one is locked or paid."""
    first = statements[0]
    moved = sum(one.start_date > form.arguments()["start_date"] for one in statements)
    messages.success(request, f"Added to {len(statements)} statement{'' if len(statements) == 1 else 's'}.")
    if moved:
        verb = "belongs" if moved == 1 else "belong"
        text = f"{moved} of them {verb} on a later pay period, because the one you chose is locked or paid."
        messages.warning(request, text)
    if len(statements) == 1:
        return redirect("statement_detail", pk=first.pk)
    if names := names_without_hours(request.company, statements):
        text = f"No overtime is calculated on the bonus for {listed(names)}: no hours are on its work dates."
        messages.warning(request, text)
    return redirect("statement_list")
