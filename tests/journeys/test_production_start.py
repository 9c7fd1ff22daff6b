"""Gunicorn starts in production with sound settings, and refuses to without them, by name."""

import subprocess
import sys

import pytest
import requests

from tests.journeys.stack import free_port, wait_for
from tests.production import ROOT, environment

pytestmark = pytest.mark.processes


def gunicorn(port, **changes):
    command = [sys.executable, "-m", "gunicorn", "protiv.wsgi", "--bind", f"127.0.0.1:{port}"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(**changes), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_it_serves_behind_a_proxy_with_sound_settings():
    port = free_port()
    server = gunicorn(port, TRUSTED_PROXIES="1")
    try:
        url = f"http://127.0.0.1:{port}"
        headers = {"Host": "example.com"}
        wait_for("gunicorn", lambda: requests.get(f"{url}/healthz", headers=headers, timeout=5).ok)
        bare = requests.get(f"{url}/login/", headers=headers, timeout=5, allow_redirects=False)
        assert bare.headers["Location"] == "https://example.com/login/"
        secure = headers | {"X-Forwarded-Proto": "https"}
        page = requests.get(f"{url}/settings/", headers=secure, timeout=5, allow_redirects=False)
        assert (page.headers["Location"], page.headers["Cache-Control"]) == (
            "/login/?next=/settings/",
            "private, no-store",
        )
    finally:
        server.terminate()
        server.communicate(timeout=30)


@pytest.mark.parametrize("name", ["SECRET_KEY", "CREDENTIAL_KEYS", "ALLOWED_HOSTS", "SITE_URL", "EMAIL_URL"])
def test_it_refuses_to_start_without_a_setting_and_names_it(name):
    server = gunicorn(free_port(), **{name: ""})
    said, _ = server.communicate(timeout=60)
    assert server.returncode != 0
    assert f"ImproperlyConfigured: {name} is not set" in said
