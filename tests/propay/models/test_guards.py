"""What the database itself refuses, independent of the services: changing or deleting what was approved or paid."""

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from integrations import services as integrations
from propay import services
from propay.models import (
    AppliedCondition,
    BudgetTask,
    Condition,
    CrewTerm,
    FiledStatement,
    LineKind,
    LineMessage,
    PayrollFile,
    ProPay,
    Share,
    Snapshot,
    SnapshotEntry,
    Statement,
    StatementLine,
    guards,
)
from propay.rules.states import ProPayStatus
from tests.make import factories
from tests.make.connections import make_connection
from tests.make.locked import lock_statement
from tests.make.paid import make_open
from tests.make.payroll import create_file
from tests.make.propays import NOW, make_propay, put

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 3)
TEXTS = (
    guards.APPROVED_TEXT,
    guards.FILE_TEXT,
    guards.KEPT_TEXT,
    guards.LOCKED_TEXT,
    guards.PAID_TEXT,
    guards.STATEMENT_STATUS_TEXT,
    guards.STATUS_TEXT,
)


@pytest.fixture
def open_propay(company, ana):
    job = factories.make_job(company, "Kitchen")
    factories.make_entry(ana, job, minutes=600)
    propay = make_propay(job, lead=ana, lead_percent=20, crew_percent=80)
    CrewTerm.objects.create(company=company, propay=propay, worker=ana, no_bonus=False)
    propay.others.add(ana)
    propay.cost_codes.clear()
    services.refresh(company=company, now=NOW)
    return propay


@pytest.fixture
def propay(company, admin, open_propay):
    services.approve_propays(company=company, actor=admin, propay_ids=[open_propay.pk], now=NOW)
    open_propay.refresh_from_db()
    return open_propay


@pytest.fixture
def paid(propay, admin):
    """The statement that pays the ProPay's shares; paid."""
    statement = Statement.objects.get()
    services.pay_statements(
        company=propay.company, actor=admin, statement_ids=[statement.pk], pay_date=date(2026, 11, 13), now=NOW
    )
    statement.refresh_from_db()
    return statement


def is_refused(change) -> bool:
    """Whether a guard refuses it; any other error is one."""
    try:
        with transaction.atomic():
            change()
    except IntegrityError as error:
        if any(text in str(error) for text in TEXTS):
            return True
        raise
    return False


def stored_guards() -> dict[str, str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'guard\\_%'")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def test_every_guard_in_the_database_matches_the_models():
    """It fails if a migration changed a guarded table and didn't recreate the guards (propay/models/guards.py)."""
    stored = stored_guards()
    for guard in guards.guards(connection, apps):
        assert guard.name in stored
        assert guard.condition in stored[guard.name], guard.name


def test_guards_can_be_removed_and_created_again(propay):
    guards.lift_on(connection, apps)
    assert not stored_guards()
    assert not is_refused(lambda: ProPay.objects.update(title="Other"))
    guards.install_on(connection, apps)
    assert is_refused(lambda: ProPay.objects.update(title="Another"))


@pytest.mark.parametrize("status", ["APPROVED", "PAID"])
@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"split_percent": Decimal(60)},
        {"fixed_amount": Decimal("9000.00")},
        {"pool_amount": Decimal("1.00")},
        {"saving_amount": None},
        {"start_date": date(2026, 1, 1)},
        {"lead": None},
        {"netted_amount": Decimal("5.00")},
        {"include_travel": True},
        {"completion_percent": Decimal(90)},
    ],
)
def test_an_approved_propay_keeps_its_terms_and_figures(propay, status, change):
    put(propay, status)
    assert is_refused(lambda: ProPay.objects.filter(pk=propay.pk).update(**change))


def test_an_approved_propay_takes_drift_and_outlives_its_manager(company, admin, open_propay, manager):
    membership = manager.memberships.get()
    ProPay.objects.update(manager=membership)
    services.approve_propays(company=company, actor=admin, propay_ids=[open_propay.pk], now=NOW)

    ProPay.objects.update(drifted_at=NOW, drift_amount=Decimal("-3.00"))
    manager.delete()
    admin.delete()

    assert ProPay.objects.get().manager is None
    snapshot = Snapshot.objects.get()
    assert (snapshot.created_by, snapshot.created_by_email) == (None, "admin@acme.test")


def test_the_terms_next_to_an_approved_propay_are_also_fixed(company, propay, ana):
    code = factories.make_cost_code(company)
    condition = Condition.objects.create(company=company, name="Callback", kind="PENALTY")
    more = {"company": company, "propay": propay}
    changes = [
        lambda: Share.objects.update(amount=Decimal("999.00")),
        lambda: Share.objects.all().delete(),
        lambda: Share.objects.create(**more, worker=factories.make_worker(company), minutes=0),
        lambda: CrewTerm.objects.update(no_bonus=True),
        lambda: CrewTerm.objects.all().delete(),
        lambda: CrewTerm.objects.create(**more, worker=factories.make_worker(company)),
        lambda: BudgetTask.objects.create(**more, cost_code=code, minutes=60),
        lambda: AppliedCondition.objects.create(**more, condition=condition, amount=Decimal(10)),
        lambda: propay.others.clear(),
        lambda: propay.others.add(factories.make_worker(company)),
        lambda: propay.cost_codes.add(code),
    ]
    assert [is_refused(change) for change in changes] == [True] * len(changes)


def test_a_share_of_an_open_propay_cannot_move_to_an_approved_one(company, propay, ana):
    other = make_propay(factories.make_job(company))
    Share.objects.create(company=company, propay=other, worker=factories.make_worker(company), minutes=0)
    assert is_refused(lambda: Share.objects.filter(propay=other).update(propay=propay))
    assert not is_refused(lambda: Share.objects.filter(propay=other).update(minutes=5))


# Written out beside `propay.rules.states`; approving and unapproving also take a snapshot, or none.
WAYS = {
    ("PENDING", "STARTED"),
    ("STARTED", "PENDING"),
    ("STARTED", "COMPLETE"),
    ("COMPLETE", "STARTED"),
    ("PENDING", "CANCELED"),
    ("STARTED", "CANCELED"),
    ("COMPLETE", "CANCELED"),
    ("CANCELED", "PENDING"),
    ("APPROVED", "PAID"),
}


@pytest.mark.parametrize("before", list(ProPayStatus))
@pytest.mark.parametrize("after", list(ProPayStatus))
def test_statuses_follow_only_the_allowed_transitions(open_propay, before, after):
    put(open_propay, before)
    allowed = not is_refused(lambda: ProPay.objects.filter(pk=open_propay.pk).update(status=after))
    assert allowed == (before == after or (before, after) in WAYS)


def test_nothing_is_approved_without_a_snapshot_nor_unapproved_with_a_live_one(open_propay, propay):
    assert is_refused(lambda: ProPay.objects.update(status="STARTED"))
    Snapshot.objects.update(is_live=False)
    assert is_refused(lambda: ProPay.objects.update(status="STARTED")) is False
    assert is_refused(lambda: ProPay.objects.update(status="APPROVED"))


def test_nothing_is_unapproved_once_some_of_it_was_paid(propay):
    Snapshot.objects.update(is_live=False)
    Statement.objects.update(status="PAID", pay_date=DAY, paid_amount=Decimal(10))
    assert is_refused(lambda: ProPay.objects.update(status="STARTED"))


def test_snapshots_and_their_entries_are_neither_changed_nor_deleted(propay, manager):
    changes = [
        lambda: Snapshot.objects.update(figures={}),
        lambda: Snapshot.objects.update(terms={}),
        lambda: Snapshot.objects.update(digest="x"),
        lambda: Snapshot.objects.update(created_by=manager),
        lambda: Snapshot.objects.update(created_by_email="other@acme.test"),
        lambda: SnapshotEntry.objects.update(minutes=1),
        lambda: SnapshotEntry.objects.update(wage=Decimal("1.00")),
        lambda: SnapshotEntry.objects.all()._raw_delete("default"),
        lambda: Snapshot.objects.all()._raw_delete("default"),
    ]
    assert [is_refused(change) for change in changes] == [True] * len(changes)


def test_snapshots_can_be_dismissed_and_retired_and_never_come_back(propay):
    Snapshot.objects.update(dismissed_digest="x", dismissed_reason="Typing error")
    Snapshot.objects.update(is_live=False)
    SnapshotEntry.objects.update(is_live=False)
    assert is_refused(lambda: Snapshot.objects.update(is_live=True))
    assert is_refused(lambda: SnapshotEntry.objects.update(is_live=True))


@pytest.fixture
def locked(propay):
    return lock_statement(Statement.objects.get())


def test_nothing_is_unapproved_once_some_of_it_is_locked(propay, locked):
    Snapshot.objects.update(is_live=False)
    assert is_refused(lambda: ProPay.objects.update(status="STARTED"))


def test_a_locked_statement_and_its_lines_cannot_change(company, locked, ana, manager):
    day, amount = date(2026, 12, 1), Decimal("1.00")

    def add():
        line = StatementLine(company=company, statement=locked, worker=ana, kind=LineKind.ROLLOVER)
        line.rolled_from, line.created_at = locked, NOW
        line.save()

    payment = {"status": "PAID", "pay_date": day, "paid_amount": amount}
    unlocking = {"status": "OPEN", "locked_at": None, "overtime_policy": None}
    changes = [
        lambda: Statement.objects.update(bonus_amount=amount),
        lambda: Statement.objects.update(overtime_policy={"rule": "FEDERAL"}),
        lambda: Statement.objects.update(end_date=day),
        lambda: Statement.objects.update(**payment, bonus_amount=amount),
        lambda: Statement.objects.update(**payment, overtime_policy={"rule": "FEDERAL"}),
        lambda: Statement.objects.update(**unlocking, bonus_amount=amount),
        lambda: Statement.objects.all()._raw_delete("default"),
        lambda: StatementLine.objects.update(amount=amount),
        lambda: StatementLine.objects.all()._raw_delete("default"),
        add,
    ]
    assert [is_refused(change) for change in changes] == [True] * len(changes)
    assert not is_refused(lambda: Statement.objects.update(**unlocking))


def test_a_locked_statement_is_paid_permanently(locked):
    payment = {"status": "PAID", "pay_date": DAY, "paid_amount": Decimal("1.00")}
    assert not is_refused(lambda: Statement.objects.update(**payment))
    locked_again = {"status": "LOCKED", "pay_date": None, "paid_amount": None}
    assert is_refused(lambda: Statement.objects.update(**locked_again))


def test_a_paid_statement_and_its_lines_cannot_change(company, paid, ana, manager):
    def add():
        line = StatementLine(company=company, statement=paid, worker=ana, kind=LineKind.ROLLOVER)
        line.rolled_from, line.created_at = paid, NOW
        line.save()

    changes = [
        lambda: Statement.objects.update(pay_date=date(2026, 12, 1)),
        lambda: Statement.objects.update(paid_amount=Decimal("1.00")),
        lambda: Statement.objects.update(status="OPEN", pay_date=None, paid_amount=None),
        lambda: Statement.objects.update(bonus_amount=Decimal("1.00")),
        lambda: Statement.objects.update(paid_by=manager),
        lambda: Statement.objects.all()._raw_delete("default"),
        lambda: StatementLine.objects.update(amount=Decimal("1.00")),
        lambda: StatementLine.objects.update(note="Other"),
        lambda: StatementLine.objects.all()._raw_delete("default"),
        add,
    ]
    assert [is_refused(change) for change in changes] == [True] * len(changes)


def test_lines_move_neither_to_nor_from_a_paid_statement(company, paid, ana):
    other = Statement.objects.create(
        company=company, worker=ana, start_date=date(2026, 12, 1), end_date=date(2026, 12, 14)
    )
    StatementLine.objects.create(
        company=company, statement=other, worker=ana, kind=LineKind.ROLLOVER, rolled_from=paid, created_at=NOW
    )
    assert is_refused(lambda: other.lines.update(statement=paid))
    assert is_refused(lambda: paid.lines.update(statement=other))
    assert not is_refused(lambda: other.lines.update(note="Open ones change"))


def test_a_paid_line_accepts_questions_and_its_people_can_leave(company, paid, admin, manager):
    LineMessage.objects.create(
        company=company, line=paid.lines.first(), author=manager, text="Why so little?", created_at=NOW
    )
    admin.delete()
    manager.delete()
    paid.refresh_from_db()
    assert paid.paid_by is None
    assert LineMessage.objects.get().author is None


def test_propays_are_not_deleted_once_approved(propay):
    assert is_refused(lambda: ProPay.objects.all()._raw_delete("default"))


def test_a_payroll_file_stays_as_it_was_created(company, admin, manager, ana):
    make_open(ana)
    create_file(company, admin)
    changes = [
        lambda: PayrollFile.objects.update(content="x"),
        lambda: PayrollFile.objects.update(created_by=manager),
        lambda: PayrollFile.objects.all()._raw_delete("default"),
        lambda: FiledStatement.objects.all()._raw_delete("default"),
    ]
    assert [is_refused(change) for change in changes] == [True] * len(changes)
    assert not is_refused(lambda: FiledStatement.objects.update(superseded_at=NOW))
    assert is_refused(lambda: FiledStatement.objects.update(superseded_at=None))
    admin.delete()
    assert PayrollFile.objects.get().created_by is None


# Retention


def test_deletion_in_the_admin_removes_no_evidence(company, admin, propay, paid, ana, sign_in):
    root = factories.make_user("root@protiv.test", is_staff=True, is_superuser=True)
    client = sign_in(root)
    targets = {
        "accounts_company": company.pk,
        "timekeeping_worker": ana.pk,
        "timekeeping_job": propay.job_id,
        "timekeeping_timeentry": SnapshotEntry.objects.first().entry_id,
        "propay_propay": propay.pk,
        "accounts_user": admin.pk,
    }
    for name, pk in targets.items():
        response = client.post(reverse(f"admin:{name}_delete", args=[pk]), {"post": "yes"})
        assert response.status_code in (200, 302, 403), name
    assert ProPay.objects.get(pk=propay.pk).status == "PAID"
    assert Snapshot.objects.get().entries.count() == 1
    assert Statement.objects.get(pk=paid.pk).lines.count() == 1
    assert ana.time_entries.count() == 1


def test_a_disconnect_leaves_all_evidence(company, admin, propay, paid):
    link = make_connection(company)
    integrations.disconnect(connection=link, actor=admin, now=NOW)
    assert Snapshot.objects.get().entries.count() == 1
    assert Statement.objects.get(pk=paid.pk).lines.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_that_commits_is_flushed_in_spite_of_the_guards(paid, turn):
    assert Snapshot.objects.count() == 1
    assert set(stored_guards())
