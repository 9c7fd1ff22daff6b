"""Going back to an earlier version: what it can't store is kept, and nothing is reversed (bonus.md 10.4 and 10.5)."""

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from propay.models import LineKind, StatementLine, guards
from tests.make import factories
from tests.make.propays import make_propay
from tests.make.statement_rows import NEXT_PERIOD, make_line, make_statement

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE_DEDUCTION_CATEGORIES = "0032_pool_includes_overtime"
BEFORE_PROMISED, BEFORE_ROLLOVERS = "0021_written_off", "0022_typed_bonuses"
DAYS = {"first_day": date(2026, 11, 2), "last_day": date(2026, 11, 6)}


def migrate(*to: str) -> None:
    call_command("migrate", "propay", *to, verbosity=0)


@pytest.fixture
def back_again():
    yield
    migrate()


@pytest.fixture
def bonus(ana):
    """A promised one, entered by hand."""
    statement = make_statement(ana, "300.00")
    statement.lines.update(is_promised=True, **DAYS)
    return statement.lines.get()


def missing_guards() -> set[str]:
    column, table = ("name", "sqlite_master") if connection.vendor == "sqlite" else ("tgname", "pg_trigger")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        installed = {name for (name,) in cursor.fetchall()}
    return {guard.name for guard in guards.guards(connection, apps)} - installed


def test_a_reversal_refuses_to_lose_the_overtime_on_promised_bonuses(bonus, back_again):
    week = {"kind": LineKind.TRUE_UP, "week_start": DAYS["first_day"], "category": None}
    make_line(bonus.statement, "0.00", federal_amount=Decimal("16.67"), adjustment=bonus, **week)
    before = list(StatementLine.objects.values())

    with pytest.raises(CommandError, match="The earlier version can't store it, so nothing was reversed"):
        migrate(BEFORE_PROMISED)

    migrate()
    assert list(StatementLine.objects.values()) == before
    assert missing_guards() == set()


def test_a_reversal_without_such_overtime_keeps_every_amount(bonus, back_again):
    migrate(BEFORE_PROMISED)
    migrate()

    line = StatementLine.objects.get()
    assert (line.amount, line.is_promised, line.statement.bonus_amount) == (300, None, 300)


def test_a_reversal_refuses_to_join_what_was_carried_over_by_propay(ana, back_again):
    statement, following = make_statement(ana, "-40.00"), make_statement(ana, period=NEXT_PERIOD)
    propay = make_propay(factories.make_job(ana.company))
    make_line(following, "-40.00", kind=LineKind.ROLLOVER, propay=propay, rolled_from=statement, category=None)

    with pytest.raises(CommandError, match="were carried over by ProPay"):
        migrate(BEFORE_ROLLOVERS)

    migrate()
    assert StatementLine.objects.get(kind=LineKind.ROLLOVER).propay == propay
    assert missing_guards() == set()


def test_deductions_of_before_are_other_ones_and_keep_their_category(ana, back_again):
    statement = make_statement(ana, "10.00")
    make_line(statement, "-40.00", deduction_category="ADVANCE")

    migrate(BEFORE_DEDUCTION_CATEGORIES)
    migrate()

    bonus, deduction = StatementLine.objects.order_by("pk")
    assert (bonus.deduction_category, bonus.category.name) == ("", "Safety")
    assert (deduction.amount, deduction.deduction_category, deduction.category.name) == (-40, "OTHER", "Advance")
    assert missing_guards() == set()
