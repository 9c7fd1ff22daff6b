"""Company-wide bonus settings, and one worker's pay settings. The cleaned data are a service's."""

from typing import Any

from django import forms

from propay.forms.fields import DayField
from propay.models import LATEST_PAYDAY
from protiv.accounts.models import PayPeriodLength


class PeriodForm(forms.Form):
    """How the calendar is divided into pay periods."""

    pay_period = forms.ChoiceField(label="Pay frequency", choices=PayPeriodLength)
    period_anchor_date = DayField(
        label="First day of a pay period",
        required=False,
        help_text="For weekly and biweekly pay periods: the first day of any period, past or future. Leave blank to "
        "follow the pay periods in your time-tracking system or, if it has none, your workweek.",
    )


class BonusSettingsForm(PeriodForm):
    """The whole settings page; the fields are `services.bonus_settings.SettingsValues`."""

    payday_days = forms.IntegerField(
        label="Days from the end of a pay period to its payday",
        min_value=0,
        max_value=LATEST_PAYDAY,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text="A bonus is due with the next payday after it can be calculated (29 CFR 778.106). What is past it is "
        "shown in red, and admins get mail once a week.",
    )
    managers_approve = forms.BooleanField(
        label="Managers can approve ProPays", required=False, help_text="Otherwise, only admins can."
    )
    nets_losses = forms.BooleanField(
        label="Offset losses against savings",
        required=False,
        help_text="When ProPays are approved together, one that is over budget reduces the savings of the others "
        "before their bonus pools are calculated. When this is off, the company absorbs the loss. It lowers pay "
        "that was earned on another job, so it works only while your pay rules say that money can be recovered: Yes.",
    )
    rolls_over_negative = forms.BooleanField(
        label="Carry a negative balance to the worker's next statement",
        required=False,
        help_text="When this is off, a statement whose corrections and deductions exceed its bonuses pays a bonus of "
        "$0.00. The rest counts only against later corrections of the same ProPay. Overtime is always paid in full. "
        "Some states restrict deductions (New York: 12 NYCRR 195-5.1); ask your attorney.",
    )

    def clean(self) -> dict[str, Any]:
        """Periods by the calendar month follow the month."""
        super().clean()
        if self.cleaned_data.get("pay_period") not in (PayPeriodLength.WEEKLY, PayPeriodLength.BIWEEKLY, None):
            self.errors.pop("period_anchor_date", None)
            self.cleaned_data["period_anchor_date"] = None
        return self.cleaned_data


class WorkerFlagsForm(forms.Form):
    """Settings that apply to one worker on every ProPay."""

    no_bonus = forms.BooleanField(
        label="Not eligible for crew shares",
        required=False,
        help_text="Their time still counts toward hours and labor cost; their share goes to the rest of the crew. They "
        "still get a lead, manager, or other part that names them.",
    )
    is_salaried = forms.BooleanField(
        label="Paid a salary, but not exempt from overtime",
        required=False,
        help_text="Matters in states with a rule of their own for salaries, such as Pennsylvania. True-ups on bonuses "
        "that aren't paid yet are recalculated.",
    )
