"""Recalculates the figures of live ProPays after a sync or a change of a wage, a budget, or the terms."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import repeat
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from propay.figures import terms_of, work_out
from propay.models import FROZEN_STATUSES, LIVE_STATUSES, ProPay, Share, Snapshot, SnapshotEntry
from propay.queries.bonus_overtime import bonus_overtime_of
from propay.queries.propays import with_terms
from propay.queries.settings import crew_rules
from propay.queries.time import time_of, wage_in_force
from propay.rules import states
from propay.rules.figures import FIGURE_FIELDS, Figures
from propay.rules.states import ProPayStatus
from propay.rules.terms import Distribution
from propay.services.drift import mark_drift
from propay.services.shared import batches, get_propay, lock
from protiv.accounts.models import Company
from protiv.kit.bulk import BulkSyncQuerySet
from protiv.timekeeping.models import TimeEntry, Worker

# Hours on any job may change their shares (bonus.md 11.6 and 11.7).
NEEDS_OVERTIME = Q(pool_includes_overtime=True) | Q(distribution=Distribution.TOTAL_EARNINGS)
ShareKey = tuple[int, int, str]
ShareValues = tuple[int, Decimal | None, Decimal | None]


class OpenProPay(NamedTuple):
    """A ProPay whose figures still follow the time, as far as the layers above need it."""

    pk: int
    title: str


def open_on_jobs(*, company: Company, jobs: QuerySet[Any]) -> list[OpenProPay]:
    """The open ProPays on these jobs, by title."""
    live = ProPay.objects.filter(company=company, status__in=LIVE_STATUSES, job__in=jobs)
    return [OpenProPay(*row) for row in live.order_by("title", "pk").values_list("pk", "title")]


def refresh(
    *,
    company: Company,
    job_ids: Collection[int] | None = None,
    worker_ids: Collection[int] | None = None,
    now: datetime,
) -> list[int]:
    """Recalculate the live ProPays of these jobs and of these workers (neither given: all) and store the changes.

    A worker affects the ProPays with their share or with their time on the job. Returns the ids that were written.
    Approved ProPays keep their figures; if the time or the wages changed, they are marked as drifted. Call it in the
    transaction that changed the time, the wages, or the budgets, so that all of it is stored or nothing.
    """
    with transaction.atomic():
        company = lock(company)
        live = ProPay.objects.filter(company=company, status__in=LIVE_STATUSES)
        approved = ProPay.objects.filter(company=company, status__in=FROZEN_STATUSES)
        if job_ids is not None or worker_ids is not None:
            live = live.filter(touched_by(company, job_ids or (), worker_ids or ()))
            approved = approved.filter(_may_drift(company, job_ids or (), worker_ids or ()))
        mark_drift(propay_ids=list(approved.values_list("pk", flat=True)), now=now)
        return refresh_these(company, list(live.order_by("pk").values_list("pk", flat=True)), now)


def refresh_with_overtime(*, company: Company, now: datetime) -> None:
    """The same for those whose shares depend on overtime, after hours on any job or the rules for overtime changed."""
    live = ProPay.objects.filter(NEEDS_OVERTIME, company=company, status__in=LIVE_STATUSES).order_by("pk")
    if ids := list(live.values_list("pk", flat=True)):
        refresh_these(lock(company), ids, now)


def refresh_these(company: Company, ids: Sequence[int], now: datetime) -> list[int]:
    """The same for these live ProPays. The caller holds the company's lock."""
    return [propay_id for batch in batches(ids) for propay_id in _refresh_batch(company, batch, now)]


def touched_by(company: Company, job_ids: Collection[int], worker_ids: Collection[int]) -> Q:
    """The ProPays that these jobs and workers may affect."""
    touched = Q(job__in=job_ids)
    if worker_ids:
        time = TimeEntry.objects.filter(company=company, worker__in=worker_ids, voided_at=None, job__isnull=False)
        shares = Share.objects.filter(worker__in=worker_ids)
        touched |= Q(job__in=time.values("job")) | Q(pk__in=shares.values("propay"))
    return touched


def _may_drift(company: Company, job_ids: Collection[int], worker_ids: Collection[int]) -> Q:
    """The approved ProPays that these jobs and workers may affect; for a worker, a wage changed.

    So of everything the workers ever worked on, only ProPays calculated with a different wage, and those already
    drifted: the rest could be years of data.
    """
    may_drift = Q(job__in=job_ids)
    if worker_ids:
        frozen = SnapshotEntry.objects.filter(company=company, snapshot__is_live=True, worker__in=worker_ids)
        frozen = frozen.annotate(today=wage_in_force())
        differing = frozen.filter(Q(today__isnull=True) | ~Q(wage=F("today")))
        dismissed = Snapshot.objects.filter(propay=OuterRef("pk"), is_live=True).exclude(dismissed_digest="")
        differed = Q(drifted_at__isnull=False) | Q(Exists(dismissed))
        may_drift |= Q(pk__in=differing.values("snapshot__propay")) | (differed & touched_by(company, (), worker_ids))
    return may_drift


def refreshed(company: Company, propay: ProPay, now: datetime) -> ProPay:
    """The ProPay with its current figures. The caller holds the company's lock."""
    _refresh_batch(company, [propay.pk], now)
    return get_propay(company, propay.pk)


def _refresh_batch(company: Company, ids: Sequence[int], now: datetime) -> list[int]:
    """The same few queries for one ProPay or hundreds; a ProPay with unchanged figures is not written."""
    propays = list(with_terms(ProPay.objects.filter(pk__in=ids)).order_by("pk"))
    time = time_of(ids)
    rules = crew_rules(company)
    names = _names(row.worker_id for rows in time.values() for row in rows if row.wage is None)
    terms = {propay.pk: terms_of(propay, rules=rules) for propay in propays}
    overtime = bonus_overtime_of(company, terms)
    figures = [
        work_out(
            propay,
            time[propay.pk],
            names=names,
            rules=rules,
            terms=terms[propay.pk],
            overtime=overtime.get(propay.pk),
            explains=False,
        )
        for propay in propays
    ]
    return store_figures(company, list(zip(propays, figures, strict=True)), now)


def store_figures(company: Company, calculated: Collection[tuple[ProPay, Figures]], now: datetime) -> list[int]:
    """Store the current figures of these live ProPays and their shares; return the ids that were written.

    The caller holds the company's lock. The ProPay objects get the figures, too.
    """
    propays = [propay for propay, _figures in calculated]
    changed = {propay.pk for propay, figures in calculated if _take(propay, figures)}
    changed |= _store_shares(company, {propay.pk: figures for propay, figures in calculated})
    written = [propay for propay in propays if propay.pk in changed or propay.refreshed_at is None]
    for propay in written:
        propay.refreshed_at = now
    BulkSyncQuerySet(ProPay).bulk_write(written, fields=[*FIGURE_FIELDS, "status", "refreshed_at"])
    return [propay.pk for propay in written]


def _names(worker_ids: Iterable[int]) -> dict[int, str]:
    """Names of workers whose wage is missing; no one else is named."""
    ids = set(worker_ids)
    return {worker.pk: worker.name for worker in Worker.objects.filter(pk__in=ids)} if ids else {}


def _take(propay: ProPay, figures: Figures) -> bool:
    """Set the figures on the ProPay; return whether any of them changed."""
    values: dict[str, Any] = {name: getattr(figures, name) for name in FIGURE_FIELDS}
    if states.FOLLOW_THE_TIME.starts_from(propay.status):
        values["status"] = ProPayStatus.STARTED if figures.actual_minutes > 0 else ProPayStatus.PENDING
    changed = False
    for name, value in values.items():
        if getattr(propay, name) != value:
            setattr(propay, name, value)
            changed = True
    return changed


def _store_shares(company: Company, figures: dict[int, Figures]) -> set[int]:
    """Insert, update, and delete the shares that differ; return their ProPays' ids."""
    columns = ("pk", "propay_id", "worker_id", "role", "minutes", "cost_amount", "amount")
    rows_found = Share.objects.filter(propay__in=list(figures)).values_list(*columns)
    stored: dict[ShareKey, tuple[int, ShareValues]] = {
        (propay_id, worker_id, role): (pk, (minutes, cost, amount))
        for pk, propay_id, worker_id, role, minutes, cost, amount in rows_found
    }
    wanted: dict[ShareKey, ShareValues] = {
        (propay_id, worker_id, role): (share.minutes, share.cost_amount, share.amount)
        for propay_id, one in figures.items()
        for (worker_id, role), share in one.shares.items()
    }
    gone = [key for key in stored if key not in wanted]
    changed = {key: values for key, values in wanted.items() if key not in stored or stored[key][1] != values}
    if gone:
        Share.objects.filter(pk__in=[stored[key][0] for key in gone]).delete()
    if changed:
        propay_ids, worker_ids, roles = zip(*changed, strict=True)
        minutes, costs, amounts = zip(*changed.values(), strict=True)
        BulkSyncQuerySet(Share).bulk_sync(
            {
                "company": repeat(company.pk, len(changed)),
                "propay": propay_ids,
                "worker": worker_ids,
                "role": roles,
                "minutes": minutes,
                "cost_amount": costs,
                "amount": amounts,
            },
            unique_fields=("propay", "worker", "role"),
        )
    return {propay_id for propay_id, _worker_id, _role in (*gone, *changed)}
