"""A company's settings for a connection. The sign-in form of a provider is in its own folder."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, cast

from django import forms

from integrations.models import Connection, Horizon
from integrations.services import HeldDecision

EARLIEST_START = date(2000, 1, 1)
MAX_DAYS_AHEAD = 31


class HeldForm(forms.Form):
    """What became of hours on hold: which of the questions that are open, and the answer."""

    decision = forms.ChoiceField(choices=HeldDecision)
    up_to = forms.IntegerField(min_value=0, max_value=2**63 - 1)

    def __init__(self, data: Any, *, keys: Collection[str]) -> None:
        super().__init__(data)
        self.fields["held"] = forms.MultipleChoiceField(
            choices=[(key, key) for key in keys],
            error_messages={
                "required": "Select at least one line.",
                "invalid_choice": "What you selected has changed. This page shows what is on hold now.",
            },
        )

    def arguments(self) -> dict[str, Any]:
        """What the service takes."""
        cleaned = self.cleaned_data
        return {"held_keys": cleaned["held"], "up_to": cleaned["up_to"], "decision": cleaned["decision"]}


class SyncSettingsForm(forms.Form):
    """Arguments of `services.start_sync` and `services.change_settings`."""

    sync_start_date = forms.DateField(
        label="Sync start date",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Hours before this date aren't imported and don't count in bonuses or overtime. Use the first day "
        "of the workweek in which you go live. Don't put a ProPay on a job that was already under way: its earlier "
        "hours would be missing and its bonus too high. You can choose an earlier date later.",
        error_messages={
            "required": "Choose a sync start date.",
            "invalid": "Enter a date, such as 2026-11-02.",
        },
    )
    horizon = forms.ChoiceField(
        label="Time to import",
        choices=Horizon.choices,
        initial=Horizon.LEAVE_OUT_CURRENT_WEEK,
        widget=forms.RadioSelect,
        help_text="Time in the current week is often still being corrected. Exclude it to calculate bonuses from "
        "completed weeks only.",
        error_messages={"invalid_choice": "Choose one of the options."},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def offer(self, connection: Connection) -> None:
        """Remove options that this connection doesn't support, unless already chosen."""
        if not connection.can.finality and connection.horizon != Horizon.FINAL_ONLY:
            horizon = cast(forms.ChoiceField, self.fields["horizon"])
            horizon.choices = [choice for choice in Horizon.choices if choice[0] != Horizon.FINAL_ONLY]

    def readable_start(self, text: str) -> date | None:
        """The start date entered, if it is a valid day."""
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

    def arguments(self) -> dict[str, Any]:
        """The cleaned data as arguments: the provider's own fields are combined into one."""
        own = {name: value for name, value in self.cleaned_data.items() if name not in SyncSettingsForm.base_fields}
        common = {name: self.cleaned_data[name] for name in SyncSettingsForm.base_fields}
        return {**common, "provider_settings": own}


def settings_form(connection: Connection, data: Any, *, today: date) -> SyncSettingsForm:
    """The form of a connection's settings, the provider's own fields after the common ones, with the current values."""
    own = connection.provider_info.settings_form
    common = {name: getattr(connection, name) for name in SyncSettingsForm.base_fields}
    initial = {**common, **own.with_defaults(connection.provider_settings)}
    form: SyncSettingsForm = type("SettingsForm", (own, SyncSettingsForm), {})(data, initial=initial, today=today)
    form.offer(connection)
    return form
