"""Inviting, changing roles, removing; and that a company always keeps an admin."""

import pytest
from django.core import mail

from protiv.accounts.models import AuditEvent, Membership, Role, User
from tests.conftest import PASSWORD
from tests.make import factories
from tests.make.links import link_in


@pytest.fixture
def invite(as_admin, django_capture_on_commit_callbacks):
    def post(email, role="WORKER"):
        with django_capture_on_commit_callbacks(execute=True):
            return as_admin.post("/settings/people/", {"email": email, "role": role}, follow=True)

    return post


def membership_of(email):
    return Membership.objects.get(user__email=email, company__slug="acme")


def test_an_invited_person_sets_a_password_and_signs_in(invite, anonymous, admin):
    response = invite("New.Person@Acme.test", "MANAGER")
    assert "Invited new.person@acme.test." in response.text
    membership = membership_of("new.person@acme.test")
    assert membership.role == Role.MANAGER
    assert not membership.user.has_usable_password()
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["new.person@acme.test"], "Acme Roofing invited you to Protiv")
    form = anonymous.get(link_in(message))
    anonymous.post(form.url, {"new_password1": "seven-wet-shingles", "new_password2": "seven-wet-shingles"})
    signed_in = anonymous.post("/login/", {"username": "new.person@acme.test", "password": "seven-wet-shingles"})
    assert signed_in.url == "/"
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.summary) == (
        admin,
        "member.invited",
        "Invited new.person@acme.test as manager.",
    )


def test_someone_known_elsewhere_is_added_and_keeps_the_password(invite, stranger):
    response = invite("ADMIN@other.test")
    assert membership_of("admin@other.test").user == stranger
    assert User.objects.get(pk=stranger.pk).check_password(PASSWORD)
    (message,) = mail.outbox
    assert "your current password" in message.body
    assert "/password-reset/" not in message.body
    assert "Acme Roofing" in message.body
    assert "Invited admin@other.test." in response.text


def test_inviters_cannot_see_whether_the_address_was_known(invite, stranger):
    User.objects.filter(pk=stranger.pk).update(first_name="Olga", last_name="Other", last_login="2020-01-01T00:00Z")
    known = invite("admin@other.test").text.replace("admin@other.test", "X")
    Membership.objects.filter(company__slug="acme", user=stranger).delete()
    unknown = invite("admin@newly.test").text.replace("admin@newly.test", "X")
    pks = [str(pk) for pk in Membership.objects.values_list("pk", flat=True)]
    assert "Olga" not in known
    assert _without_numbers(known) == _without_numbers(unknown), pks


def _without_numbers(page):
    import re

    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
    return re.sub(r"\d+|X-CSRFToken[^}]+", "", page)


@pytest.mark.parametrize(
    ("email", "role", "field"),
    [
        ("", "WORKER", "email"),
        ("no address", "WORKER", "email"),
        ("a@b.test", "OWNER", "role"),
        ("a@b.test", "", "role"),
    ],
)
def test_invalid_input_invites_no_one(invite, email, role, field):
    response = invite(email, role)
    assert response.status_code == 200
    assert f'id="id_{field}_error"' in response.text
    assert (mail.outbox, AuditEvent.objects.count()) == ([], 0)


def test_a_member_is_not_invited_twice(invite, manager):
    response = invite("Manager@acme.test")
    assert "manager@acme.test already has access." in response.text
    assert mail.outbox == []
    assert membership_of("manager@acme.test").role == Role.MANAGER


def test_the_list_shows_who_has_not_signed_in_yet(invite, as_admin, anonymous):
    invite("new@acme.test")
    page = as_admin.get("/settings/people/")
    assert "new@acme.test" in page.text
    assert page.text.count("Invited") >= 1


def test_the_list_has_pages(as_admin, company):
    for number in range(55):
        factories.make_member(company, email=f"w{number:02}@acme.test")
    first, second = as_admin.get("/settings/people/"), as_admin.get("/settings/people/?page=2")
    assert "1–50 of 56" in first.text
    assert "51–56 of 56" in second.text
    assert "w54@acme.test" in second.text


def test_the_list_costs_the_same_for_one_and_for_many(as_admin, company, django_assert_max_num_queries):
    for number in range(30):
        factories.make_member(company, email=f"w{number:02}@acme.test")
    with django_assert_max_num_queries(15):
        as_admin.get("/settings/people/")


def test_an_invitation_is_sent_again(as_admin, invite, django_capture_on_commit_callbacks):
    invite("new@acme.test")
    membership = membership_of("new@acme.test")
    with django_capture_on_commit_callbacks(execute=True):
        as_admin.post(f"/settings/people/{membership.pk}/invite-again/")
    assert [message.to for message in mail.outbox] == [["new@acme.test"]] * 2
    assert AuditEvent.objects.filter(action="member.invited_again").count() == 1


def test_a_role_is_changed_and_written_down(as_admin, manager):
    membership = membership_of("manager@acme.test")
    response = as_admin.post(f"/settings/people/{membership.pk}/", {"role": "ADMIN"}, follow=True)
    assert "Role saved for manager@acme.test." in response.text
    assert membership_of("manager@acme.test").role == Role.ADMIN
    assert AuditEvent.objects.get().summary == "Changed manager@acme.test from manager to admin."


def test_the_same_role_again_records_nothing(as_admin, manager):
    as_admin.post(f"/settings/people/{membership_of('manager@acme.test').pk}/", {"role": "MANAGER"})
    assert AuditEvent.objects.count() == 0


@pytest.mark.parametrize("role", ["", "OWNER"])
def test_an_unknown_role_is_refused(as_admin, manager, role):
    response = as_admin.post(f"/settings/people/{membership_of('manager@acme.test').pk}/", {"role": role})
    assert 'id="id_role_error"' in response.text
    assert membership_of("manager@acme.test").role == Role.MANAGER


def test_a_member_is_removed_and_the_user_stays(as_admin, manager):
    response = as_admin.post(f"/settings/people/{membership_of('manager@acme.test').pk}/remove/", follow=True)
    assert "Removed manager@acme.test." in response.text
    assert not manager.memberships.exists()
    assert User.objects.filter(pk=manager.pk).exists()
    assert AuditEvent.objects.get().action == "member.removed"


def test_the_last_admin_can_be_neither_demoted_nor_removed(as_admin, admin, stranger):
    pk = membership_of("admin@acme.test").pk
    demoted = as_admin.post(f"/settings/people/{pk}/", {"role": "MANAGER"})
    removed = as_admin.post(f"/settings/people/{pk}/remove/", follow=True)
    for response in (demoted, removed):
        assert "admin@acme.test is the only admin. Make someone else an admin first." in response.text
    assert membership_of("admin@acme.test").role == Role.ADMIN
    assert AuditEvent.objects.count() == 0


def test_an_admin_can_step_down_if_there_is_another(as_admin, company):
    factories.make_member(company, Role.ADMIN)
    pk = membership_of("admin@acme.test").pk
    assert as_admin.post(f"/settings/people/{pk}/", {"role": "MANAGER"}).url == "/"
    assert as_admin.get("/settings/people/").status_code == 403
