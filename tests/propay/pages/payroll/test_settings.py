"""The payroll settings."""

import pytest
from django.urls import reverse

from propay.models import PayrollSettings
from propay.payroll.layouts import LAYOUTS
from protiv.accounts.models import AuditEvent
from tests.make.paid import make_paid
from tests.propay.pages.payroll.asking import body_of, download
from tests.reading import text_of

pytestmark = pytest.mark.django_db

SETTINGS = {
    "layout": "GENERIC",
    "bonus_code": "BONUS",
    "federal_code": "OTFED",
    "state_extra_code": "OTSTATE",
    "deduction_code": "DEDUCT",
    "company_code": "",
    "worker_id_kind": "NUMBER",
}


def test_settings_are_saved_and_shown_again(company, as_admin):
    address = reverse("payroll_settings")
    answer = as_admin.post(address, SETTINGS | {"layout": "ADP", "company_code": "XYZ", "bonus_code": "20"})

    assert answer.status_code == 302
    page = as_admin.get(address).content.decode()
    assert '<option value="ADP" selected' in page
    assert 'value="XYZ"' in page
    assert AuditEvent.objects.get().action == "payroll.settings_saved"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"layout": "ADP"}, "The company code is missing: ADP Workforce Now"),
        ({"layout": "PAYCOM", "federal_code": "BONUS"}, "must differ from the others"),
        ({"layout": "SAGE"}, "Select a valid choice"),
        ({"layout": ""}, "Choose a layout."),
        ({"layout": "CUSTOM"}, "Select a valid choice"),
        ({"worker_id_kind": "SSN"}, "Select a valid choice"),
        ({"bonus_code": "x" * 61}, "at most 60 characters"),
    ],
)
def test_invalid_settings_are_shown_at_their_field(as_admin, company, changes, told):
    assert told in text_of(as_admin.post(reverse("payroll_settings"), SETTINGS | changes))
    assert not PayrollSettings.objects.exists()


def test_settings_say_which_layout_is_confirmed_by_which_source(as_admin, company):
    response = as_admin.get(reverse("payroll_settings"))

    page = text_of(response)
    assert "ADP Workforce Now (paydata import) Confirmed" in page
    assert "Paychex Flex (Standard Payroll Import) Partly confirmed" in page
    assert "Paycom (columns to adapt) Not confirmed" in page
    for layout in LAYOUTS.values():
        for source in layout.sources:
            assert f'href="{source.address}"' in response.content.decode()


def test_own_layout_can_be_chosen(as_admin, custom, ana):
    make_paid(ana)
    as_admin.post(reverse("payroll_settings"), SETTINGS | {"layout": f"CUSTOM-{custom.pk}"})

    assert PayrollSettings.objects.get().custom_layout == custom
    assert body_of(download(as_admin, layout=f"CUSTOM-{custom.pk}")).splitlines() == [
        "File #,Bonus,FLSA,State,Department",
        "101,250.00,20.00,4.25,300",
    ]
