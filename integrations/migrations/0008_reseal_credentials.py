"""Reseals username and password as one JSON object; separately again on reversal.

If no key opens them, both ciphertexts are kept in one column, separated by a space: they can't be opened there either,
so the customer is asked to sign in again, as before; reversal loses nothing if the key is found.
"""

import json

from django.db import migrations

from integrations import crypto

PARTS = ("username", "password")


def to_one(apps, schema_editor):
    for row in apps.get_model("integrations", "Connection").objects.iterator():
        sealed = [row.username_encrypted, row.password_encrypted]
        if any(sealed):
            row.credentials_encrypted = _resealed(row, sealed)
            row.save(update_fields=["credentials_encrypted"])


def to_two(apps, schema_editor):
    for row in apps.get_model("integrations", "Connection").objects.iterator():
        row.username_encrypted, row.password_encrypted = _parts(row)
        row.save(update_fields=["username_encrypted", "password_encrypted"])


def _resealed(row, sealed):
    try:
        opened = {name: crypto.decrypt(one, **_place(row, name)) for name, one in zip(PARTS, sealed, strict=True)}
    except crypto.CredentialsUnreadable:
        return " ".join(sealed)
    return crypto.encrypt(json.dumps(opened, sort_keys=True), **_place(row, "credentials"))


def _parts(row):
    """Both ciphertexts; empty if another provider uses other credentials."""
    stored = row.credentials_encrypted
    if " " in stored:
        return stored.split(" ")
    try:
        opened = json.loads(crypto.decrypt(stored, **_place(row, "credentials")))
        return [crypto.encrypt(opened[name], **_place(row, name)) for name in PARTS]
    except (crypto.CredentialsUnreadable, KeyError):
        return ["", ""]


def _place(row, field):
    return {"company_id": row.company_id, "connection_id": row.pk, "field": field}


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0007_provider_columns"),
    ]

    operations = [
        migrations.RunPython(to_one, to_two),
    ]
