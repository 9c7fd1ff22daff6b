"""Pocket Clock: a second provider, tiny. Other words, a single secret, and few capabilities.

Its account's name is not entered but found at sign-in, as with an access token. Tests give it a connector in memory.
"""

from django import forms

from integrations.providers.base import Credentials as ProviderCredentials
from integrations.providers.base import CredentialSchema, HelpLink, Provider, Words
from integrations.providers.forms import ConnectForm, ProviderSettingsForm


class PocketConnectForm(ConnectForm):
    token = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Paste the access token."},
    )

    def credentials(self) -> ProviderCredentials:
        return ProviderCredentials("", {"token": self.cleaned_data["token"]})


def _no_network(*_arguments):
    raise AssertionError("Pocket Clock has no connector of its own: a test puts one in memory.")


POCKET = Provider(
    key="POCKET",
    slug="pocket-clock",
    name="Pocket Clock",
    initials="Pk",
    card="Crews punch in on their own phones.",
    words=Words(
        worker="hand",
        workers="hands",
        job="project",
        jobs="projects",
        cost_code="activity",
        cost_codes="activities",
        pay_period="fortnight",
        time_record="punch",
        account="workspace",
        credentials="access token",
        hidden="access token",
        lists="hands, projects, and activities",
    ),
    comes_in=("Hands, projects, and punches",),
    needs=("An access token",),
    people_seen="In Pocket Clock, a token sees one workspace.",
    people_missing="In Pocket Clock, make a token for the whole workspace.",
    connect_form=PocketConnectForm,
    credentials=CredentialSchema(required=frozenset({"token"})),
    settings_form=ProviderSettingsForm,
    make=_no_network,
    help_links=(HelpLink("Make an access token", "https://pocket-clock.test/tokens"),),
)
