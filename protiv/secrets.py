"""Requirements for production secrets, and stand-ins for development. Pure."""

import base64
import hashlib
from pathlib import Path

MIN_SECRET_LENGTH = 50


def development_secret(base_dir: Path, purpose: str) -> bytes:
    """32 bytes that are the same for every process of this checkout, and worthless elsewhere."""
    return hashlib.sha256(f"development only: {purpose}: {base_dir}".encode()).digest()


def secret_key_problem(secret_key: str) -> str | None:
    """Why this SECRET_KEY can't sign production sessions, or None."""
    if not secret_key:
        return "SECRET_KEY is not set."
    if len(secret_key) < MIN_SECRET_LENGTH or len(set(secret_key)) < 5 or secret_key.startswith("django-insecure"):
        return f"SECRET_KEY is weak: at least {MIN_SECRET_LENGTH} random characters are needed."
    return None


def credential_keys_problem(keys: list[str]) -> str | None:
    """Why these `id:base64` keys can't protect credentials, or None. Each key is 32 bytes."""
    if not keys:
        return "CREDENTIAL_KEYS is not set."
    ids = [key.partition(":")[0] for key in keys]
    if len(set(ids)) != len(ids):
        return "CREDENTIAL_KEYS contains a duplicate key ID."
    for key in keys:
        key_id, colon, encoded = key.partition(":")
        key_id = key_id if colon else ""  # without the colon it is the key itself, which messages must not show
        if not key_id or len(_decode(encoded)) != 32:
            return f"CREDENTIAL_KEYS: the key {key_id or '(no id)'!r} is not id:base64 of 32 bytes."
        if len(set(_decode(encoded))) < 8:
            return f"CREDENTIAL_KEYS: the key {key_id!r} is weak: 32 random bytes are needed."
    return None


def _decode(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return b""
