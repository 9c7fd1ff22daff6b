"""What people decide about a ProPay: create, edit, adjust, the crew's own terms, cancel, restore."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from propay.figures import LARGEST_AMOUNT, day
from propay.models import (
    BONUS_TERMS,
    BUDGET_FIELDS,
    PART_COLUMNS,
    AdjustmentType,
    BudgetTask,
    BudgetType,
    CrewTerm,
    PlanVersion,
    ProPay,
    ProPayStatus,
)
from propay.services.refreshing import refreshed
from propay.services.shared import get_propay, lock, record, refuse_unless_live
from protiv.accounts.models import Company, Membership, Role, User
from protiv.timekeeping.models import CostCode, Job, Worker

HUNDRED = Decimal(100)
ADJUSTMENT_LIMITS: dict[str, tuple[int, int]] = {
    AdjustmentType.PERCENT: (-100, 1000),
    AdjustmentType.MULTIPLY: (0, 1000),
    AdjustmentType.AMOUNT: (0, 99_999_999),
    AdjustmentType.HOURS: (0, 1_000_000),
}
# From where to where a number may run; the form says the same.
TERM_LIMITS: dict[str, tuple[Decimal, Decimal]] = {
    **dict.fromkeys(("split_percent", *PART_COLUMNS, "completion_percent"), (Decimal(0), HUNDRED)),
    "labor_percent": (Decimal("0.01"), HUNDRED),
    "fixed_amount": (Decimal("0.01"), LARGEST_AMOUNT),
    "contract_amount": (Decimal("0.01"), LARGEST_AMOUNT),
    "rate_amount": (Decimal("0.0001"), Decimal(9_999_999)),
    "quantity": (Decimal("0.001"), Decimal(99_999_999)),
    "lead_weight": (Decimal("0.01"), HUNDRED),
    "burden_percent": (Decimal(0), Decimal(1_000)),
}
# What each type of budget can't be without, and the words that ask for it.
BUDGET_NEEDS: dict[str, dict[str, str]] = {
    BudgetType.AMOUNT: {"fixed_amount": "Enter the budget in dollars, like 5,000.00."},
    BudgetType.PERCENT_OF_CONTRACT: {
        "labor_percent": "Enter what percentage of the contract price is for labor, like 30."
    },
    BudgetType.RATE: {
        "rate_amount": "Enter what a unit pays for labor, like 2.50.",
        "quantity": "Enter how many units the job has, like 1,200.",
    },
    BudgetType.TASKS: {"tasks": "Enter at least one line: a cost code with its hours or its dollars."},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A line of a TASKS budget: a cost code's minutes or its dollars, one of the two."""

    cost_code: CostCode
    minutes: int | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerTerms:
    """What a ProPay says about one worker."""

    no_bonus: bool = False
    fixed_percent: Decimal | None = None
    manual_amount: Decimal | None = None


class Terms(TypedDict, total=False):
    """What a person decides about a ProPay. Left out: on creation the model's default, on an edit what it was.

    The crew's part, left out, is what the other parts leave of the pool.
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
    start_date: date
    end_date: date | None
    cost_codes: Sequence[CostCode]
    include_travel: bool | None


# What a ProPay holds in rows of their own; the rest of `Terms` are its columns.
ROWS = ("cost_codes", "others", "tasks")
_TERM_COLUMNS = (
    "job_id",
    "title",
    "manager_id",
    "lead_id",
    "paid_manager_id",
    "plan_version_id",
    "budget_type",
    *(name for names in BUDGET_FIELDS.values() for name in names),
    "adjustment_type",
    "adjustment_value",
    "completion_percent",
    "start_date",
    "end_date",
    *BONUS_TERMS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """The cost codes, the others and the tasks of a ProPay."""

    cost_codes: list[CostCode]
    others: list[Worker]
    tasks: list[Task]


def create_propay(*, company: Company, actor: User | None, now: datetime, **terms: Unpack[Terms]) -> ProPay:
    """A new ProPay with its first figures. Refuses what another ProPay already claims. No actor: Protiv itself."""
    with transaction.atomic():
        company = lock(company)
        propay = _with_terms(ProPay(company=company), terms)
        rows = _rows(terms, _Rows(cost_codes=[], others=[], tasks=[]))
        _check(propay, rows)
        propay.save()
        _store_rows(propay, rows)
        record(propay, actor, "propay.created", "Created")
        return refreshed(company, propay, now)


def edit_propay(
    *, company: Company, propay_id: int, actor: User, now: datetime, seen: str = "", **terms: Unpack[Terms]
) -> ProPay:
    """Change the terms of a ProPay that is not approved yet, and work its figures out again.

    `seen` is the `terms_version` that the person had before their eyes: if somebody changed the terms since, refused.
    """
    with transaction.atomic():
        company = lock(company)
        propay = get_propay(company, propay_id)
        refuse_unless_live(propay, "changed")
        old = _stored_rows(propay)
        before = _version(propay, old)
        if seen and seen != before:
            raise ValidationError(
                "Somebody changed this ProPay while you were editing it. Your changes are not saved: "
                "open the page again to see theirs.",
                code="stale",
            )
        rows = _rows(terms, old)
        _with_terms(propay, terms)
        _check(propay, rows)
        if _version(propay, rows) != before:
            propay.save()
            _store_rows(propay, rows)
            record(propay, actor, "propay.edited", "Edited")
        return refreshed(company, propay, now)


def set_crew_terms(
    *, company: Company, propay_id: int, workers: Mapping[int, WorkerTerms], actor: User, now: datetime
) -> ProPay:
    """Say who draws no bonus, who a fixed percentage or an amount; who is not named has the defaults again."""
    with transaction.atomic():
        company = lock(company)
        propay = get_propay(company, propay_id)
        refuse_unless_live(propay, "changed")
        wanted = {worker_id: one for worker_id, one in workers.items() if one != WorkerTerms()}
        if Worker.objects.filter(company=company, pk__in=wanted).count() != len(wanted):
            raise ValidationError("One of the workers is not in your company. Load the page again.")
        propay.crew_terms.all().delete()
        CrewTerm.objects.bulk_create(
            CrewTerm(
                company=company,
                propay=propay,
                worker_id=worker_id,
                no_bonus=one.no_bonus,
                fixed_percent=one.fixed_percent,
                manual_amount=one.manual_amount,
            )
            for worker_id, one in wanted.items()
        )
        record(propay, actor, "propay.crew_set", "Changed the crew's terms of")
        return refreshed(company, propay, now)


def cancel_propay(*, company: Company, propay_id: int, actor: User) -> ProPay:
    """Take a ProPay out: it claims no time and owes no bonus. Its last figures stay to be seen."""
    with transaction.atomic():
        company = lock(company)
        propay = get_propay(company, propay_id)
        refuse_unless_live(propay, "canceled")
        propay.status = ProPayStatus.CANCELED
        propay.save(update_fields=["status"])
        record(propay, actor, "propay.canceled", "Canceled")
        return propay


def restore_propay(*, company: Company, propay_id: int, actor: User, now: datetime) -> ProPay:
    """Bring a canceled ProPay back, unless another one claims its time by now."""
    with transaction.atomic():
        company = lock(company)
        propay = get_propay(company, propay_id)
        if propay.status != ProPayStatus.CANCELED:
            raise ValidationError("Only a canceled ProPay can be restored.")
        propay.status = ProPayStatus.PENDING
        _check_claim(propay, list(propay.cost_codes.all()))
        propay.save(update_fields=["status"])
        record(propay, actor, "propay.restored", "Restored")
        return refreshed(company, propay, now)


def terms_version(propay: ProPay) -> str:
    """A short digest of all that a person decides about a ProPay; the same text for the same terms."""
    return _version(propay, _stored_rows(propay))


def _version(propay: ProPay, rows: _Rows) -> str:
    values = [getattr(propay, name) for name in _TERM_COLUMNS]
    codes = sorted(code.pk for code in rows.cost_codes)
    others = sorted(worker.pk for worker in rows.others)
    tasks = sorted((task.cost_code.pk, str(task.minutes), _plain(task.amount)) for task in rows.tasks)
    content = repr((*map(_plain, values), codes, others, tasks))
    return blake2b(content.encode(), digest_size=8).hexdigest()


def _plain(value: Any) -> str:
    """The same text for 50 and 50.00."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


# Setting terms


def _with_terms(propay: ProPay, terms: Terms) -> ProPay:
    """Set the terms given; a column of another budget type is emptied."""
    for name, value in terms.items():
        if name not in ROWS:
            setattr(propay, name, value)
    for budget_type, names in BUDGET_FIELDS.items():
        if budget_type != propay.budget_type:
            for name in names:
                setattr(propay, name, None)
    if "crew_percent" not in terms:
        propay.crew_percent = HUNDRED - sum(getattr(propay, name) for name in PART_COLUMNS[1:])
    return propay


def _rows(terms: Terms, before: _Rows) -> _Rows:
    return _Rows(
        cost_codes=list(terms.get("cost_codes", before.cost_codes) or ()),
        others=list(terms.get("others", before.others) or ()),
        tasks=list(terms.get("tasks", before.tasks) or ()),
    )


def _stored_rows(propay: ProPay) -> _Rows:
    return _Rows(
        cost_codes=list(propay.cost_codes.all()),
        others=list(propay.others.all()),
        tasks=[
            Task(cost_code=task.cost_code, minutes=task.minutes, amount=task.amount)
            for task in propay.tasks.select_related("cost_code").order_by("pk")
        ],
    )


def _store_rows(propay: ProPay, rows: _Rows) -> None:
    """A budget of another type keeps no tasks."""
    propay.cost_codes.set(rows.cost_codes)
    propay.others.set(rows.others)
    propay.tasks.all().delete()
    if propay.budget_type == BudgetType.TASKS:
        BudgetTask.objects.bulk_create(
            BudgetTask(
                company_id=propay.company_id,
                propay=propay,
                cost_code=task.cost_code,
                minutes=task.minutes,
                amount=task.amount,
            )
            for task in rows.tasks
        )


# Checking them


def _check(propay: ProPay, rows: _Rows) -> None:
    """Refuse (ValidationError, by field) what doesn't make sense, all of it at once; then what is claimed already."""
    _check_company(propay, rows)
    problems = {
        **_budget_problems(propay, rows),
        **_part_problems(propay, rows),
        **_adjustment_problems(propay),
        **_number_problems(propay),
    }
    if propay.end_date and propay.end_date < propay.start_date:
        problems["end_date"] = "The last day is before the first day. Choose a later one, or leave it empty."
    if problems:
        raise ValidationError(problems)
    _check_claim(propay, rows.cost_codes)


def _check_company(propay: ProPay, rows: _Rows) -> None:
    """Nothing of another company gets in, whatever a form let through."""
    people = [propay.manager, propay.lead, propay.paid_manager, *rows.others]
    codes = [*rows.cost_codes, *(task.cost_code for task in rows.tasks)]
    if propay.manager is not None and propay.manager.role == Role.WORKER:
        raise ValidationError({"manager": "A worker can't manage a ProPay. Choose a manager or an admin."})
    named = [propay.job, propay.plan_version, *people, *codes]
    if any(one is not None and one.company_id != propay.company_id for one in named):
        raise ValidationError("The job, the people, the plan and the cost codes must be this company's.")


def _number_problems(propay: ProPay) -> dict[str, str]:
    return {
        name: f"Enter a number from {low:,} to {high:,}."
        for name, (low, high) in TERM_LIMITS.items()
        if getattr(propay, name) is not None and not low <= getattr(propay, name) <= high
    }


def _part_problems(propay: ProPay, rows: _Rows) -> dict[str, str]:
    percents = [getattr(propay, name) for name in PART_COLUMNS]
    total = Decimal(sum(percents) if min(percents) >= 0 else sum(percents[1:]))
    if propay.other_percent and not rows.others:
        return {"others": "Say who gets the part of others, or set that part to 0."}
    if total != HUNDRED:
        return {"crew_percent": f"The five parts add up to {_plain(total)} %. They must add up to 100."}
    return {}


def _budget_problems(propay: ProPay, rows: _Rows) -> dict[str, str]:
    problems = {
        name: message
        for name, message in BUDGET_NEEDS.get(propay.budget_type, {}).items()
        if not (rows.tasks if name == "tasks" else getattr(propay, name))
    }
    if len({task.cost_code.pk for task in rows.tasks}) != len(rows.tasks):
        problems["tasks"] = "Each cost code can stand in one line only. Put the lines of one code together."
    return problems


def _adjustment_problems(propay: ProPay) -> dict[str, str]:
    if not propay.adjustment_type:
        told = "Choose how this changes the budget, or leave the number empty."
        return {"adjustment_type": told} if propay.adjustment_value is not None else {}
    low, high = ADJUSTMENT_LIMITS[propay.adjustment_type]
    if propay.adjustment_value is not None and low <= propay.adjustment_value <= high:
        return {}
    return {"adjustment_value": f"Enter a number from {low:,} to {high:,}."}


def _check_claim(propay: ProPay, cost_codes: Iterable[CostCode]) -> None:
    """Refuse what another ProPay of this job claims: overlapping dates and cost codes (bonus-rules.md, 1)."""
    others = ProPay.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=propay.start_date), company=propay.company_id, job=propay.job_id
    ).exclude(status=ProPayStatus.CANCELED)
    if propay.pk:
        others = others.exclude(pk=propay.pk)
    if propay.end_date:
        others = others.filter(start_date__lte=propay.end_date)
    cost_codes = list(cost_codes)
    if cost_codes:
        others = others.filter(Q(cost_codes__isnull=True) | Q(cost_codes__in=cost_codes))
    other = others.order_by("pk").first()
    if other is not None:
        raise ValidationError(
            "The ProPay “%(title)s” already claims time on this job %(dates)s. "
            "Choose other dates or other cost codes, or cancel that one first.",
            code="claimed",
            params={"title": other.title, "dates": _dates(other), "propay_id": other.pk},
        )


def _dates(propay: ProPay) -> str:
    start = f"from {day(propay.start_date)}"
    return f"{start} to {day(propay.end_date)}" if propay.end_date else f"{start} on, without an end"
