"""The people who sign in, for support staff. Rights are given by superusers, and passwords are set by their owners."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from protiv.accounts import user_services
from protiv.accounts.admin_access import ReadOnly, SuperuserOnly, staff
from protiv.accounts.models import Membership, User


class UserForm(forms.ModelForm):
    """Addresses are stored in lowercase, because that is how they are looked up."""

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "is_active", *user_services.RIGHTS)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class MembershipInline(ReadOnly, admin.TabularInline):
    model = Membership
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Membership]":
        return super().get_queryset(request).select_related("company", "user")


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Everything is stored by the services, which write the audit and the mails."""

    form = UserForm
    add_form = UserForm
    add_form_template = None
    list_display = ("email", "first_name", "last_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "memberships__role")
    search_fields = ("email", "first_name", "last_name", "memberships__company__name")
    ordering = ("email",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "first_name", "last_name")}),
        ("Rights", {"fields": ("is_active", *user_services.RIGHTS)}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "first_name", "last_name"), "description": "They get a link to set a password."}),
    )
    actions = ("send_password_links",)

    def get_urls(self) -> list[URLPattern]:
        """Without Django's own page for setting another user's password."""
        link = path(
            "<int:pk>/password-link/",
            self.admin_site.admin_view(self.password_link),
            name="accounts_user_password_link",
        )
        return [link, *admin.ModelAdmin.get_urls(self)]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Permissions are shown with their content type: one query for all."""
        if db_field.name == "user_permissions":
            kwargs["queryset"] = Permission.objects.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> tuple[type[MembershipInline], ...]:
        return (MembershipInline,) if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        rights = () if staff(request).is_superuser else user_services.RIGHTS
        return (*self.readonly_fields, *rights)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or user_services.may_change(actor=staff(request), user=obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """No one can delete users: the audit would lose who did what. People are deactivated."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            user_services.change_user(user_id=obj.pk, actor=staff(request), **form.cleaned_data)
            return
        stored = user_services.add_user(actor=staff(request), **form.cleaned_data)
        obj.pk, obj.password = stored.pk, stored.password

    @admin.action(description="Send password link", permissions=["change"])
    def send_password_links(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        """Mail a link that sets a new password to each."""
        for user in queryset:
            self._send_link(request, user)

    @method_decorator(require_POST)
    def password_link(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Mail one user the link."""
        if not super().has_change_permission(request):
            raise PermissionDenied
        self._send_link(request, get_object_or_404(User, pk=pk))
        return redirect("admin:accounts_user_change", pk)

    def _send_link(self, request: HttpRequest, user: User) -> None:
        if user_services.send_password_link(user=user, actor=staff(request)):
            self.log_change(request, user, "Sent a password link.")
            self.message_user(request, f"Sent {user.email} a link to set a password.", messages.SUCCESS)
        else:
            self.message_user(request, f"{user.email} is deactivated and gets no link.", messages.ERROR)


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(SuperuserOnly, DjangoGroupAdmin):
    """Groups give rights to all of their members."""
