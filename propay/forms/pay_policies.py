"""From when which rules for overtime on a bonus apply. The cleaned data are a service's."""

from typing import Any

from django import forms

from propay.forms.fields import DayField
from propay.rules.state_overtime import STATE_RULES
from protiv.accounts.models import DivisorChoice, StateMethodChoice, TakeBackChoice, Weekday
from protiv.kit.us_states import US_STATES

LONGEST_REASON = 300


def state_choices() -> list[tuple[str, Any]]:
    """The states by what is known of their overtime law."""
    own = {rule.code: rule.name for rule in STATE_RULES if not rule.adds_nothing}
    none = {rule.code: rule.name for rule in STATE_RULES if rule.code not in own}
    others = {code: name for code, name in US_STATES.items() if code not in own | none}
    return [
        ("", "No state: federal rule only"),
        ("States with an overtime law of their own", sorted(own.items(), key=_by_name)),
        ("States where the federal rule is all there is", sorted(none.items(), key=_by_name)),
        ("Not covered yet: federal rule only", sorted(others.items(), key=_by_name)),
    ]


def _by_name(choice: tuple[str, str]) -> str:
    return choice[1]


class PayPolicyForm(forms.Form):
    """The rules of one pay policy; the fields are `services.PolicyValues`."""

    workweek_start = forms.ChoiceField(
        label="Workweek starts on",
        choices=Weekday,
        help_text="The fixed seven-day week used to count overtime. Change it only if your payroll changes too.",
    )
    workday_start = forms.TimeField(
        label="Workday starts at",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text="The workweek starts at this hour, too. Shifts that cross it are divided by the clock. Night crews: "
        "let the workday begin at noon, so that a night counts as one day.",
    )
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=state_choices,
        help_text="Where your crews work. A job in another state follows that state's law.",
    )
    method = forms.ChoiceField(
        label="California method",
        choices=StateMethodChoice,
        help_text="Used only in California. Flat sum is the safer choice. Ask your attorney before you choose "
        "production.",
    )
    divisor = forms.ChoiceField(
        label="Hours that divide a flat sum",
        choices=DivisorChoice,
        help_text="Used only in California with the flat sum. Whichever pays more is the safer choice.",
    )
    take_back = forms.ChoiceField(
        label="Take money back from a bonus",
        choices=TakeBackChoice,
        widget=forms.RadioSelect,
        help_text="Whether a deduction or a correction can lower a bonus that was already earned. California and New "
        "York (12 NYCRR 195-5.1) restrict it; ask your attorney.",
    )


class NewPolicyForm(PayPolicyForm):
    """Rules from a date on."""

    from_date = DayField(label="From", help_text="A day on which the new workweek starts.")
    field_order = ("from_date",)


class CorrectionForm(forms.Form):
    """Why rules for days that have begun are corrected; `seen` is a digest of what was reviewed."""

    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        required=False,
        help_text="Required. It is kept in the audit log.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
