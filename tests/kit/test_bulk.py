"""Writing many rows at once gives what Django gives, and the database learns of it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from propay.models import ProPay, StatementLine
from protiv.kit import bulk
from protiv.kit.bulk import BulkSyncQuerySet, update_statistics
from protiv.timekeeping.models import Job, PayPeriod
from tests.make import factories
from tests.make.propays import make_approved, make_propay
from tests.make.statement_rows import make_line, make_statement

MOMENT = datetime(2026, 11, 24, 18, 5, 7, 123456, tzinfo=UTC)
HARD_TEXTS = ("", 'O\'Neil \\ "Sons"\t\n\\N é 工', "%s ? :1 {} NULL")
FIELDS = ["budget_amount", "actual_minutes", "actual_amount", "figure_note", "status", "refreshed_at", "end_date"]
# Few rows and many are written in different ways on PostgreSQL.
COUNTS = (3, bulk.FEW_ROWS + 1)


def make_propays(company, count):
    jobs = Job.objects.bulk_create(
        Job(company=company, connection_id=1, external_id=f"b-{number}", name=f"Job {number}")
        for number in range(count)
    )
    return ProPay.objects.bulk_create(
        ProPay(company=company, job=job, title=job.name, budget_type="HOURS", start_date=date(2026, 10, 1))
        for job in jobs
    )


def give_values(propays):
    for number, propay in enumerate(propays):
        propay.budget_amount = Decimal(f"-{number}.05") if number % 3 else None
        propay.actual_minutes = -number
        propay.actual_amount = Decimal("9999999999.99") if number % 2 else Decimal("0.10")
        propay.figure_note = HARD_TEXTS[number % 3]
        propay.status = "STARTED"
        propay.refreshed_at = MOMENT if number % 2 else None
        propay.end_date = date(2026, 12, 1) if number % 2 else None


def stored(propays):
    found = ProPay.objects.filter(pk__in=[one.pk for one in propays]).order_by("pk")
    return list(found.values_list(*FIELDS, "title", "split_percent"))


@pytest.mark.parametrize("count", COUNTS)
def test_bulk_write_stores_what_bulk_update_stores(company, count):
    propays = make_propays(company, count)
    give_values(propays)
    with transaction.atomic():
        ProPay.objects.bulk_update(propays, FIELDS)
        expected = stored(propays)
        transaction.set_rollback(True)
    BulkSyncQuerySet(ProPay).bulk_write(propays, fields=FIELDS)
    assert stored(propays) == expected
    assert {row[3] for row in expected} == set(HARD_TEXTS)


@pytest.mark.parametrize("count", COUNTS)
def test_bulk_write_leaves_other_rows_and_columns_alone(company, count):
    *propays, other = make_propays(company, count + 1)
    give_values([*propays, other])
    BulkSyncQuerySet(ProPay).bulk_write(propays, fields=["actual_minutes"])
    rows = dict(ProPay.objects.values_list("pk", "actual_minutes"))
    assert [rows[one.pk] for one in propays] == [one.actual_minutes for one in propays]
    assert rows[other.pk] == 0
    assert not ProPay.objects.exclude(figure_note="").exists()


@pytest.mark.parametrize("count", COUNTS)
def test_bulk_write_stores_json_and_relations(company, count):
    worker = factories.make_worker(company)
    statement, later = make_statement(worker), make_statement(worker, period=(date(2027, 1, 4), date(2027, 1, 17)))
    line = make_line(statement, "5.00", category=company.adjustment_categories.create(name="Safety"))
    fields = [field.attname for field in StatementLine._meta.concrete_fields if not field.primary_key]
    lines = StatementLine.objects.bulk_create(
        StatementLine(**{name: getattr(line, name) for name in fields}) for _ in range(count)
    )
    for number, one in enumerate(lines):
        one.statement, one.steps = later, [{"label": HARD_TEXTS[1], "number": number}]
    BulkSyncQuerySet(StatementLine).bulk_write(lines, fields=["statement", "steps"])
    found = StatementLine.objects.filter(statement=later).order_by("pk").values_list("steps", flat=True)
    assert list(found) == [one.steps for one in lines]


def test_bulk_write_of_nothing_does_nothing(company, django_assert_num_queries):
    with django_assert_num_queries(0):
        BulkSyncQuerySet(ProPay).bulk_write([], fields=["status"])


@pytest.mark.parametrize("count", COUNTS)
def test_bulk_write_is_refused_where_a_guard_stands(company, count):
    worker, job = factories.make_worker(company), factories.make_job(company)
    approved = make_propay(job)
    make_approved(approved, {worker: "10.00"})
    propays = [*make_propays(company, count), ProPay.objects.get(pk=approved.pk)]
    for propay in propays:
        propay.pool_amount = Decimal("1.00")
    with pytest.raises(IntegrityError, match="approved"), transaction.atomic():
        BulkSyncQuerySet(ProPay).bulk_write(propays, fields=["pool_amount"])
    assert not ProPay.objects.filter(pool_amount=1).exists()


def test_columns_of_different_length_are_refused(company):
    same = {"company": company.pk, "connection_id": 1, "start_date": MOMENT.date(), "end_date": MOMENT.date()}
    columns = {name: [value] * 2 for name, value in same.items()} | {"is_closed": [True, False]}
    with pytest.raises(ValueError, match="shorter"), transaction.atomic():
        BulkSyncQuerySet(PayPeriod).bulk_load(columns | {"external_id": ["x-1"]})
    BulkSyncQuerySet(PayPeriod).bulk_load(columns | {"external_id": ["x-1", "x-2"]})
    assert dict(PayPeriod.objects.values_list("external_id", "is_closed")) == {"x-1": True, "x-2": False}


def known_rows():
    """How many time entries the database thinks there are when it plans a query; None where it knows nothing."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'timekeeping_timeentry'")
            return int(cursor.fetchone()[0])
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if not cursor.fetchone():
            return None
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'timekeeping_timeentry'")
        return max((int(row[0].split()[0]) for row in cursor.fetchall()), default=None)


@pytest.fixture
def entries(company):
    worker, job = factories.make_worker(company), factories.make_job(company)
    return [factories.make_entry(worker, job) for _ in range(7)]


def test_a_large_load_updates_the_statistics(entries):
    update_statistics(loaded=bulk.MANY_ROWS)
    assert known_rows() == len(entries)
