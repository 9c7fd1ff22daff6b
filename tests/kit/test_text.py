import pytest

from protiv.kit.text import LARGEST_KEY, is_key, keys


@pytest.mark.parametrize("text", ["0", "7", "9" * 18])
def test_a_number_that_the_database_can_hold_is_a_key(text):
    assert is_key(text)
    assert int(text) <= LARGEST_KEY


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1.0", "1e3", "٣", "²", "1\0", "1" + "0" * 18])
def test_any_other_text_is_not_a_key(text):
    assert not is_key(text)


def test_keys_skips_anything_that_is_not_a_key():
    assert keys(["3", "x", "", "12"]) == [3, 12]
