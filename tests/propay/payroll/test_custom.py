"""Custom layouts: read strictly, invalid columns named, no amount lost or duplicated."""

import re
from pathlib import Path

import pytest

from propay.payroll.columns import DateFormat, Field, LineMode
from propay.payroll.custom import MAX_COLUMNS, LayoutRefused, custom_layout
from propay.payroll.files import option_problems
from propay.payroll.layouts import LAYOUTS, Confirmation, Layout, LayoutKey
from propay.payroll.rows import PayrollOptions, WorkerIdKind
from protiv.kit.csv import BYTE_ORDER_MARK
from tests.make.payroll_rows import CREW, OPTIONS, cells, columns_text, payroll_row, payroll_text

PER_WORKER = """
Employee = last_first_name
Bonus = bonus_amount
FLSA premium = federal_amount
State = state_extra_amount
"""
PER_EARNING = """
File # = worker_number
Type = "E"
Code = earning_code
Amount = earning_amount
"""


def _refused(text: str, mode: LineMode = LineMode.PER_WORKER) -> tuple[str, ...]:
    with pytest.raises(LayoutRefused) as refused:
        custom_layout(text, mode=mode)
    return refused.value.problems


def test_one_line_per_worker() -> None:
    assert cells(custom_layout(PER_WORKER, mode=LineMode.PER_WORKER))[:3] == [
        ["Employee", "Bonus", "FLSA premium", "State"],
        ["Núñez, José M", "250.00", "20.00", "4.25"],
        ["Miller, Pat", "87.50", "0.00", "0.00"],
    ]


def test_one_line_per_earning_with_a_text_in_every_line() -> None:
    assert cells(custom_layout(PER_EARNING, mode=LineMode.PER_EARNING)) == [
        ["File #", "Type", "Code", "Amount"],
        ["101", "E", "BON", "250.00"],
        ["101", "E", "OTF", "20.00"],
        ["101", "E", "OTS", "4.25"],
        ["102", "E", "BON", "87.50"],
        ["104", "E", "BON", "-12.34"],
        ["104", "E", "OTF", "1.00"],
    ]


def test_every_field_can_be_a_column() -> None:
    text = """
    a = external_id
    b = payroll_id
    c = full_name
    d = middle_name
    e = company_code
    f = batch_id
    g = bonus_code
    h = federal_code
    i = state_extra_code
    j = bonus_amount
    k = federal_amount
    l = state_extra_amount
    m = total_amount
    n = period_start
    o = period_end
    p = pay_date
    """
    layout = custom_layout(text, mode=LineMode.PER_WORKER, date_format=DateFormat.ISO)
    assert cells(layout)[1] == [
        *("emp-101", "101", "José M Núñez", "M", "XYZ", "01", "BON", "OTF", "OTS"),
        *("250.00", "20.00", "4.25", "274.25", "2026-11-02", "2026-11-15", "2026-11-20"),
    ]


def test_earning_name_says_in_words_what_the_amount_is() -> None:
    layout = custom_layout(
        "id = worker_number\nwhat = earning_name\n$ = earning_amount", mode=LineMode.PER_EARNING, has_header=False
    )
    assert [line[1] for line in cells(layout)[:3]] == ["Bonus", "Federal overtime true-up", "State overtime extra"]
    assert option_problems(layout, PayrollOptions()) == {}


def test_file_may_go_without_headings() -> None:
    layout = custom_layout(PER_WORKER, mode=LineMode.PER_WORKER, has_header=False)
    assert (len(cells(layout)), payroll_text(layout, [])) == (len(CREW), "")


def test_zeros_can_be_blank() -> None:
    layout = custom_layout(PER_WORKER, mode=LineMode.PER_WORKER, zero_is_blank=True)
    assert cells(layout, [payroll_row(amounts="0.00 5.00 0.00")])[1][1:] == ["", "5.00", ""]


def test_headings_and_texts_are_not_run_by_a_spreadsheet() -> None:
    layout = custom_layout(PER_WORKER + '\n@SUM = "=1+1"\nempty = ""', mode=LineMode.PER_WORKER)
    assert [line[4:] for line in cells(layout)[:2]] == [["'@SUM", "empty"], ["'=1+1", ""]]


def test_text_may_hold_quotes_and_an_equals_sign() -> None:
    layout = custom_layout(PER_WORKER + '\nx = "a = "b", c"', mode=LineMode.PER_WORKER)
    assert cells(layout)[1][4] == 'a = "b", c'


def test_one_heading_can_be_used_for_several_columns() -> None:
    layout = custom_layout(PER_WORKER.replace("FLSA premium", "Bonus"), mode=LineMode.PER_WORKER)
    assert cells(layout)[0] == ["Employee", "Bonus", "Bonus", "State"]


def test_a_custom_layout_has_no_confirming_source() -> None:
    layout = custom_layout(PER_WORKER, mode=LineMode.PER_WORKER, label="Acme Payroll")
    assert (layout.key, layout.label, layout.confirmation) == (LayoutKey.CUSTOM, "Acme Payroll", Confirmation.OWN)


def test_layout_with_the_payroll_id_asks_by_which_id_payroll_knows_a_worker() -> None:
    layout = custom_layout(PER_EARNING.replace("worker_number", "payroll_id"), mode=LineMode.PER_EARNING)
    assert list(option_problems(layout, PayrollOptions(worker_id_kind=WorkerIdKind.NONE))) == ["worker_id_kind"]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
def test_any_layout_is_a_start_for_an_own_one_that_writes_the_same_file(layout: Layout) -> None:
    own = custom_layout(
        columns_text(layout, OPTIONS),
        mode=layout.mode,
        date_format=layout.date_format,
        zero_is_blank=layout.zero_is_blank,
    )
    assert payroll_text(own) == payroll_text(layout).removeprefix(BYTE_ORDER_MARK)


DOCS = (Path(__file__).parents[3] / "docs" / "payroll.md").read_text()


def test_layouts_in_the_docs_work_as_written() -> None:
    adp, plain = re.findall(r"```\n(.*?)```", DOCS, flags=re.DOTALL)
    assert cells(custom_layout(adp, mode=LineMode.PER_WORKER, zero_is_blank=True))[1:3] == [
        ["XYZ", "01", "101", "BON", "250.00", "OTF", "20.00", "OTS", "4.25"],
        ["XYZ", "01", "102", "BON", "87.50", "OTF", "", "OTS", ""],
    ]
    assert cells(custom_layout(plain, mode=LineMode.PER_EARNING))[1] == ["101", "BON", "250.00", "300", ""]


@pytest.mark.parametrize("field", Field)
def test_docs_name_every_field(field: Field) -> None:
    assert f"`{field}`" in DOCS


# What is refused


def test_unknown_field_is_refused_by_the_name_of_its_column() -> None:
    (problem,) = _refused(PER_WORKER + "\nDept = departmnt")
    assert problem.startswith('Column 5 ("Dept") has an unknown field "departmnt"')
    assert "worker_number" in problem


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Dept", 'Column 5 ("Dept") has no content'),
        ("Dept =", 'Column 5 ("Dept") has no content'),
        ("= last_name", 'Column 5 ("") has no heading'),
        ('Dept = "', 'Column 5 ("Dept") has an unknown field'),
        (f'{"x" * 201} = ""', f'Column 5 ("{"x" * 40}…") is too long'),
        (f'x = "{"y" * 200}"', 'Column 5 ("x") is too long'),
        ("Code = earning_code", 'Column "Code" contains earning code, which needs one row per earning'),
        ("Amount = earning_amount", 'Column "Amount" contains earning amount, which needs one row per earning'),
        ("More = bonus_amount", 'Column "More" repeats bonus amount'),
    ],
)
def test_wrong_column_is_refused_by_its_name(line: str, problem: str) -> None:
    (found,) = _refused(f"{PER_WORKER}\n{line}")
    assert found.startswith(problem)


def test_all_invalid_columns_are_reported_together() -> None:
    assert len(_refused(PER_WORKER + "\na = b\nc\nd = earning_name")) == 3


@pytest.mark.parametrize("field", ["bonus_amount", "federal_amount", "state_extra_amount"])
def test_layout_that_would_lose_an_amount_is_refused(field: str) -> None:
    left = "\n".join(line for line in PER_WORKER.splitlines() if field not in line)
    assert _refused(left) == (
        f"No column contains {Field(field).label}, so that money would be missing from the file.",
    )


@pytest.mark.parametrize("field", ["bonus_amount", "federal_amount", "state_extra_amount", "total_amount"])
def test_amount_that_each_earning_line_would_repeat_is_refused(field: str) -> None:
    (problem,) = _refused(f"{PER_EARNING}\nAgain = {field}", LineMode.PER_EARNING)
    assert problem == f'Column "Again" contains {Field(field).label}, which needs one row per worker.'


def test_line_per_earning_needs_its_amount_and_what_it_is() -> None:
    assert _refused("id = worker_number", LineMode.PER_EARNING) == (
        "No column contains earning amount, so that money would be missing from the file.",
        "No column distinguishes the amounts. Add earning code or earning name.",
    )


def test_a_layout_that_identifies_no_one_is_refused() -> None:
    (problem,) = _refused(PER_WORKER.replace("last_first_name", '"someone"'))
    assert problem.startswith("No column identifies the worker.")


@pytest.mark.parametrize("text", ["", " \n\n "])
def test_layout_without_columns_is_refused(text: str) -> None:
    assert len(_refused(text)) == 4


def test_endless_layout_is_refused_in_one_line() -> None:
    (problem,) = _refused("x = y\n" * (MAX_COLUMNS + 1))
    assert problem == f"A layout can have at most {MAX_COLUMNS} columns, not {MAX_COLUMNS + 1}."
