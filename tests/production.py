"""The environment of a sound deployment, for tests that start real processes."""

import base64
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEY = base64.b64encode(bytes(range(32))).decode()
SOUND = {
    "DEBUG": "false",
    "SECRET_KEY": "x4Vd0Jm9pQw7Lr2Zt6Hs8Nc1Bf5Gy3Kk0Ue4Ia7Oo2Pl6Mn9Rb1",
    "CREDENTIAL_KEYS": f"k1:{KEY}",
    "ALLOWED_HOSTS": "example.com",
    "SITE_URL": "https://example.com",
    "EMAIL_URL": "smtp+tls://user:sealed-word@mail.example.com:587",
    "EXAKTIME_ALLOW_INSECURE_BASE_URL": "false",
    "EXAKTIME_BASE_URL": "https://{company_id}.exaktime.com",
}


def environment(**changes: str) -> dict[str, str]:
    """A sound deployment's, but for `changes`. "" is as good as not set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    return {**kept, **SOUND, **changes}
