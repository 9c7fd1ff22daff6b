"""The credentials of a connection: one sealed JSON object, opened only to sign in, wiped on disconnect."""

import json

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from integrations import crypto
from integrations.models import Connection
from integrations.providers.base import Credentials

# The field that the seal is bound to, besides company and connection.
FIELD = "credentials"


def store(connection: Connection, credentials: Credentials) -> None:
    """Seal the secrets into the connection's row, which must already have an id."""
    if not connection.provider_info.credentials.accepts(credentials.secrets):
        raise ValueError(f"These are not the secrets that {connection.provider_info} signs in with.")
    connection.credentials_encrypted = crypto.encrypt(
        json.dumps(dict(credentials.secrets), sort_keys=True), **_place(connection)
    )
    connection.save(update_fields=["credentials_encrypted"])


@sensitive_variables("opened", "secrets")
def load(connection: Connection) -> Credentials:
    """Raises CredentialsUnreadable if no key opens them, or if they are not what the provider signs in with."""
    opened = crypto.decrypt(connection.credentials_encrypted, **_place(connection))
    try:
        secrets = json.loads(opened)
    except ValueError:
        secrets = None
    if not connection.provider_info.credentials.accepts(secrets):
        raise crypto.CredentialsUnreadable("the stored credentials are not those of this provider")
    return Credentials(connection.account_identifier, secrets)


def replace(connection: Connection, credentials: Credentials) -> None:
    """Keep credentials that the provider changed, in a separate transaction; wiped ones stay wiped."""
    with transaction.atomic():
        stored = Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=connection.pk)
        if stored.credentials_encrypted:
            store(stored, credentials)


def wipe(connection: Connection) -> None:
    """Wipe them."""
    connection.credentials_encrypted = ""
    connection.save(update_fields=["credentials_encrypted"])


def reseal(connection: Connection) -> bool:
    """Seal again with the current key. False if nothing is stored or the current key already sealed it."""
    stored = connection.credentials_encrypted
    if not stored or crypto.key_id_of(stored) == crypto.current_key_id():
        return False
    store(connection, load(connection))
    return True


def _place(connection: Connection) -> crypto.Place:
    return {"company_id": connection.company_id, "connection_id": connection.pk, "field": FIELD}
