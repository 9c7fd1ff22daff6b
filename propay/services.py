"""What changes a ProPay: people create, edit, cancel and restore; syncs, wages and budgets refresh the figures.

Every change takes the company's lock first, in its transaction. So a new ProPay can't miss time or a wage that another
transaction is writing at that moment, two ProPays that claim the same time can't both come in, and refreshes of one
company wait for each other instead of locking each other out. Readers never wait.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple, TypedDict, TypeVar, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from propay import selectors
from propay.figures import FIGURE_FIELDS, Figures, day, work_out
from propay.models import LIVE_STATUSES, BudgetType, ProPay, ProPayStatus, Share, ShareRole
from protiv.accounts.models import AuditEvent, Company, Membership, Role, User
from protiv.timekeeping.bulk import BulkSyncQuerySet
from protiv.timekeeping.models import CostCode, Job, TimeEntry, Worker

T = TypeVar("T")
BATCH = 500
BUDGET_FIELDS = {
    BudgetType.HOURS: ("budget_minutes",),
    BudgetType.AMOUNT: ("fixed_amount",),
    BudgetType.PERCENT_OF_CONTRACT: ("contract_amount", "labor_percent"),
}
WHOLE_POOL = Decimal(100)


class Terms(TypedDict, total=False):
    """What a person decides about a ProPay. Left out: on creation the model's default, on an edit what it was."""

    job: Job
    title: str
    manager: Membership | None
    budget_type: str
    budget_minutes: int | None
    fixed_amount: Decimal | None
    contract_amount: Decimal | None
    labor_percent: Decimal | None
    split_percent: Decimal
    company_percent: Decimal
    start_date: date
    end_date: date | None
    cost_codes: Sequence[CostCode]
    include_travel: bool | None


# Created and edited by people


def create_propay(*, company: Company, actor: User, now: datetime, **terms: Unpack[Terms]) -> ProPay:
    """A new ProPay with its first figures. Refuses what another ProPay already claims."""
    with transaction.atomic():
        company = _lock(company)
        propay = _with_terms(ProPay(company=company), terms)
        cost_codes = list(terms.get("cost_codes") or ())
        _check_company(propay, cost_codes)
        _check_claim(propay, cost_codes)
        propay.save()
        propay.cost_codes.set(cost_codes)
        _record(propay, actor, "propay.created", "Created")
        return _refreshed(company, propay, now)


def edit_propay(
    *, company: Company, propay_id: int, actor: User, now: datetime, seen: str = "", **terms: Unpack[Terms]
) -> ProPay:
    """Change the terms of a ProPay that is not approved yet, and work its figures out again.

    `seen` is the `terms_version` that the person had before their eyes: if somebody changed the terms since, refused.
    """
    with transaction.atomic():
        company = _lock(company)
        propay = _get(company, propay_id)
        if propay.status not in LIVE_STATUSES:
            raise ValidationError(f"This ProPay is {propay.get_status_display().lower()} and can't be changed.")
        old_codes = list(propay.cost_codes.all())
        before = terms_version(propay, old_codes)
        if seen and seen != before:
            raise ValidationError(
                "Somebody changed this ProPay while you were editing it. Your changes are not saved: "
                "open the page again to see theirs.",
                code="stale",
            )
        cost_codes = list(terms.get("cost_codes", old_codes) or ())
        _with_terms(propay, terms)
        _check_company(propay, cost_codes)
        _check_claim(propay, cost_codes)
        if terms_version(propay, cost_codes) != before:
            propay.save()
            propay.cost_codes.set(cost_codes)
            _record(propay, actor, "propay.edited", "Edited")
        return _refreshed(company, propay, now)


def cancel_propay(*, company: Company, propay_id: int, actor: User) -> ProPay:
    """Take a ProPay out: it claims no time and owes no bonus. Its last figures stay to be seen."""
    with transaction.atomic():
        company = _lock(company)
        propay = _get(company, propay_id)
        if propay.status not in LIVE_STATUSES:
            raise ValidationError(f"This ProPay is {propay.get_status_display().lower()} and can't be canceled.")
        propay.status = ProPayStatus.CANCELED
        propay.save(update_fields=["status"])
        _record(propay, actor, "propay.canceled", "Canceled")
        return propay


def restore_propay(*, company: Company, propay_id: int, actor: User, now: datetime) -> ProPay:
    """Bring a canceled ProPay back, unless another one claims its time by now."""
    with transaction.atomic():
        company = _lock(company)
        propay = _get(company, propay_id)
        if propay.status != ProPayStatus.CANCELED:
            raise ValidationError("Only a canceled ProPay can be restored.")
        propay.status = ProPayStatus.PENDING
        _check_claim(propay, list(propay.cost_codes.all()))
        propay.save(update_fields=["status"])
        _record(propay, actor, "propay.restored", "Restored")
        return _refreshed(company, propay, now)


def terms_version(propay: ProPay, cost_codes: Iterable[CostCode]) -> str:
    """A short digest of all that a person decides about a ProPay; the same text for the same terms."""
    values = [getattr(propay, name) for name in _TERM_COLUMNS]
    normal = [value.normalize() if isinstance(value, Decimal) else value for value in values]
    content = repr((*map(str, normal), sorted(code.pk for code in cost_codes)))
    return blake2b(content.encode(), digest_size=8).hexdigest()


_TERM_COLUMNS = (
    "job_id",
    "title",
    "manager_id",
    "budget_type",
    "budget_minutes",
    "fixed_amount",
    "contract_amount",
    "labor_percent",
    "split_percent",
    "company_percent",
    "start_date",
    "end_date",
    "include_travel",
)


def _lock(company: Company) -> Company:
    """The company as it stands now, locked to the end of the transaction (on SQLite, all writers wait anyway)."""
    return Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def _get(company: Company, propay_id: int) -> ProPay:
    return ProPay.objects.select_related("job", "manager").get(company=company, pk=propay_id)


def _with_terms(propay: ProPay, terms: Terms) -> ProPay:
    """Set the terms given; a column of another budget type is emptied, the crew gets what the company leaves."""
    for name, value in terms.items():
        if name != "cost_codes":
            setattr(propay, name, value)
    for budget_type, names in BUDGET_FIELDS.items():
        if budget_type != propay.budget_type:
            for name in names:
                setattr(propay, name, None)
    propay.crew_percent = WHOLE_POOL - propay.company_percent
    return propay


def _check_company(propay: ProPay, cost_codes: Iterable[CostCode]) -> None:
    """Nothing of another company gets in, whatever a form let through."""
    named: list[Job | Membership | CostCode] = [propay.job, *cost_codes]
    if propay.manager is not None:
        named.append(propay.manager)
        if propay.manager.role == Role.WORKER:
            raise ValidationError({"manager": "A worker can't manage a ProPay. Choose a manager or an admin."})
    if any(one.company_id != propay.company_id for one in named):
        raise ValidationError("The job, the manager and the cost codes must be this company's.")


def _check_claim(propay: ProPay, cost_codes: list[CostCode]) -> None:
    """Refuse what another ProPay of this job claims: overlapping dates and cost codes (bonus-rules.md, 1)."""
    others = ProPay.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=propay.start_date), company=propay.company_id, job=propay.job_id
    ).exclude(status=ProPayStatus.CANCELED)
    if propay.pk:
        others = others.exclude(pk=propay.pk)
    if propay.end_date:
        others = others.filter(start_date__lte=propay.end_date)
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


def _record(propay: ProPay, actor: User, action: str, verb: str) -> None:
    AuditEvent.objects.create(
        company_id=propay.company_id,
        actor=actor,
        action=action,
        target=f"propay:{propay.pk}",
        summary=f"{verb} the ProPay “{propay.title}”.",
    )


class OpenProPay(NamedTuple):
    """A ProPay whose figures still follow the time, as far as the layers above need it."""

    pk: int
    title: str


def open_on_jobs(*, company: Company, jobs: QuerySet[Any]) -> list[OpenProPay]:
    """The open ProPays on these jobs, by title."""
    live = ProPay.objects.filter(company=company, status__in=LIVE_STATUSES, job__in=jobs)
    return [OpenProPay(*row) for row in live.order_by("title", "pk").values_list("pk", "title")]


# Figures


def refresh(
    *,
    company: Company,
    job_ids: Collection[int] | None = None,
    worker_ids: Collection[int] | None = None,
    now: datetime,
) -> list[int]:
    """Work out the live ProPays of these jobs and of these workers (neither given: all) and store what changed.

    A worker touches the ProPays with a share of theirs or time on their job. Returns the ids that were written.
    Call it in the transaction that changed the time, the wages or the budgets: all of it comes in or nothing.
    """
    with transaction.atomic():
        company = _lock(company)
        touched = ProPay.objects.filter(company=company, status__in=LIVE_STATUSES)
        if job_ids is not None or worker_ids is not None:
            touched = touched.filter(_touched_by(company, job_ids or (), worker_ids or ()))
        ids = list(touched.order_by("pk").values_list("pk", flat=True))
        return [propay_id for batch in _batches(ids) for propay_id in _refresh_batch(company, batch, now)]


def _touched_by(company: Company, job_ids: Collection[int], worker_ids: Collection[int]) -> Q:
    touched = Q(job__in=job_ids)
    if worker_ids:
        time = TimeEntry.objects.filter(company=company, worker__in=worker_ids, voided_at=None, job__isnull=False)
        shares = Share.objects.filter(worker__in=worker_ids)
        touched |= Q(job__in=time.values("job")) | Q(pk__in=shares.values("propay"))
    return touched


def _refreshed(company: Company, propay: ProPay, now: datetime) -> ProPay:
    """The ProPay with the figures of this moment."""
    _refresh_batch(company, [propay.pk], now)
    return _get(company, propay.pk)


def _refresh_batch(company: Company, ids: Sequence[int], now: datetime) -> list[int]:
    """The same few queries for one ProPay or hundreds; a ProPay whose figures stand is not written."""
    propays = list(ProPay.objects.filter(pk__in=ids).select_related("job").order_by("pk"))
    time: dict[int, list[selectors.WorkerTime]] = {propay.pk: [] for propay in propays}
    for row in selectors.worker_time(ids):
        time[row.propay_id].append(row)
    names = _names(row.worker_id for rows in time.values() for row in rows if row.wage is None)
    figures = {propay.pk: work_out(propay, time[propay.pk], names=names, explains=False) for propay in propays}
    changed = {propay.pk for propay in propays if _take(propay, figures[propay.pk])}
    changed |= _store_shares(company, figures)
    written = [propay for propay in propays if propay.pk in changed or propay.refreshed_at is None]
    for propay in written:
        propay.refreshed_at = now
    ProPay.objects.bulk_update(written, [*FIGURE_FIELDS, "status", "refreshed_at"], batch_size=BATCH)
    return [propay.pk for propay in written]


def _names(worker_ids: Iterable[int]) -> dict[int, str]:
    """For those whose wage is missing: nobody else is named."""
    ids = set(worker_ids)
    return {worker.pk: worker.name for worker in Worker.objects.filter(pk__in=ids)} if ids else {}


def _take(propay: ProPay, figures: Figures) -> bool:
    """Put the figures into the ProPay; whether any of them is new."""
    values: dict[str, Any] = {name: getattr(figures, name) for name in FIGURE_FIELDS}
    if propay.status != ProPayStatus.COMPLETE:
        values["status"] = ProPayStatus.STARTED if figures.actual_minutes > 0 else ProPayStatus.PENDING
    changed = False
    for name, value in values.items():
        if getattr(propay, name) != value:
            setattr(propay, name, value)
            changed = True
    return changed


def _store_shares(company: Company, figures: dict[int, Figures]) -> set[int]:
    """Insert, update and delete the shares that differ; the ids of the ProPays they are of."""
    stored = {
        (propay_id, worker_id): (pk, (minutes, cost, amount))
        for pk, propay_id, worker_id, minutes, cost, amount in _crew_shares(figures).values_list(
            "pk", "propay_id", "worker_id", "minutes", "cost_amount", "amount"
        )
    }
    wanted = {
        (propay_id, worker_id): (share.minutes, share.cost_amount, share.amount)
        for propay_id, one in figures.items()
        for worker_id, share in one.shares.items()
    }
    gone = [key for key in stored if key not in wanted]
    rows = [
        (company.pk, *key, ShareRole.CREW, *values)
        for key, values in wanted.items()
        if key not in stored or stored[key][1] != values
    ]
    if gone:
        Share.objects.filter(pk__in=[stored[key][0] for key in gone]).delete()
    if rows:
        BulkSyncQuerySet(Share).bulk_sync(
            rows,
            fields=("company", "propay", "worker", "role", "minutes", "cost_amount", "amount"),
            unique_fields=("propay", "worker", "role"),
        )
    return {propay_id for propay_id, _worker_id in gone} | {row[1] for row in rows}


def _crew_shares(propay_ids: Iterable[int]) -> QuerySet[Share]:
    return Share.objects.filter(propay__in=list(propay_ids), role=ShareRole.CREW)


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
