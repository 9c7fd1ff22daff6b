"""ExakTime's description: what it makes of credentials and settings, and what the installation may set."""

import pytest
import responses

from integrations.exaktime.login import Login
from integrations.exaktime.provider import EXAKTIME
from protiv.kit.refused import Refused
from tests.integrations.exaktime.probes import PROBES
from tests.make.connections import LOGIN_URL, PASSWORD, SIGNED_IN, USERNAME


@pytest.fixture(autouse=True)
def _real_address(settings):
    settings.EXAKTIME_BASE_URL = "https://{company_id}.exaktime.com"
    settings.EXAKTIME_ALLOW_INSECURE_BASE_URL = False


def make(company_id: str):
    return EXAKTIME.make(Login(company_id, USERNAME, PASSWORD).credentials(), {}, lambda _changed: None)


@pytest.mark.parametrize("probe", PROBES, ids=ascii)
def test_no_connector_is_made_for_an_invalid_company_id(probe):
    with pytest.raises(Refused):
        make(probe)


@responses.activate
def test_the_account_is_the_company_id_alone():
    responses.post(LOGIN_URL, json=SIGNED_IN)
    assert make("https://Acme.exaktime.com/login").sign_in().identifier == "Acme"


def test_a_login_hides_its_contents():
    login = Login("acme", USERNAME, PASSWORD)
    for shown in (repr(login), repr(login.credentials())):
        assert USERNAME not in shown
        assert PASSWORD not in shown
