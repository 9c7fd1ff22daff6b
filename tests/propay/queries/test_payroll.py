"""What the amounts of a payroll file are made of: deductions stay apart from what was earned (bonus.md 11.15)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from propay import services
from propay.models import AdjustmentCategory, BonusSettings, LineKind
from propay.payroll.layouts import GENERIC, GUSTO
from propay.queries.payroll import PlannedFile, planned_file
from protiv.kit.money import ZERO
from tests.make import factories
from tests.make.paid import PAY_DATE, PERIOD
from tests.make.payroll import save_settings
from tests.make.payroll_rows import OPTIONS
from tests.make.propays import NOW, make_approved, make_propay
from tests.make.statement_rows import make_line, make_statement

pytestmark = pytest.mark.django_db

DAYS = (PERIOD.start_date, PERIOD.end_date)


def file_of(company, layout=GENERIC) -> PlannedFile:
    return planned_file(company=company, period=PERIOD, layout=layout, options=OPTIONS)


def make_pay(worker, *amounts: str, overtime: str = "0.00"):
    """A statement with a true-up on a share of 0.00, and what is entered by hand."""
    statement = make_statement(worker, period=DAYS)
    category, _ = AdjustmentCategory.objects.get_or_create(company=worker.company, name="Advance")
    propay = make_propay(factories.make_job(worker.company))
    make_approved(propay, {}, {})
    fields = {"kind": LineKind.TRUE_UP, "propay": propay, "week_start": date(2026, 11, 2)}
    make_line(statement, "0.00", federal_amount=Decimal(overtime), **fields)
    for amount in amounts:
        make_line(statement, amount, category=category)
    return statement


def test_a_deduction_is_apart_from_the_bonus_before_and_after_it_is_paid(company, admin, ana):
    statement = make_pay(ana, "200.00", "-230.00", overtime="20.00")

    def amounts():
        (paid,) = file_of(company).rows
        row = paid.row
        return row.bonus_amount, row.federal_amount, row.deduction_amount, row.total_amount

    before = amounts()
    services.pay_statements(company=company, actor=admin, statement_ids=[statement.pk], pay_date=PAY_DATE, now=NOW)

    assert before == amounts() == (Decimal("200.00"), Decimal("20.00"), Decimal("200.00"), Decimal("20.00"))
    assert file_of(company).problems == ()


def test_software_without_deductions_pays_the_whole_bonus_and_says_what_to_enter(company, admin, ana):
    make_pay(ana, "200.00", "-30.00")

    (warning,) = file_of(company, GUSTO).warnings

    assert "Enter these deductions in your payroll software, after tax: Ana Ruiz (30.00)." in warning
    assert not file_of(company).warnings


def test_a_true_up_says_which_workweeks_it_is_for(company, ana, ben):
    make_pay(ana, "200.00", overtime="20.00")
    make_statement(ben, "1.00", period=DAYS)

    rows = {paid.row.first_name: paid.row.overtime_weeks for paid in file_of(company).rows}

    assert rows == {"Ana": (date(2026, 11, 2), date(2026, 11, 8)), "Ben": None}


class EveryMinus(TestCase):
    @given(
        bonus=st.integers(0, 30_000),
        overtime=st.integers(0, 5_000),
        deductions=st.lists(st.integers(1, 30_000), max_size=3),
        rolls_over=st.booleans(),
    )
    def test_a_deduction_never_lowers_the_bonus_or_an_overtime_column(self, bonus, overtime, deductions, rolls_over):
        company = factories.make_company()
        admin = factories.make_user()
        BonusSettings.objects.create(company=company, rolls_over_negative=rolls_over)
        save_settings(company, admin)
        minuses = [str(Decimal(-cents) / 100) for cents in deductions]
        pluses = [str(Decimal(bonus) / 100)] if bonus else []
        statement = make_pay(factories.make_worker(company), *pluses, *minuses, overtime=str(Decimal(overtime) / 100))

        services.pay_statements(company=company, actor=admin, statement_ids=[statement.pk], pay_date=PAY_DATE, now=NOW)

        (paid,) = file_of(company).rows
        assert paid.row.bonus_amount == Decimal(bonus) / 100
        assert paid.row.federal_amount == Decimal(overtime) / 100
        assert paid.row.deduction_amount == min(Decimal(sum(deductions)), Decimal(bonus)) / 100
        assert paid.row.total_amount >= ZERO
        assert file_of(company).problems == ()
