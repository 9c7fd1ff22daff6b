"""Requirements of a production start for hosts, addresses, mail, and proxies."""

import pytest

from protiv import deployment
from protiv.accounts import checks

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.mark.parametrize("hosts", [["example.com"], [".example.com"], ["a.test", "10.0.0.5", "[::1]", "localhost"]])
def test_it_takes_names_of_hosts(hosts):
    assert deployment.hosts_problem(hosts) is None


@pytest.mark.parametrize(
    "hosts",
    [[], ["*"], ["example.com", "*"], ["*.com"], [".com"], ["."], ["https://example.com"], ["example.com:8000"]],
)
def test_it_refuses_hosts_that_let_in_any_or_none(hosts):
    assert "ALLOWED_HOSTS" in deployment.hosts_problem(hosts)


@pytest.mark.parametrize("url", ["https://app.example.com", "https://App.Example.com:8443", "https://example.com"])
def test_it_takes_an_https_site_among_the_hosts(url):
    assert deployment.site_url_problem(url, [".example.com"]) is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "not set"),
        ("http://app.example.com", "must be an https address"),
        ("app.example.com", "must be an https address"),
        ("https://", "must be an https address"),
        ("https://app.example.com/protiv", "without a path"),
        ("https://app.example.com/", "without a path"),
        ("https://app.example.com?a=1", "without a path"),
        ("https://app.example.com#a", "without a path"),
        ("https://me@app.example.com", "must be an https address"),
        ("https://app.example.com:port", "must be an https address"),
        ("https://[::1", "must be an https address"),
        ("https://localhost", "points at this machine"),
        ("https://127.0.0.1", "points at this machine"),
        ("https://127.8.0.1:443", "points at this machine"),
        ("https://[::1]", "points at this machine"),
        ("https://0.0.0.0", "points at this machine"),
        ("https://app.localhost", "points at this machine"),
        ("https://example.com.evil.test", "not in ALLOWED_HOSTS"),
        ("https://notexample.com", "not in ALLOWED_HOSTS"),
    ],
)
def test_it_refuses_a_site_that_mail_must_not_point_at(url, why):
    hosts = [".example.com", "localhost", "127.0.0.1", "[::1]"]
    problem = deployment.site_url_problem(url, hosts)
    assert "SITE_URL" in problem
    assert why in problem


@pytest.mark.parametrize("name", ["console", "dummy", "locmem", "filebased"])
def test_it_refuses_mail_that_is_not_sent(name):
    backend = f"django.core.mail.backends.{name}.EmailBackend"
    assert "EMAIL_URL" in deployment.mail_problem(backend=backend, host="mail.example.com")


@pytest.mark.parametrize(
    ("backend", "host", "is_sound"),
    [(SMTP, "mail.example.com", True), (SMTP, "localhost", True), (SMTP, None, False), ("anymail.Backend", None, True)],
)
def test_it_wants_a_server_for_smtp(backend, host, is_sound):
    assert (deployment.mail_problem(backend=backend, host=host) is None) == is_sound


@pytest.mark.parametrize(
    ("sender", "is_sound"),
    [
        ("Protiv <bonus@example.com>", True),
        ("bonus@example.com", True),
        ("Protiv <protiv@localhost>", False),
        ("protiv@localhost.localdomain", False),
        ("Protiv <protiv@127.0.0.1>", False),
        ("Protiv", False),
        ("", False),
    ],
)
def test_it_wants_a_sender_that_mail_servers_take(sender, is_sound):
    assert (deployment.sender_problem(sender) is None) == is_sound


@pytest.mark.parametrize(
    ("origins", "is_sound"),
    [
        ([], True),
        (["https://app.example.com", "https://*.example.com", "https://example.com:8443"], True),
        (["https://*"], False),
        (["https://*.com"], False),
        (["https://a.*.com"], False),
        (["http://app.example.com"], False),
        (["https://app.example.com/"], False),
        (["app.example.com"], False),
    ],
)
def test_it_takes_https_origins_only(origins, is_sound):
    assert (deployment.origins_problem(origins) is None) == is_sound


@pytest.mark.parametrize(
    ("trusted", "behind_proxy", "is_sound"),
    [(0, False, True), (1, True, True), (2, False, True), (0, True, False), (-1, False, False)],
)
def test_it_wants_the_proxies_counted(trusted, behind_proxy, is_sound):
    assert (deployment.proxies_problem(trusted=trusted, behind_proxy=behind_proxy) is None) == is_sound


SOUND = {
    "ALLOWED_HOSTS": ["app.example.com"],
    "SITE_URL": "https://app.example.com",
    "EMAIL_BACKEND": SMTP,
    "EMAIL_HOST": "mail.example.com",
    "EMAIL_HOST_PASSWORD": None,
    "EMAIL_USE_TLS": False,
    "EMAIL_USE_SSL": False,
    "DEFAULT_FROM_EMAIL": "Protiv <bonus@example.com>",
    "CSRF_TRUSTED_ORIGINS": [],
    "BEHIND_PROXY": False,
    "TRUSTED_PROXIES": 0,
}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"EMAIL_HOST_PASSWORD": "x", "EMAIL_USE_TLS": True}, []),
        ({"EMAIL_HOST_PASSWORD": "x", "EMAIL_USE_SSL": True}, []),
        ({"ALLOWED_HOSTS": ["app.example.com", "*"]}, ["protiv.E002"]),
        ({"SITE_URL": "http://127.0.0.1:8000"}, ["protiv.E003"]),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, ["protiv.E004"]),
        ({"DEFAULT_FROM_EMAIL": "protiv@localhost"}, ["protiv.E005"]),
        ({"CSRF_TRUSTED_ORIGINS": ["https://*"]}, ["protiv.E006"]),
        ({"BEHIND_PROXY": True}, ["protiv.E007"]),
        ({"EMAIL_HOST_PASSWORD": "x"}, ["protiv.W001"]),
    ],
)
def test_the_checks_name_what_is_unsafe_and_how_to_fix_it(settings, changes, found):
    for name, value in {**SOUND, **changes}.items():
        setattr(settings, name, value)
    messages = [*checks.check_deployment(), *checks.check_mail_password()]
    assert [message.id for message in messages] == found
    assert all(message.hint for message in messages)
