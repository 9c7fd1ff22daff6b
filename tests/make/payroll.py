"""Payroll settings and a layout of the company's own, as an admin saves them."""

from datetime import date
from typing import Any

from propay import services
from propay.models import CustomLayout, PayrollFile, PayrollSettings
from propay.payroll.columns import DateFormat, Field, LineMode
from propay.payroll.layouts import GENERIC
from propay.rules.pay_periods import Period
from tests.make.paid import PERIOD
from tests.make.payroll_rows import OPTIONS
from tests.make.propays import NOW

COLUMNS = [
    ("File #", Field.PAYROLL_ID, ""),
    ("Bonus", Field.BONUS_AMOUNT, ""),
    ("FLSA", Field.FEDERAL_AMOUNT, ""),
    ("State", Field.STATE_EXTRA_AMOUNT, ""),
    ("Department", None, "300"),
]
NEXT_PAY_DATE = date(2026, 11, 27)
NEXT_PERIOD = Period(date(2026, 11, 16), date(2026, 11, 29))


def save_settings(company, actor, **changes: Any) -> PayrollSettings:
    values = {
        "layout": "GENERIC",
        "custom_layout_id": None,
        "company_code": "",
        "bonus_code": "BONUS",
        "federal_code": "OTFED",
        "state_extra_code": "OTSTATE",
        "deduction_code": "DEDUCT",
        "worker_id_kind": "NUMBER",
    }
    return services.save_payroll_settings(company=company, actor=actor, **(values | changes))


def save_layout(company, actor, **changes: Any) -> CustomLayout:
    values = {
        "layout_id": None,
        "name": "Acme Payroll",
        "columns": COLUMNS,
        "mode": LineMode.PER_WORKER,
        "date_format": DateFormat.US,
        "has_header": True,
        "zero_is_blank": False,
    }
    return services.save_custom_layout(company=company, actor=actor, **(values | changes))


def create_file(company, actor, **changes: Any) -> PayrollFile:
    """Create the generic file of `PERIOD`."""
    values = {"period": PERIOD, "layout": GENERIC, "options": OPTIONS, "now": NOW}
    return services.create_payroll_file(company=company, actor=actor, **(values | changes))
