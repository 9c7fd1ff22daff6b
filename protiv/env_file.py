"""`python -m protiv.env_file`: write a development `.env` with fresh secrets, unless there is one."""

import base64
import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

TEMPLATE = """\
# Made for this machine by `make demo`. Never commit it; every setting is explained in .env.example.
DEBUG=true
SECRET_KEY={secret_key}
CREDENTIAL_KEYS=k1:{credential_key}
EXAKTIME_BASE_URL=http://127.0.0.1:8900
EXAKTIME_ALLOW_INSECURE_BASE_URL=true
# The sandbox's calendar stays at this day, so that the demo's hours stay the same.
SANDBOX_TODAY={today}
"""


def main(path: Path) -> None:
    """Write the file for the owner's eyes only."""
    if path.exists():
        return
    text = TEMPLATE.format(
        secret_key=secrets.token_urlsafe(50),
        credential_key=base64.b64encode(os.urandom(32)).decode(),
        today=datetime.now(UTC).date().isoformat(),
    )
    path.touch(mode=0o600)
    path.write_text(text)
    sys.stdout.write(f"Wrote {path.name} with fresh secrets.\n")


if __name__ == "__main__":
    main(Path(__file__).resolve().parent.parent / ".env")
