"""Optional fields can be left blank, and say what that means: for every form of the product."""

import re
from collections.abc import Iterator

import pytest
from django import forms
from django.urls import get_resolver

OURS = ("protiv", "propay", "integrations")
SAYS_OPTIONAL = re.compile(r"optional|blank|empty", re.IGNORECASE)
# Fields that are entered, may be empty, and whose meaning needs no word: searches, notes, the either-or of a file and
# its text, what only one kind of budget asks for (and then refuses without), a table's common value, and a reason that
# only the second step asks for.
EVIDENT = {
    "AdjustmentForm.note",
    "NoteForm.note",
    "SearchForm.q",
    "ListForm.q",
    "WageFileForm.text",
    "ManyWagesForm.hourly_amount",
    "ColumnForm.header",
    "ColumnForm.text",
    "ExclusionForm.pattern",
    "PayrollFileForm.batch_id",
    "CorrectionForm.reason",
    "PayrollSettingsForm.federal_code",
    "PayrollSettingsForm.state_extra_code",
    "PayrollSettingsForm.deduction_code",
    "WhatIfForm.week_hours",
    *(
        f"{form}.{name}"
        for form in ("ProPayForm", "WhatIfForm")
        for name in ("fixed_amount", "labor_percent", "rate_amount", "quantity", "adjustment_value")
    ),
}


def all_forms() -> list[type[forms.BaseForm]]:
    """Every form class of ours; importing the addresses imports them all. Django's own sign-in forms are not ours."""
    assert get_resolver().url_patterns

    def below(kind: type) -> Iterator[type]:
        for form in kind.__subclasses__():
            yield form
            yield from below(form)

    found = {form for form in below(forms.BaseForm) if form.__module__.partition(".")[0] in OURS}
    return sorted(
        (form for form in found if "admin" not in form.__module__),
        key=lambda form: (form.__qualname__, form.__module__),
    )


FIELDS = [
    pytest.param(name, field, id=f"{form.__name__}.{name}")
    for form in all_forms()
    for name, field in form.base_fields.items()
]


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_optional_fields_can_be_blank(name, field):
    if SAYS_OPTIONAL.search(f"{field.label or ''} {field.help_text}") and not isinstance(field, forms.BooleanField):
        assert not field.required
        empty = [] if isinstance(field, forms.ModelMultipleChoiceField | forms.MultipleChoiceField) else ""
        field.clean(field.to_python(empty) if isinstance(field, forms.FileField) else empty)


def test_the_meaning_of_a_blank_field_is_explained():
    typed = (forms.CharField, forms.DateField, forms.DecimalField)
    silent = {
        f"{form.__name__}.{name}"
        for form in all_forms()
        for name, field in form.base_fields.items()
        if isinstance(field, typed)
        and not field.required
        and not isinstance(field.widget, forms.HiddenInput)
        and not SAYS_OPTIONAL.search(str(field.help_text))
    }
    assert silent == EVIDENT
