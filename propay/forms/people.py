"""Which two workers are the same person, and which of them gets the overtime."""

from typing import Any

from django import forms

from protiv.accounts.models import Company
from protiv.timekeeping.models import Worker


class OtherWorkerForm(forms.Form):
    """Another worker of the company."""

    other = forms.ModelChoiceField(queryset=Worker.objects.none())

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["other"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (for the type checker)
        field.queryset = Worker.objects.filter(company=company)


class PersonForm(OtherWorkerForm):
    """`is_primary`: this page's worker is the primary one, not the other."""

    is_primary = forms.BooleanField(required=False)
