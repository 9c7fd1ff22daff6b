import pytest

from protiv.kit import sheet
from protiv.kit.refused import Refused
from protiv.kit.sheet import decode, read_sheet

REQUIRED = (("worker_external_id", "number"), ("start_date",), ("wage",))
LINE = {"number": "12", "start_date": "11/2/2026", "wage": "25"}


def read(text):
    return read_sheet(text, REQUIRED)


def cells(text):
    return [(row.number, row.cells) for row in read(text).rows]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("number,Ünal\n".encode("utf-8-sig"), "number,Ünal\n"),
        ("number,Ünal\n".encode(), "number,Ünal\n"),
        ("number\tÜnal\r\n".encode("utf-16"), "number\tÜnal\r\n"),
        (b"\xfe\xff" + "number".encode("utf-16-be"), "number"),
    ],
)
def test_decode_takes_what_spreadsheets_save(content, text):
    assert decode(content) == text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"number,name\r\n12,Ana\r\n13,M\xfcller\r\n", "line 3, column 2 has a character in another encoding"),
        (b"number;name\r12;M\xfcller\r", "line 2, column 2"),
        ("number".encode("utf-16-le"), "not a text file"),
        ("number".encode("utf-32"), "not a text file"),
        ("number".encode("utf-16")[:-1], "cut off"),
        (b"PK\x03\x04\x14\x00\xff", "is an Excel workbook, not CSV"),
        (b"a\0b", "not a text file"),
        (b"x" * (sheet.MAX_BYTES + 1), "larger than 1 MB"),
    ],
)
def test_decode_refuses_by_name(content, says):
    with pytest.raises(Refused) as refused:
        decode(content)
    assert says in refused.value.message


@pytest.mark.parametrize(
    "text",
    [
        "number,start_date,wage\n12,11/2/2026,25\n",
        "number\tstart_date\twage\n12\t11/2/2026\t25\n",
        "number;start_date;wage\r\n12;11/2/2026;25\r\n",
        "number,start_date,wage\r12,11/2/2026,25\r",
        "number,start_date,wage\r12,11/2/2026,25",
    ],
)
def test_tabs_semicolons_and_the_line_ends_of_old_macs_are_read(text):
    assert cells(text) == [(2, LINE)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_line_that_tells_the_separator_is_read(separator):
    table = "number|start_date|wage\n12|11/2/2026|25\n".replace("|", separator)
    for first in (f"sep={separator}", f'"sep={separator}"', f"SEP={separator}"):
        assert cells(f"{first}\n{table}") == [(3, LINE)]


@pytest.mark.parametrize(
    "titles", ["Wages for November\n", "Acme's wages,,\n\nPrinted 11/2/2026, by Ana\n", '"5"" pipe",,\n', "\n\n\n"]
)
def test_titles_above_the_header_are_left_out_and_lines_keep_their_numbers(titles):
    assert cells(f"{titles}number,start_date,wage\n12,11/2/2026,25\n") == [(titles.count("\n") + 2, LINE)]


def test_a_header_of_more_than_one_line_is_read():
    assert cells('"number","start\ndate",wage\n12,11/2/2026,25\n') == [(3, LINE)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Missing: worker_external_id (or number), start_date, wage. Download"),
        ("sep=;", "Missing: worker_external_id"),
        ("sep=|\nnumber|start_date|wage\n", "The separator “|” can't be read"),
        ("name,wage\nAna,25\n", "worker_external_id (or number), start_date. Found: name, wage."),
        ("numero;fecha;salario\n12;11/2/2026;25\n", "Found: numero, fecha, salario."),
        ("number,start_date\n17,2026-11-02\n", "Missing: wage."),
        ("12,11/2/2026,25\nnumber,start_date,wage\n13,11/2/2026,25\n", "Line 1 is above the header, which is line 2"),
        ("title\n" * 21 + "number,start_date,wage\n12,11/2/2026,25\n", "Missing: "),
        ("number,start_date,wage\n", "no lines below the header"),
        ("number,start_date,wage\n,,\n", "no lines below the header"),
        ("number,number,start_date,wage\n1,2,2026-11-02,25\n", "appears twice"),
        ("number,start_date,wage," + ",".join(f"c{place}" for place in range(98)), "more than 100 columns"),
        ('number,start_date,wage\n16,2026-11-02,25\n17,"2026-11-02,25\n18,2026-11-02,26\n', "Line 3 can't be read"),
        ('number,start_date,wage\n17,"2026"-11-02,25\n', "a quotation mark is missing or misplaced"),
        (f"number,start_date,wage\n17,{'x' * 140_000},25\n", "Line 2 has a cell of more than 131,072 characters"),
        ("number,start_date,wage\n" + "1,2026-11-02,25\n" * (sheet.MAX_LINES + 1), "more than 10,000 lines"),
    ],
)
def test_what_is_no_table_is_refused_by_its_name(text, says):
    with pytest.raises(Refused) as refused:
        read(text)
    assert says in refused.value.message
    assert '"' in text or "quotation mark" not in refused.value.message


def test_the_marks_of_inches_and_the_apostrophe_of_our_files_are_read():
    text = "number\tstart_date\twage\tnote\n'-7\t11/2/2026\t25\t5\" pipe\n"
    assert cells(text) == [(2, {**LINE, "number": "-7", "note": '5" pipe'})]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("12,11/2/2026,25,50", "more cells than the header"),
        ("12\t11/2/2026\t25", "isn't separated by commas"),
        ('"12,11/2/2026,25"', "isn't separated by commas"),
        ("12,11/2/2026,25,,", ""),
        ("12,11/2/2026", ""),
    ],
)
def test_a_line_whose_cells_are_under_the_wrong_names_has_a_problem(line, says):
    row = read(f"number,start_date,wage,,\n{line}\n").rows[0]
    assert says in row.problem
    assert bool(says) == bool(row.problem)
