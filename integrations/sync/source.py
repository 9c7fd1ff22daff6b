"""Whose rows a connection brings, for the layer below, which doesn't know connections."""

from integrations.models import Connection
from protiv.timekeeping.ingest import RowSource


def source_of(connection: Connection) -> RowSource:
    return RowSource(company_id=connection.company_id, connection_id=connection.pk)
