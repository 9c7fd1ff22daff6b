"""Credentials at rest: opened only where they belong, and by a key that is at hand."""

import base64

import pytest
from django.core.management import CommandError, call_command

from integrations import credentials, crypto
from integrations.models import Connection
from integrations.providers.base import Credentials
from tests.make.systems import CREDENTIALS, secrets

DAMAGED = ["", "v1", "v2:new:AAAA:AAAA", "v1:gone:AAAA:AAAA", "v1:new:AAAA:AAAA", "v1:new:?:?"]
PLACE = {"company_id": 1, "connection_id": 2, "field": "password"}


def key(key_id: str, byte: int) -> str:
    return f"{key_id}:{base64.b64encode(bytes(range(byte, byte + 32))).decode()}"


@pytest.fixture(autouse=True)
def keys(settings):
    settings.CREDENTIAL_KEYS = [key("new", 1), key("old", 2)]


def test_sealed_data_opens_in_its_own_place():
    stored = crypto.encrypt("pä55", **PLACE)
    assert stored.startswith("v1:new:")
    assert "pä55" not in stored
    assert crypto.decrypt(stored, **PLACE) == "pä55"


def test_the_same_text_is_never_sealed_the_same_way_twice():
    assert crypto.encrypt("a", **PLACE) != crypto.encrypt("a", **PLACE)


@pytest.mark.parametrize("moved", [{"company_id": 9}, {"connection_id": 9}, {"field": "username"}], ids=str)
def test_moved_ciphertext_does_not_open(moved):
    with pytest.raises(crypto.CredentialsUnreadable):
        crypto.decrypt(crypto.encrypt("a", **PLACE), **PLACE | moved)


@pytest.mark.parametrize(
    "stored", ["", "v1", "v2:new:AAAA:AAAA", "v1:gone:AAAA:AAAA", "v1:new:AAAA:AAAA", "v1:new:?:?"]
)
def test_damaged_ciphertext_does_not_open(stored):
    with pytest.raises(crypto.CredentialsUnreadable):
        crypto.decrypt(stored, **PLACE)


def test_older_key_still_opens(settings):
    settings.CREDENTIAL_KEYS = [key("old", 2)]
    stored = crypto.encrypt("a", **PLACE)
    settings.CREDENTIAL_KEYS = [key("new", 1), key("old", 2)]
    assert crypto.decrypt(stored, **PLACE) == "a"


def test_stored_credentials_are_sealed_for_their_own_place(system, tested):
    assert not [secret for secret in secrets() if secret in tested.credentials_encrypted]
    assert credentials.load(tested) == CREDENTIALS[system.key]
    tested.company_id += 1
    with pytest.raises(crypto.CredentialsUnreadable):
        credentials.load(tested)


def test_secrets_of_another_provider_are_neither_stored_nor_opened(tested):
    with pytest.raises(ValueError, match="not the secrets"):
        credentials.store(tested, Credentials("acme", {"key": "t"}))
    place = {"company_id": tested.company_id, "connection_id": tested.pk, "field": credentials.FIELD}
    for wrong in (
        '{"key": "t"}',
        '["username", "password"]',
        '{"username": "u", "password": 1}',
        '{"token": 1}',
        "{}",
        "t",
    ):
        tested.credentials_encrypted = crypto.encrypt(wrong, **place)
        with pytest.raises(crypto.CredentialsUnreadable):
            credentials.load(tested)


def test_rotate_credential_keys_seals_all_with_the_first_key(system, tested, settings, capsys):
    settings.CREDENTIAL_KEYS = [key("next", 3), *settings.CREDENTIAL_KEYS]
    call_command("rotate_credential_keys")
    assert "sealed with next" in capsys.readouterr().out
    settings.CREDENTIAL_KEYS = [key("next", 3)]
    assert credentials.load(Connection.objects.get()) == CREDENTIALS[system.key]
    call_command("rotate_credential_keys")
    assert "unchanged" in capsys.readouterr().out


def test_rotate_credential_keys_names_what_no_key_opens(tested, settings):
    settings.CREDENTIAL_KEYS = [key("other", 4)]
    with pytest.raises(CommandError, match=str(tested.pk)):
        call_command("rotate_credential_keys")
