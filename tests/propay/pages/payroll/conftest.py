"""The people, layouts, and files of these tests."""

import pytest

from tests.make import factories
from tests.make.paid import make_open
from tests.make.payroll import create_file, save_layout


@pytest.fixture
def ana(company):
    return factories.make_worker(company, "Ana Ruiz", number="101")


@pytest.fixture
def custom(company, admin):
    return save_layout(company, admin)


@pytest.fixture
def kept(company, admin, ana):
    """A file with Ana's statement, which it locked."""
    make_open(ana)
    return create_file(company, admin)
