"""Company-wide bonus settings, and one worker's pay settings. For admins."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from propay import services
from propay.forms.bonus_settings import BonusSettingsForm, PeriodForm, WorkerFlagsForm
from propay.pages.bonus_settings import coming_periods
from propay.pages.worker_statuses import statuses_of
from propay.queries.settings import bonus_settings as settings_of
from propay.queries.take_back import nets_losses
from protiv.accounts.access import CompanyRequest, for_admins
from protiv.timekeeping.models import Worker


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def bonus_settings(request: CompanyRequest) -> HttpResponse:
    """Pay periods, overtime, and permissions."""
    stored = settings_of(request.company)
    names = [name for name in BonusSettingsForm.base_fields if name != "pay_period"]
    initial = {"pay_period": request.company.pay_period, **{name: getattr(stored, name) for name in names}}
    form = BonusSettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.save_bonus_settings(
            company=request.company, actor=request.user, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, "Settings saved.")
        return redirect("bonus_settings")
    shown = form.cleaned_data if form.is_bound else initial
    today = request.company.local_date(timezone.now())
    netting_is_off = stored.nets_losses and not nets_losses(request.company, today)
    context = {"form": form, "periods": _periods(request, shown), "netting_is_off": netting_is_off}
    return render(request, "propay/bonus_settings.html", context)


@require_safe
@for_admins
def bonus_periods(request: CompanyRequest) -> HttpResponse:
    """The upcoming pay periods for the form's current values; nothing is saved."""
    form = PeriodForm(request.GET)
    form.is_valid()
    return render(request, "propay/_periods.html", {"periods": _periods(request, form.cleaned_data)})


def _periods(request: CompanyRequest, shown: dict[str, Any]) -> Any:
    """None while the values entered are invalid."""
    if not shown.get("pay_period") or "period_anchor_date" not in shown:
        return None
    today = request.company.local_date(timezone.now())
    length, anchor_date = shown["pay_period"], shown["period_anchor_date"]
    return coming_periods(company=request.company, length=length, anchor_date=anchor_date, today=today)


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def worker_pay_flags(request: CompanyRequest, pk: int) -> HttpResponse:
    """Whether a worker gets crew shares, and what overtime law asks."""
    worker = get_object_or_404(Worker, company=request.company, pk=pk)
    initial = {"no_bonus": worker.no_bonus, "is_salaried": worker.is_salaried}
    form = WorkerFlagsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        is_changed = services.set_worker_flags(
            company=request.company, worker_id=pk, actor=request.user, now=timezone.now(), **form.cleaned_data
        )
        done = "Saved. Open ProPays and overtime on unpaid bonuses were recalculated."
        messages.success(request, done if is_changed else "No changes to save.")
        return redirect("worker_detail", pk=pk)
    statuses = statuses_of(worker, request.company.local_date(timezone.now()))
    context = {"form": form, "worker": worker, "statuses": statuses}
    return render(request, "propay/worker_pay_flags.html", context)
