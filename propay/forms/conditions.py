"""What a person enters about conditions: the company's list, and which of them a ProPay failed."""

from decimal import Decimal
from typing import Any

from django import forms

from propay.forms.fields import DollarsField, typed_dollars
from propay.models import Condition, ConditionKind
from propay.services import Failed


class ConditionForm(forms.Form):
    """One condition of the company's list."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        error_messages={"required": "Enter a name for the condition, like Callback."},
        help_text="Not about injuries: a bonus must not depend on whether anyone reports one (29 CFR 1904.35). Name "
        "what the crew did or didn't do.",
    )
    kind = forms.ChoiceField(label="Type", choices=ConditionKind.choices, widget=forms.RadioSelect)
    amount = DollarsField(
        label="Usual amount",
        required=False,
        help_text="For penalties. Leave blank to enter the amount at each approval.",
    )

    def clean(self) -> dict[str, Any]:
        """A disqualifier takes the whole pool, so an amount next to it is a mistake."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == ConditionKind.DISQUALIFIER and cleaned.get("amount") is not None:
            self.add_error(
                "amount",
                "A disqualifier removes the whole bonus pool, so it has no amount. Clear this field or choose Penalty.",
            )
        return cleaned


class FailedConditionsForm(forms.Form):
    """A checkbox, an amount, and a note for each condition; the cleaned data are in `failed`."""

    def __init__(self, *args: Any, conditions: list[Condition], stands: list[Failed], **options: Any) -> None:
        super().__init__(*args, **options)
        self.conditions = conditions
        applied = {one.condition_id: one for one in stands}
        for condition in conditions:
            one = applied.get(condition.pk)
            self.fields[f"on_{condition.pk}"] = forms.BooleanField(
                label=condition.name, required=False, initial=one is not None
            )
            if condition.kind == ConditionKind.PENALTY:
                amount: Decimal | None = one.amount if one else condition.amount
                self.fields[f"amount_{condition.pk}"] = DollarsField(
                    label=f"Amount of {condition.name}", required=False, initial=typed_dollars(amount)
                )
            self.fields[f"note_{condition.pk}"] = forms.CharField(
                label=f"Note on {condition.name}", required=False, max_length=500, initial=one.note if one else ""
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """For the table: the condition, its checkbox, its amount (None for a disqualifier) and its note."""
        return [
            {
                "condition": condition,
                "on": self[f"on_{condition.pk}"],
                "amount": self[f"amount_{condition.pk}"] if f"amount_{condition.pk}" in self.fields else None,
                "note": self[f"note_{condition.pk}"],
            }
            for condition in self.conditions
        ]

    def clean(self) -> dict[str, Any]:
        """A selected penalty needs an amount."""
        cleaned = super().clean() or self.cleaned_data
        for condition in self.conditions:
            name = f"amount_{condition.pk}"
            if cleaned.get(f"on_{condition.pk}") and name in self.fields and name not in self.errors:
                amount = cleaned.get(name)
                if amount is None or amount <= 0:
                    self.add_error(name, "Enter the amount to subtract from the pool, like 50.00.")
        return cleaned

    @property
    def failed(self) -> list[Failed]:
        """The service's argument."""
        return [
            Failed(
                condition_id=condition.pk,
                amount=self.cleaned_data.get(f"amount_{condition.pk}"),
                note=self.cleaned_data[f"note_{condition.pk}"],
            )
            for condition in self.conditions
            if self.cleaned_data[f"on_{condition.pk}"]
        ]
