"""Payroll files: every layout, cell by cell; the amounts stay apart and come back to the cent."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import compress, islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from propay.payroll.columns import DEDUCTION_FIELDS, Field, LineMode
from propay.payroll.files import OptionsRefused, blank_headers, option_problems, payroll_file_name, payroll_lines
from propay.payroll.layouts import (
    ADP,
    GENERIC,
    GUSTO,
    LAYOUTS,
    PAYCHEX,
    PAYCOM,
    QUICKBOOKS_DESKTOP,
    QUICKBOOKS_ONLINE,
    Confirmation,
    Layout,
    LayoutKey,
)
from propay.payroll.rows import EarningCodes, PayrollOptions, PayrollRow, WorkerIdKind
from protiv.kit.csv import BYTE_ORDER_MARK
from protiv.kit.money import ZERO, from_cents
from tests.make.payroll_rows import CREW, OPTIONS, cells, payroll_row, payroll_text

GOLDEN = Path(__file__).parent / "files"
PERIOD = {"period_start": date(2026, 11, 2), "period_end": date(2026, 11, 15)}

every_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))


@every_layout
def test_file_is_the_golden_file_byte_for_byte(layout: Layout) -> None:
    golden = (GOLDEN / f"{layout.key.lower()}.csv").read_bytes()
    assert payroll_text(layout).encode() == golden


@every_layout
def test_file_without_rows_holds_the_headings_alone(layout: Layout) -> None:
    assert cells(layout, []) == [[column.heading(OPTIONS) for column in layout.columns]]


@every_layout
def test_every_line_has_a_cell_for_each_column(layout: Layout) -> None:
    assert {len(line) for line in cells(layout)} == {len(layout.columns)}


# The three amounts


def test_three_columns_add_up_to_the_total_of_the_generic_file() -> None:
    lines = list(csv.DictReader(io.StringIO(payroll_text(GENERIC).removeprefix(BYTE_ORDER_MARK))))
    assert [line["total"] for line in lines] == ["274.25", "87.50", "0.00", "-11.34"]
    for line in lines:
        parts = (line["bonus"], line["federal_true_up"], line["state_extra"])
        assert sum(map(Decimal, parts)) == Decimal(line["total"])


@pytest.mark.parametrize("layout", [ADP, PAYCHEX, PAYCOM, QUICKBOOKS_DESKTOP], ids=lambda layout: layout.key)
def test_zero_amounts_make_no_earning_line(layout: Layout) -> None:
    lines = cells(layout)[1:]
    assert [code for line in lines for code in line if code in {"BON", "OTF", "OTS"}] == [
        *("BON", "OTF", "OTS"),
        "BON",
        *("BON", "OTF"),
    ]


def test_gusto_leaves_a_zero_empty_so_that_it_overwrites_nothing() -> None:
    assert cells(GUSTO)[2] == ["Miller", "Pat", "102", "87.50", "", ""]


def test_negative_amounts_keep_their_sign_and_get_no_apostrophe() -> None:
    assert cells(ADP, [payroll_row(amounts="-12.34 0.00 -0.01")])[1:] == [
        ["XYZ", "01", "101", "BON", "-12.34", "", ""],
        ["XYZ", "01", "101", "OTS", "-0.01", "", ""],
    ]


def test_amounts_are_plain_whatever_their_size_and_scale() -> None:
    row = payroll_row(amounts="1234567890.1 1E+3 -0.00")
    assert cells(GENERIC, [row])[1][8:] == ["1234567890.10", "1000.00", "0.00", "0.00", "1234568890.10"]


@pytest.mark.parametrize("amount", ["0.005", "NaN", "Infinity"])
def test_row_refuses_what_is_not_whole_cents(amount: str) -> None:
    with pytest.raises(ValueError, match="whole cents"):
        payroll_row(amounts=f"1.00 {amount} 0.00")


# Deductions (bonus.md 11.15)

DEDUCTED = payroll_row(amounts="200.00 20.00 0.00", deduction_amount=Decimal("200.00"))


def test_a_deduction_has_a_column_of_its_own_and_the_total_is_what_is_paid() -> None:
    assert cells(GENERIC, [DEDUCTED])[1][8:] == ["200.00", "20.00", "0.00", "200.00", "20.00"]
    assert cells(QUICKBOOKS_ONLINE, [DEDUCTED])[1][1:6] == ["200.00", "20.00", "0.00", "200.00", "20.00"]


def test_a_deduction_is_a_line_of_its_own_where_each_amount_is_one() -> None:
    assert [line[3:] for line in cells(ADP, [DEDUCTED])[1:]] == [
        ["BON", "200.00", "", ""],
        ["OTF", "20.00", "", ""],
        ["", "", "DED", "200.00"],
    ]
    assert [(line[4], line[10]) for line in cells(PAYCHEX, [DEDUCTED])[1:]] == [
        ("BON", "200.00"),
        ("OTF", "20.00"),
        ("DED", "200.00"),
    ]


@pytest.mark.parametrize("layout", [GUSTO, PAYCOM], ids=lambda layout: layout.key)
def test_software_without_a_documented_deduction_gets_none(layout: Layout) -> None:
    assert not layout.has_deductions
    assert payroll_text(layout, [DEDUCTED]) == payroll_text(layout, [replace(DEDUCTED, deduction_amount=ZERO)])
    assert option_problems(layout, replace(OPTIONS, codes=replace(OPTIONS.codes, deduction=""))) == {}


# Text


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("Smith, Jr.", "Smith, Jr."),
        ('Bob "Bear"', 'Bob "Bear"'),
        ("two\r\nlines\tand a tab", "two lines and a tab"),
        ("line\u2028separator", "line separator"),
        ("Zoë Łącki 👷", "Zoë Łącki 👷"),
        ('=HYPERLINK("x")', '\'=HYPERLINK("x")'),
        ("  +1", "'+1"),
        ("\n@cmd", "'@cmd"),
        ("-2", "'-2"),
    ],
)
def test_names_stay_on_one_line_and_are_not_run_by_a_spreadsheet(name: str, cell: str) -> None:
    rows = [payroll_row(last_name=name), payroll_row("102", last_name="Next")]
    lines = payroll_text(GENERIC, rows).splitlines()
    assert len(lines) == 3
    assert [line[2] for line in csv.reader(lines)] == ["last_name", cell, "Next"]


def test_codes_headings_and_ids_are_not_run_by_a_spreadsheet() -> None:
    codes = EarningCodes(bonus="=1", federal="@F", state_extra="-S")
    options = replace(OPTIONS, codes=codes, company_code="+C", batch_id="=B")
    assert cells(GUSTO, [], options)[0][3:] == ["'=1", "'@F", "'-S"]
    assert cells(ADP, [payroll_row("=9", "1.00 0.00 0.00")], options)[1][:5] == ["'+C", "'=B", "'=9", "'=1", "1.00"]


def test_dates_are_in_us_format_except_in_the_generic_file() -> None:
    assert cells(QUICKBOOKS_DESKTOP)[1][6:] == ["11/02/2026", "11/15/2026", "11/20/2026"]
    assert cells(GENERIC)[1][5:8] == ["2026-11-02", "2026-11-15", "2026-11-20"]


def test_unpaid_statement_has_no_pay_date() -> None:
    assert cells(GENERIC)[4][7] == ""


# Options


def test_layouts_that_use_no_codes_ask_for_none() -> None:
    none = EarningCodes(bonus="", federal="", state_extra="", deduction="")
    nothing = PayrollOptions(codes=none, worker_id_kind=WorkerIdKind.NONE)
    assert option_problems(GENERIC, nothing) == {}


@pytest.mark.parametrize(
    ("layout", "missing"),
    [
        (GUSTO, ["bonus_code", "federal_code", "state_extra_code"]),
        (QUICKBOOKS_ONLINE, ["bonus_code", "federal_code", "state_extra_code", "deduction_code"]),
        (QUICKBOOKS_DESKTOP, ["bonus_code", "federal_code", "state_extra_code", "deduction_code"]),
        (PAYCOM, ["bonus_code", "federal_code", "state_extra_code", "worker_id_kind"]),
        (
            PAYCHEX,
            ["bonus_code", "federal_code", "state_extra_code", "deduction_code", "company_code", "worker_id_kind"],
        ),
        (
            ADP,
            [
                *("bonus_code", "federal_code", "state_extra_code", "deduction_code"),
                *("company_code", "batch_id", "worker_id_kind"),
            ],
        ),
    ],
    ids=lambda value: value.key if isinstance(value, Layout) else "",
)
def test_each_layout_asks_for_the_options_it_uses(layout: Layout, missing: list[str]) -> None:
    blank = EarningCodes(bonus=" ", federal="", state_extra="", deduction="")
    options = PayrollOptions(codes=blank, company_code=" ", worker_id_kind=WorkerIdKind.NONE)
    assert list(option_problems(layout, options)) == missing


def test_two_amounts_under_one_code_are_refused() -> None:
    options = replace(OPTIONS, codes=EarningCodes(bonus="Bonus", federal="OT", state_extra=" ot"))
    assert list(option_problems(ADP, options)) == ["federal_code", "state_extra_code"]


def test_options_longer_than_the_program_takes_are_refused() -> None:
    options = replace(OPTIONS, company_code="123456789", codes=replace(OPTIONS.codes, federal="F" * 21))
    problems = option_problems(PAYCHEX, options)
    assert list(problems) == ["federal_code", "company_code"]
    assert "at most 8 characters" in problems["company_code"]


def test_wrong_options_are_refused_before_the_first_line() -> None:
    with pytest.raises(OptionsRefused, match="The batch ID is missing") as refused:
        payroll_lines(ADP, CREW, replace(OPTIONS, batch_id=""))
    assert list(refused.value.problems) == ["batch_id"]


def test_payroll_can_identify_workers_by_the_providers_id() -> None:
    options = replace(OPTIONS, worker_id_kind=WorkerIdKind.EXTERNAL_ID)
    assert [line[2] for line in cells(ADP, options=options)[1:3]] == ["emp-101", "emp-101"]


def test_gusto_does_without_an_id_where_payroll_knows_none() -> None:
    assert cells(GUSTO, options=replace(OPTIONS, worker_id_kind=WorkerIdKind.NONE))[1][2] == ""


def test_worker_whom_payroll_could_not_find_is_named_by_the_empty_column() -> None:
    nobody = payroll_row("", first_name="", last_name=" ")
    assert blank_headers(ADP, nobody, OPTIONS) == ("File #",)
    assert blank_headers(GUSTO, nobody, OPTIONS) == ("last_name", "first_name")
    assert [blank_headers(layout, CREW[0], OPTIONS) for layout in LAYOUTS.values()] == [()] * len(LAYOUTS)


# Names of files, confirmation, streaming


@pytest.mark.parametrize(
    ("layout", "code", "name"),
    [
        (ADP, "XYZ", "PRXYZEPI.csv"),
        (ADP, " ab ", "PRab_EPI.csv"),
        (ADP, '"/x', "PRx__EPI.csv"),
        (GENERIC, "XYZ", "payroll-2026-11-02-to-2026-11-15-generic.csv"),
        (QUICKBOOKS_DESKTOP, "XYZ", "payroll-2026-11-02-to-2026-11-15-quickbooks-desktop.csv"),
    ],
)
def test_file_name_is_the_one_that_the_program_wants(layout: Layout, code: str, name: str) -> None:
    assert payroll_file_name(layout, replace(OPTIONS, company_code=code), **PERIOD) == name


def test_each_layout_says_how_well_it_is_confirmed() -> None:
    assert {key: layout.confirmation for key, layout in LAYOUTS.items()} == {
        LayoutKey.GENERIC: Confirmation.OWN,
        LayoutKey.QUICKBOOKS_DESKTOP: Confirmation.NOT_CONFIRMED,
        LayoutKey.QUICKBOOKS_ONLINE: Confirmation.NOT_CONFIRMED,
        LayoutKey.ADP: Confirmation.CONFIRMED,
        LayoutKey.GUSTO: Confirmation.PARTLY,
        LayoutKey.PAYCHEX: Confirmation.PARTLY,
        LayoutKey.PAYCOM: Confirmation.NOT_CONFIRMED,
    }
    assert [key for key, layout in LAYOUTS.items() if layout.is_confirmed] == [LayoutKey.ADP]
    confirmed = tuple(column.header for column in GUSTO.columns if column.is_confirmed)
    assert confirmed == ("last_name", "first_name", "gusto_employee_id")


def test_layout_that_is_not_confirmed_says_so_in_its_note() -> None:
    words = {Confirmation.CONFIRMED: "Confirmed", Confirmation.PARTLY: "Partly", Confirmation.NOT_CONFIRMED: "Not con"}
    for layout in LAYOUTS.values():
        assert layout.note.startswith(words.get(layout.confirmation, "Our own format"))


def test_docs_name_every_layout_and_every_source() -> None:
    docs = (Path(__file__).parents[3] / "docs" / "payroll.md").read_text()
    for layout in LAYOUTS.values():
        assert layout.label.partition(" (")[0] in docs
        assert [source.address for source in layout.sources if source.address not in docs] == []


def test_file_is_streamed_and_no_row_is_read_ahead() -> None:
    def endless() -> Iterator[PayrollRow]:
        while True:
            yield payroll_row()

    assert len(list(islice(payroll_lines(ADP, endless(), OPTIONS), 1000))) == 1000


# Properties

amounts = st.integers(min_value=-10_000_000, max_value=10_000_000).map(from_cents) | st.just(ZERO)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@st.composite
def payroll_rows(draw: st.DrawFn, number: int) -> PayrollRow:
    return replace(
        payroll_row(f"{number}"),
        first_name=draw(names),
        last_name=draw(names),
        bonus_amount=draw(amounts),
        federal_amount=draw(amounts),
        state_extra_amount=draw(amounts),
        deduction_amount=abs(draw(amounts)),
    )


crews = st.integers(min_value=0, max_value=4).flatmap(lambda size: st.tuples(*map(payroll_rows, range(size))))


def _amounts_read(layout: Layout, crew: tuple[PayrollRow, ...]) -> dict[str, list[Decimal]]:
    """The amounts of each worker as a payroll program takes them from the file, a deduction last."""
    lines = cells(layout, crew)
    titles = [column.field for column in layout.columns]
    read = {str(number): [ZERO] * 4 for number in range(len(crew))}
    for position, line in enumerate(lines[1:]):
        values = dict(zip(titles, line, strict=True))
        if layout.mode == LineMode.PER_EARNING:
            code = values["earning_code"] or values["deduction_code"]
            amount = values["earning_amount"] or values["deduction_amount"]
            read[values["payroll_id"]][["BON", "OTF", "OTS", "DED"].index(code)] += Decimal(amount)
        else:
            names = ("bonus_amount", "federal_amount", "state_extra_amount", "deduction_amount")
            read[str(position)] = [Decimal(values.get(name) or 0) for name in names]
    return read


@pytest.mark.parametrize("layout", [GENERIC, QUICKBOOKS_ONLINE, GUSTO, ADP, PAYCHEX, PAYCOM], ids=lambda each: each.key)
@given(crew=crews)
def test_every_cent_comes_back_from_the_file(layout: Layout, crew: tuple[PayrollRow, ...]) -> None:
    assert _amounts_read(layout, crew) == {
        row.worker_number: [
            *(row.bonus_amount, row.federal_amount, row.state_extra_amount),
            row.deduction_amount if layout.has_deductions else ZERO,
        ]
        for row in crew
    }


@every_layout
@given(crew=crews)
def test_a_deduction_lowers_no_earning_in_any_file(layout: Layout, crew: tuple[PayrollRow, ...]) -> None:
    earned = [column.field not in (*DEDUCTION_FIELDS, Field.TOTAL_AMOUNT) for column in layout.columns]

    def earnings(rows: Iterable[PayrollRow]) -> list[list[str]]:
        lines = [list(compress(line, earned)) for line in cells(layout, rows)]
        return [line for line in lines if not layout.deducts_by_code or "DED" not in line]

    with_it = earnings(crew)
    without_it = earnings(replace(row, deduction_amount=ZERO) for row in crew)
    if layout.mode == LineMode.PER_EARNING and layout.has_deductions and not layout.deducts_by_code:
        codes = [column.field for column in compress(layout.columns, earned)].index(Field.EARNING_CODE)
        with_it = [line for line in with_it if line[codes]]
    assert with_it == without_it


@given(crew=crews)
def test_file_has_one_line_per_worker_or_per_amount_whatever_the_names(crew: tuple[PayrollRow, ...]) -> None:
    earnings = sum(1 for row in crew for _ in row.earnings())
    assert len(payroll_text(GENERIC, crew).splitlines()) == 1 + len(crew)
    assert len(payroll_text(QUICKBOOKS_DESKTOP, crew).splitlines()) == 1 + earnings


@given(crew=crews)
def test_total_is_the_earnings_less_the_deduction(crew: tuple[PayrollRow, ...]) -> None:
    for row, line in zip(crew, cells(GENERIC, crew)[1:], strict=True):
        earned = row.bonus_amount + row.federal_amount + row.state_extra_amount
        assert Decimal(line[-1]) == earned - row.deduction_amount == row.total_amount


def test_only_files_that_a_person_opens_begin_with_a_byte_order_mark() -> None:
    marked = {layout.key.value for layout in LAYOUTS.values() if payroll_text(layout).startswith(BYTE_ORDER_MARK)}
    assert marked == {"GENERIC", "QUICKBOOKS_DESKTOP", "QUICKBOOKS_ONLINE"}
