"""Locks the statements that a payroll file holds, and unlocks them (bonus.md 10.7).

All of it takes the company's lock, and then a conditional UPDATE: if two people lock, unlock, or pay the same
statement, one succeeds and the other is told.
"""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.frozen import overtime
from propay.models import FiledStatement, Statement, StatementLine
from propay.queries.overtime import PropayPayee, policies_of
from propay.rules import statement_states
from propay.rules.trace import day, dollars
from propay.services import booking
from propay.services.shared import lock, record_event
from propay.services.true_ups import update_true_ups_of_payees
from propay.services.typed_bonuses import update_typed_true_ups
from protiv.accounts.models import Company, User
from protiv.kit.text import listed


def lock_statements(*, company: Company, open_ones: Collection[Statement], now: datetime) -> None:
    """Lock these open statements under today's overtime rules. The caller holds the company's lock."""
    policy = overtime.as_data(policies_of(company))
    booking.lock_statements(company=company, open_ones=open_ones, overtime_policy=policy, now=now)


def unlock_statement(*, company: Company, actor: User | None, statement_id: int, now: datetime) -> Statement:
    """Reopen a locked statement: its lines can change again, and its overtime follows today's rules.

    DoesNotExist for another company's; refused (ValidationError) if it isn't locked.
    """
    with transaction.atomic():
        company = lock(company)
        statement = Statement.objects.select_related("worker").get(company=company, pk=statement_id)
        if not statement_states.UNLOCK.starts_from(statement.status):
            status = statement.get_status_display().lower()
            raise ValidationError(f"The statement for {statement.worker.name} is {status}, so it can't be unlocked.")
        booking.unlock_statements(locked_ones=[statement])
        names = _taken_out_of(statement, now)
        update_true_ups_of_payees(company=company, payees=_payees(statement), now=now)
        update_typed_true_ups(company=company, worker_ids=[statement.worker_id], now=now)
        period = f"{day(statement.start_date)} to {day(statement.end_date)}"
        files = f" Taken out of {listed(names)}." if names else ""
        amount = dollars(statement.total_amount)
        summary = f"Unlocked the statement for {statement.worker.name}, {period}, {amount}.{files}"
        record_event(company.pk, actor, "statement.unlocked", f"statement:{statement.pk}", summary)
        statement.refresh_from_db()
        return statement


def _taken_out_of(statement: Statement, now: datetime) -> list[str]:
    """Supersede the statement in its files, so that the next one contains it; return their names."""
    live = FiledStatement.objects.filter(statement=statement, superseded_at=None)
    names = list(live.order_by("pk").values_list("file__name", flat=True))
    live.update(superseded_at=now)
    return names


def _payees(statement: Statement) -> set[PropayPayee]:
    lines = StatementLine.objects.filter(statement=statement, propay__isnull=False)
    rows = lines.order_by().values_list("propay_id", "worker_id").distinct()
    return {(propay_id, worker_id) for propay_id, worker_id in rows if propay_id is not None}
