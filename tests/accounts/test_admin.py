"""What support staff sees in the Django admin."""

import pytest
from django.urls import reverse

from protiv.accounts.models import AuditEvent, User
from tests import factories


@pytest.fixture
def as_support(db, sign_in):
    return sign_in(User.objects.create_superuser("support@protiv.test", "correct-horse-battery"))


@pytest.fixture
def event(company, admin):
    return AuditEvent.objects.create(company=company, actor=admin, action="company.updated", summary="Changed it.")


@pytest.mark.parametrize("model", ["company", "user", "membership", "auditevent"])
def test_lists_can_be_opened_and_searched(as_support, admin, event, model):
    for query in ("", "?q=acme"):
        assert as_support.get(reverse(f"admin:accounts_{model}_changelist") + query).status_code == 200


def test_company_user_and_membership_can_be_edited(as_support, admin, company):
    for name, pk in (("company", company.pk), ("user", admin.pk), ("membership", admin.memberships.get().pk)):
        response = as_support.get(reverse(f"admin:accounts_{name}_change", args=[pk]))
        assert response.status_code == 200
        assert 'name="_save"' in response.text


def test_a_user_is_added_by_email_in_lower_case(as_support):
    form = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0", "usable_password": "true"}
    passwords = {"password1": "seven-wet-shingles", "password2": "seven-wet-shingles"}
    response = as_support.post(reverse("admin:accounts_user_add"), form | passwords | {"email": "New@Acme.TEST"})
    assert response.status_code == 302
    assert User.objects.get(email="new@acme.test").check_password("seven-wet-shingles")


def test_an_address_with_other_capitals_is_no_new_user(as_support, admin):
    form = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0", "usable_password": "true"}
    passwords = {"password1": "seven-wet-shingles", "password2": "seven-wet-shingles"}
    response = as_support.post(reverse("admin:accounts_user_add"), form | passwords | {"email": "Admin@ACME.test"})
    assert "already exists" in response.text


def test_what_was_written_down_is_read_only(as_support, event):
    url = reverse("admin:accounts_auditevent_change", args=[event.pk])
    page = as_support.get(url)
    assert "Changed it." in page.text
    assert 'name="_save"' not in page.text
    assert as_support.post(url, {"summary": "Nothing."}).status_code == 403
    assert as_support.get(reverse("admin:accounts_auditevent_add")).status_code == 403
    assert as_support.post(reverse("admin:accounts_auditevent_delete", args=[event.pk])).status_code == 403
    event.refresh_from_db()
    assert event.summary == "Changed it."


def test_a_company_admin_is_no_support_staff(as_admin):
    assert as_admin.get("/admin/").status_code == 302


def test_the_admin_has_our_title_and_its_own_look(as_support):
    page = as_support.get("/admin/").text
    assert "Protiv support" in page
    assert "tabler" not in page


def test_a_company_with_members_is_not_deleted(as_support, company):
    factories.make_member(company)
    response = as_support.post(reverse("admin:accounts_company_delete", args=[company.pk]), {"post": "yes"})
    company.refresh_from_db()
    assert "protected" in response.text
