"""A production start-up refuses missing or weak secrets, by name. Each case is a real process."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KEY = base64.b64encode(bytes(range(32))).decode()
SOUND = {
    "DEBUG": "false",
    "SECRET_KEY": "x4Vd0Jm9pQw7Lr2Zt6Hs8Nc1Bf5Gy3Kk0Ue4Ia7Oo2Pl6Mn9Rb1",
    "CREDENTIAL_KEYS": f"k1:{KEY}",
    "ALLOWED_HOSTS": "example.com",
    "EXAKTIME_ALLOW_INSECURE_BASE_URL": "false",
    "EXAKTIME_BASE_URL": "https://{company_id}.exaktime.com",
}


def check(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """`manage.py check` with the environment of a sound deployment, but for `changes`. "" is as good as not set."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        cwd=ROOT,
        env={**environment, **SOUND, **changes},
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
        ("CREDENTIAL_KEYS", f"k1:{KEY},k1:{KEY}", "names one id twice"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS is not set."),
        ("EXAKTIME_ALLOW_INSECURE_BASE_URL", "true", "EXAKTIME_ALLOW_INSECURE_BASE_URL is for development only."),
    ],
)
def test_a_missing_or_weak_setting_refuses_to_start_by_name(name, value, complaint):
    done = check(**{name: value})
    assert done.returncode != 0
    assert complaint in done.stderr
    assert "KEY" not in name or len(value) < 10 or value not in done.stderr


def test_development_starts_with_nothing_set():
    done = check(DEBUG="true", SECRET_KEY="", CREDENTIAL_KEYS="", ALLOWED_HOSTS="")
    assert done.returncode == 0, done.stderr


def test_static_files_can_be_collected_for_production(tmp_path):
    """The hashed storage refuses a name that it can't find, as a source map that was not shipped."""
    script = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'protiv.settings'; "
        "from django.conf import settings; django.setup(); "
        f"settings.STATIC_ROOT = {str(tmp_path)!r}; "
        "from django.core.management import call_command; call_command('collectstatic', interactive=False, verbosity=0)"
    )
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={**environment, **SOUND}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("vendor/tabler-*/tabler.min.*.css"))
