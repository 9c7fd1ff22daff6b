"""What ExakTime asks for at sign-in (exaktime.md 1 and 3), and where it finds the budgets (exaktime.md 4.4)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator

from integrations.exaktime.company_id import normalize_company_id
from integrations.exaktime.login import Login
from integrations.providers.base import Credentials
from integrations.providers.forms import ConnectForm, ProviderSettingsForm
from protiv.kit.refused import Refused

# Validators instead of `max_length`: a browser would silently cut off a pasted password.
_MOST_CHARACTERS = 500
_REASONABLE = [MaxLengthValidator(_MOST_CHARACTERS, f"Use at most {_MOST_CHARACTERS} characters.")]


class ExakTimeConnectForm(ConnectForm):
    """Username, password, and the Company ID, which is checked before any network call."""

    account_field = "company_id"

    username = forms.CharField(
        label="Username",
        validators=_REASONABLE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="The username this account uses to sign in to ExakTime in a browser.",
        error_messages={"required": "Enter the username of your ExakTime account."},
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        validators=_REASONABLE,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the password of your ExakTime account."},
    )
    company_id = forms.CharField(
        label="Company ID",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="The part before <strong>.exaktime.com</strong> in your ExakTime address, no spaces: for "
        "https://acme.exaktime.com it is <strong>acme</strong>. This isn't the mobile app's Company Setup Code, "
        "which changes weekly.",
        error_messages={
            "required": "Enter your Company ID: the part before .exaktime.com in your ExakTime address.",
        },
    )

    def clean_company_id(self) -> str:
        try:
            return normalize_company_id(self.cleaned_data["company_id"])
        except Refused as error:
            raise forms.ValidationError(error.message, code=error.code) from None

    def credentials(self) -> Credentials:
        typed = self.cleaned_data
        return Login(typed["company_id"], typed["username"], typed["password"]).credentials()


class ExakTimeSettingsForm(ProviderSettingsForm):
    """The custom fields of a Location with the two labor budgets."""

    budget_hours_field = forms.CharField(
        label="Custom field for budget hours (optional)",
        initial="Budget Hours",
        max_length=100,
        required=False,
        help_text="The name of the ExakTime Location custom field that holds the budgeted hours. Leave blank to "
        "import no budget hours.",
    )
    contract_price_field = forms.CharField(
        label="Custom field for contract price (optional)",
        initial="Contract Price",
        max_length=100,
        required=False,
        help_text="Leave blank to import no contract prices. A budget you enter on a ProPay always takes precedence.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        names = [cleaned.get("budget_hours_field"), cleaned.get("contract_price_field")]
        if names[0] and names[0] == names[1]:
            self.add_error(
                "contract_price_field",
                forms.ValidationError(
                    "This field is already used for budget hours. Enter a different one.", code="same_field"
                ),
            )
        return cleaned

    @classmethod
    def facts(cls, stored: Mapping[str, Any]) -> list[tuple[str, str]]:
        chosen = cls.with_defaults(stored)
        return [
            ("Budget hours from", chosen["budget_hours_field"]),
            ("Contract price from", chosen["contract_price_field"]),
        ]
