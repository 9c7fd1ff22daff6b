"""Page access by role: admin, manager, worker, another company's user, anonymous."""

import pytest
from django.urls import reverse

from protiv.accounts.models import Membership
from tests.make import factories

ROLES = ("admin", "manager", "worker", "stranger", "anonymous")


@pytest.fixture
def clients(as_admin, as_manager, as_worker, as_stranger, anonymous):
    return dict(zip(ROLES, (as_admin, as_manager, as_worker, as_stranger, anonymous), strict=True))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("healthz", (200, 200, 200, 200, 200)),
        ("login", (302, 302, 302, 302, 200)),
        ("password_reset", (200, 200, 200, 200, 200)),
        ("password_reset_done", (200, 200, 200, 200, 200)),
        ("password_change", (200, 200, 200, 200, 302)),
        ("company_settings", (200, 403, 403, 200, 302)),
        ("people", (200, 403, 403, 200, 302)),
    ],
)
def test_pages_open_for_their_roles_only(clients, name, expected):
    got = tuple(clients[role].get(reverse(name)).status_code for role in ROLES)
    assert got == expected


@pytest.mark.parametrize(("name", "method"), [("person", "get"), ("person", "post")])
def test_a_member_is_shown_to_admins_and_not_found_by_strangers(clients, worker_user, name, method):
    url = reverse(name, args=[Membership.objects.get(user=worker_user).pk])
    got = tuple(getattr(clients[role], method)(url).status_code for role in ROLES)
    assert got == (200, 403, 403, 404, 302)


@pytest.mark.parametrize("name", ["person_remove", "person_invite_again"])
def test_members_are_changed_by_admins_only_and_by_post_only(clients, worker_user, name):
    membership = Membership.objects.get(user=worker_user)
    url = reverse(name, args=[membership.pk])
    for role, status in zip(ROLES[1:], (403, 403, 404, 302), strict=True):
        assert clients[role].post(url).status_code == status, role
    assert clients["admin"].get(url).status_code == 405
    assert Membership.objects.filter(pk=membership.pk).exists()
    assert clients["admin"].post(url).status_code == 302


def test_healthz_says_ok(anonymous):
    response = anonymous.get("/healthz")
    assert (response.content, response["Content-Type"]) == (b"ok", "text/plain")


def test_sign_out_is_a_post(as_admin):
    assert as_admin.get("/logout/").status_code == 405
    assert as_admin.post("/logout/").url == "/login/"
    assert as_admin.get("/settings/").url == "/login/?next=/settings/"


def test_an_address_that_takes_forms_says_what_to_do_when_opened_by_itself(as_admin, anonymous):
    signed_out = anonymous.post(reverse("company_switch"))
    assert signed_out.status_code == 302

    page = as_admin.get(reverse("company_switch"))

    assert (page.status_code, page.headers["Allow"]) == (405, "POST")
    assert "Nothing was changed" in page.content.decode()
    assert as_admin.delete(reverse("company_switch")).content == b""


def test_a_user_without_a_company_finds_nothing_and_can_sign_out(db, sign_in):
    response = sign_in(factories.make_user("lost@example.com")).get("/")
    assert response.status_code == 404
    assert "lost@example.com" in response.text
    assert 'action="/logout/"' in response.text


def test_staff_without_a_company_is_sent_to_the_admin(db, sign_in):
    client = sign_in(factories.make_user(is_staff=True))
    assert client.get("/").url == "/admin/"
    assert client.get("/settings/").status_code == 404


def test_switching_the_company_shows_the_other_one(as_admin, admin, company):
    other = factories.make_company("Second Roofing")
    factories.make_member(other, "ADMIN", user=admin)
    assert 'value="Acme Roofing"' in as_admin.get("/settings/").text
    assert as_admin.post("/company/switch/", {"company": other.pk}).url == "/"
    assert 'value="Second Roofing"' in as_admin.get("/settings/").text


@pytest.mark.parametrize("chosen", ["", "abc", "0", "99999999999999999999"])
def test_switching_to_an_unknown_company_is_not_found(as_admin, chosen):
    assert as_admin.post("/company/switch/", {"company": chosen}).status_code == 404
    assert as_admin.post("/company/switch/", {"company": "²"}).status_code == 404


def test_switching_to_another_users_company_is_not_found(as_admin, stranger):
    assert as_admin.post("/company/switch/", {"company": stranger.memberships.get().company_id}).status_code == 404


def test_an_ended_membership_ends_immediately(as_manager, manager, company):
    assert as_manager.get("/password/").status_code == 200
    manager.memberships.all().delete()
    assert as_manager.get("/settings/").status_code == 404
