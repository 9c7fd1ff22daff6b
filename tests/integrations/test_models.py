"""What the database and the models refuse, whoever asks."""

import pytest
from django.db import IntegrityError, transaction

from integrations.models import Connection, ConnectionState, RunState, SyncRun
from tests.make.factories import make_company
from tests.make.fakes import NOON


@pytest.mark.django_db
def test_database_holds_one_open_run_per_connection():
    connection = Connection.objects.create(company=make_company(), provider="EXAKTIME", account_identifier="acme")
    run = {"connection": connection, "company": connection.company, "trigger": "MANUAL", "queued_at": NOON}
    SyncRun.objects.create(**run, state=RunState.RUNNING)
    with pytest.raises(IntegrityError), transaction.atomic():
        SyncRun.objects.create(**run, state=RunState.QUEUED)
    SyncRun.objects.create(**run, state=RunState.FAILED)


@pytest.mark.django_db
def test_database_refuses_to_sync_without_a_start_date():
    with pytest.raises(IntegrityError), transaction.atomic():
        Connection.objects.create(
            company=make_company(), provider="EXAKTIME", account_identifier="acme", state=ConnectionState.ACTIVE
        )
