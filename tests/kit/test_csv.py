import csv
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protiv.kit.csv import BYTE_ORDER_MARK, csv_lines, read_cell, safe_cell

FORMULA = re.compile(r"[\s\"]*[=+\-@＝＋－＠]")
texts = st.text(alphabet="aé=+-@＝＋－＠;,'\" \t\r\n", max_size=12)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", " =1"]
)
def test_safe_cell_takes_the_formula_out_and_read_cell_puts_it_back(text):
    assert safe_cell(text) == f"'{text}"
    assert read_cell(safe_cell(text)) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Kitchen;=1+1", "Kitchen;'=1+1"),
        ("Kitchen; ＠x", "Kitchen;' ＠x"),
        ('Kitchen;"=1"', 'Kitchen;\'"=1"'),
        ("Kitchen\n-1", "Kitchen\n'-1"),
        ("Kitchen\t=1", "Kitchen\t'=1"),
        ("=1;=2", "'=1;'=2"),
    ],
)
def test_safe_cell_takes_out_a_formula_where_the_cell_could_be_split(text, safe):
    assert safe_cell(text) == safe
    assert read_cell(safe) == text


@pytest.mark.parametrize("text", ["", "Ana", "O'Hara", "'quoted'", "a=b", "12", "José; Ana", "a - b", "8:00-9:00"])
def test_safe_cell_leaves_what_is_harmless(text):
    assert safe_cell(text) == text
    assert read_cell(text) == text


@given(text=texts)
@example(text="'=1")
@example(text="\t=1")
@example(text=";\n'=1")
def test_read_cell_returns_what_safe_cell_was_given(text):
    assert read_cell(safe_cell(text)) == text


@given(before=texts, text=texts)
@example(before="Ana", text='a;"=1"')
def test_no_spreadsheet_finds_a_formula_in_a_cell(before, text):
    """Whether it splits the line at commas, semicolons, or tabs."""
    line = "".join(csv_lines([["1", safe_cell(before), safe_cell(text)]], for_people=False))
    for delimiter in ",;\t":
        rows = csv.reader(line.splitlines(keepends=True), delimiter=delimiter)
        assert [cell for row in rows for cell in row if FORMULA.match(cell)] == []


def test_rows_become_lines_one_at_a_time():
    lines = csv_lines(iter([["name", "hours"], ['Ana "Ann" Ruiz, Jr.', 7.5]]), for_people=False)
    assert next(lines) == "name,hours\r\n"
    assert next(lines) == '"Ana ""Ann"" Ruiz, Jr.",7.5\r\n'


def test_a_file_for_people_begins_with_a_byte_order_mark():
    lines = list(csv_lines([["worker"], ["José"]], for_people=True))
    assert lines == [f"{BYTE_ORDER_MARK}worker\r\n", "José\r\n"]
