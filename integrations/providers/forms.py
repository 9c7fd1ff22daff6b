"""Base classes of a provider's two forms: the one to sign in, and the one of the connection's own settings."""

from collections.abc import Mapping
from typing import Any

from django import forms

from integrations.providers.base import Credentials


class ConnectForm(forms.Form):
    """What a provider asks for at sign-in. The form checks the shape; signing in proves it."""

    # The field in which the account's identifier is entered, where there is one.
    account_field = ""

    def __init__(self, *args: Any, account_identifier: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.account_field:
            self.initial[self.account_field] = account_identifier

    def credentials(self) -> Credentials:
        """What was entered, in the form that the services take for every provider."""
        raise NotImplementedError


class ProviderSettingsForm(forms.Form):
    """What a company chooses about a connection to one provider, besides the start date and the horizon.

    Its cleaned data are stored as JSON under the fields' names. The pages show it together with the form of those two.
    """

    @classmethod
    def facts(cls, stored: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The stored settings for people, as pairs of a name and a value; "" if nothing was chosen."""
        return []

    @classmethod
    def with_defaults(cls, stored: Mapping[str, Any]) -> dict[str, Any]:
        """The stored settings and, for those never chosen, the form's default."""
        return {name: stored.get(name, field.initial) for name, field in cls.base_fields.items()}
