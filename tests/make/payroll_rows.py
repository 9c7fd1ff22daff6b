"""Rows of a pay period for the tests of payroll files."""

import csv
from datetime import date
from decimal import Decimal
from typing import Any

from propay.payroll.custom import columns_as_text
from propay.payroll.files import payroll_lines
from propay.payroll.layouts import Layout
from propay.payroll.rows import EarningCodes, PayrollOptions, PayrollRow
from protiv.kit.csv import BYTE_ORDER_MARK

OPTIONS = PayrollOptions(
    codes=EarningCodes(bonus="BON", federal="OTF", state_extra="OTS", deduction="DED"),
    company_code="XYZ",
    batch_id="01",
)


def payroll_row(number: str = "101", amounts: str = "250.00 20.00 4.25", **changes: Any) -> PayrollRow:
    """A worker's row; `amounts` are bonus, federal true-up and state overtime premium."""
    bonus, federal, state_extra = map(Decimal, amounts.split())
    fields = {
        "external_id": f"emp-{number}",
        "worker_number": number,
        "first_name": "Pat",
        "middle_name": "",
        "last_name": "Miller",
        "period_start": date(2026, 11, 2),
        "period_end": date(2026, 11, 15),
        "pay_date": date(2026, 11, 20),
        "bonus_amount": bonus,
        "federal_amount": federal,
        "state_extra_amount": state_extra,
    }
    return PayrollRow(**(fields | changes))


CREW = (
    payroll_row("101", "250.00 20.00 4.25", first_name="José", middle_name="M", last_name="Núñez"),
    payroll_row("102", "87.50 0.00 0.00"),
    payroll_row("103", "0.00 0.00 0.00", first_name="Kim", last_name="Zero"),
    payroll_row("104", "-12.34 1.00 0.00", first_name="Lee", last_name="O'Hara", pay_date=None),
)


def payroll_text(layout: Layout, rows: Any = CREW, options: PayrollOptions = OPTIONS) -> str:
    """The whole file."""
    return "".join(payroll_lines(layout, rows, options))


def cells(layout: Layout, rows: Any = CREW, options: PayrollOptions = OPTIONS) -> list[list[str]]:
    """The file as a payroll program reads it, headings first."""
    text = payroll_text(layout, rows, options).removeprefix(BYTE_ORDER_MARK)
    return list(csv.reader(text.splitlines(keepends=True)))


def columns_text(layout: Layout, options: PayrollOptions) -> str:
    """The columns of a layout as text, as a custom layout stores its own."""
    return columns_as_text((column.heading(options), column.field, column.text) for column in layout.columns)
