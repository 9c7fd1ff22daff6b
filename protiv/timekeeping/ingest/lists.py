"""Workers, jobs, cost codes, and pay periods: what the provider's lists name, and what of it differs."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db import models

from protiv.kit.bulk import BulkSyncQuerySet
from protiv.timekeeping.ingest.source import RowSource, stored_of
from protiv.timekeeping.models import CostCode, Job, PayPeriod, Worker
from protiv.timekeeping.records import CostCodeRecord, JobRecord, PayPeriodRecord, WorkerRecord


def store_workers(source: RowSource, records: Iterable[WorkerRecord]) -> None:
    """Add new workers and update changed ones. A worker this login no longer sees stays as stored."""
    fields = ("number", "first_name", "middle_name", "last_name", "email", "is_active", "pay_type")
    _store_list(Worker, source, records, fields)


def store_jobs(
    source: RowSource,
    records: Iterable[JobRecord],
    *,
    is_whole: bool,
    unreadable_budgets: Collection[str] = (),
) -> set[int]:
    """Add new jobs, update changed ones, and return the ids of those whose synced budget changed.

    Jobs named in `unreadable_budgets` keep the budget that is stored. Where the list `is_whole`, a job that is no
    longer in it was merged into another one or removed: it becomes inactive and keeps its hours until their own
    records say otherwise.
    """
    fields = {
        "number": "number",
        "name": "name",
        "city": "city",
        "state": "state",
        "is_active": "is_active",
        "synced_budget_minutes": "budget_minutes",
        "synced_contract_amount": "contract_amount",
    }
    budgets = {"synced_budget_minutes", "synced_contract_amount"}
    records = list(records)
    changed = _store_list(Job, source, _with_stored_budgets(source, records, unreadable_budgets), fields)
    if is_whole:
        gone = stored_of(Job, source).filter(is_active=True).exclude(external_id__in=[r.external_id for r in records])
        gone.update(is_active=False)
    return {pk for pk, names in changed.items() if budgets & names}


def _with_stored_budgets(
    source: RowSource, records: Iterable[JobRecord], external_ids: Collection[str]
) -> list[JobRecord]:
    """The records, those named with the budget that is stored: one that can't be read changes nothing."""
    stored = {job.external_id: job for job in stored_of(Job, source).filter(external_id__in=external_ids)}
    return [
        replace(
            record,
            budget_minutes=stored[record.external_id].synced_budget_minutes,
            contract_amount=stored[record.external_id].synced_contract_amount,
        )
        if record.external_id in stored
        else record
        for record in records
    ]


def store_cost_codes(source: RowSource, records: Iterable[CostCodeRecord]) -> None:
    """Add new cost codes and update changed ones."""
    _store_list(CostCode, source, records, ("number", "name", "is_active", "is_system"))


def store_pay_periods(source: RowSource, records: Iterable[PayPeriodRecord]) -> None:
    """Add new pay periods and update changed ones."""
    _store_list(PayPeriod, source, records, ("start_date", "end_date", "is_closed"))


def _store_list(
    model: type[models.Model], source: RowSource, records: Iterable[Any], fields: Sequence[str] | dict[str, str]
) -> dict[int, set[str]]:
    """Write what differs. `fields` are the model's names, mapped to the record's where those differ.

    Returns, for each row that was there and changed, the names of the fields that did.
    """
    names = fields if isinstance(fields, dict) else {name: name for name in fields}
    stored = {row.external_id: row for row in stored_of(model, source)}
    added: dict[str, models.Model] = {}
    changed: dict[int, set[str]] = {}
    for record in records:
        values = {name: getattr(record, theirs) for name, theirs in names.items()}
        row = stored.get(record.external_id)
        if row is None:
            added[record.external_id] = model(
                company_id=source.company_id,
                connection_id=source.connection_id,
                external_id=record.external_id,
                **values,
            )
            continue
        differing = {name for name, value in values.items() if getattr(row, name) != value}
        for name in differing:
            setattr(row, name, values[name])
        if differing:
            changed[row.pk] = differing
    model._default_manager.bulk_create(added.values(), batch_size=1_000)
    by_pk = {row.pk: row for row in stored.values()}
    BulkSyncQuerySet(model).bulk_write([by_pk[pk] for pk in changed], fields=list(names))
    return changed
