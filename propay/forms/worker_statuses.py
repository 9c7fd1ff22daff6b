"""What overtime law asks about a worker, with dates. The cleaned data are a service's."""

from typing import Any

from django import forms

from propay.forms.fields import DayField, HoursField
from protiv.timekeeping.models import LONGEST_SCHEDULED_DAY, WEEKDAYS


class StatusForm(forms.Form):
    """From when a row applies; one that has applied all along may stay without a date."""

    from_date = DayField(label="From")

    def __init__(self, *args: Any, may_be_dateless: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["from_date"].required = not may_be_dateless


class ExemptionForm(StatusForm):
    """Exempt status: federal and state law apart."""

    is_federal = forms.BooleanField(label="Exempt under federal law", required=False, initial=True)
    is_state = forms.BooleanField(
        label="Exempt under state law",
        required=False,
        initial=True,
        help_text="Check these only if the worker is legally exempt from overtime. Being paid a salary isn't enough. "
        "To end the status, add another one with both unchecked.",
    )


class ScheduleForm(StatusForm):
    """An alternative workweek: hours by weekday."""

    is_under_agreement = forms.BooleanField(
        label="Covered by a collective agreement",
        required=False,
        help_text="The agreement replaces the state's daily overtime (Labor Code 514): only the federal rule applies.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for day in WEEKDAYS:
            self.fields[day] = HoursField(label=day.capitalize(), required=False, most_minutes=LONGEST_SCHEDULED_DAY)

    def clean(self) -> dict[str, Any]:
        """A blank day isn't scheduled."""
        super().clean()
        self.cleaned_data |= {day: self.cleaned_data.get(day) or 0 for day in WEEKDAYS}
        return self.cleaned_data
