"""Companies and people in support staff's admin."""

from typing import Any

from axes.admin import AccessFailureLogAdmin, AccessLogAdmin
from axes.models import AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from protiv.accounts import services
from protiv.accounts.admin_access import ReadOnly, SuperuserOnly, staff
from protiv.accounts.models import AuditEvent, Company, Membership, PayPolicy
from protiv.accounts.user_admin import MembershipInline


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin):
    """A company's settings, changed by the service of its own page. `create_company` makes one with its admin."""

    list_display = ("name", "slug", "time_zone", "pay_period", "created_at")
    list_filter = ("time_zone", "pay_period", "currency")
    search_fields = ("name", "slug")
    ordering = ("name",)
    # Statements depend on the pay period, and the company's own page checks changes to it.
    readonly_fields = ("slug", "pay_period", "created_at")
    inlines = (MembershipInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Company, form: Any, change: bool) -> None:
        values = {field: getattr(obj, field) for field in services.SETTINGS}
        services.update_company(company=obj, actor=staff(request), now=timezone.now(), **values)


@admin.register(PayPolicy)
class PayPolicyAdmin(ReadOnly, admin.ModelAdmin):
    """Entered on the company's own page, which shows first what a change does."""

    list_display = ("company", "from_date", "workweek_start", "workday_start", "state", "method", "divisor")
    list_filter = ("state", "divisor", "take_back")
    list_select_related = ("company",)
    search_fields = ("company__name", "company__slug")
    ordering = ("company__name", "-from_date")


class MembershipForm(forms.ModelForm):
    """Checks a change as the service will, so that the refusal is shown on the form."""

    class Meta:
        model = Membership
        fields = ("company", "user", "role")

    def clean_role(self) -> str:
        role = str(self.cleaned_data["role"])
        if self.instance.pk and role != self.instance.role:
            services.keep_an_admin(self.instance)
        return role


@admin.register(Membership)
class MembershipAdmin(SuperuserOnly, admin.ModelAdmin):
    """Who can see a company. Stored by the services, with an audit event and a mail; an admin always remains."""

    form = MembershipForm
    list_display = ("user", "company", "role", "created_at")
    list_filter = ("role", "company")
    list_select_related = ("user", "company")
    search_fields = ("user__email", "company__name", "company__slug")
    autocomplete_fields = ("company", "user")
    ordering = ("company", "user")
    # Members are removed one by one: with several, the last admin can't be determined beforehand.
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return ("company", "user") if obj else ()

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        actor = staff(request)
        if change:
            services.change_role(company=obj.company, membership_id=obj.pk, actor=actor, role=obj.role)
            return
        obj.pk = services.invite(company=obj.company, actor=actor, email=obj.user.email, role=obj.role).pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        services.remove_member(company=obj.company, membership_id=obj.pk, actor=staff(request))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """List a company's only admin among the objects that can't be deleted."""
        found, counts, missing, protected = super().get_deleted_objects(objs, request)
        for membership in objs:
            try:
                services.keep_an_admin(membership)
            except forms.ValidationError as error:
                protected = [*protected, *error.messages]
        return found, counts, missing, protected


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly, admin.ModelAdmin):
    """Written once, never changed, so read-only."""

    list_display = ("created_at", "company", "actor", "action", "summary")
    list_filter = ("action", "company", "created_at")
    list_select_related = ("company", "actor")
    search_fields = ("summary", "target", "actor__email", "company__name")
    ordering = ("-created_at", "-pk")


@admin.register(AccessLog)
class ReadOnlyAccessLogAdmin(ReadOnly, AccessLogAdmin):
    """Who signed in, and from where."""


@admin.register(AccessFailureLog)
class ReadOnlyAccessFailureLogAdmin(ReadOnly, AccessFailureLogAdmin):
    """Wrong passwords from the last day."""
