"""Manual bonuses and deductions on open statements, and their categories."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.models import (
    AdjustmentCategory,
    LineKind,
    Statement,
    StatementLine,
    StatementStatus,
    TakeBackConsent,
)
from propay.models.labels import DEDUCTION_CATEGORIES
from propay.rules.take_back import DeductionCategory
from propay.rules.trace import day, dollars
from propay.services import booking
from propay.services.shared import lock, record_event
from propay.services.typed_bonuses import update_typed_true_ups
from protiv.accounts.models import Company, User
from protiv.kit.text import listed
from protiv.timekeeping.models import Worker

LONGEST_EARNED = timedelta(days=366)


def add_adjustment(
    *,
    company: Company,
    actor: User | None,
    worker_ids: Collection[int],
    category_id: int | None = None,
    deduction_category: str = "",
    amount: Decimal,
    note: str,
    start_date: date,
    now: datetime,
    earned: tuple[date, date] | None = None,
) -> list[Statement]:
    """Add `amount` dollars, negative for a deduction, to a statement of each of these workers.

    A bonus has one of the company's categories, a deduction a `DeductionCategory`; OTHER needs the written consent of
    each of them (bonus.md 11.2).

    `earned`: the first and last work date over which a promised bonus was earned; overtime is due on it (bonus.md
    10.4). Without it a bonus is discretionary.

    The statement is that of the pay period containing `start_date` or, if that is locked or paid, the next open one.
    Returns the statements. Refused (ValidationError) without a worker, a category, or an amount.
    """
    with transaction.atomic():
        company = lock(company)
        workers = list(Worker.objects.filter(company=company, pk__in=worker_ids).order_by("last_name", "pk"))
        if amount < 0:
            category_id, category = None, _deduction_category(deduction_category, workers)
        else:
            deduction_category, category = "", _bonus_category(company, category_id)
        _refuse_unless_whole(workers, worker_ids, category, amount)
        _refuse_implausible(amount, earned)
        period = booking.current_period(company=company, day=start_date)
        lines = booking.book_adjustment(
            company=company,
            category_id=category_id,
            deduction_category=deduction_category,
            worker_ids=[worker.pk for worker in workers],
            amount=amount,
            earned=earned,
            note=note.strip(),
            period=period,
            actor=actor,
            now=now,
        )
        if earned:
            update_typed_true_ups(company=company, line_ids=[line.pk for line in lines], now=now)
        statements = [line.statement for line in lines]
        who = ", ".join(worker.name for worker in workers)
        reason = f" {note.strip()}" if note.strip() else ""
        summary = f"Added {_in_words(amount)} ({category}{_promise(earned)}) for {who}.{reason}"
        record_event(company.pk, actor, "adjustment.added", _target(statements), summary)
        return statements


def answer_adjustment(
    *, company: Company, actor: User | None, line_id: int, earned: tuple[date, date] | None, now: datetime
) -> None:
    """Say of a bonus on an open statement whether it was promised, and over which work dates it was earned.

    DoesNotExist for another company's line or a deduction; refused (ValidationError) once it was locked or paid.
    """
    with transaction.atomic():
        company = lock(company)
        line = StatementLine.objects.select_related("statement", "worker", "category").get(
            company=company, pk=line_id, kind=LineKind.ADJUSTMENT, amount__gt=0
        )
        if line.statement.status != StatementStatus.OPEN:
            raise ValidationError("This bonus is on a locked or paid statement, so it can't change.")
        if line.true_ups.exclude(statement__status=StatementStatus.OPEN).exists():
            raise ValidationError(
                "Overtime on this bonus is on a locked or paid statement, so the answer can't change. If it was wrong, "
                "remove the bonus and add it again."
            )
        _refuse_implausible(line.amount, earned)
        booking.drop_lines(list(line.true_ups.values_list("pk", flat=True)))
        booking.answer_adjustment(line=line, earned=earned)
        if earned:
            update_typed_true_ups(company=company, line_ids=[line.pk], now=now)
        answer = f"promised{_promise(earned)}" if earned else "discretionary"
        summary = f"The bonus of {dollars(line.amount)} ({line.category}) for {line.worker.name} is {answer}."
        record_event(company.pk, actor, "adjustment.answered", _target([line.statement]), summary)


def remove_adjustment(*, company: Company, actor: User | None, line_id: int, now: datetime) -> None:
    """Remove a manual amount from its open statement; if it has a question, the line stays with 0.00.

    It stays, too, where its overtime is on a locked or paid statement; the next open one corrects that.

    DoesNotExist for another company's line or another kind; refused (ValidationError) once it was locked or paid.
    """
    with transaction.atomic():
        company = lock(company)
        line = StatementLine.objects.select_related("statement", "worker", "category").get(
            company=company, pk=line_id, kind=LineKind.ADJUSTMENT
        )
        if line.statement.status == StatementStatus.PAID:
            raise ValidationError(
                "This adjustment is already paid and can't be removed. Add an adjustment for the opposite amount to "
                "the next open statement."
            )
        if line.statement.status == StatementStatus.LOCKED:
            raise ValidationError(
                "This adjustment is on a locked statement and can't be removed. Unlock the statement first, or add an "
                "adjustment for the opposite amount to the next open one."
            )
        open_ones = line.true_ups.filter(statement__status=StatementStatus.OPEN)
        booking.drop_lines(list(open_ones.values_list("pk", flat=True)))
        booking.drop_lines([line.pk])
        update_typed_true_ups(company=company, line_ids=[line.pk], now=now)
        summary = f"Removed {_in_words(line.amount)} ({_in_category(line)}) for {line.worker.name}."
        record_event(company.pk, actor, "adjustment.removed", _target([line.statement]), summary)


def add_category(*, company: Company, actor: User | None, name: str) -> AdjustmentCategory:
    """Add a category. Refused (ValidationError) without a name, or if the name is taken."""
    with transaction.atomic():
        company = lock(company)
        name = " ".join(name.split())
        if not name:
            raise ValidationError({"name": "Enter a name for the category."})
        if AdjustmentCategory.objects.filter(company=company, name__iexact=name).exists():
            raise ValidationError({"name": "A category with this name already exists."})
        category = AdjustmentCategory.objects.create(company=company, name=name)
        record_event(company.pk, actor, "category.added", f"category:{category.pk}", f"Added the category “{name}”.")
        return category


def set_category_active(*, company: Company, actor: User | None, category_id: int, is_active: bool) -> None:
    """Archive a category, or restore it for new adjustments; DoesNotExist for another company's."""
    with transaction.atomic():
        company = lock(company)
        category = AdjustmentCategory.objects.get(company=company, pk=category_id)
        category.is_active = is_active
        category.save(update_fields=["is_active"])
        summary = f"{'Restored' if is_active else 'Archived'} the category “{category.name}”."
        record_event(company.pk, actor, "category.changed", f"category:{category.pk}", summary)


def _bonus_category(company: Company, category_id: int | None) -> str | None:
    """Its name; None if the company has no such category."""
    own = AdjustmentCategory.objects.filter(company=company, is_active=True)
    return own.filter(pk__in=[category_id or 0]).values_list("name", flat=True).first()


def _deduction_category(name: str, workers: Collection[Worker]) -> str | None:
    """In words; None if there is no such category. Refused (ValidationError) for OTHER without consent."""
    if name not in set(DeductionCategory):
        return None
    if name == DeductionCategory.OTHER:
        consents = TakeBackConsent.objects.filter(worker__in=workers, withdrawn_at=None)
        consented = set(consents.values_list("worker_id", flat=True))
        if missing := [worker.name for worker in workers if worker.pk not in consented]:
            text = f"There is no written consent of {listed(missing)}. Record it on the worker's page."
            raise ValidationError({"deduction_category": text})
    return DEDUCTION_CATEGORIES[DeductionCategory(name)]


def _in_category(line: StatementLine) -> str:
    return line.get_deduction_category_display() or str(line.category)


def _refuse_unless_whole(
    workers: Collection[Worker],
    worker_ids: Collection[int],
    category: str | None,
    amount: Decimal,
) -> None:
    errors = {}
    if not workers or len(workers) != len(set(worker_ids)):
        errors["workers"] = "Choose at least one worker."
    if category is None:
        errors["deduction_category" if amount < 0 else "category"] = "Choose a category."
    if not amount:
        errors["amount"] = "Enter an amount other than 0."
    if errors:
        raise ValidationError(errors)


def _refuse_implausible(amount: Decimal, earned: tuple[date, date] | None) -> None:
    if earned is None:
        return
    if amount < 0:
        raise ValidationError({"first_day": "No overtime is due on a deduction, so it has no work dates."})
    if earned[1] < earned[0]:
        raise ValidationError({"last_day": "The last work date is before the first one."})
    if earned[1] - earned[0] > LONGEST_EARNED:
        raise ValidationError({"last_day": "The work dates are more than a year apart. Check the years."})


def _promise(earned: tuple[date, date] | None) -> str:
    return f", earned {day(earned[0])} to {day(earned[1])}" if earned else ""


def _in_words(amount: Decimal) -> str:
    return f"a {'deduction' if amount < 0 else 'bonus'} of {dollars(abs(amount))}"


def _target(statements: Collection[Statement]) -> str:
    return f"statement:{next(iter(statements)).pk}" if len(statements) == 1 else "statements"
