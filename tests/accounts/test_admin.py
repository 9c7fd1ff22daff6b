"""The Django admin for support staff."""

import pytest
from django.contrib import admin as site
from django.contrib.auth.models import Group
from django.test import RequestFactory
from django.urls import reverse

from protiv.accounts.models import AuditEvent, Company, Membership, User
from protiv.timekeeping.models import Wage
from tests.make import factories


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


# Everything else registered is read-only. Each of these is stored by a service, except groups, which only a superuser
# changes, and the deletion of a company, which its own rows prevent.
WRITABLE = {
    Company: {"change", "delete"},
    Group: {"add", "change", "delete"},
    Membership: {"add", "change", "delete"},
    User: {"add", "change"},
    Wage: {"add", "change", "delete"},
}


def test_a_superuser_can_change_only_what_is_listed(as_support):
    request = RequestFactory().get("/admin/")
    request.user = User.objects.get(email="support@protiv.test")
    for model, pages in site.site._registry.items():
        open_to = {what for what in ("add", "change", "delete") if getattr(pages, f"has_{what}_permission")(request)}
        assert open_to == WRITABLE.get(model, set()), model
        assert all(not inline.has_change_permission(request) for inline in pages.get_inline_instances(request))


def test_company_user_and_membership_can_be_edited(as_support, admin, company):
    for name, pk in (("company", company.pk), ("user", admin.pk), ("membership", admin.memberships.get().pk)):
        response = as_support.get(reverse(f"admin:accounts_{name}_change", args=[pk]))
        assert response.status_code == 200
        assert 'name="_save"' in response.text


def test_audit_events_are_read_only(as_support, event):
    url = reverse("admin:accounts_auditevent_change", args=[event.pk])
    page = as_support.get(url)
    assert "Changed it." in page.text
    assert 'name="_save"' not in page.text
    assert as_support.post(url, {"summary": "Nothing."}).status_code == 403
    assert as_support.get(reverse("admin:accounts_auditevent_add")).status_code == 403
    assert as_support.post(reverse("admin:accounts_auditevent_delete", args=[event.pk])).status_code == 403
    event.refresh_from_db()
    assert event.summary == "Changed it."


def test_a_company_admin_is_not_support_staff(as_admin):
    assert as_admin.get("/admin/").status_code == 302


def test_the_admin_has_our_title_and_its_own_look(as_support):
    page = as_support.get("/admin/").text
    assert "Protiv support" in page
    assert "tabler" not in page


def test_a_company_with_members_is_not_deleted(as_support, company):
    factories.make_member(company)
    response = as_support.post(reverse("admin:accounts_company_delete", args=[company.pk]), {"post": "yes"})
    company.refresh_from_db()
    assert "Cannot delete company" in response.text


@pytest.fixture
def change_company(as_support, company):
    """Submits the company's form with the given changes."""

    def change(**values):
        fields = ("name", "time_zone", "currency", "hours_format")
        form = {field: getattr(company, field) for field in fields} | values
        inline = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
        return as_support.post(reverse("admin:accounts_company_change", args=[company.pk]), form | inline)

    return change


def test_a_company_is_changed_by_the_service(change_company, company, settings, monkeypatch):
    updated = []
    monkeypatch.setattr("propay.services.update_all_true_ups", lambda **values: updated.append(values["company"]))
    assert change_company(time_zone="America/Chicago", name="Acme Roofs").status_code == 302
    event = AuditEvent.objects.get()
    assert (event.company, event.actor.email) == (company, "support@protiv.test")
    assert "time zone from “America/Denver” to “America/Chicago”" in event.summary
    assert updated == [company]


def test_fields_that_other_rows_depend_on_are_not_changed_here(change_company, company):
    change_company(slug="evil", pay_period="MONTHLY")
    company.refresh_from_db()
    assert (company.slug, company.pay_period) == ("acme", "BIWEEKLY")


def test_a_company_is_not_added_here(as_support):
    assert as_support.get(reverse("admin:accounts_company_add")).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "email__regex=(",
        "email__iregex=(a%2B)%2B$",
        "email__startswith=a",
        "last_login__year=99999999999999",
        "email__=",
    ],
)
def test_a_filter_that_no_page_has_is_refused(as_support, query):
    response = as_support.get(reverse("admin:accounts_user_changelist") + f"?{query}")
    assert response.status_code == 400


@pytest.mark.parametrize(
    "query",
    ["is_staff__exact=1", "memberships__role__exact=ADMIN", "last_login__year=2026&last_login__month=9", "o=-1.2&p=0"],
)
def test_a_filter_of_our_pages_is_used(as_support, query):
    response = as_support.get(reverse("admin:accounts_user_changelist") + f"?{query}")
    assert response.status_code == 200
