"""A database of before a provider was one folder: what is stored there moves, and comes back on the way back."""

import base64

import pytest
from django.db import connection as database
from django.db.migrations.executor import MigrationExecutor

from integrations import credentials, crypto
from integrations.exaktime.login import Login
from integrations.models import Connection
from tests.make.factories import make_company

BEFORE = ("integrations", "0005_optional_budget_fields")
KEY = f"k1:{base64.b64encode(bytes(range(32))).decode()}"
LOGIN = Login("acme", "sync@acme.test", "  pä55 word")
LOST = f"lost:{base64.b64encode(bytes(range(1, 33))).decode()}"

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(target):
    executor = MigrationExecutor(database)
    executor.migrate([target])
    return MigrationExecutor(database).loader.project_state([target]).apps.get_model("integrations", "Connection")


def latest():
    leaf = next(node for node in MigrationExecutor(database).loader.graph.leaf_nodes() if node[0] == "integrations")
    return migrate(leaf)


@pytest.fixture
def stored_before(settings):
    """The table as it was; afterwards as it is."""
    settings.CREDENTIAL_KEYS = [KEY]
    yield migrate(BEFORE)
    latest()


def make_old(model, slug: str, *, sealed: bool = True, **fields):
    company = make_company(slug, slug=slug)
    row = model.objects.create(company_id=company.pk, provider="EXAKTIME", company_identifier=slug, **fields)
    if sealed:
        place = {"company_id": company.pk, "connection_id": row.pk}
        row.username_encrypted = crypto.encrypt(LOGIN.username, **place, field="username")
        row.password_encrypted = crypto.encrypt(LOGIN.password, **place, field="password")
        row.save()
    return row


def opened_before(row) -> tuple[str, str]:
    place = {"company_id": row.company_id, "connection_id": row.pk}
    return tuple(
        crypto.decrypt(getattr(row, f"{name}_encrypted"), **place, field=name) for name in ("username", "password")
    )


def test_an_old_database_keeps_signing_in_and_can_be_reversed(stored_before, settings):
    chosen = {"budget_hours_field": "Labor", "contract_price_field": ""}
    good, wiped = make_old(stored_before, "acme", **chosen), make_old(stored_before, "wiped", sealed=False)
    settings.CREDENTIAL_KEYS = [LOST]
    lost = make_old(stored_before, "lost")
    settings.CREDENTIAL_KEYS = [KEY]

    latest()
    row = Connection.objects.get(pk=good.pk)
    assert (row.account_identifier, credentials.load(row)) == ("acme", LOGIN.credentials())
    assert row.provider_settings == chosen
    assert row.can.names() == ["finality", "budgets", "overtime_buckets"]
    assert Connection.objects.get(pk=wiped.pk).credentials_encrypted == ""
    # The customer is asked to sign in again, as before; nothing stops for it.
    with pytest.raises(crypto.CredentialsUnreadable):
        credentials.load(Connection.objects.get(pk=lost.pk))

    rows = migrate(BEFORE).objects.in_bulk()
    assert opened_before(rows[good.pk]) == (LOGIN.username, LOGIN.password)
    assert {name: getattr(rows[good.pk], name) for name in chosen} == chosen
    assert (rows[wiped.pk].username_encrypted, rows[wiped.pk].password_encrypted) == ("", "")
    settings.CREDENTIAL_KEYS = [KEY, LOST]
    assert opened_before(rows[lost.pk]) == (LOGIN.username, LOGIN.password)
