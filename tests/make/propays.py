"""ProPays for tests, as rows: without the checks and the first figures that `services.create_propay` brings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection

from propay.frozen.figures import as_data
from propay.models import (
    ProPay,
    Share,
    Snapshot,
    SnapshotEntry,
    SnapshotKind,
    guards,
)
from propay.rules.budgets import BudgetType
from propay.rules.figures import ShareFigures
from propay.rules.states import ProPayStatus
from propay.services.snapshots import work_out_all
from protiv.timekeeping.models import Job, TimeEntry

NOW = datetime(2026, 11, 9, 15, 0, tzinfo=UTC)
START = date(2026, 10, 1)


def make_propay(job: Job, **fields: Any) -> ProPay:
    """A dollar budget of 5,000.00 from October 1 on, split in half, all of the pool to the crew."""
    codes = fields.pop("cost_codes", [])
    propay = ProPay.objects.create(
        **{
            "company": job.company,
            "job": job,
            "title": job.name,
            "budget_type": BudgetType.AMOUNT,
            "fixed_amount": None if "budget_type" in fields else Decimal("5000.00"),
            "start_date": START,
            **fields,
        }
    )
    propay.cost_codes.set(codes)
    return propay


def make_approved(propay: ProPay, shares: dict[Any, str], entries: dict[TimeEntry, str] | None = None) -> Snapshot:
    """An approved ProPay as rows: `shares` are amounts by worker (crew), `entries` the wages of what it counts."""
    worked = work_out_all(propay.company, [propay.pk])[propay.pk]
    given = {
        (worker.pk, "CREW"): ShareFigures(minutes=0, cost_amount=None, amount=Decimal(amount))
        for worker, amount in shares.items()
    }
    figures = as_data(replace(worked.figures, shares=given), names={worker.pk: worker.name for worker in shares})
    before = {"status": propay.status, "include_travel": propay.include_travel}
    snapshot = Snapshot.objects.create(
        company=propay.company,
        propay=propay,
        number=1,
        kind=SnapshotKind.APPROVAL,
        terms=worked.frozen,
        figures={**figures, "before": before},
        digest=worked.digest,
        created_at=NOW,
    )
    SnapshotEntry.objects.bulk_create(
        SnapshotEntry(
            company=propay.company,
            snapshot=snapshot,
            entry=entry,
            worker=entry.worker,
            cost_code=entry.cost_code,
            work_date=entry.work_date,
            minutes=entry.minutes,
            ot1_minutes=entry.ot1_minutes,
            ot2_minutes=entry.ot2_minutes,
            kind=entry.kind,
            wage=Decimal(wage),
        )
        for entry, wage in (entries or {}).items()
    )
    Share.objects.bulk_create(
        Share(company=propay.company, propay=propay, worker=worker, minutes=0, amount=Decimal(amount))
        for worker, amount in shares.items()
    )
    put(propay, ProPayStatus.APPROVED)
    return snapshot


def checked(*propays: ProPay) -> dict[int, dict[str, Any]]:
    """The answers of a person who checked the hours of these: made-up time is often more than a day has."""
    return {propay.pk: {"checked_time": True} for propay in propays}


def put(propay: ProPay, status: str) -> None:
    """Put a ProPay into a status in a way that the database allows: nothing is approved without a snapshot."""
    if status in (ProPayStatus.APPROVED, ProPayStatus.PAID):
        if not propay.snapshots.filter(is_live=True).exists():
            make_approved(propay, {})
        ProPay.objects.filter(pk=propay.pk).update(status=ProPayStatus.APPROVED)
    ProPay.objects.filter(pk=propay.pk).update(status=status)
    propay.status = status


@contextmanager
def unguarded() -> Iterator[None]:
    """For rows that no service would write anymore: turns off the database's guards."""
    guards.lift_on(connection, apps)
    yield
    guards.install_on(connection, apps)
