"""The payroll software we write files for, each with its public source (docs/payroll.md). Pure.

Software whose import of dollar amounts has no public description gets no invented format: its layout is a sheet to
enter from or a starting point for a custom layout, and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from propay.payroll.columns import DateFormat, Field, FileColumn, LineMode


class LayoutKey(StrEnum):
    GENERIC = "GENERIC"
    QUICKBOOKS_DESKTOP = "QUICKBOOKS_DESKTOP"
    QUICKBOOKS_ONLINE = "QUICKBOOKS_ONLINE"
    ADP = "ADP"
    GUSTO = "GUSTO"
    PAYCHEX = "PAYCHEX"
    PAYCOM = "PAYCOM"
    CUSTOM = "CUSTOM"


class Confirmation(StrEnum):
    """How well public sources confirm a layout. OWN is our format, with nothing to confirm."""

    OWN = "OWN"
    CONFIRMED = "CONFIRMED"
    PARTLY = "PARTLY"
    NOT_CONFIRMED = "NOT_CONFIRMED"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutSource:
    """A public page, and what it says about the layout."""

    says: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The format of a file: its columns in order, and how lines, dates, and zeros are written.

    `deducts_by_code`: a deduction is a line like any other, with its own code. `limits` is the maximum length of each
    option (`company_code`, `bonus_code` and so on). `is_for_people`: someone opens the file in a spreadsheet, so it
    begins with a byte order mark; no payroll software is known to accept one.
    """

    key: LayoutKey
    label: str
    note: str
    mode: LineMode
    columns: tuple[FileColumn, ...]
    sources: tuple[LayoutSource, ...] = ()
    extension: str = "csv"
    date_format: DateFormat = DateFormat.US
    has_header: bool = True
    zero_is_blank: bool = False
    is_for_people: bool = False
    deducts_by_code: bool = False
    limits: Mapping[str, int] = field(default_factory=dict)

    @property
    def confirmation(self) -> Confirmation:
        if not self.sources:
            return Confirmation.OWN
        confirmed = [column.is_confirmed for column in self.columns]
        if all(confirmed):
            return Confirmation.CONFIRMED
        return Confirmation.PARTLY if any(confirmed) else Confirmation.NOT_CONFIRMED

    @property
    def is_confirmed(self) -> bool:
        return self.confirmation == Confirmation.CONFIRMED

    @property
    def has_deductions(self) -> bool:
        """Whether the file contains deductions; in software that imports none, someone enters them."""
        return self.deducts_by_code or Field.DEDUCTION_AMOUNT in self.fields

    @property
    def fields(self) -> frozenset[Field]:
        """All fields that the lines and the headings use."""
        headings = {column.header for column in self.columns if isinstance(column.header, Field)}
        return frozenset(headings | {column.field for column in self.columns if column.field is not None})


GENERIC = Layout(
    key=LayoutKey.GENERIC,
    label="Generic CSV",
    note="Our own format: one row per worker with each amount and what is paid in all. For a person or a spreadsheet.",
    mode=LineMode.PER_WORKER,
    date_format=DateFormat.ISO,
    is_for_people=True,
    columns=(
        FileColumn(header="external_id", field=Field.EXTERNAL_ID, is_required=True),
        FileColumn(header="worker_number", field=Field.WORKER_NUMBER),
        FileColumn(header="last_name", field=Field.LAST_NAME),
        FileColumn(header="first_name", field=Field.FIRST_NAME),
        FileColumn(header="middle_name", field=Field.MIDDLE_NAME),
        FileColumn(header="period_start", field=Field.PERIOD_START),
        FileColumn(header="period_end", field=Field.PERIOD_END),
        FileColumn(header="pay_date", field=Field.PAY_DATE),
        FileColumn(header="bonus", field=Field.BONUS_AMOUNT),
        FileColumn(header="federal_true_up", field=Field.FEDERAL_AMOUNT),
        FileColumn(header="state_extra", field=Field.STATE_EXTRA_AMOUNT),
        FileColumn(header="deduction", field=Field.DEDUCTION_AMOUNT),
        FileColumn(header="total", field=Field.TOTAL_AMOUNT),
    ),
)

QUICKBOOKS_DESKTOP = Layout(
    key=LayoutKey.QUICKBOOKS_DESKTOP,
    label="QuickBooks Desktop (for manual entry)",
    note=(
        "Not confirmed: a sheet for manual entry, with one row per payroll item. QuickBooks Desktop can't import "
        "amounts into paychecks: its IIF timer import accepts hours, not dollars."
    ),
    mode=LineMode.PER_EARNING,
    is_for_people=True,
    columns=(
        FileColumn(header="Last Name", field=Field.LAST_NAME, is_required=True),
        FileColumn(header="First Name", field=Field.FIRST_NAME, is_required=True),
        FileColumn(header="Payroll Item", field=Field.EARNING_CODE),
        FileColumn(header="Amount", field=Field.EARNING_AMOUNT),
        FileColumn(header="Deduction Item", field=Field.DEDUCTION_CODE),
        FileColumn(header="Deduction", field=Field.DEDUCTION_AMOUNT),
        FileColumn(header="Pay Period Start", field=Field.PERIOD_START),
        FileColumn(header="Pay Period End", field=Field.PERIOD_END),
        FileColumn(header="Pay Date", field=Field.PAY_DATE),
    ),
    sources=(
        LayoutSource(
            says="A TIMEACT line has a duration and no amount, and its payroll item is not used.",
            address=(
                "http://support.quickbooks.intuit.com/support/Pages/InProductHelp/Core/QB2K8/ContentPackage/Core/IIF/"
                "iif_reference_timeract.html"
            ),
        ),
        LayoutSource(
            says="By IIF, payroll data can be neither imported nor exported.",
            address="https://www.replicon.com/customer-zone2/kb-4657/",
        ),
        LayoutSource(
            says="A bonus is paid through a payroll item that the company names.",
            address=(
                "https://quickbooks.intuit.com/learn-support/en-us/special-payroll/"
                "create-a-bonus-payroll-item-in-quickbooks-desktop-payroll/00/369548"
            ),
        ),
    ),
)

QUICKBOOKS_ONLINE = Layout(
    key=LayoutKey.QUICKBOOKS_ONLINE,
    label="QuickBooks Online (for manual entry)",
    note=(
        "Not confirmed: a sheet for manual entry, with one row per worker and one column per pay type. Intuit "
        "describes entering a bonus in Run payroll, but no file for it."
    ),
    mode=LineMode.PER_WORKER,
    is_for_people=True,
    columns=(
        FileColumn(header="Employee", field=Field.FULL_NAME, is_required=True),
        FileColumn(header=Field.BONUS_CODE, field=Field.BONUS_AMOUNT),
        FileColumn(header=Field.FEDERAL_CODE, field=Field.FEDERAL_AMOUNT),
        FileColumn(header=Field.STATE_EXTRA_CODE, field=Field.STATE_EXTRA_AMOUNT),
        FileColumn(header=Field.DEDUCTION_CODE, field=Field.DEDUCTION_AMOUNT),
        FileColumn(header="Total", field=Field.TOTAL_AMOUNT),
        FileColumn(header="Pay Period Start", field=Field.PERIOD_START),
        FileColumn(header="Pay Period End", field=Field.PERIOD_END),
        FileColumn(header="Pay Date", field=Field.PAY_DATE),
    ),
    sources=(
        LayoutSource(
            says="A bonus is a pay type of the employee; its amount is entered when payroll is run.",
            address="https://community.intuit.com/articles/1770046-pay-employees-a-bonus",
        ),
    ),
)

ADP = Layout(
    key=LayoutKey.ADP,
    label="ADP Workforce Now (paydata import)",
    note=(
        "Confirmed for Workforce Now: one row per earning, with the codes of ADP's earnings field 3, and one per "
        "deduction. If one of your "
        "codes belongs to field 4 or 5, create a custom layout. The import of RUN Powered by ADP is different and not "
        "confirmed."
    ),
    mode=LineMode.PER_EARNING,
    limits={"company_code": 3},
    columns=(
        FileColumn(header="Co Code", field=Field.COMPANY_CODE, is_confirmed=True),
        FileColumn(header="Batch ID", field=Field.BATCH_ID, is_confirmed=True),
        FileColumn(header="File #", field=Field.PAYROLL_ID, is_confirmed=True, is_required=True),
        FileColumn(header="Earnings 3 Code", field=Field.EARNING_CODE, is_confirmed=True),
        FileColumn(header="Earnings 3 Amount", field=Field.EARNING_AMOUNT, is_confirmed=True),
        FileColumn(header="Adjust Ded Code", field=Field.DEDUCTION_CODE, is_confirmed=True),
        FileColumn(header="Adjust Ded Amount", field=Field.DEDUCTION_AMOUNT, is_confirmed=True),
    ),
    sources=(
        LayoutSource(
            says="Co Code, Batch ID, and File # come first, second, and third; earnings 3, 4, and 5 are a code and an "
            "amount. A deduction is adjusted by its code and an amount.",
            address="https://apps.adp.com/en-US/apps/372723/automated-paydata-integration-for-adp-workforce-now/features",
        ),
        LayoutSource(
            says="The headings as they are spelled.",
            address="https://sundialtimesystems.freshdesk.com/support/solutions/articles/1000241796-realtime-adp-export",
        ),
        LayoutSource(
            says="How the headings of a deduction are spelled, and that it is a one-time adjustment.",
            address=(
                "https://time.myisolved.com/timeforceii/Help/ta_procedures/close_pay_period/"
                "ta_procedures_close_export_specific_adp.htm"
            ),
        ),
        LayoutSource(
            says="An employee can appear in several rows.",
            address=(
                "http://services.successware21.com/Updates/Successware21/whatsnew/191x/Payroll%20ADP%20Export%20Spec.htm"
            ),
        ),
        LayoutSource(
            says="The file is named PRcccEPI.csv; a two-character company code is padded with an underscore.",
            address="https://support.timeportal.io/hc/en-us/articles/23838801956887-ADP-Workforce-Now-Payroll-Export",
        ),
    ),
)

GUSTO = Layout(
    key=LayoutKey.GUSTO,
    label="Gusto (Smart Import)",
    note=(
        "Partly confirmed: the worker columns. The amount headings aren't: Gusto matches them when you upload the "
        "file, and you match the two true-ups to custom earnings. Its older CSV upload doesn't accept custom "
        "earnings, and no source says that it takes deductions. Zero amounts are left blank, because Gusto would "
        "overwrite an amount with zero."
    ),
    mode=LineMode.PER_WORKER,
    zero_is_blank=True,
    columns=(
        FileColumn(header="last_name", field=Field.LAST_NAME, is_confirmed=True, is_required=True),
        FileColumn(header="first_name", field=Field.FIRST_NAME, is_confirmed=True, is_required=True),
        FileColumn(header="gusto_employee_id", field=Field.PAYROLL_ID, is_confirmed=True),
        FileColumn(header=Field.BONUS_CODE, field=Field.BONUS_AMOUNT),
        FileColumn(header=Field.FEDERAL_CODE, field=Field.FEDERAL_AMOUNT),
        FileColumn(header=Field.STATE_EXTRA_CODE, field=Field.STATE_EXTRA_AMOUNT),
    ),
    sources=(
        LayoutSource(
            says="first_name and last_name are required, gusto_employee_id is optional.",
            address="https://support.gusto.com/article/999914471000000/Run-payroll-with-CSV-upload",
        ),
        LayoutSource(
            says="Smart Import matches all columns automatically; zeros overwrite entered amounts, blanks don't.",
            address="https://support.gusto.com/article/999914471000000/run-payroll-with-smart-import",
        ),
        LayoutSource(
            says="Bonus is a field of regular, off-cycle, and bonus payrolls; the CSV upload doesn't accept custom "
            "earnings.",
            address=(
                "https://support.gusto.com/payroll/payroll-settings/CSV-Upload/999914471/"
                "Upload-payroll-data-with-a-CSV.htm"
            ),
        ),
    ),
)

# They are for manual checks, which we don't write. They are required, so they are included but empty.
_PAYCHEX_EMPTY = (
    "Check Template",
    "Output Type",
    "Net Pay",
    "Check Number",
    "FIT Amt",
    "SS Amt",
    "Medicare Amt",
    "Fed Backup Withholding Amt",
    "State Tax Jurisdiction",
    "SIT Amount",
    "SDI Amt",
    "Fam Leave",
    "Med Leave",
    "SUI Amt",
    "State Misc Amt",
    "State Surcharge Amt",
    "State WC Amt",
    "State Backup Withholding Amt",
    "State Allocation %",
    "Local Tax Jurisdiction",
    "Local Tax Name",
    "Local Amt",
    "Local Allocation %",
)

PAYCHEX = Layout(
    key=LayoutKey.PAYCHEX,
    label="Paychex Flex (Standard Payroll Import)",
    note=(
        "Partly confirmed: the columns up to Labor Override. Only one public source names the empty ones after it. "
        "Paychex turns on Standard Payroll Import for each client; compare the headings with its template first."
    ),
    mode=LineMode.PER_EARNING,
    deducts_by_code=True,
    limits={"company_code": 8, "bonus_code": 20, "federal_code": 20, "state_extra_code": 20, "deduction_code": 20},
    columns=(
        FileColumn(header="Client ID", field=Field.COMPANY_CODE, is_confirmed=True),
        FileColumn(header="Worker ID", field=Field.PAYROLL_ID, is_confirmed=True, is_required=True),
        FileColumn(header="Org", is_confirmed=True),
        FileColumn(header="Job Number", is_confirmed=True),
        FileColumn(header="Pay Component", field=Field.EARNING_CODE, is_confirmed=True),
        FileColumn(header="Rate", is_confirmed=True),
        FileColumn(header="Rate Number", is_confirmed=True),
        FileColumn(header="Hours", is_confirmed=True),
        FileColumn(header="Units", is_confirmed=True),
        FileColumn(header="Line Date", is_confirmed=True),
        FileColumn(header="Amount", field=Field.EARNING_AMOUNT, is_confirmed=True),
        FileColumn(header="Check Seq Number", is_confirmed=True),
        FileColumn(header="Override State", is_confirmed=True),
        FileColumn(header="Override Local", is_confirmed=True),
        FileColumn(header="Override Local Jurisdiction", is_confirmed=True),
        FileColumn(header="Labor Override", is_confirmed=True),
        *(FileColumn(header=header) for header in _PAYCHEX_EMPTY),
    ),
    sources=(
        LayoutSource(
            says="Client ID to Hours, in order, with their lengths; a pay component names an earning or a deduction.",
            address="https://myapps.paychex.com/pngHelp_static/helpHtml/SPI_Specification_Sheet.htm",
        ),
        LayoutSource(
            says="The order is fixed and every column must be there.",
            address="https://myapps.paychex.com/pngHelp_static/helpHtml/Standard_Payroll_Import_Overview.htm",
        ),
        LayoutSource(
            says="Units to Labor Override; an earning has a rate, a rate number, or an amount, and only one of them.",
            address="https://help.deltek.com/Product/Costpoint/7.1.1/GA/ldx_AOPPCXTS_Export_File_Specifications.html",
        ),
        LayoutSource(
            says="All columns, with a heading, and empty if they aren't used.",
            address=(
                "https://knowledgebase.flaik.com/flaik-knowledge-base/for-it-specialists/payroll-export-configuration/"
                "resort-specific-info/boyne/retired/paychex-retired-brighton"
            ),
        ),
    ),
)

PAYCOM = Layout(
    key=LayoutKey.PAYCOM,
    label="Paycom (columns to adapt)",
    note=(
        "Not confirmed: a configurable column layout. Paycom's column order differs by account; this one was "
        "published by one company for its own account, and has no deductions. Ask Paycom for yours and create a custom "
        "layout."
    ),
    mode=LineMode.PER_EARNING,
    columns=(
        FileColumn(header="Employee ID", field=Field.PAYROLL_ID, is_required=True),
        FileColumn(header="Department Code"),
        FileColumn(header="Date", field=Field.PERIOD_END),
        FileColumn(header="Punch Time"),
        FileColumn(header="Punch Type"),
        FileColumn(header="Earning Code", field=Field.EARNING_CODE),
        FileColumn(header="Tax Profile Code"),
        FileColumn(header="Comments"),
        FileColumn(header="Labor Allocation Code"),
        FileColumn(header="Hours"),
        FileColumn(header="Dollars", field=Field.EARNING_AMOUNT),
        FileColumn(header="Temporary Rate"),
        FileColumn(header="DST Flag"),
        FileColumn(header="Units"),
    ),
    sources=(
        LayoutSource(
            says="The columns of one company's file.",
            address=(
                "https://knowledgebase.flaik.com/flaik-knowledge-base/for-it-specialists/payroll-export-configuration/"
                "resort-specific-info/perfect-north-paycom"
            ),
        ),
        LayoutSource(
            says="The order of the columns belongs to the account, and a file out of order is rejected.",
            address="https://help.centralreach.com/how-to-download-and-format-the-paycom-payroll-data-report/",
        ),
    ),
)

# Every layout except the company's own, in display order.
LAYOUTS: dict[LayoutKey, Layout] = {
    layout.key: layout for layout in (GENERIC, QUICKBOOKS_DESKTOP, QUICKBOOKS_ONLINE, ADP, GUSTO, PAYCHEX, PAYCOM)
}
