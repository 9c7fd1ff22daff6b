"""Locked statements for tests."""

from django.db import transaction

from propay.models import Statement
from propay.services import locking
from tests.make.propays import NOW


def lock_statement(statement: Statement) -> Statement:
    """Lock an open statement as a payroll file does."""
    with transaction.atomic():
        locking.lock_statements(company=statement.company, open_ones=[statement], now=NOW)
    statement.refresh_from_db()
    return statement
