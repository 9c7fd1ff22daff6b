"""Adds amounts that are entered by hand, and what someone answers about them (bonus.md 10.4)."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from propay.models import LineKind, StatementLine, StatementStatus
from propay.rules.pay_periods import Period
from propay.services.booking.statements import open_statements
from propay.services.booking.totals import retotal
from protiv.accounts.models import Company, User
from protiv.kit.text import listed


def book_adjustment(
    *,
    company: Company,
    category_id: int | None,
    worker_ids: Collection[int],
    amount: Decimal,
    earned: tuple[date, date] | None,
    note: str,
    period: Period,
    actor: User | None,
    now: datetime,
    deduction_category: str = "",
) -> list[StatementLine]:
    """Add a manual amount to a statement of each of these workers: of this period or the next open one after it.

    `earned`: the first and last work date of a promised bonus.
    """
    statements = open_statements(company=company, worker_ids=worker_ids, period=period)
    lines = StatementLine.objects.bulk_create(
        StatementLine(
            company=company,
            statement=statements[worker_id],
            worker_id=worker_id,
            kind=LineKind.ADJUSTMENT,
            category_id=category_id,
            deduction_category=deduction_category,
            amount=amount,
            is_promised=None if amount < 0 else earned is not None,
            first_day=earned[0] if earned else None,
            last_day=earned[1] if earned else None,
            note=note,
            created_by=actor,
            created_at=now,
        )
        for worker_id in worker_ids
    )
    retotal({one.pk for one in statements.values()})
    return lines


def answer_adjustment(*, line: StatementLine, earned: tuple[date, date] | None) -> None:
    """Say of a bonus on an open statement whether it was promised, and over which work dates it was earned."""
    line.is_promised = earned is not None
    line.first_day, line.last_day = earned or (None, None)
    line.save(update_fields=["is_promised", "first_day", "last_day"])


def refuse_unanswered(statement_ids: "Collection[int] | QuerySet[Any, Any]") -> None:
    """Refuse (ValidationError) if a bonus entered before this was asked isn't promised or discretionary yet."""
    unanswered = StatementLine.objects.filter(
        statement__in=statement_ids, statement__status=StatementStatus.OPEN, kind=LineKind.ADJUSTMENT
    ).filter(is_promised=None, amount__gt=0)
    names = {line.worker.name: None for line in unanswered.select_related("worker").order_by("pk")}
    if names:
        raise ValidationError(
            f"Overtime may be due on a bonus that was entered by hand for {listed(list(names))}. Open the statement "
            "and answer whether the bonus was promised or discretionary; then lock or pay it.",
            code="unanswered",
        )
