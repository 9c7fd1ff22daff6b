"""Creating, editing, adjusting, canceling, and restoring ProPays."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.models import (
    BONUS_TERMS,
    PART_COLUMNS,
    PlanVersion,
    ProPay,
)
from propay.rules import states
from propay.rules.budgets import all_columns, definition_of
from propay.services.checks import OvertimeTerms, check, check_claim, late_overtime_terms, overtime_terms
from propay.services.refreshing import refreshed
from propay.services.rows import Rows, Task, store_rows, stored_rows
from propay.services.shared import get_propay, lock, record, refuse_unless_in, refuse_unless_live
from protiv.accounts.models import Company, Membership, User
from protiv.timekeeping.models import CostCode, Job, Worker

HUNDRED = Decimal(100)


class ProPayInput(TypedDict, total=False):
    """The terms a person sets on a ProPay. Omitted: the model's default on creation, unchanged on an edit.

    An omitted crew part is the rest of the pool.
    """

    job: Job
    title: str
    manager: Membership | None
    lead: Worker | None
    paid_manager: Worker | None
    others: Sequence[Worker]
    plan_version: PlanVersion | None
    is_automatic: bool
    budget_type: str
    budget_minutes: int | None
    fixed_amount: Decimal | None
    contract_amount: Decimal | None
    labor_percent: Decimal | None
    rate_amount: Decimal | None
    quantity: Decimal | None
    tasks: Sequence[Task]
    adjustment_type: str
    adjustment_value: Decimal | None
    completion_percent: Decimal
    split_percent: Decimal
    crew_percent: Decimal
    lead_percent: Decimal
    manager_percent: Decimal
    company_percent: Decimal
    other_percent: Decimal
    distribution: str
    lead_weight: Decimal
    lead_also_shares: bool
    include_overtime_cost: bool
    burden_percent: Decimal
    pool_includes_overtime: bool
    start_date: date
    end_date: date | None
    cost_codes: Sequence[CostCode]
    include_travel: bool | None


# Stored in related rows; the rest of `ProPayInput` are the ProPay's columns.
ROWS = ("cost_codes", "others", "tasks")
_TERM_COLUMNS = (
    "job_id",
    "title",
    "manager_id",
    "lead_id",
    "paid_manager_id",
    "plan_version_id",
    "budget_type",
    *(column.column for column in all_columns()),
    "adjustment_type",
    "adjustment_value",
    "completion_percent",
    "start_date",
    "end_date",
    *BONUS_TERMS,
)


def create_propay(*, company: Company, actor: User | None, now: datetime, **terms: Unpack[ProPayInput]) -> ProPay:
    """Create a ProPay with its figures. Refuses time that another ProPay already claims. No actor: Protiv itself."""
    with transaction.atomic():
        company = lock(company)
        propay = _with_terms(ProPay(company=company), terms)
        rows = _rows(terms, Rows(cost_codes=[], others=[], tasks=[]))
        check(propay, rows)
        propay.save()
        store_rows(propay, rows)
        record(propay, actor, "propay.created", "Created")
        propay = refreshed(company, propay, now)
        _refuse_late_terms(propay, overtime_terms(propay.plan_version) if propay.plan_version else (False, False))
        return propay


def edit_propay(
    *, company: Company, propay_id: int, actor: User, now: datetime, seen: str = "", **terms: Unpack[ProPayInput]
) -> ProPay:
    """Change the terms of a ProPay that is not approved yet, and recalculate it.

    `seen` is the `terms_version` that the person saw: refused if someone has changed the terms since.
    """
    with transaction.atomic():
        company = lock(company)
        propay = get_propay(company, propay_id)
        refuse_unless_live(propay, "changed")
        old = stored_rows(propay)
        before, overtime_before = _decided(propay, old), overtime_terms(propay)
        if seen and seen != _version(propay, old):
            raise ValidationError(
                "Someone else changed this ProPay while you were editing. Your changes weren't saved. Reload the page "
                "to see theirs.",
                code="stale",
            )
        rows = _rows(terms, old)
        _with_terms(propay, terms)
        check(propay, rows)
        _refuse_late_terms(propay, overtime_before)
        changed = [name for name, value in _decided(propay, rows).items() if value != before[name]]
        if changed:
            propay.save()
            store_rows(propay, rows)
            record(propay, actor, "propay.edited", "Edited", f"Changed: {', '.join(changed)}.")
        return refreshed(company, propay, now)


def _refuse_late_terms(propay: ProPay, before: OvertimeTerms) -> None:
    """Refuse (ValidationError, by field) what is fixed before the first minute counts; a plan was known before."""
    if problems := late_overtime_terms(propay, before, has_time=propay.actual_minutes > 0):
        raise ValidationError(problems)


def cancel_propay(*, company: Company, propay_id: int, actor: User) -> ProPay:
    """Cancel a ProPay: it claims no time and owes no bonus. Its latest figures stay visible."""
    with transaction.atomic():
        company = lock(company)
        propay = get_propay(company, propay_id)
        refuse_unless_in(states.CANCEL.before, propay, "canceled")
        propay.status = states.CANCEL.target
        propay.save(update_fields=["status"])
        record(propay, actor, "propay.canceled", "Canceled")
        return propay


def restore_propay(*, company: Company, propay_id: int, actor: User, now: datetime) -> ProPay:
    """Restore a canceled ProPay, unless another one now claims its time."""
    with transaction.atomic():
        company = lock(company)
        propay = get_propay(company, propay_id)
        if not states.RESTORE.starts_from(propay.status):
            raise ValidationError("Only a canceled ProPay can be restored.")
        propay.status = states.RESTORE.target
        check_claim(propay, list(propay.cost_codes.all()))
        propay.save(update_fields=["status"])
        record(propay, actor, "propay.restored", "Restored")
        return refreshed(company, propay, now)


def terms_version(propay: ProPay) -> str:
    """A short digest of a ProPay's terms; the same text for the same terms."""
    return _version(propay, stored_rows(propay))


def _version(propay: ProPay, rows: Rows) -> str:
    return blake2b(repr(_decided(propay, rows)).encode(), digest_size=8).hexdigest()


def _decided(propay: ProPay, rows: Rows) -> dict[str, str]:
    """A ProPay's terms as text, by name."""
    tasks = sorted((task.cost_code.pk, str(task.minutes), _plain(task.amount)) for task in rows.tasks)
    return {
        **{name.removesuffix("_id").replace("_", " "): _plain(getattr(propay, name)) for name in _TERM_COLUMNS},
        "cost codes": str(sorted(code.pk for code in rows.cost_codes)),
        "others": str(sorted(worker.pk for worker in rows.others)),
        "tasks": str(tasks),
    }


def _plain(value: Any) -> str:
    """The same text for 50 and 50.00."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


# Setting terms


def _with_terms(propay: ProPay, terms: ProPayInput) -> ProPay:
    """Set the terms given; columns of other budget types are cleared."""
    for name, value in terms.items():
        if name not in ROWS:
            setattr(propay, name, value)
    own = [column.column for column in definition_of(propay.budget_type).columns]
    for column in all_columns():
        if column.column not in own:
            setattr(propay, column.column, None)
    if "crew_percent" not in terms:
        propay.crew_percent = HUNDRED - sum(getattr(propay, name) for name in PART_COLUMNS[1:])
    return propay


def _rows(terms: ProPayInput, before: Rows) -> Rows:
    return Rows(
        cost_codes=list(terms.get("cost_codes", before.cost_codes) or ()),
        others=list(terms.get("others", before.others) or ()),
        tasks=list(terms.get("tasks", before.tasks) or ()),
    )
