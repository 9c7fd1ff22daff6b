"""Who may see and do what on the pages of payroll files."""

import pytest
from django.urls import reverse

from propay.models import CustomLayout, PayrollFile
from tests.make import factories
from tests.propay.pages.payroll.asking import DATES, create, preview
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def addresses(custom, kept) -> list[tuple[str, str]]:
    return [
        ("get", reverse("payroll_settings")),
        ("post", reverse("payroll_settings")),
        ("get", reverse("payroll_preview")),
        ("post", reverse("payroll_file")),
        ("get", reverse("payroll_file_detail", args=[kept.pk])),
        ("post", reverse("payroll_file_download", args=[kept.pk])),
        ("get", reverse("custom_layout_create")),
        ("post", reverse("custom_layout_create")),
        ("get", reverse("custom_layout_edit", args=[custom.pk])),
        ("post", reverse("custom_layout_edit", args=[custom.pk])),
        ("post", reverse("custom_layout_delete", args=[custom.pk])),
    ]


def test_only_admins_have_access(custom, kept, as_manager, as_worker, anonymous):
    for method, address in addresses(custom, kept):
        assert getattr(as_manager, method)(address).status_code == 403
        assert getattr(as_worker, method)(address).status_code == 403
        answer = getattr(anonymous, method)(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("login"))
    assert CustomLayout.objects.count() == 1


def test_user_of_no_company_finds_nothing(custom, kept, sign_in):
    client = sign_in(factories.make_user())
    for method, address in addresses(custom, kept):
        assert getattr(client, method)(address).status_code == 404


def test_stranger_sees_nothing_of_another_company(custom, kept, as_stranger):
    assert "Ana Ruiz" not in preview(as_stranger, **DATES)
    assert "Acme Payroll" not in text_of(as_stranger.get(reverse("payroll_settings")))
    assert as_stranger.get(reverse("custom_layout_edit", args=[custom.pk])).status_code == 404
    assert as_stranger.post(reverse("custom_layout_delete", args=[custom.pk])).status_code == 404
    answer = create(as_stranger, layout=f"CUSTOM-{custom.pk}")
    assert answer.status_code == 302
    assert as_stranger.get(reverse("payroll_file_detail", args=[kept.pk])).status_code == 404
    assert as_stranger.post(reverse("payroll_file_download", args=[kept.pk])).status_code == 404
    assert PayrollFile.objects.count() == 1


@pytest.mark.parametrize("name", ["payroll_file", "custom_layout_delete"])
def test_recorded_actions_require_a_post(as_admin, custom, name):
    args = [custom.pk] if name == "custom_layout_delete" else []
    assert as_admin.get(reverse(name, args=args)).status_code == 405
