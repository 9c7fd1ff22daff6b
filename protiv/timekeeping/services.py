"""Everything that people change about wages, jobs, and workers. `ingest` writes what a sync brings.

Each change is written with its audit event and the bonuses it affects in one transaction, so that a page never shows a
new wage next to an old bonus. Approved ProPays are frozen; the refresh leaves them alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from protiv.accounts.models import AuditEvent, Company, Membership, Role, User
from protiv.accounts.templatetags.formats import day, hours, money
from protiv.accounts.templatetags.formats import wage as rate
from protiv.kit.bulk import BulkSyncQuerySet
from protiv.kit.refused import Refused
from protiv.kit.typed import check_start_date, check_wage
from protiv.timekeeping import selectors
from protiv.timekeeping.models import Job, Wage, Worker

BATCH = 500


@dataclass(frozen=True, slots=True)
class NewWage:
    """A worker's new wage from a start date on."""

    worker_id: int
    start_date: date
    hourly_amount: Decimal


@dataclass(frozen=True, slots=True)
class PlannedWage(NewWage):
    """A new wage as a preview showed it: `before` is what was stored for that day, or None."""

    before: Decimal | None


@dataclass(frozen=True, slots=True)
class WagesSet:
    """The result of writing wages."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


# Wages


def set_wage(
    *, company: Company, worker: Worker, start_date: date, hourly_amount: Decimal, actor: User | None, now: datetime
) -> WagesSet:
    """Pay `worker` so much an hour from `start_date` on; a wage that already starts on that day is corrected."""
    wage = NewWage(worker.pk, start_date, hourly_amount)
    return set_wages(company=company, wages=[wage], actor=actor, now=now)


def set_wages(*, company: Company, wages: Sequence[NewWage], actor: User | None, now: datetime) -> WagesSet:
    """Set many wages: all of them, or none if one is refused."""
    with transaction.atomic():
        workers = _locked_workers(company, wages)
        stored = _stored_wages(company, wages)
        return _write_wages(company, wages, workers, stored, actor, now)


def import_wages(*, company: Company, wages: Sequence[PlannedWage], actor: User | None, now: datetime) -> WagesSet:
    """Apply a preview: exactly what it showed, or nothing if the wages have changed since."""
    with transaction.atomic():
        workers = _locked_workers(company, wages)
        stored = _stored_wages(company, wages)
        for wage in wages:
            found = stored.get((wage.worker_id, wage.start_date))
            amount = found.hourly_amount if found else None
            if amount not in (wage.before, wage.hourly_amount):
                raise Refused(
                    f"Nothing was changed, because someone has changed {workers[wage.worker_id].name}'s wage from "
                    f"{day(wage.start_date)} since the preview. Upload the file again to see what it would change now."
                )
        return _write_wages(company, wages, workers, stored, actor, now)


def _locked_workers(company: Company, wages: Iterable[NewWage]) -> dict[int, Worker]:
    """The workers meant, locked in one order so that two writers wait for each other instead of crossing."""
    wanted = {wage.worker_id for wage in wages}
    found = Worker.objects.select_for_update(no_key=True).filter(company=company, pk__in=wanted).order_by("pk")
    workers = {worker.pk: worker for worker in found}
    if wanted - workers.keys():
        raise Refused("Nothing was changed: one of the workers is not in your company. Reload the page.")
    return workers


def _stored_wages(company: Company, wages: Iterable[NewWage]) -> dict[tuple[int, date], Wage]:
    wanted = {(wage.worker_id, wage.start_date) for wage in wages}
    rows = Wage.objects.filter(
        company=company,
        worker__in={worker_id for worker_id, _ in wanted},
        start_date__in={start_date for _, start_date in wanted},
    )
    return {(row.worker_id, row.start_date): row for row in rows}


def _write_wages(
    company: Company,
    wages: Iterable[NewWage],
    workers: dict[int, Worker],
    stored: dict[tuple[int, date], Wage],
    actor: User | None,
    now: datetime,
) -> WagesSet:
    added: list[Wage] = []
    changed: list[Wage] = []
    events: list[AuditEvent] = []
    unchanged = 0
    for wage in wages:
        worker = workers[wage.worker_id]
        check_new_wage(company=company, start_date=wage.start_date, hourly_amount=wage.hourly_amount, now=now)
        row = stored.get((wage.worker_id, wage.start_date))
        if row is not None and row.hourly_amount == wage.hourly_amount:
            unchanged += 1
            continue
        was = "" if row is None else f" (was {rate(row.hourly_amount, company)})"
        if row is None:
            row = Wage(company=company, worker=worker, start_date=wage.start_date)
            stored[wage.worker_id, wage.start_date] = row
            added.append(row)
        elif row.pk:
            changed.append(row)
        row.hourly_amount = wage.hourly_amount
        summary = f"Set {worker.name}'s wage to {rate(wage.hourly_amount, company)} from {day(wage.start_date)}{was}."
        events.append(_event(company, actor, "wage.set", f"worker:{worker.pk}", summary))
    Wage.objects.bulk_create(added, batch_size=BATCH)
    BulkSyncQuerySet(Wage).bulk_write(changed, fields=["hourly_amount"])
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)
    if events:
        _refresh(company, now, worker_ids={row.worker_id for row in (*added, *changed)})
    return WagesSet(len(added), len(changed), unchanged)


def correct_wage(
    *, company: Company, wage: Wage, start_date: date, hourly_amount: Decimal, actor: User | None, now: datetime
) -> None:
    """Correct a wage's day or amount. Raises Refused if another wage starts on that day."""
    check_new_wage(company=company, start_date=start_date, hourly_amount=hourly_amount, now=now)
    with transaction.atomic():
        row = _locked_wage(company, wage)
        check_free_day(wage=row, start_date=start_date)
        if (row.start_date, row.hourly_amount) == (start_date, hourly_amount):
            return
        summary = (
            f"Corrected {row.worker.name}'s wage: {rate(row.hourly_amount, company)} from {day(row.start_date)} "
            f"became {rate(hourly_amount, company)} from {day(start_date)}."
        )
        row.start_date, row.hourly_amount = start_date, hourly_amount
        row.save(update_fields=["start_date", "hourly_amount"])
        _event(company, actor, "wage.corrected", f"worker:{row.worker_id}", summary).save()
        _refresh(company, now, worker_ids={row.worker_id})


def start_late_wages(*, company: Company, start_date: date, actor: User | None, now: datetime) -> int:
    """Let each first wage that starts after its worker's first hours start on `start_date`; returns how many.

    `start_date` is the day that the person was shown. Raises Refused if it is no longer the first day.
    """
    with transaction.atomic():
        late = selectors.with_first_dates(Worker.objects.filter(company=company)).filter(selectors.STARTS_LATE)
        list(Worker.objects.select_for_update(no_key=True).filter(pk__in=late.values("pk")).order_by("pk"))
        first_wages = dict(late.values_list("pk", "first_wage_date"))
        found = selectors.late_wages(company)
        if found is None or found.start_date != start_date:
            raise Refused("Nothing was changed: the hours or the wages have changed. Check the day and try again.")
        check_new_start(company=company, start_date=start_date, now=now)
        wages = Wage.objects.filter(company=company, worker__in=first_wages).select_related("worker").order_by("pk")
        moved = [wage for wage in wages if wage.start_date == first_wages[wage.worker_id]]
        events = [_started_earlier(company, wage, start_date, actor) for wage in moved]
        for wage in moved:
            wage.start_date = start_date
        BulkSyncQuerySet(Wage).bulk_write(moved, fields=["start_date"])
        AuditEvent.objects.bulk_create(events, batch_size=BATCH)
        _refresh(company, now, worker_ids={wage.worker_id for wage in moved})
        return len(moved)


def _started_earlier(company: Company, wage: Wage, start_date: date, actor: User | None) -> AuditEvent:
    summary = (
        f"Started {wage.worker.name}'s wage of {rate(wage.hourly_amount, company)} on {day(start_date)} instead of "
        f"{day(wage.start_date)}."
    )
    return _event(company, actor, "wage.corrected", f"worker:{wage.worker_id}", summary)


def remove_wage(*, company: Company, wage: Wage, actor: User | None, now: datetime) -> None:
    """Remove a wage; the one before it then stays in effect until the next."""
    with transaction.atomic():
        row = _locked_wage(company, wage)
        summary = f"Removed {row.worker.name}'s wage of {rate(row.hourly_amount, company)} from {day(row.start_date)}."
        row.delete()
        _event(company, actor, "wage.removed", f"worker:{row.worker_id}", summary).save()
        _refresh(company, now, worker_ids={row.worker_id})


def _locked_wage(company: Company, wage: Wage) -> Wage:
    Worker.objects.select_for_update(no_key=True).get(company=company, pk=wage.worker_id)
    row = Wage.objects.filter(company=company, pk=wage.pk).select_related("worker").first()
    if row is None:
        raise Refused("This wage was removed in the meantime. Nothing was changed.")
    return row


def check_new_wage(*, company: Company, start_date: date, hourly_amount: Decimal, now: datetime) -> None:
    """Refuse what can't be a wage of this company."""
    check_wage(hourly_amount)
    check_new_start(company=company, start_date=start_date, now=now)


def check_new_start(*, company: Company, start_date: date, now: datetime) -> None:
    """Refuse what can't be the first day of a wage."""
    check_start_date(start_date, today=company.local_date(now))


def check_free_day(*, wage: Wage, start_date: date) -> None:
    """Refuse to move a wage onto the day of another one of the same worker."""
    if Wage.objects.filter(worker=wage.worker, start_date=start_date).exclude(pk=wage.pk).exists():
        raise Refused(
            f"{wage.worker.name} has another wage from {day(start_date)}. Correct or remove that one, or choose "
            "another date."
        )


# Jobs


def set_job_budget(
    *,
    company: Company,
    job: Job,
    budget_minutes: int | None,
    contract_amount: Decimal | None,
    actor: User | None,
    now: datetime,
) -> bool:
    """Set a job's budget hours and contract price, which override synced ones; None goes back to the synced one.

    Returns whether that changed anything.
    """
    with transaction.atomic():
        row = Job.objects.select_for_update(no_key=True).get(company=company, pk=job.pk)
        if (row.typed_budget_minutes, row.typed_contract_amount) == (budget_minutes, contract_amount):
            return False
        row.typed_budget_minutes, row.typed_contract_amount = budget_minutes, contract_amount
        row.save(update_fields=["typed_budget_minutes", "typed_contract_amount"])
        typed_hours = "the synced hours" if budget_minutes is None else f"{hours(budget_minutes, company)} hours"
        typed_price = "the synced price" if contract_amount is None else money(contract_amount, company)
        summary = f"Set the budget of {str(row)[:300]}: {typed_hours}, contract price: {typed_price}."
        _event(company, actor, "job.budget_set", f"job:{row.pk}", summary).save()
        _refresh(company, now, job_ids={row.pk})
    return True


# Workers


def set_job_state(*, company: Company, job: Job, state: str, actor: User | None, now: datetime) -> bool:
    """Set the state whose overtime law applies to a job; empty goes back to the synced address.

    Overtime on bonuses that aren't paid yet is recalculated. Returns whether that changed anything.
    """
    with transaction.atomic():
        row = Job.objects.select_for_update(no_key=True).get(company=company, pk=job.pk)
        if row.typed_state == state:
            return False
        row.typed_state = state
        row.save(update_fields=["typed_state"])
        shown = row.get_typed_state_display() or "that of the synced address"
        summary = f"Set the state of {str(row)[:300]}: {shown}."
        _event(company, actor, "job.state_set", f"job:{row.pk}", summary).save()
        locked = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
        import_string(settings.UPDATE_TRUE_UPS)(company=locked, now=now)
    return True


def link_worker(
    *, company: Company, worker: Worker, membership: Membership | None, actor: User | None, now: datetime
) -> bool:
    """Link a worker to the account of a member with the role Worker, or to none. Returns whether that changed anything.

    The member then sees the worker's own time and bonus. No figure changes, so no bonus is recalculated; `now` is an
    argument of every service.
    """
    with transaction.atomic():
        row = Worker.objects.select_for_update(no_key=True).get(company=company, pk=worker.pk)
        if row.membership_id == (membership.pk if membership else None):
            return False
        if membership is not None:
            _refuse_link(company, row, membership)
        row.membership = membership
        row.save(update_fields=["membership"])
        did = f"Linked {row.name} to {membership.user.email}." if membership else f"Unlinked {row.name}."
        _event(company, actor, "worker.linked", f"worker:{row.pk}", did).save()
    return True


def _refuse_link(company: Company, worker: Worker, membership: Membership) -> None:
    if membership.company_id != company.pk or membership.role != Role.WORKER:
        raise Refused("Only a user with the Worker role in your company can be linked to a worker.", field="membership")
    other = Worker.objects.filter(membership=membership).exclude(pk=worker.pk).first()
    if other is not None:
        raise Refused(
            f"{membership.user.email} is already linked to {other.name}. Unlink it on that worker's page first.",
            field="membership",
        )


# Common last steps


def _event(company: Company, actor: User | None, action: str, target: str, summary: str) -> AuditEvent:
    return AuditEvent(company=company, actor=actor, action=action, target=target, summary=summary[:500])


def _refresh(
    company: Company, now: datetime, *, job_ids: set[int] | None = None, worker_ids: set[int] | None = None
) -> None:
    """Recalculate the affected bonuses; by name, because this layer doesn't know the one above."""
    import_string(settings.REFRESH_BONUSES)(company=company, job_ids=job_ids, worker_ids=worker_ids, now=now)
