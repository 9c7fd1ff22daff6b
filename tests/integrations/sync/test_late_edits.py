"""The whole way: synced hours, approval, a statement, a late edit at the provider, drift, the correction."""

from datetime import date
from decimal import Decimal

import pytest

from integrations.models import RunState, Trigger
from integrations.services import request_sync
from propay import services
from propay.models import ProPay, Snapshot, Statement, StatementLine
from protiv.timekeeping.models import Job, TimeEntry, Worker
from tests.make.factories import make_member, make_wage
from tests.make.propays import make_propay
from tests.make.records import time_record
from tests.make.runs import work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit")]
DAY = date(2026, 11, 3)


def sync(connection, clock) -> None:
    connection.refresh_from_db()
    request_sync(connection=connection, trigger=Trigger.MANUAL, now=clock())
    assert work(clock).state == RunState.SUCCEEDED


def lines() -> list[tuple[str, str, str]]:
    found = StatementLine.objects.exclude(amount=0).select_related("worker", "statement").order_by("pk")
    return [(line.kind, str(line.amount), line.statement.status) for line in found]


def test_a_late_edit_becomes_a_correction_on_the_next_open_statement(connection, provider, clock, tasks):
    provider.add(
        time_record("t-1", minutes=600, regular_minutes=600, work_date=DAY),
        time_record("t-2", minutes=600, regular_minutes=600, work_date=DAY, worker_external_id="p-2"),
    )
    assert work(clock).state == RunState.SUCCEEDED
    company, actor = connection.company, make_member(connection.company, "ADMIN").user
    for worker in Worker.objects.all():
        make_wage(worker, "20.00")
    propay = make_propay(Job.objects.get(external_id="l-1"), fixed_amount=Decimal("1400.00"))

    services.approve_propays(company=company, actor=actor, propay_ids=[propay.pk], now=clock())
    assert lines() == [("SHARE", "250.00", "OPEN"), ("SHARE", "250.00", "OPEN")]
    statements = list(Statement.objects.values_list("pk", flat=True))
    services.pay_statements(
        company=company, actor=actor, statement_ids=statements, pay_date=date(2026, 11, 13), now=clock()
    )

    clock.advance(hours=3)
    provider.add(time_record("t-1", minutes=300, regular_minutes=300, work_date=DAY))
    sync(connection, clock)

    propay.refresh_from_db()
    assert (propay.status, propay.drifted_at, str(propay.drift_amount)) == ("PAID", clock(), "50.00")
    assert (propay.actual_minutes, str(propay.pool_amount)) == (1200, "500.00")
    drift = services.drift_of(company=company, propay_id=propay.pk)
    assert [(one.before.minutes, one.after.minutes) for one in drift.entries] == [(600, 300)]

    services.resolve_drift_by_adjusting(
        company=company, propay_id=propay.pk, actor=actor, note="", seen=drift.worked.digest, now=clock()
    )
    assert lines()[2:] == [("DRIFT", "-66.67", "OPEN"), ("DRIFT", "116.67", "OPEN")]
    assert ProPay.objects.get().drifted_at is None

    clock.advance(hours=3)
    del provider.time["t-2"]
    sync(connection, clock)

    assert TimeEntry.objects.get(external_id="t-2").voided_at is not None
    drift = services.drift_of(company=company, propay_id=propay.pk)
    assert [one.after for one in drift.entries] == [None]
    services.dismiss_drift(
        company=company, propay_id=propay.pk, actor=actor, reason="Was there", seen=drift.worked.digest, now=clock()
    )
    sync(connection, clock)
    assert ProPay.objects.get().drifted_at is None
    assert Snapshot.objects.get(is_live=True).entries.count() == 2
