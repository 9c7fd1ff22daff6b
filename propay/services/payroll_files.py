"""Payroll files: created once from what is in no file yet, kept as they were, and downloaded any number of times.

Creating a file locks its open statements (bonus.md 10.7): first the file, then the import, then marking as paid.
"""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.models import FiledStatement, PayrollFile, Statement
from propay.payroll.layouts import Layout
from propay.payroll.rows import PayrollOptions
from propay.queries import payroll as selectors
from propay.queries.payroll import PlannedFile
from propay.rules.pay_periods import Period
from propay.rules.trace import day, dollars
from propay.services.locking import lock_statements
from propay.services.shared import batches, lock, record_event
from protiv.accounts.models import Company, User

DOWNLOADED = "payroll.downloaded"


def create_payroll_file(
    *,
    company: Company,
    actor: User,
    period: Period,
    layout: Layout,
    options: PayrollOptions,
    only_paid: bool = False,
    pay_date: date | None = None,
    with_filed: bool = False,
    now: datetime,
) -> PayrollFile:
    """Create and keep a pay period's payroll file, and lock the open statements in it.

    It contains the statements that are in no file yet, or `with_filed` all of them. Raises ValidationError if an option
    or a worker's ID is missing, or if there is no statement for it.
    """
    with transaction.atomic():
        company = lock(company)
        choice: dict[str, Any] = {
            "company": company,
            "period": period,
            "layout": layout,
            "options": options,
            "only_paid": only_paid,
            "pay_date": pay_date,
            "with_filed": with_filed,
        }
        open_count = _lock_open(company, selectors.planned_file(**choice), now)
        # Locking settles what isn't collected, so the file is made from the locked statements.
        planned = selectors.planned_file(**choice)
        ids = [paid.statement_id for paid in planned.rows]
        file = PayrollFile.objects.create(
            company=company,
            start_date=period.start_date,
            end_date=period.end_date,
            layout_label=layout.label,
            name=planned.name,
            content="".join(planned.lines()),
            statement_count=len(ids),
            total_amount=planned.total_amount,
            created_by=actor,
            created_at=now,
        )
        FiledStatement.objects.bulk_create(
            (FiledStatement(company=company, file=file, statement_id=pk) for pk in ids), batch_size=500
        )
        locked = f" Locked {_statements(open_count)}." if open_count else ""
        summary = f"Created {_in_words(planned)}.{locked}"
        record_event(company.pk, actor, "payroll.file_created", f"payroll_file:{file.pk}", summary)
        return file


def download_payroll_file(*, company: Company, actor: User, file_id: int) -> PayrollFile:
    """The kept file; each download is recorded. DoesNotExist for another company's or one without stored content."""
    with transaction.atomic():
        file = PayrollFile.objects.get(company=company, pk=file_id, is_stored=True)
        count = _statements(file.statement_count)
        summary = f"Downloaded {file.name} ({file.layout_label}): {count}, {dollars(file.total_amount)}."
        record_event(company.pk, actor, DOWNLOADED, f"payroll_file:{file.pk}", summary)
        return file


def download_draft(
    *,
    company: Company,
    actor: User,
    period: Period,
    layout: Layout,
    options: PayrollOptions,
    with_filed: bool = False,
) -> PlannedFile:
    """What the next file would contain as of now: nothing is kept or locked, but the download is recorded.

    Raises ValidationError as `create_payroll_file` does.
    """
    planned = selectors.planned_file(
        company=company, period=period, layout=layout, options=options, is_draft=True, with_filed=with_filed
    )
    _refuse_unless_complete(planned)
    target = f"payroll:{period.start_date}:{period.end_date}"
    record_event(company.pk, actor, DOWNLOADED, target, f"Downloaded {_in_words(planned)}.")
    return planned


def _lock_open(company: Company, planned: PlannedFile, now: datetime) -> int:
    """Lock the open statements of a file that can be written, and return how many they are."""
    _refuse_unless_complete(planned)
    for batch in batches([paid.statement_id for paid in planned.rows if paid.is_open]):
        lock_statements(company=company, open_ones=list(Statement.objects.filter(pk__in=batch)), now=now)
    return planned.locks_count


def _refuse_unless_complete(planned: PlannedFile) -> None:
    if planned.problems:
        raise ValidationError(list(planned.problems))
    if planned.rows:
        return
    if planned.filed:
        latest = planned.filed[0].file
        raise ValidationError(
            "Nothing new to export: all of these statements are already in a payroll file, the latest is "
            f"{_named(latest)}. Download that file again, or include statements that are already in a file.",
            code="filed",
        )
    raise ValidationError("No statements to export in this pay period.", code="empty")


def _named(file: PayrollFile) -> str:
    return f"{file.name} of {day(file.company.local_date(file.created_at))}"


def _in_words(planned: PlannedFile) -> str:
    count = _statements(len(planned.rows))
    return f"{planned.name} ({planned.layout.label}): {count}, {dollars(planned.total_amount)}"


def _statements(count: int) -> str:
    return f"{count} statement{'' if count == 1 else 's'}"
