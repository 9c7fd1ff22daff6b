"""Credentials at rest: AES-256-GCM, bound to the company, the connection and the field they belong to.

Stored as `v1:<key id>:<nonce>:<ciphertext>`, both base64. A ciphertext moved to another row or field can't be opened.
The first key of `CREDENTIAL_KEYS` encrypts; all of them decrypt, so that keys can be rotated.
"""

import base64
import os
from typing import TypedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = "v1"
NONCE_BYTES = 12


class Place(TypedDict):
    """The place that sealed data belongs to and can be opened for."""

    company_id: int
    connection_id: int
    field: str


class CredentialsUnreadable(Exception):
    """The stored credentials can't be opened: the key is gone, or they were moved or changed."""


def encrypt(plaintext: str, *, company_id: int, connection_id: int, field: str) -> str:
    """Seal one credential with the current key."""
    key_id, key = _keys()[0]
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plaintext.encode(), _bound_to(company_id, connection_id, field))
    return ":".join((VERSION, key_id, _text(nonce), _text(sealed)))


def decrypt(stored: str, *, company_id: int, connection_id: int, field: str) -> str:
    """Open one credential. Raises CredentialsUnreadable without revealing the content."""
    try:
        version, key_id, nonce, sealed = stored.split(":")
        key = dict(_keys())[key_id]
        if version != VERSION:
            raise CredentialsUnreadable("unknown version")
        opened = AESGCM(key).decrypt(
            base64.b64decode(nonce), base64.b64decode(sealed), _bound_to(company_id, connection_id, field)
        )
    except (ValueError, KeyError, InvalidTag):
        raise CredentialsUnreadable("the stored credentials can't be decrypted with the configured keys") from None
    return opened.decode()


def key_id_of(stored: str) -> str:
    """The id of the key that sealed this credential."""
    return stored.split(":")[1]


def current_key_id() -> str:
    return _keys()[0][0]


def _keys() -> list[tuple[str, bytes]]:
    pairs = (key.partition(":") for key in settings.CREDENTIAL_KEYS)
    return [(key_id, base64.b64decode(encoded)) for key_id, _, encoded in pairs]


def _bound_to(company_id: int, connection_id: int, field: str) -> bytes:
    return f"company={company_id};connection={connection_id};field={field}".encode()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
