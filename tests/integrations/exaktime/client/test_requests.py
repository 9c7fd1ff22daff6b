"""What is sent, and what stays secret."""

import logging
from http import HTTPStatus

from tests.integrations.exaktime.client.calling import BASE, ITEMS, LIST, LOGIN, accept_login, failure, read
from tests.integrations.exaktime.secrecy import PASSWORD, TOKEN, USERNAME, assert_no_secret


def test_query_is_spelled_for_odata(http, client):
    accept_login(http)
    http.get(f"{BASE}/odata/DwTimeRecords", json={})
    client.get("/odata/DwTimeRecords", {"$filter": "PayPeriodId eq 'O''Neil & 1+1=50%#'", "$top": 1000})
    assert http.calls[-1].request.url == (
        f"{BASE}/odata/DwTimeRecords?$filter=PayPeriodId%20eq%20%27O%27%27Neil%20%26%201%2B1%3D50%25%23%27&$top=1000"
    )


def test_session_takes_nothing_from_the_environment(http, client, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine acme.exaktime.com login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    accept_login(http)
    http.get(LIST, json=ITEMS)
    read(client)
    login, get = http.calls
    assert "Authorization" not in login.request.headers
    assert get.request.headers["Authorization"] == f"Bearer {TOKEN}"
    for call in http.calls:
        assert not call.request.req_kwargs["proxies"]
        assert call.request.req_kwargs["timeout"] == (10.0, 60.0)
        assert call.request.req_kwargs["verify"] is True
        assert call.request.req_kwargs["stream"] is True


def test_cookies_are_not_kept(http, client):
    http.post(LOGIN, json={"token": TOKEN}, headers={"Set-Cookie": "session=other; Path=/"})
    http.get(LIST, json=ITEMS)
    read(client)
    assert "Cookie" not in http.calls[-1].request.headers


def test_repr_shows_no_secret(http, client):
    accept_login(http)
    client.sign_in()
    assert_no_secret(repr(client) + str(client))
    assert BASE in repr(client)


def test_log_shows_no_secret(http, client, caplog):
    caplog.set_level(logging.DEBUG)
    accept_login(http)
    http.get(LIST, status=HTTPStatus.SERVICE_UNAVAILABLE, body=f"{TOKEN} {PASSWORD}")
    failure(lambda: read(client))
    assert "SERVER_ERROR" in caplog.text
    assert_no_secret(caplog.text)


def test_answer_that_echoes_the_password_is_not_repeated(http, client):
    http.post(LOGIN, status=401, json={"error": {"code": PASSWORD, "message": f"{USERNAME}:{PASSWORD} is wrong"}})
    assert_no_secret(failure(client.sign_in).message)
