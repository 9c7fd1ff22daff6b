"""What people enter about bonus plans: the same numbers as on a ProPay's form. The cleaned data are a service's."""

from copy import deepcopy
from datetime import date
from typing import Any

from django import forms

from propay.forms.fields import DayField
from propay.forms.initial import TRAVEL_TEXTS
from propay.forms.terms import TRAVEL_CHOICES, ProPayForm
from propay.models import BONUS_TERMS, FROM_THE_START, PlanVersion
from propay.models.labels import BUDGET_TYPES, choices_of
from propay.rules.terms import Distribution
from protiv.accounts.models import Company

# Not set if blank: the crew gets the rest, and a hidden weight stays unchanged.
LEFT_TO_SERVICE = ("crew_percent", "lead_weight")


def name_field() -> forms.CharField:
    return forms.CharField(
        label="Name",
        max_length=120,
        error_messages={"required": "Enter a name for the plan, like Standard or Small jobs."},
    )


class PlanTermsForm(forms.Form):
    """A plan's terms from a start date on."""

    start_date = DayField(
        label="Effective date",
        required=False,
        help_text="Leave blank and the plan always applies. With a date, it applies to ProPays that start on or after "
        "that date.",
    )
    budget_type = forms.ChoiceField(
        label="Default budget type",
        required=False,
        choices=[("", "Set on each ProPay"), *choices_of(BUDGET_TYPES)],
    )

    def __init__(self, *args: Any, company: Company, corrects: PlanVersion | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if corrects is not None:
            self.fields["start_date"].help_text = (
                "Applies to ProPays that start on or after this date. ProPays that start earlier keep the previous "
                "version. Leave blank and the rules apply from the start."
            )
        for name in (*BONUS_TERMS, "labor_percent"):
            self.fields[name] = deepcopy(ProPayForm.base_fields[name])
        usual = "counts" if company.include_travel else "doesn't count"
        labels = {"": f"Company default ({usual})", "yes": "Counts", "no": "Doesn't count"}
        self.fields["include_travel"].choices = [(text, labels[text]) for text in TRAVEL_TEXTS.values()]  # type: ignore[attr-defined]
        self.fields["labor_percent"].help_text = "Default labor percentage of the contract price. Example: 30."

    def clean_start_date(self) -> date:
        """Blank: from the start."""
        chosen: date | None = self.cleaned_data["start_date"]
        return chosen or FROM_THE_START

    def clean_include_travel(self) -> bool | None:
        return TRAVEL_CHOICES.get(self.cleaned_data["include_travel"])

    def clean(self) -> dict[str, Any]:
        """Ignore a hidden weight."""
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("distribution") not in (Distribution.LEAD_WEIGHTED, None):
            self.errors.pop("lead_weight", None)
            cleaned["lead_weight"] = None
        return {name: value for name, value in cleaned.items() if value is not None or name not in LEFT_TO_SERVICE}


class PlanForm(PlanTermsForm):
    """A new plan: its name and its first version."""

    name = name_field()


class PlanNameForm(forms.Form):
    """A new name for a plan."""

    name = name_field()
