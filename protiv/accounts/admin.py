"""What support staff sees of companies and people."""

from axes.admin import AccessFailureLogAdmin, AccessLogAdmin
from axes.models import AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from protiv.accounts.models import AuditEvent, Company, Membership, User
from protiv.accounts.read_only import ReadOnly

admin.site.site_header = "Protiv support"
admin.site.site_title = "Protiv support"
admin.site.index_title = "What do you look for?"


class LowercaseEmail(forms.ModelForm):
    """Addresses are stored in lower case, since that is how they are looked up."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class UserCreation(LowercaseEmail, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email",)


class UserChange(LowercaseEmail, UserChangeForm):
    class Meta:
        model = User
        fields = (
            "email",
            "password",
            "first_name",
            "last_name",
            "is_active",
            "is_staff",
            "is_superuser",
            "groups",
            "user_permissions",
        )


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("company", "user")


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin):
    list_display = ("name", "slug", "time_zone", "workweek_start", "pay_period", "created_at")
    list_filter = ("time_zone", "pay_period", "currency")
    search_fields = ("name", "slug")
    ordering = ("name",)
    # Drive time changes bonuses: only the company's settings page works them out again.
    readonly_fields = ("include_travel", "created_at")
    inlines = (MembershipInline,)


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    form = UserChange
    add_form = UserCreation
    list_display = ("email", "first_name", "last_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "memberships__role")
    search_fields = ("email", "first_name", "last_name", "memberships__company__name")
    ordering = ("email",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password", "first_name", "last_name")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)
    inlines = (MembershipInline,)


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ("user", "company", "role", "created_at")
    list_filter = ("role", "company")
    list_select_related = ("user", "company")
    search_fields = ("user__email", "company__name", "company__slug")
    autocomplete_fields = ("company", "user")
    ordering = ("company", "user")


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly, admin.ModelAdmin):
    """Written once, never changed: there is nothing to do here but to read."""

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
    """Wrong passwords of the last day."""
