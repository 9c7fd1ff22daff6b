"""A company's own layouts of payroll files."""

import pytest
from django.urls import reverse

from propay.models import CustomLayout
from propay.payroll.layouts import PAYCHEX
from tests.make.payroll import COLUMNS, save_settings
from tests.make.payroll_rows import OPTIONS, columns_text
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def typed(columns, **changes: str) -> dict[str, str]:
    """The editor's form with these columns."""
    data = {"name": "Sage", "mode": "PER_WORKER", "date_format": "US", "has_header": "on"}
    data |= {"form-TOTAL_FORMS": str(len(columns)), "form-INITIAL_FORMS": "0"}
    for number, (header, field, text) in enumerate(columns):
        row = {"header": header, "content": field.value if field else "text", "text": text}
        data |= {f"form-{number}-{name}": value for name, value in row.items()}
    return data | changes


def test_new_layout_begins_with_the_columns_of_another_and_saves_as_the_same(as_admin, company):
    address = reverse("custom_layout_create")
    page = as_admin.get(address, {"start": "PAYCHEX"})
    assert page.context["columns"].total_form_count() == len(PAYCHEX.columns)
    columns = [(c.header, c.field, c.text) for c in PAYCHEX.columns]

    answer = as_admin.post(address, typed(columns, mode="PER_EARNING"))

    assert answer["Location"] == reverse("payroll_settings")
    assert CustomLayout.objects.get().columns == columns_text(PAYCHEX, OPTIONS)


def test_new_layout_begins_with_the_generic_columns_where_none_is_named(as_admin, company):
    assert as_admin.get(reverse("custom_layout_create"), {"start": "SAGE"}).context["columns"].total_form_count() == 13


def test_own_layout_is_changed(as_admin, custom):
    address = reverse("custom_layout_edit", args=[custom.pk])
    assert "Layout “Acme Payroll”" in text_of(as_admin.get(address))

    as_admin.post(address, typed(COLUMNS[:4], name="Sage", zero_is_blank="on"))

    custom.refresh_from_db()
    assert (custom.name, custom.zero_is_blank, custom.columns.count("\n")) == ("Sage", True, 3)


@pytest.mark.parametrize(
    ("what", "headers"),
    [
        ("up-1", ["Bonus", "File #", "FLSA"]),
        ("up-0", ["File #", "Bonus", "FLSA"]),
        ("down-0", ["Bonus", "File #", "FLSA"]),
        ("down-2", ["File #", "Bonus", "FLSA"]),
        ("remove-1", ["File #", "FLSA"]),
        ("add", ["File #", "Bonus", "FLSA", ""]),
        ("up-99", ["File #", "Bonus", "FLSA"]),
        ("up-x", ["File #", "Bonus", "FLSA"]),
        ("", ["File #", "Bonus", "FLSA"]),
    ],
)
def test_columns_are_moved_and_nothing_is_saved_or_forgotten(as_admin, custom, what, headers):
    address = reverse("custom_layout_edit", args=[custom.pk])
    page = as_admin.post(address, typed(COLUMNS[:3], name="Half done", move=what))

    assert [form["header"].value() for form in page.context["columns"]] == headers
    assert page.context["form"]["name"].value() == "Half done"
    assert CustomLayout.objects.get().name == "Acme Payroll"


@pytest.mark.parametrize(
    ("columns", "changes", "told"),
    [
        (COLUMNS[:3], {}, "No column contains state overtime premium amount"),
        (COLUMNS, {"mode": "PER_EARNING"}, "which needs one row per worker"),
        (COLUMNS, {"mode": "BOTH"}, "Select a valid choice"),
        (COLUMNS, {"name": ""}, "This field is required"),
        (COLUMNS, {"name": "Acme Payroll"}, "Another layout has this name"),
        (COLUMNS, {"form-0-header": ""}, "has no heading"),
        (COLUMNS, {"form-0-content": "ssn"}, "Select a valid choice"),
        (COLUMNS, {"form-0-content": ""}, "This field is required"),
        (COLUMNS, {"form-4-header": "", "form-4-content": "", "form-4-text": ""}, "This field is required"),
        (COLUMNS, {"form-TOTAL_FORMS": "x"}, "ManagementForm"),
        (COLUMNS, {"form-TOTAL_FORMS": "0"}, "No column identifies the worker."),
        ([("x", None, "")] * 101, {}, "at most 100 columns"),
    ],
)
def test_an_invalid_layout_is_reported_and_not_saved(as_admin, custom, columns, changes, told):
    page = text_of(as_admin.post(reverse("custom_layout_create"), typed(columns, **changes)))

    assert told in page
    assert CustomLayout.objects.count() == 1


def test_own_layout_is_deleted(as_admin, custom):
    as_admin.post(reverse("custom_layout_delete", args=[custom.pk]))

    assert not CustomLayout.objects.exists()


def test_own_layout_in_use_is_not_deleted(as_admin, company, admin, custom):
    save_settings(company, admin, layout="CUSTOM", custom_layout_id=custom.pk)

    answer = as_admin.post(reverse("custom_layout_delete", args=[custom.pk]), follow=True)

    assert "Choose another one first" in text_of(answer)
    assert CustomLayout.objects.exists()
