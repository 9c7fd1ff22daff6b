"""Changes to a company and its people. Each writes an AuditEvent; mails are sent after it is stored."""

from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django_q.tasks import async_task

from protiv.accounts import link_limits, mails
from protiv.accounts.models import AuditEvent, Company, Membership, PayPolicy, Role, User

LINK_TASK = "protiv.accounts.tasks.send_password_link"
SETTINGS = ("name", "time_zone", "currency", "hours_format", "include_travel")


def create_company(
    *, name: str, slug: str, time_zone: str, workweek_start: str, admin_email: str, password: str | None
) -> Company:
    """Create a company with its first admin. An existing user is added and keeps their password.

    Raises ValidationError for any invalid value; then nothing is stored.
    """
    with transaction.atomic():
        company = Company(name=name, slug=slug, time_zone=time_zone)
        company.full_clean()
        company.save()
        PayPolicy.objects.create(company=company, workweek_start=workweek_start)
        user = user_with(email=admin_email)
        if user is None:
            user = User(email=admin_email.strip().lower())
            validate_password(password or "", user)
            user.set_password(password)
            user.full_clean()
            user.save()
        Membership.objects.create(company=company, user=user, role=Role.ADMIN)
        record(company, None, "company.created", company, f"Created the company with the admin {user.email}.")
    return company


def update_company(*, company: Company, actor: User, now: datetime, **values: Any) -> Company:
    """Store the settings of `SETTINGS`; bonuses and true-ups are recalculated if a setting affects them."""
    with transaction.atomic():
        company = _lock(company)
        changes = [field for field in SETTINGS if getattr(company, field) != values[field]]
        if not changes:
            return company
        summary = "; ".join(_change(company, field, values[field]) for field in changes)
        for field in changes:
            setattr(company, field, values[field])
        company.full_clean()
        company.save(update_fields=changes)
        record(company, actor, "company.updated", company, f"Changed {summary}.")
        # By name, because this layer doesn't know the one above.
        if "include_travel" in changes:
            import_string(settings.REFRESH_BONUSES)(company=company, now=now)
        # It says in which workweek an hour was worked.
        if "time_zone" in changes:
            import_string(settings.UPDATE_TRUE_UPS)(company=company, now=now)
    return company


def invite(*, company: Company, actor: User, email: str, role: str) -> Membership:
    """Make someone a member and mail them: how to set a password or, if they have one, that they have access.

    The inviter sees the same in both cases.
    """
    with transaction.atomic():
        company = _lock(company)
        user = user_with(email=email) or User.objects.create_user(email)
        if Membership.objects.filter(company=company, user=user).exists():
            raise ValidationError(f"{user.email} already has access.", code="member")
        membership = Membership.objects.create(company=company, user=user, role=role)
        record(company, actor, "member.invited", membership, f"Invited {user.email} as {_label(role)}.")
        mails.on_commit(lambda: mails.invite(membership))
    return membership


def invite_again(*, company: Company, membership_id: int, actor: User) -> Membership:
    """Send another invitation to a member who missed the first mail."""
    membership = Membership.objects.select_related("user", "company").get(company=company, pk=membership_id)
    with transaction.atomic():
        record(company, actor, "member.invited_again", membership, f"Invited {membership.user.email} again.")
        mails.on_commit(lambda: mails.invite(membership))
    return membership


def change_role(*, company: Company, membership_id: int, actor: User, role: str) -> Membership:
    """Change a member's role. The last admin can't be changed."""
    with transaction.atomic():
        company = _lock(company)
        membership = Membership.objects.select_related("user").get(company=company, pk=membership_id)
        if membership.role == role:
            return membership
        keep_an_admin(membership)
        was, membership.role = membership.role, role
        membership.save(update_fields=["role"])
        summary = f"Changed {membership.user.email} from {_label(was)} to {_label(role)}."
        record(company, actor, "member.role_changed", membership, summary)
        mails.on_commit(lambda: mails.tell_new_role(membership, was=was))
    return membership


def remove_member(*, company: Company, membership_id: int, actor: User) -> None:
    """End a membership. The user, and everything they did, stays. The last admin can't be removed."""
    with transaction.atomic():
        membership = Membership.objects.select_related("user").get(company=company, pk=membership_id)
        # First the linked worker, then the company: the order in which a sync and a wage lock them.
        Membership.objects.filter(pk=membership.pk).delete()
        company = _lock(company)
        keep_an_admin(membership)
        record(company, actor, "member.removed", membership, f"Removed {membership.user.email}.")
        mails.on_commit(lambda: mails.tell_removal(membership))


def request_password_link(request: HttpRequest, *, email: str, language: str) -> None:
    """Queue the mail with a link that sets a password, unless too many were requested.

    Whether the address belongs to anyone is looked up by the worker only, so that the answer and the time it takes tell
    nothing about that.
    """
    with transaction.atomic():
        request_id = link_limits.count_request(request, email)
        if request_id is not None:
            async_task(LINK_TASK, request_id, language)


def send_password_link(*, request_id: int, language: str) -> None:
    """Mail the requested link to the owner of the address, in the language of the requesting page."""
    email = link_limits.email_of(request_id)
    user = user_with(email=email) if email else None
    if user is not None and user.is_active:
        mails.send_password_link(user, language)


def set_language(*, user: User, language: str) -> None:
    """Store the language that someone chose for their pages."""
    user.language = language
    user.save(update_fields=["language"])


def keep_an_admin(leaving: Membership) -> None:
    """Raise ValidationError if no one else could sign in as an admin of the company."""
    admins = Membership.objects.filter(company=leaving.company_id, role=Role.ADMIN, user__is_active=True)
    others = admins.exclude(pk=leaving.pk)
    if leaving.is_admin and not others.exists():
        raise ValidationError(
            f"{leaving.user.email} is the only admin. Make someone else an admin first.",
            code="last_admin",
        )


def user_with(*, email: str) -> User | None:
    """The user who signs in with this address."""
    return User.objects.filter(email=email.strip().lower()).first()


def record(company: Company, actor: User | None, action: str, target: models.Model, summary: str) -> None:
    """Record in the company's audit who did what."""
    AuditEvent.objects.create(
        company=company,
        actor=actor,
        action=action,
        target=f"{target._meta.model_name}:{target.pk}",
        summary=summary[:500],
    )


def _lock(company: Company) -> Company:
    return Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def _change(company: Company, field: str, value: Any) -> str:
    changed = Company(**{field: value})
    label = cast("models.Field[Any, Any]", Company._meta.get_field(field)).verbose_name
    return f"{label} from {_shown(company, field)} to {_shown(changed, field)}"


def _shown(company: Company, field: str) -> str:
    value = getattr(company, field)
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"“{getattr(company, f'get_{field}_display', lambda: value)()}”"


def _label(role: str) -> str:
    return str(Role(role).label).lower()
