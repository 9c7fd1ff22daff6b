"""A client that records its waits, and the server it calls."""

import pytest
import responses

from integrations.exaktime.client import ClientOptions, ExakTimeClient
from integrations.exaktime.login import Login
from tests.integrations.exaktime.client.calling import BASE, NOW
from tests.integrations.exaktime.secrecy import PASSWORD, USERNAME


@pytest.fixture
def http():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def waits():
    return []


@pytest.fixture
def make_client(waits):
    def make(**options):
        login = Login("https://Acme.exaktime.com/", USERNAME, PASSWORD)
        given = {"sleep": waits.append, "now": lambda: NOW} | options
        return ExakTimeClient(login, base_url=BASE, options=ClientOptions(**given))

    return make


@pytest.fixture
def client(make_client):
    return make_client()
