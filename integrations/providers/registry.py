"""Which providers there are, and how a connector of one is made."""

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from integrations.providers.base import BudgetFields, Connector, Credentials


class Provider(models.TextChoices):
    EXAKTIME = "EXAKTIME", "ExakTime"


CONNECTORS = {Provider.EXAKTIME: "integrations.exaktime.connector.ExakTimeConnector"}


def make_connector(provider: str, credentials: Credentials, budget_fields: BudgetFields) -> Connector:
    """A connector that has not signed in yet. The address comes from the settings, only the Company ID from a user."""
    connector: Connector = import_string(CONNECTORS[Provider(provider)])(
        credentials,
        base_url=settings.EXAKTIME_BASE_URL,
        allow_insecure=settings.EXAKTIME_ALLOW_INSECURE_BASE_URL,
        budget_fields=budget_fields,
    )
    return connector
