from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from integrations.exaktime.company_id import InvalidBaseUrl, build_base_url, normalize_company_id
from protiv.kit.refused import Refused
from tests.integrations.exaktime.probes import PROBES

TEMPLATE = "https://{company_id}.exaktime.com"
SANDBOX = "http://127.0.0.1:8900"


@pytest.mark.parametrize("probe", PROBES)
def test_normalize_refuses_probe(probe):
    with pytest.raises(Refused):
        normalize_company_id(probe)


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize(("template", "allow_insecure"), [(TEMPLATE, False), (SANDBOX, True)])
def test_build_base_url_refuses_probe(probe, template, allow_insecure):
    with pytest.raises(Refused):
        build_base_url(template, probe, allow_insecure=allow_insecure)


@pytest.mark.parametrize(
    ("typed", "company_id"),
    [
        ("acme", "acme"),
        ("Acme", "Acme"),
        ("  acme\n", "acme"),
        ("\u00a0acme\u2003", "acme"),
        ("acme.exaktime.com", "acme"),
        ("ACME.ExakTime.COM", "ACME"),
        ("acme.exaktime.com.", "acme"),
        ("acme.", "acme"),
        ("https://acme.exaktime.com", "acme"),
        ("HTTP://acme.exaktime.com/", "acme"),
        ("https://acme.exaktime.com/login?next=/a.b#top", "acme"),
        ("acme/login", "acme"),
        ("acme?x=1", "acme"),
        ("acme#top", "acme"),
        ("7", "7"),
        ("a-1--b", "a-1--b"),
        ("apis", "apis"),
        ("http", "http"),
        ("a" * 63, "a" * 63),
    ],
)
def test_normalize_accepts(typed, company_id):
    assert normalize_company_id(typed) == company_id


@pytest.mark.parametrize(
    ("typed", "code", "hint"),
    [
        ("", "empty", "Enter your Company ID"),
        (" ", "empty", "Enter your Company ID"),
        ("https://", "empty", "Enter your Company ID"),
        ("acme corp", "spaces", "must not contain spaces. Use the part before .exaktime.com"),
        ("acme\u00a0corp", "spaces", "must not contain spaces"),
        ("evil.com/#", "invalid", "only the part before .exaktime.com"),
        ("xn--acme", "invalid", "only the part before .exaktime.com"),
        ("www", "reserved", "belongs to ExakTime itself"),
    ],
)
def test_message_says_what_to_enter(typed, code, hint):
    with pytest.raises(Refused) as caught:
        normalize_company_id(typed)
    assert caught.value.code == code
    assert hint in caught.value.message
    assert str(caught.value) == caught.value.message


@given(st.text())
@example("acme\n")
@example("evil.com/#")
def test_whatever_is_entered_stays_under_exaktime(typed):
    try:
        url = build_base_url(TEMPLATE, typed)
    except Refused:
        return
    host = urlsplit(url).hostname
    assert host.endswith(".exaktime.com")
    assert host.count(".") == 2
    assert url == f"https://{host}"


@given(st.text())
def test_normalize_is_idempotent(typed):
    try:
        label = normalize_company_id(typed)
    except Refused:
        return
    assert normalize_company_id(label) == label


def test_build_base_url_uses_the_label_only():
    assert build_base_url(TEMPLATE, " https://Acme.exaktime.com/login ") == "https://acme.exaktime.com"


@pytest.mark.parametrize(
    ("template", "url"),
    [
        ("https://{company_id}.exaktime.com/", "https://acme.exaktime.com"),
        ("https://{company_id}.EU.exaktime.com:8443", "https://acme.eu.exaktime.com:8443"),
    ],
)
def test_build_base_url_accepts_template(template, url):
    assert build_base_url(template, "acme") == url


@pytest.mark.parametrize(
    "template",
    [
        "",
        "http://{company_id}.exaktime.com",
        "https://exaktime.com",
        SANDBOX,
        "https://{company_id}",
        "https://x{company_id}.exaktime.com",
        "https://{company_id}{company_id}.exaktime.com",
        "https://{company_id}@evil.com",
        "https://user@{company_id}.exaktime.com",
        "https://evil.com/{company_id}",
        "https://evil.com/#{company_id}.exaktime.com",
        "https://{company_id}.exaktime.com/api",
        "https://{company_id}.exaktime.com?x=1",
        "https://{company_id}.exaktime.com\n",
        "https://{company_id.__class__}.exaktime.com",
    ],
)
def test_build_base_url_refuses_template(template):
    with pytest.raises(InvalidBaseUrl):
        build_base_url(template, "acme")


@pytest.mark.parametrize("template", [SANDBOX, SANDBOX + "/", "http://[::1]:8900", "https://sandbox.test"])
def test_fixed_address_needs_the_insecure_setting(template):
    assert build_base_url(template, "acme", allow_insecure=True) == template.rstrip("/")
    with pytest.raises(InvalidBaseUrl):
        build_base_url(template, "acme")


@pytest.mark.parametrize("template", ["", "ftp://127.0.0.1", "http://u:p@127.0.0.1", "http://127.0.0.1/x", "http://"])
def test_fixed_address_must_be_an_address(template):
    with pytest.raises(InvalidBaseUrl):
        build_base_url(template, "acme", allow_insecure=True)


def test_insecure_template_with_company_id():
    url = build_base_url("http://{company_id}.localhost.test:8900", "acme", allow_insecure=True)
    assert url == "http://acme.localhost.test:8900"
