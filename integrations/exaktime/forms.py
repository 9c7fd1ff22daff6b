"""What ExakTime asks for at sign-in. The form checks the shape; signing in proves it (exaktime.md 1 and 3)."""

from django import forms
from django.core.validators import MaxLengthValidator

from integrations.exaktime.company_id import InvalidCompanyId, normalize_company_id
from integrations.providers.base import Credentials

# Validators and not `max_length`: a browser would cut a password that is pasted in without a word.
_REASONABLE = [MaxLengthValidator(500, "This is too long.")]


class ExakTimeConnectForm(forms.Form):
    """User name, password, and the Company ID, which is checked before any network call."""

    username = forms.CharField(
        label="Username",
        validators=_REASONABLE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="The user name with which this account signs in to ExakTime in a browser.",
        error_messages={"required": "Enter the user name of your ExakTime account."},
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
        "https://acme.exaktime.com it is <strong>acme</strong>. It is not the mobile app’s Company Setup Code, which "
        "changes weekly.",
        error_messages={
            "required": "Enter your Company ID: the part before .exaktime.com in your ExakTime address.",
        },
    )

    def clean_company_id(self) -> str:
        try:
            return normalize_company_id(self.cleaned_data["company_id"])
        except InvalidCompanyId as error:
            raise forms.ValidationError(error.message, code=error.code) from None

    def credentials(self) -> Credentials:
        """What was typed, in the shape that every provider's service takes."""
        return Credentials(
            company_identifier=self.cleaned_data["company_id"],
            username=self.cleaned_data["username"],
            password=self.cleaned_data["password"],
        )
