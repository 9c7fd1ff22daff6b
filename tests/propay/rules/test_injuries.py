"""Words that say that a condition is about injuries (29 CFR 1904.35)."""

import pytest

from propay.rules.injuries import is_about_injuries


@pytest.mark.parametrize(
    "name", ["Accident", "Any injury", "No INJURIES", "OSHA recordable", "Lost-time claim", "First aid", "Lesión"]
)
def test_a_condition_about_injuries_is_found(name: str) -> None:
    assert is_about_injuries(name)


@pytest.mark.parametrize("name", ["Callback", "Failed inspection", "Fall protection missing", "Late", "Coincidental"])
def test_what_the_crew_did_is_no_condition_about_injuries(name: str) -> None:
    assert not is_about_injuries(name)
