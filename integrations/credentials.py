"""The credentials of a connection: sealed when stored, opened only to sign in, wiped on disconnect."""

from integrations import crypto
from integrations.models import Connection
from integrations.providers.base import Credentials

FIELDS = ("username", "password")


def store(connection: Connection, credentials: Credentials) -> None:
    """Seal user name and password into the connection's row, which must have an id by now."""
    for field in FIELDS:
        _seal(connection, field, getattr(credentials, field))
    connection.save(update_fields=[_column(field) for field in FIELDS])


def load(connection: Connection) -> Credentials:
    """Raises CredentialsUnreadable where no key opens them."""
    username, password = (_open(connection, field) for field in FIELDS)
    return Credentials(company_identifier=connection.company_identifier, username=username, password=password)


def wipe(connection: Connection) -> None:
    """Forget user name and password."""
    for field in FIELDS:
        setattr(connection, _column(field), "")
    connection.save(update_fields=[_column(field) for field in FIELDS])


def reseal(connection: Connection) -> bool:
    """Seal again with the current key. False where nothing is stored or the current key sealed it already."""
    stored = [getattr(connection, _column(field)) for field in FIELDS]
    if not all(stored) or {crypto.key_id_of(one) for one in stored} == {crypto.current_key_id()}:
        return False
    store(connection, load(connection))
    return True


def _seal(connection: Connection, field: str, plaintext: str) -> None:
    sealed = crypto.encrypt(plaintext, company_id=connection.company_id, connection_id=connection.pk, field=field)
    setattr(connection, _column(field), sealed)


def _open(connection: Connection, field: str) -> str:
    stored = getattr(connection, _column(field))
    return crypto.decrypt(stored, company_id=connection.company_id, connection_id=connection.pk, field=field)


def _column(field: str) -> str:
    return f"{field}_encrypted"
