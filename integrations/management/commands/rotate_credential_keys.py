"""Seal all stored credentials with the first of CREDENTIAL_KEYS, so that an older key can be removed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from integrations import credentials
from integrations.crypto import CredentialsUnreadable, current_key_id
from integrations.models import Connection


class Command(BaseCommand):
    help = "Re-encrypt all stored credentials with the first key in CREDENTIAL_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        unreadable = []
        for connection_id in Connection.objects.order_by("pk").values_list("pk", flat=True):
            try:
                self._reseal(connection_id)
            except CredentialsUnreadable:
                unreadable.append(str(connection_id))
        if unreadable:
            raise CommandError(
                f"No key can decrypt the credentials of connection {', '.join(unreadable)}. Keep the old key in "
                f"CREDENTIAL_KEYS, or ask the customer to reconnect."
            )

    @transaction.atomic
    def _reseal(self, connection_id: int) -> None:
        connection = Connection.objects.select_for_update().get(pk=connection_id)
        done = credentials.reseal(connection)
        self.stdout.write(f"connection {connection_id}: {f'sealed with {current_key_id()}' if done else 'unchanged'}")
