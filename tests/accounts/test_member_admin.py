"""Memberships in the Django admin: a superuser's, and stored by the services."""

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.urls import reverse

from protiv.accounts.models import AuditEvent, Membership, Role, User
from tests.make import factories


@pytest.fixture
def as_superuser(db, sign_in):
    return sign_in(User.objects.create_superuser("super@protiv.test", "correct-horse-battery"))


@pytest.fixture
def as_staff(db, sign_in):
    """Every permission, and no superuser."""
    user = factories.make_user("staff@protiv.test", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    return sign_in(user)


@pytest.fixture
def post(django_capture_on_commit_callbacks):
    """Send a form as if its transaction were committed."""

    def send(client, name, form, *args):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(reverse(f"admin:accounts_membership_{name}", args=args), form)

    return send


def told():
    return [(message.to, message.subject) for message in mail.outbox]


def test_adding_invites(as_superuser, post, company, admin):
    user = factories.make_user("new@acme.test")
    form = {"company": company.pk, "user": user.pk, "role": "MANAGER"}
    assert post(as_superuser, "add", form).status_code == 302
    assert Membership.objects.get(user=user).role == Role.MANAGER
    event = AuditEvent.objects.get(company=company)
    assert (event.actor.email, event.summary) == ("super@protiv.test", "Invited new@acme.test as manager.")
    assert told() == [(["new@acme.test"], "Acme Roofing invited you to Protiv")]


def test_adding_a_member_twice_is_refused_on_the_form(as_superuser, post, company, admin):
    answer = post(as_superuser, "add", {"company": company.pk, "user": admin.pk, "role": "WORKER"})
    assert "already exists" in answer.text


def test_changing_a_role_is_recorded_and_mailed(as_superuser, post, company, admin, manager):
    membership = manager.memberships.get()
    assert post(as_superuser, "change", {"role": "WORKER"}, membership.pk).status_code == 302
    membership.refresh_from_db()
    assert membership.role == Role.WORKER
    assert AuditEvent.objects.get().summary == "Changed manager@acme.test from manager to worker."
    assert told() == [(["manager@acme.test"], "Your role at Acme Roofing / Su tipo de cuenta en Acme Roofing")]
    assert "is now Worker." in mail.outbox[0].body


def test_removing_is_recorded_and_mailed(as_superuser, post, company, admin, manager):
    membership = manager.memberships.get()
    assert post(as_superuser, "delete", {"post": "yes"}, membership.pk).status_code == 302
    assert not manager.memberships.exists()
    assert AuditEvent.objects.get().summary == "Removed manager@acme.test."
    assert told() == [(["manager@acme.test"], "You no longer have access to Acme Roofing in Protiv")]


@pytest.mark.parametrize("other_is_active", [True, False])
def test_the_last_admin_who_can_sign_in_stays(as_superuser, post, company, admin, manager, other_is_active):
    Membership.objects.filter(user=manager).update(role=Role.ADMIN)
    User.objects.filter(pk=manager.pk).update(is_active=other_is_active)
    membership = admin.memberships.get()
    demoted = post(as_superuser, "change", {"role": "WORKER"}, membership.pk)
    membership.refresh_from_db()
    assert membership.is_admin != other_is_active
    if not other_is_active:
        assert "admin@acme.test is the only admin." in demoted.text
        removed = post(as_superuser, "delete", {"post": "yes"}, membership.pk)
        assert "admin@acme.test is the only admin." in removed.text
        assert admin.memberships.exists()
        assert told() == []


def test_several_members_are_not_removed_together(as_superuser, company, admin):
    chosen = {"action": "delete_selected", "_selected_action": admin.memberships.get().pk, "post": "yes"}
    as_superuser.post(reverse("admin:accounts_membership_changelist"), chosen)
    assert admin.memberships.exists()


def test_staff_can_only_view(as_staff, post, company, admin, manager):
    membership = manager.memberships.get()
    me = User.objects.get(email="staff@protiv.test")
    own = {"company": company.pk, "user": me.pk, "role": "ADMIN"}
    assert as_staff.get(reverse("admin:accounts_membership_change", args=[membership.pk])).status_code == 200
    assert post(as_staff, "add", own).status_code == 403
    assert post(as_staff, "change", {"role": "ADMIN"}, membership.pk).status_code == 403
    assert post(as_staff, "delete", {"post": "yes"}, membership.pk).status_code == 403
    assert Membership.objects.count() == 2


@pytest.mark.parametrize("name", ["company", "user"])
def test_no_other_form_changes_a_membership(as_superuser, company, admin, manager, name):
    """The inline rows of a company and a user used to bypass the rules."""
    membership = manager.memberships.get()
    form = {
        "name": company.name, "time_zone": company.time_zone,
        "currency": company.currency, "hours_format": company.hours_format,
        "email": admin.email, "is_active": "on",
        "memberships-TOTAL_FORMS": "2", "memberships-INITIAL_FORMS": "1",
        "memberships-0-id": membership.pk, "memberships-0-role": "ADMIN", "memberships-0-DELETE": "on",
        "memberships-0-company": company.pk, "memberships-0-user": manager.pk,
        "memberships-1-company": company.pk, "memberships-1-user": admin.pk, "memberships-1-role": "ADMIN",
    }  # fmt: skip
    pk = {"company": company.pk, "user": admin.pk}[name]
    assert as_superuser.post(reverse(f"admin:accounts_{name}_change", args=[pk]), form).status_code == 302
    membership.refresh_from_db()
    assert (membership.role, Membership.objects.count()) == (Role.MANAGER, 2)
