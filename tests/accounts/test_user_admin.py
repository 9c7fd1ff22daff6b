"""Users in the Django admin: no one grants rights they don't have, or sets another user's password."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from protiv.accounts import user_services
from protiv.accounts.models import AuditEvent, Role, User
from tests.conftest import PASSWORD
from tests.make import factories

RIGHTS = {"is_staff": "on", "is_superuser": "on"}
NO_ROWS = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}

pytestmark = pytest.mark.django_db


def make_staff(email, *codenames):
    user = factories.make_user(email, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


@pytest.fixture
def superuser():
    return User.objects.create_superuser("super@protiv.test", PASSWORD)


@pytest.fixture
def staff():
    """The right to add and change users, and nothing else."""
    return make_staff("staff@protiv.test", "add_user", "change_user")


@pytest.fixture
def all_but_superuser():
    user = factories.make_user("all@protiv.test", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    return user


@pytest.fixture
def post(sign_in, django_capture_on_commit_callbacks):
    """Send a form as if its transaction were committed."""

    def send(actor, path, form=()):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            return sign_in(actor).post(path, NO_ROWS | dict(form))

    return send


@pytest.fixture
def change(post):
    """Submit a user's form with the given changes."""

    def send(actor, user, **values):
        form = {"email": user.email, "first_name": user.first_name, "last_name": user.last_name}
        form |= {name: "on" for name in ("is_active", "is_staff", "is_superuser") if getattr(user, name)}
        form = {name: value for name, value in (form | values).items() if value is not None}
        answer = post(actor, reverse("admin:accounts_user_change", args=[user.pk]), form)
        user.refresh_from_db()
        return answer

    return send


def told():
    return sorted(message.to[0] for message in mail.outbox)


@pytest.mark.parametrize("who", ["staff", "all_but_superuser"])
def test_staff_gives_no_rights_to_themselves_or_others(request, change, worker_user, who):
    actor, group = request.getfixturevalue(who), Group.objects.create(name="Everything")
    wanted = RIGHTS | {"groups": [group.pk], "user_permissions": [Permission.objects.first().pk], "password": "x"}
    for user in (actor, worker_user):
        rights = (user.is_staff, user.is_superuser, user.password, user.user_permissions.count())
        assert change(actor, user, **wanted).status_code == 302
        assert (user.is_staff, user.is_superuser, user.password, user.user_permissions.count()) == rights
        assert not user.groups.exists()


@pytest.mark.parametrize("who", ["staff", "all_but_superuser"])
def test_staff_adds_users_without_rights_or_passwords(request, post, who):
    typed = {"email": "New@Acme.TEST", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    answer = post(request.getfixturevalue(who), reverse("admin:accounts_user_add"), RIGHTS | typed)
    assert answer.status_code == 302
    user = User.objects.get(email="new@acme.test")
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (False, False, False)


def test_a_new_user_gets_a_link_that_sets_the_first_password(post, staff, anonymous):
    post(staff, reverse("admin:accounts_user_add"), {"email": "new@acme.test", "first_name": "Nia"})
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["new@acme.test"], "Your Protiv account")
    form = anonymous.get(re.search(r"https?://[^/\s]+(/password-reset/[^/\s]+/[^/\s]+/)", message.body)[1])
    anonymous.post(form.url, {"new_password1": "seven-wet-shingles", "new_password2": "seven-wet-shingles"})
    user = User.objects.get(email="new@acme.test")
    assert (user.first_name, user.check_password("seven-wet-shingles")) == ("Nia", True)


@pytest.mark.parametrize("typed", ["Admin@ACME.test", "not an address", ""])
def test_a_bad_address_is_refused_on_the_form(post, staff, admin, typed):
    answer = post(staff, reverse("admin:accounts_user_add"), {"email": typed})
    assert "errorlist" in answer.text
    assert mail.outbox == []


@pytest.mark.parametrize("who", ["staff", "all_but_superuser", "superuser"])
def test_no_one_sets_another_users_password(request, post, sign_in, worker_user, who):
    actor = request.getfixturevalue(who)
    page = sign_in(actor).get(reverse("admin:accounts_user_change", args=[worker_user.pk]))
    assert "password1" not in page.text
    assert worker_user.password not in page.text
    post(actor, f"/admin/accounts/user/{worker_user.pk}/password/", {"password1": "x" * 12, "password2": "x" * 12})
    worker_user.refresh_from_db()
    assert worker_user.check_password(PASSWORD)


def test_no_list_can_be_searched_by_the_hash_of_a_password(sign_in, superuser):
    for path in ("user/?password__startswith=md5", "membership/?user__password__startswith=md5"):
        assert sign_in(superuser).get(f"/admin/accounts/{path}").status_code == 400


def test_a_superuser_gives_rights_with_an_audit_event_and_a_mail(change, superuser, admin, company):
    group = Group.objects.create(name="Support")
    answer = change(superuser, admin, is_staff="on", is_superuser="on", groups=[group.pk])
    assert answer.status_code == 302
    assert (admin.is_staff, admin.is_superuser, admin.groups.get()) == (True, True, group)
    event = AuditEvent.objects.get()
    assert (event.company, event.actor, event.action) == (company, superuser, "user.changed")
    for words in ("staff status from off to on", "superuser status from off to on", "groups: added “Support”"):
        assert words in event.summary
        assert words in mail.outbox[0].body
    assert told() == ["admin@acme.test"]


def test_a_new_address_is_also_mailed_to_the_old_one(change, superuser, admin, company, stranger):
    factories.make_member(stranger.memberships.get().company, user=admin)
    change(superuser, admin, email="Boss@acme.test")
    assert admin.email == "boss@acme.test"
    assert told() == ["admin@acme.test", "boss@acme.test"]
    assert all("from “admin@acme.test” to “boss@acme.test”" in message.body for message in mail.outbox)
    assert {event.company.slug for event in AuditEvent.objects.all()} == {"acme", "other"}


def test_an_unchanged_form_leaves_no_trace(change, superuser, admin):
    group = Group.objects.create(name="Support")
    admin.groups.add(group)
    change(superuser, admin, groups=[group.pk])
    assert (told(), AuditEvent.objects.count(), admin.groups.get()) == ([], 0, group)


def test_a_user_without_a_company_is_in_the_admins_own_history(change, sign_in, superuser):
    lost = factories.make_user("lost@example.com")
    change(superuser, lost, is_active=None)
    assert (lost.is_active, told()) == (False, ["lost@example.com"])
    history = sign_in(superuser).get(reverse("admin:accounts_user_history", args=[lost.pk]))
    assert "Changed Active." in history.text


def test_staff_corrects_a_worker(change, staff, worker_user):
    change(staff, worker_user, first_name="Wren", email="wren@acme.test")
    assert (worker_user.first_name, worker_user.email) == ("Wren", "wren@acme.test")
    assert told() == ["worker@acme.test", "wren@acme.test"]


@pytest.mark.parametrize("values", [{"email": "mine@protiv.test"}, {"is_active": None}, {"first_name": "X"}])
@pytest.mark.parametrize(
    "target", ["superuser", "inactive superuser", "colleague", "inactive", "group", "admin", "manager"]
)
def test_staff_cannot_change_anyone_with_more_rights(request, change, staff, company, target, values):
    user = {
        "superuser": lambda: request.getfixturevalue("superuser"),
        "inactive superuser": lambda: factories.make_user("s@p.test", is_superuser=True, is_active=False),
        "colleague": lambda: make_staff("c@p.test", "change_user", "view_wage"),
        "inactive": lambda: _deactivated(make_staff("c@p.test", "view_wage")),
        "group": lambda: _in_group(factories.make_user("c@p.test", is_staff=True)),
        "admin": lambda: request.getfixturevalue("admin"),
        "manager": lambda: request.getfixturevalue("manager"),
    }[target]()
    before = User.objects.values().get(pk=user.pk)
    assert change(staff, user, **values).status_code == 403
    assert User.objects.values().get(pk=user.pk) == before
    with pytest.raises(PermissionDenied):
        user_services.change_user(user_id=user.pk, actor=staff, email="mine@protiv.test")


def _deactivated(user):
    User.objects.filter(pk=user.pk).update(is_active=False)
    return User.objects.get(pk=user.pk)


def _in_group(user):
    group = Group.objects.create(name="Wages")
    group.permissions.set(Permission.objects.filter(codename="change_wage"))
    user.groups.add(group)
    return user


def test_staff_who_are_company_admins_can_change_its_managers(change, staff, company, manager):
    factories.make_member(company, Role.ADMIN, user=staff)
    change(staff, manager, first_name="Morgan")
    assert manager.first_name == "Morgan"


def test_the_service_gives_no_rights_by_staff(staff, worker_user):
    with pytest.raises(PermissionDenied):
        user_services.change_user(user_id=worker_user.pk, actor=staff, is_staff=True)


def test_no_one_can_delete_a_user(post, superuser, admin):
    assert post(superuser, reverse("admin:accounts_user_delete", args=[admin.pk]), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": admin.pk, "post": "yes"}
    post(superuser, reverse("admin:accounts_user_changelist"), chosen)
    assert User.objects.filter(pk=admin.pk).exists()


def test_groups_are_a_superusers(post, superuser, all_but_superuser):
    group, add = Group.objects.create(name="Support"), reverse("admin:auth_group_add")
    all_but_superuser.groups.add(group)
    everything = {"name": "Support", "permissions": list(Permission.objects.values_list("pk", flat=True))}
    page = reverse("admin:auth_group_change", args=[group.pk])
    assert post(all_but_superuser, page, everything).status_code == 403
    assert post(all_but_superuser, add, {"name": "Mine"}).status_code == 403
    assert post(all_but_superuser, page.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert post(superuser, add, {"name": "New"}).status_code == 302


def test_a_button_sends_a_password_link(post, sign_in, staff, admin, company):
    path = reverse("admin:accounts_user_password_link", args=[admin.pk])
    assert path in sign_in(staff).get(reverse("admin:accounts_user_change", args=[admin.pk])).text
    assert post(staff, path).status_code == 302
    assert told() == ["admin@acme.test"]
    assert AuditEvent.objects.get().summary == "Sent a password link to admin@acme.test."
    assert sign_in(staff).get(path).status_code == 405


def test_an_action_sends_links_to_several(post, staff, admin, manager):
    User.objects.filter(pk=manager.pk).update(is_active=False)
    chosen = {"action": "send_password_links", "_selected_action": [admin.pk, manager.pk]}
    post(staff, reverse("admin:accounts_user_changelist"), chosen)
    assert told() == ["admin@acme.test"]


def test_only_those_who_may_change_users_send_links(post, sign_in, admin, worker_user):
    path = reverse("admin:accounts_user_password_link", args=[admin.pk])
    assert post(make_staff("looker@protiv.test", "view_user"), path).status_code == 403
    assert post(admin, path).status_code == 302  # to the sign-in page of the admin
    assert Client().post(path).status_code == 302
    assert mail.outbox == []
    assert post(make_staff("s@protiv.test", "change_user"), path.replace(str(admin.pk), "999999")).status_code == 404
