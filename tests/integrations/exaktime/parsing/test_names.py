"""Names, as they can be stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.exaktime.parsing import (
    parse_workers,
)
from tests.integrations.exaktime.parsing.reading import one, parse_locations, refused
from tests.integrations.exaktime.samples import (
    EMPLOYEE,
    LOCATION,
    changed,
)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Núñez-Žižek O'Neill", "Núñez-Žižek O'Neill"),
        ("Crew 👷🏽‍♀️ 🏗️", "Crew 👷🏽‍♀️ 🏗️"),
        ("می‌خواهم", "می‌خواهم"),
        ('=HYPERLINK("http://evil.invalid","x")', '=HYPERLINK("http://evil.invalid","x")'),
        ("<script>", "<script>"),
        ("two\r\nlines\tand tab", "two lines and tab"),
        ("a\u2028b\x85c", "a b c"),
        ("nul\x00l", "null"),
        ("\ud83d half", "half"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("  spaced  ", "spaced"),
        ("x" * 255, "x" * 255),
        ("x" * 256, "x" * 255),
        ("no\u00a0break", "no\u00a0break"),
    ],
)
def test_name_as_we_can_store_it(sent, kept):
    assert one(parse_workers([changed(EMPLOYEE, lastName=sent)])).last_name == kept


@given(st.text())
def test_any_name_can_be_stored(name):
    kept = one(parse_workers([changed(EMPLOYEE, lastName=name)])).last_name
    kept.encode()
    assert "\x00" not in kept
    assert "\n" not in kept
    assert len(kept) <= 255


def test_worker_needs_a_name_of_some_kind():
    nameless = changed(EMPLOYEE, firstName=None, lastName=" ")
    assert refused(parse_workers([nameless])).reason == "ExakTime sent neither a first nor a last name."
    assert one(parse_workers([changed(EMPLOYEE, firstName="Madonna", lastName=None)])).last_name == ""


def test_numbers_are_cut_at_what_the_column_holds():
    assert one(parse_workers([changed(EMPLOYEE, employeeNumber="9" * 70)])).number == "9" * 64


@pytest.mark.parametrize(("number", "shown"), [("24-118", "24-118"), (None, "l-7")])
def test_blank_job_name_falls_back_to_something_to_show(number, shown):
    assert one(parse_locations([changed(LOCATION, name=" ", identifier=number)])).name == shown


@pytest.mark.parametrize("value", [1, 0, "true", "Yes", 1.0])
def test_only_true_and_false_are_flags(value):
    assert refused(parse_workers([changed(EMPLOYEE, isActive=value)])).external_id == "p-101"
