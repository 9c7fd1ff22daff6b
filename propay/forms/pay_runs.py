"""What a person enters to pay statements."""

from django import forms


class PayForm(forms.Form):
    """When the workers get the money."""

    pay_date = forms.DateField(
        label="Pay date",
        help_text="The date workers are paid.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Enter the pay date.",
            "invalid": "Enter a date, like 2026-11-20.",
        },
    )
