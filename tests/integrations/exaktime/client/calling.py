"""Calls of the client, and what the server answers."""

from datetime import UTC, datetime

import pytest

from integrations.providers.base import (
    ProviderError,
)
from tests.integrations.exaktime.secrecy import TOKEN, assert_no_secret, visible_in

BASE = "https://acme.exaktime.com"
LOGIN = f"{BASE}/v1/auth/login"
LIST = f"{BASE}/v1/Time/CostCodes"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ITEMS = {"items": [], "page": 1, "pageSize": 100, "totalCount": 0}
HTML = "<!DOCTYPE html><html><body>We'll be back soon</body></html>"


def accept_login(http, token=TOKEN):
    http.post(LOGIN, json={"token": token, "expiresAt": "2020-01-01T00:00:00Z"})


def read(client):
    return client.get("/v1/Time/CostCodes", {"page": 1, "pageSize": 100})


def failure(call):
    with pytest.raises(ProviderError) as caught:
        call()
    assert_no_secret(visible_in(caught.value))
    return caught.value


def calls_to(http, url):
    return [call for call in http.calls if call.request.url.startswith(url)]


def shape_a(code):
    return {"error": {"code": code, "message": "vendor text", "details": []}}
