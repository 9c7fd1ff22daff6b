"""Timekeeping in support staff's admin. Synced rows belong to the provider: they are read-only."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from protiv.accounts.admin_access import ReadOnly, staff
from protiv.kit.paging import CappedAdminPaginator
from protiv.kit.refused import Refused
from protiv.timekeeping import services
from protiv.timekeeping.models import CostCode, Job, PayPeriod, TimeEntry, Wage, Worker


class SyncedAdmin(ReadOnly, admin.ModelAdmin):
    """Shows rows that a sync wrote."""

    list_per_page = 50
    show_full_result_count = False
    list_select_related = ["company"]
    paginator = CappedAdminPaginator


@admin.register(Worker)
class WorkerAdmin(SyncedAdmin):
    list_display = ("last_name", "first_name", "number", "external_id", "company", "is_active")
    list_display_links = ("last_name", "first_name")
    list_filter = ("is_active", "company")
    list_select_related = ["company", "membership__user"]
    search_fields = ("last_name", "first_name", "number__exact", "external_id__exact", "email")
    ordering = ("last_name", "first_name", "pk")


@admin.register(Job)
class JobAdmin(SyncedAdmin):
    list_display = (
        "name",
        "number",
        "external_id",
        "company",
        "synced_budget_minutes",
        "typed_budget_minutes",
        "synced_contract_amount",
        "typed_contract_amount",
        "is_active",
    )
    list_filter = ("is_active", "company")
    search_fields = ("name", "number__exact", "external_id__exact")
    ordering = ("name", "pk")


@admin.register(CostCode)
class CostCodeAdmin(SyncedAdmin):
    list_display = ("name", "number", "external_id", "company", "is_active", "is_system")
    list_filter = ("is_active", "is_system", "company")
    search_fields = ("name", "number__exact", "external_id__exact")
    ordering = ("name", "pk")


@admin.register(PayPeriod)
class PayPeriodAdmin(SyncedAdmin):
    list_display = ("start_date", "end_date", "external_id", "company", "is_closed")
    list_filter = ("is_closed", "company")
    search_fields = ("external_id__exact",)
    ordering = ("-start_date", "pk")


@admin.register(TimeEntry)
class TimeEntryAdmin(SyncedAdmin):
    """A million rows: found by the provider's id, counted to a cap, newest first by the primary key."""

    list_display = ("external_id", "company", "work_date", "worker", "job", "minutes", "kind", "is_open", "voided_at")
    list_filter = ("kind", "is_open", "is_final", ("voided_at", admin.EmptyFieldListFilter), "company")
    list_select_related = ["company", "worker", "job"]
    search_fields = ("external_id__exact",)
    search_help_text = "Enter the full time-tracking ID of the entry."
    ordering = ("-pk",)


class WageForm(ModelForm):
    """Checks a wage as the service will, so that the refusal appears on the form."""

    class Meta:
        model = Wage
        fields = ("worker", "start_date", "hourly_amount")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        worker = cleaned.get("worker") or (self.instance.worker if self.instance.pk else None)
        if worker and cleaned.get("start_date") and cleaned.get("hourly_amount") is not None:
            try:
                services.check_new_wage(
                    company=worker.company,
                    start_date=cleaned["start_date"],
                    hourly_amount=cleaned["hourly_amount"],
                    now=timezone.now(),
                )
                if self.instance.pk:
                    services.check_free_day(wage=self.instance, start_date=cleaned["start_date"])
            except Refused as refused:
                raise ValidationError(refused.message) from refused
        return cleaned


@admin.register(Wage)
class WageAdmin(admin.ModelAdmin):
    """Wages, changed through the services, as everywhere: with an audit event, and the bonuses recalculated."""

    form = WageForm
    list_display = ("worker", "start_date", "hourly_amount", "company")
    list_filter = ("company",)
    list_select_related = ["worker", "company"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("worker__last_name", "worker__first_name", "worker__external_id__exact")
    raw_id_fields = ("worker",)
    ordering = ("worker__last_name", "worker__first_name", "-start_date")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("worker",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Wage, form: Any, change: bool) -> None:
        values: dict[str, Any] = {
            "company": obj.worker.company,
            "start_date": obj.start_date,
            "hourly_amount": obj.hourly_amount,
            "actor": staff(request),
            "now": timezone.now(),
        }
        if change:
            services.correct_wage(wage=obj, **values)
            return
        services.set_wage(worker=obj.worker, **values)
        stored = Wage.objects.get(worker=obj.worker, start_date=obj.start_date)
        obj.pk, obj.company = stored.pk, stored.company

    def delete_model(self, request: HttpRequest, obj: Wage) -> None:
        services.remove_wage(company=obj.company, wage=obj, actor=staff(request), now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Wage, Wage]") -> None:
        for wage in queryset.select_related("company"):
            self.delete_model(request, wage)
        messages.info(request, "Open ProPays were recalculated.")
