"""What an admin decides about bonuses as a whole, and about one worker's pay. The cleaned data are a service's."""

from typing import Any

from django import forms

from propay.forms.fields import DayField
from propay.models.labels import OVERTIME_RULES, STATE_METHODS, choices_of
from protiv.accounts.models import PayPeriodLength


class PeriodForm(forms.Form):
    """How the calendar is cut into pay periods."""

    pay_period = forms.ChoiceField(label="You pay", choices=PayPeriodLength)
    period_anchor_date = DayField(
        label="A day on which a period begins",
        required=False,
        help_text="For weekly and two-week periods: the first day of any of them, past or coming. Left empty: as your "
        "time tracking's pay periods begin, else with the workweek.",
    )


class BonusSettingsForm(PeriodForm):
    """All of the settings page; the fields are `services.bonus_settings.SettingsValues`."""

    overtime_rule = forms.ChoiceField(
        label="Overtime on bonuses",
        choices=choices_of(OVERTIME_RULES),
        widget=forms.RadioSelect,
        help_text="A bonus raises the regular rate, so overtime already paid was too low; the difference is the "
        "true-up. Another rule works out anew what is not paid yet.",
    )
    overtime_method = forms.ChoiceField(
        label="California's method",
        choices=choices_of(STATE_METHODS),
        help_text="Used with California's rule only. Flat sum is the safe choice; ask your counsel before you take "
        "the other one.",
    )
    managers_approve = forms.BooleanField(
        label="Managers may approve ProPays", required=False, help_text="Otherwise only admins do."
    )
    nets_losses = forms.BooleanField(
        label="Losses of ProPays lower the savings of others",
        required=False,
        help_text="Among those approved together: a ProPay over budget takes from the savings of the others before "
        "their pools are cut. Off, a loss is the company's.",
    )
    rolls_over_negative = forms.BooleanField(
        label="Carry a negative total over to the worker's next statement",
        required=False,
        help_text="Off, a statement whose corrections and deductions exceed its bonuses is paid as 0.00 and the rest "
        "is forgiven. Some states restrict deductions; ask your counsel.",
    )

    def clean(self) -> dict[str, Any]:
        """Periods by the calendar month begin where the month says."""
        super().clean()
        if self.cleaned_data.get("pay_period") not in (PayPeriodLength.WEEKLY, PayPeriodLength.BIWEEKLY, None):
            self.errors.pop("period_anchor_date", None)
            self.cleaned_data["period_anchor_date"] = None
        return self.cleaned_data


class WorkerFlagsForm(forms.Form):
    """What holds for one worker on every ProPay."""

    no_bonus = forms.BooleanField(
        label="Draws no share of any crew's part",
        required=False,
        help_text="Their time still counts and costs; their share goes to the others. A lead's, manager's or other "
        "part that names them stays theirs.",
    )
    is_exempt = forms.BooleanField(
        label="Exempt from overtime",
        required=False,
        help_text="Salaried under the law's own tests, not merely paid a salary. No true-up is then owed on bonuses "
        "that are not paid yet.",
    )
