import pytest

from protiv.kit.refused import Refused


def test_a_refusal_reads_as_its_message_and_knows_its_field_and_code():
    with pytest.raises(Refused, match=r"^Enter a wage\.$") as caught:
        raise Refused("Enter a wage.", field="wage", code="no_wage")
    assert (caught.value.message, caught.value.field, caught.value.code) == ("Enter a wage.", "wage", "no_wage")


def test_a_refusal_without_a_field_applies_to_the_whole_form():
    assert (Refused("Not now.").field, Refused("Not now.").code) == ("", "")
