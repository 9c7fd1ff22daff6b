"""ProPays for our support staff: to look at, not to change. A change goes through the product, with its checks."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from propay.models import CustomLayout, PayrollSettings, ProPay, Share


class ReadOnly:
    """No adding, no changing, no deleting: a bonus is wages."""

    def has_add_permission(self, _request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, *_args: Any) -> bool:
        return False


class ShareInline(ReadOnly, admin.TabularInline):
    model = Share
    fields = ("worker", "role", "minutes", "cost_amount", "amount")
    ordering = ("-minutes", "worker_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Share]:
        return super().get_queryset(request).select_related("worker")


@admin.register(ProPay)
class ProPayAdmin(ReadOnly, admin.ModelAdmin):
    """Which company's ProPay shows what, and since when."""

    list_display = ("title", "company", "job", "status", "budget_type", "saving_amount", "pool_amount", "refreshed_at")
    list_filter = ("status", "budget_type", "company")
    list_select_related = ("company", "job")
    search_fields = ("title", "job__name", "job__number", "company__name")
    ordering = ("-pk",)
    show_full_result_count = False
    inlines = (ShareInline,)


@admin.register(PayrollSettings)
class PayrollSettingsAdmin(ReadOnly, admin.ModelAdmin):
    """Which payroll program a company uses, and what it calls the three amounts."""

    list_display = ("company", "layout", "custom_layout", "company_code", "worker_id_kind")
    list_filter = ("layout",)
    list_select_related = ("company", "custom_layout")
    search_fields = ("company__name",)
    ordering = ("company__name",)


@admin.register(CustomLayout)
class CustomLayoutAdmin(ReadOnly, admin.ModelAdmin):
    """The columns of a company's own payroll files."""

    list_display = ("name", "company", "mode", "date_format")
    list_filter = ("mode",)
    list_select_related = ("company",)
    search_fields = ("name", "company__name")
    ordering = ("company__name", "name")
