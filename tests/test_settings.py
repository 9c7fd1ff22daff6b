"""A production start-up refuses missing, weak, and unsafe settings, by name. Each case is a real process."""

import base64
import subprocess
import sys

import pytest

from tests.production import KEY, ROOT, SOUND, environment


def check(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` with the environment of a sound deployment, but for `changes`. "" is as good as not set."""
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        cwd=ROOT,
        env=environment(**changes),
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_sound_deployment_has_nothing_to_warn_of():
    done = check("--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is not set."),
        ("SECRET_KEY", "short", "SECRET_KEY is weak"),
        ("SECRET_KEY", "a" * 60, "SECRET_KEY is weak"),
        ("SECRET_KEY", "django-insecure-" + SOUND["SECRET_KEY"], "SECRET_KEY is weak"),
        ("CREDENTIAL_KEYS", "", "CREDENTIAL_KEYS is not set."),
        ("CREDENTIAL_KEYS", "k1:bm90IDMyIGJ5dGVz", "the key 'k1' is not id:base64 of 32 bytes"),
        ("CREDENTIAL_KEYS", KEY, "is not id:base64 of 32 bytes"),
        ("CREDENTIAL_KEYS", "k1:" + base64.b64encode(bytes(32)).decode(), "the key 'k1' is weak"),
        ("CREDENTIAL_KEYS", f"k1:{KEY},k1:{KEY}", "contains a duplicate key ID"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS is not set."),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must list only your own hosts"),
        ("SITE_URL", "", "SITE_URL is not set."),
        ("SITE_URL", "https://elsewhere.test", "SITE_URL is at elsewhere.test, which is not in ALLOWED_HOSTS."),
        ("EMAIL_URL", "", "EMAIL_URL is not set to a mail server"),
        ("EMAIL_URL", "consolemail://", "EMAIL_URL is not set to a mail server"),
        ("EMAIL_URL", "post://mail.example.com", "EMAIL_URL isn't a mail server's address"),
        ("DEFAULT_FROM_EMAIL", "Protiv <protiv@localhost>", "DEFAULT_FROM_EMAIL needs an address of your domain"),
        (
            "CSRF_TRUSTED_ORIGINS",
            "http://example.com",
            "CSRF_TRUSTED_ORIGINS: 'http://example.com' isn't an https origin",
        ),
        ("EXAKTIME_ALLOW_INSECURE_BASE_URL", "true", "EXAKTIME_ALLOW_INSECURE_BASE_URL is for development only."),
        ("POCKET_ALLOW_INSECURE_BASE_URL", "true", "POCKET_ALLOW_INSECURE_BASE_URL is for development only."),
    ],
)
def test_a_missing_or_weak_setting_refuses_to_start_by_name(name, value, complaint):
    done = check(**{name: value})
    assert done.returncode != 0
    assert complaint in done.stderr
    assert "KEY" not in name or len(value) < 10 or value not in done.stderr


def test_all_that_is_missing_is_named_at_once():
    done = check(SECRET_KEY="", ALLOWED_HOSTS="", SITE_URL="", EMAIL_URL="")
    for name in ("SECRET_KEY is not set.", "ALLOWED_HOSTS is not set.", "SITE_URL is not set.", "EMAIL_URL is not set"):
        assert name in done.stderr


def test_a_proxy_that_is_not_counted_refuses_to_start():
    done = check(BEHIND_PROXY="true", TRUSTED_PROXIES="0")
    assert done.returncode != 0
    assert "BEHIND_PROXY is on, and TRUSTED_PROXIES is 0" in done.stderr
    assert check(BEHIND_PROXY="true").returncode == 0


def test_development_starts_with_nothing_set():
    done = check(DEBUG="true", SECRET_KEY="", CREDENTIAL_KEYS="", ALLOWED_HOSTS="", SITE_URL="", EMAIL_URL="")
    assert done.returncode == 0, done.stderr


def test_static_files_can_be_collected_for_production(tmp_path):
    """The hashed storage refuses a name that it can't find, as a source map that was not shipped."""
    script = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'protiv.settings'; "
        "from django.conf import settings; django.setup(); "
        f"settings.STATIC_ROOT = {str(tmp_path)!r}; "
        "from django.core.management import call_command; call_command('collectstatic', interactive=False, verbosity=0)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("vendor/tabler-*/tabler.min.*.css"))
