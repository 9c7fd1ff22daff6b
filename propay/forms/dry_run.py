"""The form for a dry run. The cleaned data are the arguments of `propay.pages.dry_run.replay`."""

from typing import Any

from django import forms

from propay.forms.fields import DayField
from propay.forms.terms import PlanVersionField
from propay.models import PlanVersion
from protiv.accounts.models import Company


class DryRunForm(forms.Form):
    """A version of a plan, and a range of days, both included."""

    version = PlanVersionField(
        PlanVersion.objects.none(),
        label="Plan",
        empty_label="Choose a plan",
        error_messages={"required": "Choose a plan to test.", "invalid_choice": "Choose one of the plans."},
    )
    start = DayField(label="From")
    end = DayField(label="To")

    def __init__(self, *args: Any, company: Company, **options: Any) -> None:
        super().__init__(*args, **options)
        versions = PlanVersion.objects.filter(company=company).select_related("plan")
        self.fields["version"].queryset = versions.order_by("plan__name", "-start_date")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        super().clean()
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and end < start:
            self.add_error("end", "The end date is before the start date. Choose a later one.")
        return self.cleaned_data
