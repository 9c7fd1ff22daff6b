"""Postal codes of states, read from what a provider has."""

import pytest

from protiv.kit.us_states import US_STATES, state_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CA", "CA"),
        (" ca ", "CA"),
        ("C.A.", "CA"),
        ("California", "CA"),
        ("NEW  york", "NY"),
        ("District of Columbia", "DC"),
        ("", ""),
        ("Calif", ""),
        ("ON", ""),
        ("Mexico", ""),
    ],
)
def test_a_state_is_read_by_code_or_name(text, code):
    assert state_code(text) == code


def test_every_state_is_read_by_its_own_name():
    assert {code: state_code(name) for code, name in US_STATES.items()} == {code: code for code in US_STATES}
