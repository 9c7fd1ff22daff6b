"""People and pay periods shared by many test files."""

import pytest

from propay.models import BonusSettings
from tests.make import factories
from tests.make.statement_rows import PERIOD


@pytest.fixture
def ana(company):
    """Ana, who earns 20.00 an hour."""
    worker = factories.make_worker(company, "Ana Ruiz")
    factories.make_wage(worker, "20.00")
    return worker


@pytest.fixture
def ben(company):
    """Ben, who has no wage."""
    return factories.make_worker(company, "Ben Cole")


@pytest.fixture
def _anchored(company):
    """Pay periods begin where those of `statement_rows` do."""
    BonusSettings.objects.create(company=company, period_anchor_date=PERIOD[0])
