"""What a company chooses about a connection. What a provider asks for at sign-in is in its own folder."""

from datetime import date, timedelta
from typing import Any

from django import forms

from integrations.exaktime.forms import ExakTimeConnectForm
from integrations.models import Connection, Horizon
from integrations.providers.registry import Provider

# By provider: the form whose `credentials()` are an argument of `services.connect`.
CONNECT_FORMS = {Provider.EXAKTIME: ExakTimeConnectForm}

EARLIEST_START = date(2000, 1, 1)
MAX_DAYS_AHEAD = 31


class SyncSettingsForm(forms.Form):
    """Arguments of `services.start_sync` and `services.change_settings`."""

    sync_start_date = forms.DateField(
        label="Sync start date",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Hours before this date are never brought in. Use the date on which your crew goes live with "
        "Protiv, so that test data and old hours stay out.",
        error_messages={
            "required": "Choose the date from which hours count.",
            "invalid": "Enter a date, such as 2026-11-02.",
        },
    )
    horizon = forms.ChoiceField(
        label="Which time to take in",
        choices=Horizon.choices,
        initial=Horizon.LEAVE_OUT_CURRENT_WEEK,
        widget=forms.RadioSelect,
        help_text="Time of the current week is often still being corrected. Leave it out, and bonuses are worked out "
        "from weeks that have ended.",
        error_messages={"invalid_choice": "Choose one of the three."},
    )
    budget_hours_field = forms.CharField(
        label="Custom field with the hour budget (optional)",
        initial="Budget Hours",
        max_length=100,
        required=False,
        help_text="Name of the custom field of a Location in ExakTime that holds the budgeted hours. Left empty: no "
        "hour budgets are brought in.",
    )
    contract_price_field = forms.CharField(
        label="Custom field with the contract price (optional)",
        initial="Contract Price",
        max_length=100,
        required=False,
        help_text="Left empty: no contract prices are brought in. A budget that you type into a ProPay always wins.",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def readable_start(self, text: str) -> date | None:
        """What somebody typed as the start date, where it is a day."""
        try:
            return self.fields["sync_start_date"].to_python(text)
        except forms.ValidationError:
            return None

    def clean_sync_start_date(self) -> date:
        chosen: date = self.cleaned_data["sync_start_date"]
        if chosen < EARLIEST_START:
            raise forms.ValidationError("The start date can't be before January 1, 2000.", code="too_early")
        if chosen > self.today + timedelta(days=MAX_DAYS_AHEAD):
            raise forms.ValidationError(
                "The start date can be at most 31 days ahead. Choose an earlier one.", code="too_late"
            )
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        names = [cleaned.get("budget_hours_field"), cleaned.get("contract_price_field")]
        if names[0] and names[0] == names[1]:
            self.add_error(
                "contract_price_field",
                forms.ValidationError("This is the field of the hour budget. Enter another one.", code="same_field"),
            )
        return cleaned


def settings_of(connection: Connection) -> dict[str, Any]:
    """The connection's present settings, to begin the form with."""
    return {name: getattr(connection, name) for name in SyncSettingsForm.base_fields}
