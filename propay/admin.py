"""ProPays and what they pay, read-only, for our support staff. Changes go through the product."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from propay.models import (
    AutomationExclusion,
    AutomationRule,
    BonusPlan,
    BonusSettings,
    Condition,
    CustomLayout,
    PayrollFile,
    PayrollSettings,
    PayRun,
    PlanVersion,
    ProPay,
    Share,
    Snapshot,
    Statement,
    StatementLine,
)
from protiv.accounts.admin_access import ReadOnly


class ShareInline(ReadOnly, admin.TabularInline):
    model = Share
    fields = ("worker", "role", "minutes", "cost_amount", "amount")
    ordering = ("-minutes", "worker_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Share]:
        return super().get_queryset(request).select_related("worker")


@admin.register(ProPay)
class ProPayAdmin(ReadOnly, admin.ModelAdmin):
    """A company's ProPays and their figures."""

    list_display = ("title", "company", "job", "status", "budget_type", "saving_amount", "pool_amount", "refreshed_at")
    list_filter = ("status", "budget_type", "company")
    list_select_related = ("company", "job")
    search_fields = ("title", "job__name", "job__number", "company__name")
    ordering = ("-pk",)
    show_full_result_count = False
    inlines = (ShareInline,)


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnly, admin.ModelAdmin):
    """What was approved, by whom, and from what data; the entries are on the ProPay's page."""

    list_display = ("propay", "company", "number", "kind", "is_live", "created_by_email", "created_at")
    list_filter = ("kind", "is_live", "company")
    list_select_related = ("company", "propay")
    search_fields = ("propay__title", "propay__job__name", "created_by_email", "company__name")
    ordering = ("-pk",)
    show_full_result_count = False


@admin.register(Condition)
class ConditionAdmin(ReadOnly, admin.ModelAdmin):
    """The companies' penalties and disqualifiers."""

    list_display = ("name", "company", "kind", "amount", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("company",)
    search_fields = ("name", "company__name")
    ordering = ("company__name", "name")


class StatementLineInline(ReadOnly, admin.TabularInline):
    model = StatementLine
    fk_name = "statement"
    fields = (
        "kind",
        "propay",
        "role",
        "week_start",
        "amount",
        "federal_amount",
        "state_extra_amount",
        "category",
        "note",
    )
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StatementLine]:
        return super().get_queryset(request).select_related("propay", "category")


@admin.register(Statement)
class StatementAdmin(ReadOnly, admin.ModelAdmin):
    """Each worker's pay in each pay period, and whether it has been paid."""

    list_display = (
        "worker",
        "company",
        "start_date",
        "end_date",
        "status",
        "bonus_amount",
        "federal_amount",
        "state_extra_amount",
        "pay_date",
        "paid_amount",
    )
    list_filter = ("status", "company")
    list_select_related = ("company", "worker")
    search_fields = ("worker__first_name", "worker__last_name", "worker__number", "company__name")
    ordering = ("-pk",)
    show_full_result_count = False
    inlines = (StatementLineInline,)


@admin.register(PayRun)
class PayRunAdmin(ReadOnly, admin.ModelAdmin):
    """The progress of pay runs, and what stopped them."""

    list_display = (
        "company",
        "start_date",
        "end_date",
        "pay_date",
        "state",
        "done_count",
        "total_count",
        "attempt_count",
        "error_text",
        "created_at",
        "ended_at",
    )
    list_filter = ("state", "company")
    list_select_related = ("company",)
    search_fields = ("company__name",)
    ordering = ("-pk",)
    show_full_result_count = False


@admin.register(PayrollSettings)
class PayrollSettingsAdmin(ReadOnly, admin.ModelAdmin):
    """A company's payroll software, and its names for the amounts."""

    list_display = ("company", "layout", "custom_layout", "company_code", "worker_id_kind")
    list_filter = ("layout",)
    list_select_related = ("company", "custom_layout")
    search_fields = ("company__name",)
    ordering = ("company__name",)


@admin.register(PayrollFile)
class PayrollFileAdmin(ReadOnly, admin.ModelAdmin):
    """The payroll files that companies created."""

    list_display = ("name", "company", "start_date", "end_date", "statement_count", "total_amount", "created_at")
    list_select_related = ("company",)
    search_fields = ("name", "company__name")
    ordering = ("-pk",)
    show_full_result_count = False


@admin.register(CustomLayout)
class CustomLayoutAdmin(ReadOnly, admin.ModelAdmin):
    """The columns of a company's own payroll files."""

    list_display = ("name", "company", "mode", "date_format")
    list_filter = ("mode",)
    list_select_related = ("company",)
    search_fields = ("name", "company__name")
    ordering = ("company__name", "name")


class PlanVersionInline(ReadOnly, admin.TabularInline):
    model = PlanVersion
    ordering = ("start_date",)


@admin.register(BonusPlan)
class BonusPlanAdmin(ReadOnly, admin.ModelAdmin):
    """The versions of a company's plans, each with its start date."""

    list_display = ("name", "company", "is_active", "created_at")
    list_filter = ("is_active", "company")
    list_select_related = ("company",)
    search_fields = ("name", "company__name")
    ordering = ("company__name", "name")
    inlines = (PlanVersionInline,)


@admin.register(BonusSettings)
class BonusSettingsAdmin(ReadOnly, admin.ModelAdmin):
    """The settings of the companies that changed any of them."""

    list_display = ("company", "managers_approve", "nets_losses", "rolls_over_negative")
    list_filter = ("managers_approve", "nets_losses")
    list_select_related = ("company",)
    search_fields = ("company__name",)
    ordering = ("company__name",)


@admin.register(AutomationRule)
class AutomationRuleAdmin(ReadOnly, admin.ModelAdmin):
    """Companies with automatic ProPays, and the plan they use."""

    list_display = ("company", "is_on", "plan", "moment", "go_live_date")
    list_filter = ("is_on", "moment")
    list_select_related = ("company", "plan")
    search_fields = ("company__name",)
    ordering = ("company__name",)


@admin.register(AutomationExclusion)
class AutomationExclusionAdmin(ReadOnly, admin.ModelAdmin):
    """Jobs that the automation excludes."""

    list_display = ("company", "kind", "pattern", "cost_code", "job")
    list_filter = ("kind", "company")
    list_select_related = ("company", "cost_code", "job")
    search_fields = ("pattern", "job__name", "cost_code__name", "company__name")
    ordering = ("company__name", "pk")
