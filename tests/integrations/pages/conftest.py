"""Every page is the same for every provider, except for its words."""

import pytest


@pytest.fixture(autouse=True)
def _each_provider(system):
    """Each test runs once with each."""
