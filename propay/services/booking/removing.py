"""Removes lines from open statements."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet

from propay.models import LineMessage, PayrollFile, ProPay, Statement, StatementLine, StatementStatus
from propay.rules.trace import day
from propay.services.booking.totals import WRITTEN_OFF, retotal
from protiv.accounts.models import Company
from protiv.kit.money import ZERO
from protiv.kit.text import listed


def unbook(*, company: Company, propay: ProPay) -> None:
    """Remove all lines of a ProPay from open statements. Refused (ValidationError) if any of it is locked or paid."""
    lines = StatementLine.objects.filter(company=company, propay=propay)
    frozen = lines.exclude(amount=0, federal_amount=0, state_extra_amount=0)
    if frozen.filter(statement__status=StatementStatus.PAID).exists():
        raise ValidationError(
            "Part of this ProPay is already paid, so it can't be unapproved. Correct it with an adjustment on the "
            "next open statement.",
            code="paid",
        )
    _refuse_locked(Statement.objects.filter(pk__in=frozen.values("statement"), status=StatementStatus.LOCKED))
    _drop(lines.filter(statement__status=StatementStatus.OPEN))


def _refuse_locked(statements: QuerySet[Statement]) -> None:
    names = [one.worker.name for one in statements.select_related("worker").order_by("pk")]
    if not names:
        return
    file = PayrollFile.objects.filter(filed__statement__in=statements, filed__superseded_at=None)
    latest = file.select_related("company").defer("content").order_by("pk").last()
    which = f"in {latest.name} of {day(latest.company.local_date(latest.created_at))}" if latest else "locked"
    whose = "the statement" if len(names) == 1 else "the statements"
    raise ValidationError(
        f"Part of this ProPay is {which}, so it can't be unapproved. Unlock {whose} for {listed(names)} first.",
        code="locked",
    )


def drop_lines(line_ids: Collection[int]) -> None:
    """Delete these lines of open statements; those with questions stay, with 0.00."""
    _drop(StatementLine.objects.filter(pk__in=line_ids))


def _drop(lines: "QuerySet[StatementLine]") -> None:
    statement_ids = set(lines.values_list("statement_id", flat=True))
    # A promised bonus is kept, too, while a line of its overtime is.
    asked = Q(Exists(LineMessage.objects.filter(line=OuterRef("pk")))) | Q(
        Exists(StatementLine.objects.filter(adjustment=OuterRef("pk")))
    )
    nothing = dict.fromkeys(("amount", "federal_amount", "state_extra_amount", *WRITTEN_OFF), ZERO)
    lines.filter(asked).update(**nothing, steps=[])
    lines.filter(~asked).delete()
    retotal(statement_ids)
