import pytest

from protiv.kit.csv import csv_lines, read_cell, safe_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_safe_cell_takes_the_formula_out_and_read_cell_puts_it_back(text):
    assert safe_cell(text) == f"'{text}"
    assert read_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["", "Ana", "O'Hara", "'quoted'", "a=b", "12"])
def test_safe_cell_leaves_what_is_harmless(text):
    assert safe_cell(text) == text
    assert read_cell(text) == text


def test_rows_become_lines_one_at_a_time():
    lines = csv_lines(iter([["name", "hours"], ['Ana "Ann" Ruiz, Jr.', 7.5]]))
    assert next(lines) == "name,hours\r\n"
    assert next(lines) == '"Ana ""Ann"" Ruiz, Jr.",7.5\r\n'
