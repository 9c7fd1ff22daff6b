"""Payroll bonus: each statement's amounts, by kind, and that they are the statements'."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from propay.models import LineKind, Statement
from tests.make.report_rows import pay, statement
from tests.make.statement_rows import make_line
from tests.propay.reports.reading import file, page

pytestmark = pytest.mark.django_db


def test_payroll_bonus_shows_each_kind_of_amount_in_its_column(as_manager, ana):
    before = statement(ana, date(2024, 1, 1), adjustment="-1.75")
    bonuses = {"share": "100.00", "drift": "-8.25", "adjustment": "20.00", "rollover": "-1.75"}
    one = statement(ana, rolled_from=before, **bonuses, true_up=("12.34", "5.66"))
    pay(one, date(2026, 11, 20))

    (row,) = file(as_manager, "payroll-bonus")

    assert list(row.values()) == [
        *("Ana Ruiz", "2026-11-02", "2026-11-15", "100.00", "-8.25", "20.00", "-1.75"),
        *("12.34", "5.66", "0.00", "128.00", "128.00", "Paid", "2026-11-20"),
    ]
    text = page(as_manager, "payroll-bonus")
    assert "$100.00 −$8.25 $20.00 −$1.75 $12.34 $5.66 $0.00 $128.00 $128.00 Paid Nov 20, 2026" in text
    assert "Ana Ruiz Nov 2 to Nov 15, 2026" in text


def test_payroll_bonus_adds_up_to_the_statements(as_manager, ana, ben, kitchen):
    pay(statement(ana, date(2026, 10, 19), share="50.00", true_up=("1.11", "0.22")), date(2026, 11, 6))
    before = statement(ben, date(2026, 10, 5), adjustment="-0.07")
    pay(before, date(2026, 10, 23))
    statement(ben, date(2026, 10, 19), rolled_from=before, adjustment="-30.10", rollover="-0.07")

    rows = file(as_manager, "payroll-bonus")

    def total(*names):
        return sum(Decimal(row[name]) for row in rows for name in names)

    statements = Statement.objects.all()
    assert len(rows) == 5
    assert total("Shares", "Corrections", "Adjustments", "Carried over") == sum(one.bonus_amount for one in statements)
    assert total("Federal true-up") == sum(one.federal_amount for one in statements)
    assert total("State extra") == sum(one.state_extra_amount for one in statements)
    assert total("Total") == sum(one.payable_amount for one in statements) == Decimal("251.33")
    assert total("Not collected") == Decimal("30.24")
    text = page(as_manager, "payroll-bonus")
    assert "Total $250.00 $0.00 −$30.17 −$0.07 $1.11 $0.22 $30.24 $251.33 $51.33" in text
    assert "carried over is on both statements" in text
    assert "Bonus and true-ups $251.33 Paid $51.33 Not paid yet $200.00 Workers 2" in text


@pytest.mark.parametrize(
    ("query", "periods"),
    [
        ({}, ["2026-11-02", "2026-10-19"]),
        ({"from": "", "to": ""}, ["2026-11-02", "2026-10-19", "2025-01-06"]),
        ({"from": "2026-11-15"}, ["2026-11-02"]),
        ({"from": "2026-11-16"}, []),
        ({"to": "2026-11-01"}, ["2026-10-19", "2025-01-06"]),
        ({"to": "2026-10-31"}, ["2025-01-06"]),
        ({"dates": "PAY_DATE"}, ["2026-10-19"]),
        ({"dates": "PAY_DATE", "from": "2026-11-06", "to": "2026-11-06"}, ["2026-10-19"]),
        ({"dates": "PAY_DATE", "from": "2026-11-07"}, []),
    ],
)
def test_payroll_bonus_takes_periods_by_their_last_day_or_their_pay_date(as_manager, ana, query, periods):
    statement(ana, date(2025, 1, 6), adjustment="1.00")
    pay(statement(ana, date(2026, 10, 19), adjustment="1.00"), date(2026, 11, 6))
    statement(ana, adjustment="1.00")

    assert [row["Period from"] for row in file(as_manager, "payroll-bonus", **query)] == periods


def test_payroll_bonus_leads_to_each_statement(as_manager, ana):
    one = statement(ana, adjustment="5.00")

    answer = as_manager.get(reverse("report", args=["payroll-bonus"])).content.decode()

    assert f'<a href="{reverse("statement_detail", args=[one.pk])}">Ana Ruiz</a>' in answer


def test_payroll_bonus_of_one_worker(as_manager, ana, ben, kitchen):
    assert [row["Worker"] for row in file(as_manager, "payroll-bonus", worker=ben.pk)] == ["Ben Odermatt"]
    assert "Worker: Ben Odermatt" in page(as_manager, "payroll-bonus", worker=ben.pk)


def test_payroll_bonus_excludes_an_empty_statement(as_manager, ana):
    statement(ana)

    assert file(as_manager, "payroll-bonus") == []


def test_the_totals_of_payroll_bonus_are_what_the_statements_pay(as_manager, ana, ben):
    """A deduction that isn't collected, and a true-up that is set against an earlier minus of the same ProPay."""
    pay(statement(ana, date(2026, 10, 5), adjustment="-230.00", true_up=("20.00", "0.00")), date(2026, 10, 23))
    minus = statement(ben, date(2026, 10, 5), true_up=("-5.00", "0.00"))
    later = statement(ben, date(2026, 10, 19))
    make_line(later, "0.00", **true_up_of(minus.lines.get().propay, "12.00"))

    rows = file(as_manager, "payroll-bonus")

    assert [(row["Not collected"], row["Total"]) for row in rows] == [
        ("-5.00", "7.00"),
        ("5.00", "0.00"),
        ("230.00", "20.00"),
    ]
    statements = Statement.objects.all()
    assert sum(one.paid_amount or one.payable_amount for one in statements) == Decimal("27.00")
    text = page(as_manager, "payroll-bonus")
    assert "Bonus and true-ups $27.00 Paid $20.00 Not paid yet $7.00 Workers 2" in text


def true_up_of(propay, federal: str) -> dict:
    week = {"kind": LineKind.TRUE_UP, "week_start": date(2026, 10, 19), "category": None}
    return {"propay": propay, "federal_amount": Decimal(federal), **week}
