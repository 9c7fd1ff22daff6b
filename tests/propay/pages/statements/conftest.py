"""Ana's statement, its lines, and a pay run over it."""

import pytest
import time_machine

from propay.models import LineMessage
from protiv.accounts.models import Membership
from tests.make import factories
from tests.make.propays import NOW
from tests.make.statement_rows import make_full_statement, make_pay_run


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ana(company, worker_user):
    """Ana signs in as the worker."""
    return factories.make_worker(company, "Ana Ruiz", membership=Membership.objects.get(user=worker_user))


@pytest.fixture
def statement(ana):
    """235.00 of Ana's, 20.00 of it overtime on the kitchen's share; no one asked anything yet."""
    statement = make_full_statement(ana)
    LineMessage.objects.all().delete()
    return statement


@pytest.fixture
def adjustment(statement):
    return statement.lines.get(kind="ADJUSTMENT")


@pytest.fixture
def pay_run(company, admin, statement):
    return make_pay_run(company, created_by=admin)
